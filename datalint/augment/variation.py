"""How much the images of a dataset vary, measured on thumbnails.

An object can be found in a thumbnail where the border is plain: it is what differs from the border's median. Where the
borders are not plain, its place, size and polarity are not measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    Array: TypeAlias = "np.ndarray[Any, Any]"

MOST = 200
"""Images of a class that are looked at."""
_BORDER = 2  # pixels of a thumbnail of 32
_PLAIN = 0.08
_OBJECT = 0.15
_GREY_LEVELS = 12
_ENOUGH = 0.5
_LEAST_TO_TELL = 8  # images of each of two classes


class Variation(NamedTuple):
    """Values are over the images that were looked at; None where nothing could be measured."""

    images: int
    grey: bool
    """Whether hardly an image has colour."""
    square: bool
    """Whether nine in ten images are as wide as high, within a tenth."""
    plain: float
    """Share of the images with a plain border, 0 to 1."""
    off_centre: float | None
    """How far from the middle objects are, as a share of the side: nine in ten are nearer."""
    scale: float | None
    """Standard deviation of the logarithm of objects' sizes: 0.1 is 10 %."""
    light_on_dark: float | None
    """Share of the objects that are lighter than the border, 0 to 1."""
    brightness: float | None
    """Standard deviation of mean luma over images, 0 to 0.5."""
    contrast: float | None
    """Standard deviation of luma's standard deviation over images, 0 to 0.25."""
    colour_accuracy: float | None
    """Balanced accuracy of the nearest class by the middle's mean chroma."""
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


def measure_variation(thumbnails: Array, labels: Sequence[str], aspects: Array) -> Variation:
    """Measure images, uint8[n, 32, 32, 3], with their labels and widths over heights, float[n]."""
    if not len(thumbnails):
        return Variation(0, False, False, 0.0, None, None, None, None, None, None, None, 0.0)
    values = thumbnails.astype(np.float32) / 255
    luma = values @ np.array([0.299, 0.587, 0.114], np.float32)
    plain, offset, size, lighter = _objects(luma)
    enough = plain.mean() >= _ENOUGH
    found = plain & np.isfinite(size)
    middle = values[:, 8:24, 8:24].mean(axis=(1, 2))
    chroma = np.stack([middle[:, 2] - middle.mean(axis=1), middle[:, 0] - middle.mean(axis=1)], axis=1)
    spread = thumbnails.max(axis=3).astype(np.int16) - thumbnails.min(axis=3)
    classes, codes = np.unique(np.asarray(labels, object).astype(str), return_inverse=True)
    seen = found.sum() >= 10 and enough
    return Variation(
        images=len(thumbnails),
        grey=bool((np.percentile(spread.reshape(len(spread), -1), 99, axis=1) < _GREY_LEVELS).mean() >= 0.99),
        square=bool((np.abs(np.log(aspects)) < np.log(1.1)).mean() >= 0.9),
        plain=float(plain.mean()),
        off_centre=float(np.percentile(offset[found], 90)) if seen else None,
        scale=_within(np.log(size[found]), codes[found]) if seen else None,
        light_on_dark=float(lighter[found].mean()) if seen else None,
        brightness=_within(luma.mean(axis=(1, 2)), codes),
        contrast=_within(luma.std(axis=(1, 2)), codes),
        colour_accuracy=_nearest(chroma, codes),
        light_accuracy=_nearest(luma.mean(axis=(1, 2))[:, None], codes),
        chance=1 / max(1, len(classes)),
    )


def _objects(luma: Array) -> tuple[Array, Array, Array, Array]:
    """Find objects on plain borders: whether plain, offset from the middle, size (shares of the side), if lighter."""
    side = luma.shape[1]
    ring = np.ones((side, side), bool)
    ring[_BORDER:-_BORDER, _BORDER:-_BORDER] = False
    border = luma[:, ring]
    level = np.median(border, axis=1)
    # Objects may touch the border in a few places, so that a plain one need not be plain all around.
    plain = (np.abs(border - level[:, None]) < _PLAIN).mean(axis=1) >= 0.8
    difference = luma - level[:, None, None]
    mass = np.where(np.abs(difference) > _OBJECT, np.abs(difference), 0)
    total = mass.sum(axis=(1, 2))
    safe = np.maximum(total, 1e-6)
    place = (np.arange(side) + 0.5) / side - 0.5
    across, down = mass.sum(axis=1) @ place / safe, mass.sum(axis=2) @ place / safe
    spread = (mass.sum(axis=1) @ place**2 + mass.sum(axis=2) @ place**2) / safe - across**2 - down**2
    area = (mass > 0).mean(axis=(1, 2))
    size = np.where((area > 0.01) & (area < 0.95), np.sqrt(np.maximum(spread, 1e-6)), np.nan)
    lighter = np.where(mass > 0, difference, 0).sum(axis=(1, 2)) > 0
    return plain, np.maximum(np.abs(across), np.abs(down)), size, lighter


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
