"""What must not be done to the images of a class, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datalint.augment.catalogue import CROPPING, FLIPS, KINDS
from datalint.augment.record import Guard
from datalint.augment.words import read_labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datalint.augment.variation import Variation
    from datalint.plan_settings import PlanSettings


def find_guards(labels: Sequence[str], dataset: str, variation: Variation, settings: PlanSettings) -> tuple[Guard, ...]:
    """Return what must not be done; what is configured goes over what is found out here."""
    found: dict[tuple[str, str], list[str]] = {}
    dropped = settings.dropped(labels)
    for transform in KINDS:
        for label in labels:
            if transform not in dropped and settings.forbids(transform, label):
                found.setdefault((transform, "as configured"), []).append(label)
    for transform, of, reason in _guards(labels, dataset, variation):
        kept = [label for label in of if not settings.allows(transform, label)]
        found.setdefault((transform, reason), []).extend(kept)
    whole = {transform: reason for (transform, reason), of in reversed(found.items()) if len({*of}) == len(labels)}
    guards = []
    for (transform, reason), of in found.items():
        # What holds for all classes need not be said of some.
        if of and whole.get(transform, reason) == reason:
            guards.append(Guard(transform, () if transform in whole else tuple(sorted({*of})), reason))
    return tuple(guards)


def _guards(labels: Sequence[str], dataset: str, variation: Variation) -> Iterator[tuple[str, Sequence[str], str]]:
    """Yield kind, labels and reason."""
    meaning = read_labels(labels, dataset)
    written = {
        "a mirrored or turned digit is another sign, or none": meaning.digits,
        "a mirrored or turned letter is another one, or none": meaning.letters,
        "mirrored text is no text": meaning.text,
        "a mirrored or turned sign says something else": meaning.signs,
    }
    for reason, of in written.items():
        for transform in FLIPS:
            yield transform, of, reason
    yield "flip-horizontal", meaning.sides, "the name tells sides apart, and a mirror swaps them"
    yield "quarter-turn", meaning.sides, "the name tells sides apart, and turning confuses them"
    for transform in ("flip-vertical", "quarter-turn"):
        yield transform, meaning.heights, "the name tells up from down"
        yield transform, meaning.people, "people are met upright"
        yield transform, meaning.scenes, "a scene has the sky above"
    overhead = {*meaning.overhead}
    upright = [label for label in labels if label not in overhead]
    for transform in ("flip-vertical", "quarter-turn"):
        yield transform, upright, "nothing says that the objects are met in any orientation"
    if not variation.square:
        yield "quarter-turn", labels, "height may not become width: the images are not square"
    for transform in ("hue", "saturation"):
        yield transform, meaning.colours, "the name says that colour tells the class"
    if variation.grey:
        for transform in ("hue", "saturation"):
            yield transform, labels, "the images are grey"
    elif variation.colour_tells:
        yield "hue", labels, f"colour alone tells the classes apart: {variation.colour_accuracy:.0%} are right by it"
    for transform in ("brightness", "invert"):
        yield transform, meaning.light, "the name says that light tells the class"
    if variation.light_tells:
        reason = f"light alone tells the classes apart: {variation.light_accuracy:.0%} are right by it"
        for transform in ("brightness", "invert"):
            yield transform, labels, reason
    for transform in CROPPING:
        yield transform, meaning.defects, "a crop may lose the defect that the label is about"
    if not variation.grey:
        yield "invert", labels, "the images have colour, and nobody meets a negative"
