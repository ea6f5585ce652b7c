"""What splits may differ in: each aspect of an image with the facts that tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.file_traits import one_hot
from datalint.relate.strata import ranks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from datalint.model import Columns
    from datalint.relate.corners import Look

    Array: TypeAlias = "np.ndarray[Any, Any]"
    Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"

ASPECTS: Mapping[str, tuple[str, ...]] = {
    "colour": ("hue",),
    "camera": ("camera",),
    "format": ("format",),
    "compression": ("compression",),
    "channels": ("mode", "bit depth"),
    "size": ("width", "height", "aspect ratio"),
    "background": ("corner lightness", "corner red-green", "corner blue-yellow", "corner texture", "ground"),
    "tint": ("red-green tint", "blue-yellow tint", "temperature"),
    "lightness": ("lightness", "dark level", "bright level"),
    "saturation": ("saturation",),
    "contrast": ("contrast",),
    "sharpness": ("sharpness",),
    "polarity": ("polarity",),
    "scale": ("scale",),
    "place": ("place across", "place down"),
    "structure": ("grain", "coherence"),
}
"""Facts by aspect. Of aspects that tell as much, one that comes first is likelier to be the cause of the others."""

_COLUMNS = {
    "bright level": "bright_level",
    "contrast": "contrast",
    "dark level": "dark_level",
    "grain": "grain",
    "coherence": "coherence",
    "height": "height",
    "lightness": "brightness",
    "place across": "centre_x",
    "place down": "centre_y",
    "polarity": "polarity",
    "red-green tint": "tint_a",
    "blue-yellow tint": "tint_b",
    "saturation": "saturation",
    "scale": "extent",
    "sharpness": "sharpness",
    "temperature": "temperature",
    "width": "width",
}
_WORDS = {"camera": "camera", "format": "format", "compression": "compression", "mode": "mode", "bit depth": "depth"}
_CORNERS = ("corner lightness", "corner red-green", "corner blue-yellow", "corner texture")
_GREY = 12


class Fact(NamedTuple):
    """What one fact says of n images."""

    name: str
    values: Array
    """float64[n], NaN where it is not known; or object[n], str."""

    @property
    def in_words(self) -> bool:
        return bool(self.values.dtype == object)

    def features(self, classes: Array) -> Floats:
        """Return its ranks within each class, float32[n, f]: one column, or one for each common value of words."""
        columns = one_hot(self.values) if self.in_words else self.values[:, None]
        return np.stack([ranks(column.astype(np.float64), classes) for column in columns.T], axis=1)

    def at(self, rows: Array) -> Fact:
        return Fact(self.name, self.values[rows])

    def varies(self) -> bool:
        """Tell whether it is not the same of all images."""
        if self.in_words:
            return len(set(self.values.tolist())) > 1
        known = self.values[np.isfinite(self.values)]
        return len(known) > 1 and bool((known != known[0]).any())


def facts(columns: Columns, corners: Look) -> dict[str, Fact]:
    """Return all facts by name. ``columns`` are what DRIFT_SQL returns, ``corners`` the looks of the same images."""
    return {fact.name: fact for fact in _facts(columns, corners)}


def _facts(columns: Columns, corners: Look) -> Iterator[Fact]:
    def numbers(name: str) -> Floats:
        values: Floats = np.ma.filled(np.ma.asarray(columns[name]).astype(np.float64), np.nan)
        return values

    for fact, name in _COLUMNS.items():
        yield Fact(fact, numbers(name))
    for fact, name in _WORDS.items():
        yield Fact(fact, np.ma.filled(np.ma.asarray(columns[name], object), "none"))
    yield Fact("aspect ratio", np.round(numbers("width") / numbers("height"), 2))
    yield Fact("hue", np.where(numbers("chroma_range") <= _GREY, "grey", "coloured").astype(object))
    yield Fact("ground", np.where(np.isfinite(numbers("polarity")), "plain", "not plain").astype(object))
    for number, fact in enumerate(_CORNERS):
        yield Fact(fact, corners.traits[:, number].astype(np.float64))
