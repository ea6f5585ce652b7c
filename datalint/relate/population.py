"""Which population the images of a dataset are drawn from, and what a model of them will fail on.

What is said holds for 19 images in 20. Of things that stand out from plain backgrounds it is said where these can be
told in 9 images of 10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from datalint.relate.pictures import columns_of
from datalint.relate.spreads import axial
from datalint.relate.variation import FACTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datalint.model import Columns
    from datalint.relate.views import Views

    Array: TypeAlias = "np.ndarray[Any, Any]"
    Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"

_LEAST = 50
"""Pictures that a population is told of."""
_MOST = 20_000
_NEARLY_ALL = 0.95
_TOLD = 0.9
_GREY = 12
_OFF_CENTRE, _ONE_SCALE, _THIN = 0.15, 0.12, 0.2
_ONE_LIGHT, _ONE_TINT = 0.06, 20.0


def population(views: Views) -> Columns:
    """Return rows of table ``population``: one for each thing that nearly all images have in common.

    Only images of the training split count, where there is one.
    """
    pictures = views.pictures()
    trained = np.ma.filled(pictures["role"] == "train", False).astype(bool)
    pictures = pictures.at(np.flatnonzero(trained) if trained.any() else np.arange(len(trained)))
    pictures = pictures.at(np.arange(len(pictures["picture"]))[:_MOST])
    if len(pictures["picture"]) < _LEAST:
        return {}
    return columns_of(_common(pictures))


def _common(pictures: Views) -> Iterator[dict[str, str]]:
    yield from _size(pictures)
    grey = _mostly(np.ma.getdata(pictures["chroma_range"]) <= _GREY)
    if grey:
        yield _row("colour", "grey", "coloured")
    polarity = FACTS["polarity"](pictures)
    told = np.isfinite(polarity)
    if told.mean() >= _TOLD:
        yield from _figure(pictures.at(np.flatnonzero(told)), polarity[told], grey)
    if not grey or told.mean() < _TOLD:
        yield from _light(pictures)


def _size(pictures: Views) -> Iterator[dict[str, str]]:
    sides = pictures.floats("width", "height").astype(int)
    values, counts = np.unique(sides, axis=0, return_counts=True)
    width, height = values[counts.argmax()]
    if counts.max() >= _NEARLY_ALL * len(sides):
        yield _row("size", f"{width}×{height}", "")  # loaders resize: another size alone is no failure
    elif _mostly(np.abs(np.log(sides[:, 0] / sides[:, 1])) < np.log(1.1)):
        yield _row("size", "square", "")


def _figure(pictures: Views, polarity: Floats, grey: bool) -> Iterator[dict[str, str]]:
    """Say what things on plain backgrounds have in common."""
    on = "on a plain background"
    for sign, words in ((1, "light on dark"), (-1, "dark on light")):
        if grey and _mostly(polarity * sign > 0):
            on = words
    yield _row("background", on, "cluttered" if on == "on a plain background" else "inverted")
    place = pictures.floats("centre_x", "centre_y")
    if _mostly(np.abs(place).max(axis=1) <= _OFF_CENTRE):
        yield _row("place", "centred", "shifted")
    extent = pictures.floats("extent")[:, 0]
    if np.std(np.log(extent)) <= _ONE_SCALE:
        low, high = np.percentile(extent, (5, 95)).clip(0, 1)
        yield _row("scale", f"filling {_range(100 * low, 100 * high)} % of the frame", "smaller")
    tilt = FACTS["tilt"](pictures)
    clear = tilt[np.isfinite(tilt)]
    if len(clear) >= _TOLD * len(tilt) and np.std(axial(clear)[1]) <= 15:
        yield _row("tilt", "turned alike", "turned")
    strokes = pictures.floats("stroke")[:, 0]
    if np.percentile(strokes, 90) <= _THIN:
        side = float(np.median(pictures.floats("width", "height").min(axis=1)))
        low, high = np.percentile(strokes * side, (10, 90))
        yield _row("stroke", f"strokes {_range(low, high)} px", "thick-stroked")


def _light(pictures: Views) -> Iterator[dict[str, str]]:
    lightness, temperature = FACTS["lightness"](pictures), FACTS["temperature"](pictures)
    if np.std(lightness) <= _ONE_LIGHT and np.std(temperature) <= _ONE_TINT:
        yield _row("light", "in one light", "darker or brighter")


def _mostly(holds: Array) -> bool:
    return bool(np.mean(holds) >= _NEARLY_ALL)


def _range(low: float, high: float) -> str:
    first, last = round(low), round(high)
    return f"{first}" if first == last else f"{first}-{last}"


def _row(aspect: str, what: str, fails_on: str) -> dict[str, Any]:
    return {"aspect": aspect, "what": what, "fails_on": fails_on or None}
