"""What a plan says, as plain records. A plan is written and read whole, so every field is a plain value."""

from __future__ import annotations

from typing import NamedTuple

Range = tuple[float, float]


class Transform(NamedTuple):
    """One kind of change to an image."""

    name: str
    """One of ``catalogue.KINDS``."""
    share: float
    """Of the augmented images that get it, 0 to 1."""
    range: Range | None
    """From least to most, in the unit of its kind; None where there is nothing to choose."""
    reason: str
    lack: bool = False
    """Whether the dataset was measured to lack the variation; else it is mild, for images that are not mere copies."""
    labels: tuple[str, ...] = ()
    """Classes that it is for, in place of another of the same name; empty for all others."""


class Guard(NamedTuple):
    """A kind of change that would make a label wrong, or teach nothing."""

    transform: str
    labels: tuple[str, ...]
    """Classes that it holds for; empty for all."""
    reason: str


class ClassPlan(NamedTuple):
    """How many images of one class there are, and shall be."""

    label: str
    have: int
    """Images of the training split, as the rules of family BAL count them."""
    sources: int
    """Those of them that may be augmented: decodable, and with no copy in another split."""
    wanted: int
    """What the target asks for."""
    target: int
    """What is planned: ``have + synthesize``; below ``wanted`` where the factor would be too high."""
    synthesize: int
    append: int
    """Images with a variation that the dataset lacks, on top of the target."""
    invert: int
    """Inverted images, on top of the target."""
    factor: float
    """``target / have``; 0 for a class without images."""
    weight: float
    """Class weight for the images as they are, 1 on average over the images; 0 for a class without images."""
    oversample: float
    """How often an image is drawn, against one of the largest class, when all classes are to come equally often."""
    warning: str | None = None
    asked: str | None = None
    """A target of its own, as it was asked for; None for that of the plan."""
    max_factor: float | None = None
    """A cap of its own; None for that of the plan."""

    @property
    def made(self) -> int:
        """All images that are made of the class."""
        return self.synthesize + self.append + self.invert


class Preprocessing(NamedTuple):
    """What the dataset asks of the code that reads it."""

    width: int
    height: int
    enlarged: float
    """Share of the images that are smaller on one side at least."""
    squeezed: float
    """Share of the images whose aspect ratio the size changes by more than a quarter."""
    channels: int
    bit_depth: int
    scale: float
    """What to divide values by."""
    mean: tuple[float, ...]
    """Per channel over the training split, of values from 0 to 1."""
    std: tuple[float, ...]
    bytes_float64: int
    """Of the training split at that size, with what is made."""
    bytes_float32: int
    bytes_float16: int
    shrink_filter: str
    enlarge_filter: str
    label_type: str
    loss: str
    outputs: int
    validation_share: float
    test_share: float
    batch: int
    steps_per_epoch: int
    pretrained: bool
    """Whether there are so few images that a pretrained network should be fine-tuned."""


class Measurement(NamedTuple):
    """One measured variation, as evidence."""

    name: str
    value: float | None
    """None where it cannot be measured."""
    text: str


class Plan(NamedTuple):
    """A plan for one dataset."""

    dataset: str
    """Name of the dataset."""
    target: str
    """As it was asked for: mean, largest, floor or a number."""
    seed: int
    max_factor: float
    fill: str
    """What takes the place of what is beyond the border: its colour (``border``), or a reflection (``reflect``)."""
    split: str | None
    """The split that is augmented; None for a dataset without splits."""
    untouched: tuple[str, ...]
    """The other splits."""
    classes: tuple[ClassPlan, ...]
    """In order of label, which is the order of class indices."""
    transforms: tuple[Transform, ...]
    guards: tuple[Guard, ...]
    measured: tuple[Measurement, ...]
    preprocessing: Preprocessing | None
    """None where no image could be decoded."""
    notes: tuple[str, ...]
    """What augmentation cannot do, and what to do first."""

    def of_class(self, label: str) -> tuple[Transform, ...]:
        """Return the transforms that a class allows."""
        barred = {guard.transform for guard in self.guards if not guard.labels or label in guard.labels}
        found: dict[str, Transform] = {}
        for transform in self.transforms:
            if transform.name not in barred and label in (transform.labels or (label,)):
                found[transform.name] = transform
        return tuple(found.values())

    def shared(self) -> dict[str, tuple[Transform, ...]]:
        """Return by name the transforms that every class allows; several where classes have ranges of their own."""
        barred = {guard.transform for guard in self.guards}
        found: dict[str, tuple[Transform, ...]] = {}
        for name in dict.fromkeys(transform.name for transform in self.transforms):
            rows = [transform for transform in self.transforms if transform.name == name]
            without = {one.label for one in self.classes}.difference(*(one.labels for one in rows))
            general = any(not one.labels for one in rows)
            if name not in barred and (general or not without):
                found[name] = tuple(one for one in rows if one.labels or without) or tuple(rows)
        return found

    def for_all(self) -> tuple[Transform, ...]:
        """Return the transforms that every class allows, with the range that every class allows."""
        common = (_common(rows) for rows in self.shared().values())
        return tuple(transform for transform in common if transform is not None)


def _common(rows: tuple[Transform, ...]) -> Transform | None:
    """Return what transforms of one name have in common; None where their ranges do not meet."""
    first, share = rows[0]._replace(labels=()), min(one.share for one in rows)
    ranges = [one.range for one in rows if one.range]
    if not ranges:
        return first._replace(share=share)
    low, high = max(low for low, _ in ranges), min(high for _, high in ranges)
    return first._replace(share=share, range=(low, high)) if low <= high else None
