"""Which changes to make, how far, and why: each is tied to what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datalint.augment.catalogue import MILD
from datalint.augment.record import Measurement, Transform
from datalint.augment.targets import APPENDED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from datalint.augment.record import Range
    from datalint.augment.variation import Variation

VIEWPOINTS = {"dead-on": 15.0, "incline": 30.0, "overhead": 180.0}
"""Degrees by which objects may be turned, by how the camera looks at them."""
_OFTEN, _SOMETIMES = 0.8, 0.5


def choose_transforms(
    variation: Variation,
    viewpoint: str,
    ranges: Mapping[str, Range],
    biased: Sequence[str],
    forbidden: Collection[str],
) -> tuple[Transform, ...]:
    """Return all changes that make sense for the images; which classes allow them, guards say.

    ``biased`` are classes whose background gives them away.
    """
    chosen = []
    for transform in _proposals(variation, viewpoint, biased):
        if transform.name in forbidden:
            continue
        if transform.name in ranges:
            transform = transform._replace(
                range=ranges[transform.name], reason=f"{transform.reason}; range as configured"
            )
        chosen.append(transform)
    named = {transform.name for transform in chosen}
    for name, limits in ranges.items():
        if name not in named and name not in forbidden:
            chosen.append(Transform(name, _SOMETIMES, limits, "as configured"))
    return tuple(chosen)


def measurements(variation: Variation) -> tuple[Measurement, ...]:
    """Put what was measured into words."""
    v = variation
    rows: list[tuple[str, float | None, str]] = [
        ("plain-background", v.plain, "images in which something stands out from a plain background"),
        ("off-centre", v.off_centre, "of the side: nine in ten objects are nearer to the middle"),
        ("scale", v.scale, "spread of objects' sizes within a class"),
        ("light-on-dark", v.light_on_dark, "objects that are lighter than their background"),
        ("brightness", v.brightness, "spread of brightness within a class"),
        ("contrast", v.contrast, "spread of contrast within a class"),
        ("colour-alone", v.colour_accuracy, "of the images are told right by colour alone"),
        ("light-alone", v.light_accuracy, "of the images are told right by brightness alone"),
    ]
    return tuple(Measurement(name, None if value is None else round(value, 4), text) for name, value, text in rows)


def _proposals(variation: Variation, viewpoint: str, biased: Sequence[str]) -> Iterator[Transform]:
    yield Transform("flip-horizontal", 0.5, None, "a mirrored object is of the same class")
    yield Transform("flip-vertical", 0.5, None, "objects are met in any orientation")
    yield Transform("quarter-turn", 0.5, None, "objects are met in any orientation, and nothing is lost")
    most = VIEWPOINTS[viewpoint]
    yield Transform("rotate", _OFTEN, (-most, most), f"cameras are never held quite level; viewpoint is {viewpoint}")
    yield _zoom(variation)
    yield _shift(variation)
    if biased:
        names = ", ".join(biased[:3]) + (" ..." if len(biased) > 3 else "")
        yield Transform("background", 0.5, (0.4, 0.9), f"the background gives {names} away (BIA001)", True)
    yield _light(variation)
    yield _contrast(variation)
    yield Transform("saturation", _SOMETIMES, (0.8, 1.25), "cameras differ in colour")
    if variation.lacks_polarity:
        which = "light on dark" if (variation.light_on_dark or 0) > 0.5 else "dark on light"
        reason = f"all objects are {which}; a tenth of inverted images, appended, teaches to ignore it"
        yield Transform("invert", APPENDED, None, reason, True)


def _zoom(variation: Variation) -> Transform:
    if variation.lacks_scales:
        reason = f"objects of a class differ by {variation.scale:.0%} in size only"
        return Transform("zoom", _OFTEN, (0.8, 1.25), reason, True)
    return Transform("zoom", _SOMETIMES, MILD["zoom"], "mild: objects come in many sizes, or were not measured")


def _shift(variation: Variation) -> Transform:
    if variation.lacks_places:
        reason = f"nine in ten objects are within {variation.off_centre:.0%} of the middle"
        return Transform("shift", _OFTEN, (-0.2, 0.2), reason, True)
    return Transform("shift", _SOMETIMES, MILD["shift"], "mild: objects are in many places, or were not measured")


def _light(variation: Variation) -> Transform:
    if variation.lacks_light:
        reason = f"images of a class differ by {variation.brightness:.2f} of 1 in brightness only"
        return Transform("brightness", _OFTEN, (0.6, 1.6), reason, True)
    return Transform("brightness", _SOMETIMES, MILD["brightness"], "mild: brightness varies already")


def _contrast(variation: Variation) -> Transform:
    if variation.lacks_contrast:
        reason = f"images of a class differ by {variation.contrast:.2f} in contrast only"
        return Transform("contrast", _OFTEN, (0.6, 1.6), reason, True)
    return Transform("contrast", _SOMETIMES, MILD["contrast"], "mild: contrast varies already")
