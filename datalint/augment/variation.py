"""How much the training images of a dataset vary, by what was measured of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from datalint.model import Columns

    Array: TypeAlias = "np.ndarray[Any, Any]"

MOST = 200
"""Images of a class that are looked at."""
SEEN_SQL = """
    label, brightness, contrast, chroma_range, polarity, centre_x, centre_y, extent,
    coalesce(foreground_a, tint_a) AS a, coalesce(foreground_b, tint_b) AS b, width / height AS aspect
"""
"""Columns of ``samples``, ``pixels`` and ``headers`` that :func:`measure_variation` takes."""
_GREY_LEVELS = 12
_ENOUGH, _LEAST_OBJECTS = 0.5, 10
_LEAST_TO_TELL = 8  # images of each of two classes


class Variation(NamedTuple):
    """Values are over the images that were looked at; None where nothing could be measured."""

    images: int
    grey: bool
    """Whether hardly an image has colour."""
    square: bool
    """Whether nine in ten images are as wide as high, within a tenth."""
    plain: float
    """Share of the images in which something stands out from a plain background, 0 to 1."""
    off_centre: float | None
    """How far from the middle objects are, as a share of the side: nine in ten are nearer."""
    scale: float | None
    """Standard deviation of the logarithm of objects' sizes: 0.1 is 10 %."""
    light_on_dark: float | None
    """Share of the objects that are lighter than their background, 0 to 1."""
    brightness: float | None
    """Standard deviation of mean luma over images, 0 to 0.5."""
    contrast: float | None
    """Standard deviation of luma's standard deviation over images, 0 to 0.25."""
    colour_accuracy: float | None
    """Balanced accuracy of the nearest class by the mean colour of objects, or of images where none stands out."""
    light_accuracy: float | None
    """Balanced accuracy of the nearest class by mean luma."""
    chance: float

    @property
    def colour_tells(self) -> bool:
        return _tells(self.colour_accuracy, self.chance)

    @property
    def light_tells(self) -> bool:
        return _tells(self.light_accuracy, self.chance)

    @property
    def lacks_places(self) -> bool:
        return self.off_centre is not None and self.off_centre < 0.12

    @property
    def lacks_scales(self) -> bool:
        return self.scale is not None and self.scale < 0.12

    @property
    def lacks_light(self) -> bool:
        return self.brightness is not None and self.brightness < 0.06 and not self.light_tells

    @property
    def lacks_contrast(self) -> bool:
        return self.contrast is not None and self.contrast < 0.03

    @property
    def lacks_polarity(self) -> bool:
        return self.grey and self.light_on_dark is not None and not 0.05 < self.light_on_dark < 0.95


def measure_variation(seen: Columns) -> Variation:
    """Sum up what is known of images, columns of n values: those that :data:`SEEN_SQL` names.

    What stands out from a plain background counts where at least half of the images have one, and ten.
    """
    known = {name: np.ma.asarray(values) for name, values in seen.items()}
    count = len(known["label"])
    if not count:
        return Variation(0, False, False, 0.0, None, None, None, None, None, None, None, 0.0)
    found = ~np.ma.getmaskarray(known["extent"])
    told = found.sum() >= _LEAST_OBJECTS and found.mean() >= _ENOUGH
    classes, codes = np.unique(np.ma.getdata(known["label"]).astype(str), return_inverse=True)
    offset = np.abs([np.ma.getdata(known[name][found]) for name in ("centre_x", "centre_y")]).max(axis=0)
    light = np.ma.getdata(known["brightness"])
    chroma = np.stack([np.ma.getdata(known[name]) for name in ("a", "b")], axis=1)
    return Variation(
        images=count,
        grey=bool((np.ma.getdata(known["chroma_range"]) <= _GREY_LEVELS).mean() >= 0.99),
        square=bool((np.abs(np.log(np.ma.getdata(known["aspect"]))) < np.log(1.1)).mean() >= 0.9),
        plain=float(found.mean()),
        off_centre=float(np.percentile(offset, 90)) if told else None,
        scale=_within(np.log(np.maximum(known["extent"][found], 1e-3)), codes[found]) if told else None,
        light_on_dark=float((known["polarity"][found] > 0).mean()) if told else None,
        brightness=_within(light, codes),
        contrast=_within(np.ma.getdata(known["contrast"]), codes),
        colour_accuracy=_nearest(chroma, codes),
        light_accuracy=_nearest(light[:, None], codes),
        chance=1 / max(1, len(classes)),
    )


def _within(values: Array, codes: Array) -> float | None:
    """Return the median standard deviation within classes that have five images or more."""
    spreads = [float(values[codes == code].std()) for code in np.unique(codes) if (codes == code).sum() >= 5]
    return float(np.median(spreads)) if spreads else None


def _nearest(values: Array, codes: Array) -> float | None:
    """Return the balanced accuracy of the nearest class centre, learned from every other image and vice versa."""
    kept = np.isin(codes, np.flatnonzero(np.bincount(codes) >= _LEAST_TO_TELL))
    values, codes = values[kept], np.unique(codes[kept], return_inverse=True)[1]
    classes = int(codes.max()) + 1 if len(codes) else 0
    if classes < 2:
        return None
    order = np.argsort(codes, kind="stable")
    half = np.empty(len(codes), bool)
    half[order] = np.arange(len(codes)) % 2 == 0
    right = np.zeros(classes)
    for learned, judged in ((half, ~half), (~half, half)):
        centres = np.stack([values[learned & (codes == code)].mean(axis=0) for code in range(classes)])
        nearest = ((values[judged, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
        right += np.bincount(codes[judged], weights=nearest == codes[judged], minlength=classes)
    return float((right / np.bincount(codes)).mean())


def _tells(accuracy: float | None, chance: float) -> bool:
    return accuracy is not None and accuracy > chance + 0.6 * (1 - chance)
