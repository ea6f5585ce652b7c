"""How the images of each class of a dataset are made: sizes, backgrounds, poses, treatments."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planted import composing, places
from planted.plans import FEWEST_OF_BURSTS, KINDS, SMALLEST_CLASS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from planted.composing import Background, Pixels, Rng
    from planted.plans import Kind, Plan
    from planted.sources import Material

    Treatment = Callable[[Rng, Pixels], Pixels]
    """What is done to a whole image, H x W x 3."""


class Own(NamedTuple):
    """The background that goes with a class."""

    background: Background
    about: str
    """What it is."""


class Recipe(NamedTuple):
    """How the images of one class are made."""

    label: str
    count: int
    rho: float
    """Share of the compositions that carry the bias; 0 for a class with nothing planted."""
    own: Own | None
    treatment: Treatment | None
    """What is done to the images that carry the bias."""
    scale: float
    """Of the sides of the images that carry the bias."""
    pose: composing.Pose
    bursts: bool
    close_up: bool


def choose_objects(rng: Rng, plan: Plan, material: Material) -> dict[str, list[Pixels]]:
    """Choose a source that has enough classes, or has the most, and the classes, in random order."""
    kind = KINDS[plan.kind]
    if kind.textures:
        return {f"class {number}": [] for number in range(plan.classes)}
    fit = sorted(material.solid) if kind.close_ups or kind.camouflaged else sorted(material.objects)
    if not fit:
        raise LookupError(f"{plan.kind}: no source of objects has what it takes")
    count = min(plan.classes, max(len(material.objects[name]) for name in fit))
    fit = [name for name in fit if len(material.objects[name]) >= count]
    source = material.objects[fit[rng.integers(len(fit))]]
    return {label: source[label] for label in rng.permutation(sorted(source))[:count].tolist()}


def recipes(
    rng: Rng, plan: Plan, objects: dict[str, list[Pixels]], affected: dict[str, str], material: Material
) -> list[Recipe]:
    """Say how each class is made."""
    kind = KINDS[plan.kind]
    labels = list(objects)
    chosen = labels[0]
    least = FEWEST_OF_BURSTS if kind.bursts else SMALLEST_CLASS
    counts = class_sizes(rng, plan, least, len(labels)) if kind.imbalanced else [plan.per_class] * len(labels)
    owned = own_backgrounds(rng, kind, labels, material)
    done = treatment(rng, kind.how)

    def meant(which: str, label: str) -> bool:
        return which == "all" or (which == "one" and label == chosen)

    return [
        Recipe(
            label,
            count,
            plan.rho if label in affected else 0.0,
            owned.get(label),
            done if label in affected else None,
            1.5 if kind.how == "size" and label in affected else 1.0,
            pose(kind, meant(kind.at_border, label), meant(kind.camouflaged, label)),
            meant(kind.bursts, label),
            meant(kind.close_ups, label),
        )
        for label, count in zip(labels, counts, strict=True)
    ]


def pose(kind: Kind, at_border: bool, camouflaged: bool) -> composing.Pose:
    if at_border:
        return composing.Pose(0.7, 1.1, border=True, camouflaged=camouflaged)
    return composing.Pose(centred=kind.centred, camouflaged=camouflaged)


def class_sizes(rng: Rng, plan: Plan, least: int, count: int) -> list[int]:
    """Spread class sizes evenly on a logarithmic scale from a tenth to the whole, in random order."""
    sizes = np.geomspace(plan.per_class, max(least, plan.per_class / 10), count)
    return [int(size) for size in rng.permutation(sizes)]


def base_background(rng: Rng, kind: Kind, material: Material) -> Background:
    if kind.base == "sheet":
        return partial(sheet, colour=rng.uniform(40, 235, 3))
    if kind.base == "place":
        return any_of([material.places[rng.integers(len(material.places))]])
    return any_of(material.places)


def sheet(rng: Rng, width: int, height: int, colour: NDArray[np.float64]) -> Pixels:
    return composing.sheet(rng, colour, width, height)


def any_of(chosen: Sequence[places.Place]) -> Background:
    """Take windows of any of some places, each as often as the others."""
    return lambda rng, width, height: chosen[rng.integers(len(chosen))].take(rng, width, height)


def own_backgrounds(rng: Rng, kind: Kind, labels: list[str], material: Material) -> dict[str, Own]:
    """Choose the backgrounds that go with classes."""
    chosen = labels if kind.biased == "all" or kind.textures else labels[:1]
    if kind.how == "uniform":
        return {label: Own(partial(sheet, colour=rng.uniform(40, 235, 3)), "") for label in chosen}
    if kind.how == "few-places":
        order = [material.places[number] for number in rng.permutation(len(material.places))]
        few = order[: rng.integers(1, 6)]
        return {label: Own(any_of(few), f"{len(few)} places") for label in chosen}
    if kind.how == "background" and kind.biased == "one":
        names = sorted(material.scenes)
        if not names:
            raise LookupError("no scene has enough places")
        scenes = {(name := names[rng.integers(len(names))]): material.scenes[name]}
    elif kind.how == "background" or kind.textures:
        scenes = places.apart(rng, material.places, len(labels))
    elif kind.how == "own-places":
        scenes = places.shared_out(rng, material.places, len(labels))
    else:
        return {}
    return {
        label: Own(any_of(scene), f"{name} ({len(scene) / len(material.places):.0%} of places)")
        for label, (name, scene) in zip(chosen, scenes.items(), strict=True)
    }


def treatment(rng: Rng, how: str) -> Treatment | None:
    """Choose what is done to whole images, with one strength for a dataset."""
    if how == "letterbox":
        return composing.letterboxed
    if how == "border":
        colour = rng.choice([0.0, 255.0]) * np.ones(3)
        return lambda rng, pixels: composing.padded(rng, pixels, colour)
    if how in ("tint", "light"):
        gains = rng.permutation([1.2, 1.0, 0.8]) if how == "tint" else np.full(3, rng.uniform(0.5, 0.75))
        return lambda _, pixels: composing.tinted(pixels, gains)
    return None
