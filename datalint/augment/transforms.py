"""Which changes to make, how far, and why: each is tied to what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from datalint.augment.catalogue import MILD
from datalint.augment.record import Measurement, Transform
from datalint.augment.targets import APPENDED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from datalint.augment.record import Range
    from datalint.augment.variation import Variation
    from datalint.plan_settings import LabelSettings, PlanSettings

VIEWPOINTS = {"dead-on": 15.0, "incline": 30.0, "overhead": 180.0}
"""Degrees by which objects may be turned, by how the camera looks at them."""
_OFTEN, _SOMETIMES = 0.8, 0.5


class _Varied(NamedTuple):
    """A variation that is measured."""

    far: Range
    """The range for a dataset that lacks it."""
    lack: str
    """The reason then, with a place for what was measured."""
    mild: str
    """The reason to stay mild."""


_VARIED = {
    "zoom": _Varied(
        (0.8, 1.25),
        "objects of a class differ by {:.0%} in size only",
        "objects come in many sizes, or were not measured",
    ),
    "shift": _Varied(
        (-0.2, 0.2),
        "nine in ten objects are within {:.0%} of the middle",
        "objects are in many places, or were not measured",
    ),
    "brightness": _Varied(
        (0.6, 1.6), "images of a class differ by {:.2f} of 1 in brightness only", "brightness varies already"
    ),
    "contrast": _Varied((0.6, 1.6), "images of a class differ by {:.2f} in contrast only", "contrast varies already"),
}


def choose_transforms(
    variation: Variation, viewpoint: str, biased: Sequence[str], settings: PlanSettings, labels: Sequence[str]
) -> tuple[Transform, ...]:
    """Return all changes that make sense for the images; which classes allow them, guards say.

    ``biased`` are classes whose background gives them away. Classes with a range of their own have a row of their own,
    after that of all others.
    """
    forbidden = settings.dropped(labels)
    proposed = {one.name: one for one in _proposals(variation, viewpoint, biased) if one.name not in forbidden}
    own = {label: _own(settings.of_label(label), proposed) for label in labels}
    named = [name for known in (settings.ranges, *own.values()) for name in known if name not in forbidden]
    chosen: list[Transform] = []
    for name in dict.fromkeys([*proposed, *named]):
        general = proposed.get(name)
        if name in settings.ranges:
            general = _ranged(name, general, settings.ranges[name])
        by_row: dict[Transform | None, list[str]] = {general: []}
        for label in labels:
            row = own[label].get(name, general)
            alike = row is None or general is None or row.range == general.range
            by_row.setdefault(general if alike and general else row, []).append(label)
        rows = {row: of for row, of in by_row.items() if row is not None and of}
        chosen += [
            row if row == general or len(of) == len(labels) else row._replace(labels=tuple(of))
            for row, of in rows.items()
        ]
    return tuple(chosen)


def _own(settings: LabelSettings, proposed: Mapping[str, Transform]) -> dict[str, Transform]:
    """Return by name what is configured for a label."""
    found = {} if settings.viewpoint is None else {"rotate": _rotation(settings.viewpoint)}
    found |= {name: _ranged(name, proposed.get(name), limits) for name, limits in settings.ranges.items()}
    return found


def _rotation(viewpoint: str) -> Transform:
    most = VIEWPOINTS[viewpoint]
    return Transform("rotate", _OFTEN, (-most, most), f"cameras are never held quite level; viewpoint is {viewpoint}")


def _ranged(name: str, proposal: Transform | None, limits: Range) -> Transform:
    if proposal is None:
        return Transform(name, _SOMETIMES, limits, "as configured")
    return proposal._replace(range=limits, reason=f"{proposal.reason}; range as configured")


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
    yield _rotation(viewpoint)
    yield _varied("zoom", variation.lacks_scales, variation.scale)
    yield _varied("shift", variation.lacks_places, variation.off_centre)
    if biased:
        names = ", ".join(biased[:3]) + (" ..." if len(biased) > 3 else "")
        yield Transform("background", 0.5, (0.4, 0.9), f"the background gives {names} away (BIA001)", True)
    yield _varied("brightness", variation.lacks_light, variation.brightness)
    yield _varied("contrast", variation.lacks_contrast, variation.contrast)
    yield Transform("saturation", _SOMETIMES, (0.8, 1.25), "cameras differ in colour")
    if variation.lacks_polarity:
        which = "light on dark" if (variation.light_on_dark or 0) > 0.5 else "dark on light"
        reason = f"all objects are {which}; a tenth of inverted images, appended, teaches to ignore it"
        yield Transform("invert", APPENDED, None, reason, True)


def _varied(name: str, lacks: bool, value: float | None) -> Transform:
    """Go far where the dataset was measured to lack a variation, which has the ``value``; else stay mild."""
    known = _VARIED[name]
    if lacks:
        return Transform(name, _OFTEN, known.far, known.lack.format(value), True)
    return Transform(name, _SOMETIMES, MILD[name], f"mild: {known.mild}")
