"""From a plan and a half's material to a dataset, reproducible by its seed."""

from __future__ import annotations

import zlib
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planted import composing, places
from planted.plans import FEWEST_OF_BURSTS, KINDS, SMALLEST_CLASS
from planted.sources import HALVES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planted.composing import Background, Pixels, Rng
    from planted.plans import Kind, Plan
    from planted.sources import Material

SIDES = (64, 96, 128, 160, 224)  # pixels
SIDES_OF_MANY = (64, 96, 128)
MANY = 600  # images


class Planted(NamedTuple):
    """A dataset of which it is known what is wrong with it."""

    name: str
    plan: Plan
    images: list[Pixels]
    labels: list[str]
    biased: dict[str, str]
    """What goes with a class, by class; the others have nothing planted."""
    carrying: list[bool]
    """Whether an image has what goes with its class."""
    half: str
    seed: int


class Recipe(NamedTuple):
    """How the images of one class are made."""

    label: str
    count: int
    own: Background | None
    """The background that goes with the class."""
    treatment: Callable[[Rng, Pixels], Pixels] | None
    """What is done to the images that carry the bias."""
    scale: float
    """Of the sides of the images that carry the bias."""
    pose: composing.Pose
    bursts: bool
    close_up: bool


class Setting(NamedTuple):
    """What the classes of one dataset have in common."""

    kind: Kind
    rho: float
    base: Background
    sides: tuple[int, ...]
    mixed: bool
    """Whether sizes and aspects vary from image to image."""
    treatment: Callable[[Rng, Pixels], Pixels] | None


def make(plan: Plan, material: Material, seed: int) -> Planted:
    """Compose one dataset. Raises LookupError when the material has too few classes or places for it."""
    kind = KINDS[plan.kind]
    rng = np.random.default_rng([seed, HALVES.index(material.half), zlib.crc32(plan.kind.encode()), plan.number])
    objects = choose_objects(rng, plan, material)
    labels = list(objects)
    affected = {label: kind.how for label in (labels if kind.biased == "all" else labels[:1]) if kind.how}
    many = plan.per_class * plan.classes > MANY
    sides = SIDES_OF_MANY if many else SIDES
    mixed = bool(rng.integers(2)) and kind.how != "size"
    setting = Setting(
        kind,
        plan.rho,
        base_background(rng, kind, material),
        sides if mixed else (int(rng.choice(sides)),),
        mixed,
        treatment(rng, kind.treated),
    )
    images, names, carrying = [], [], []
    for recipe in recipes(rng, plan, objects, affected, material):
        for image, carries in composed(rng, setting, recipe, objects[recipe.label]):
            images.append(image)
            names.append(recipe.label)
            carrying.append(carries)
    name = f"{plan.kind} {plan.number}: rho {plan.rho}, {plan.classes} classes of {plan.per_class}"
    return Planted(name, plan, images, names, affected, carrying, material.half, seed)


def choose_objects(rng: Rng, plan: Plan, material: Material) -> dict[str, list[Pixels]]:
    """Choose a source that has enough classes, and the classes, in random order."""
    kind = KINDS[plan.kind]
    if kind.textures:
        return {f"class {number}": [] for number in range(plan.classes)}
    solid_only = bool(kind.close_ups or kind.camouflaged)
    fit = [name for name in sorted(material.objects) if not solid_only or name in material.solid]
    fit = [name for name in fit if len(material.objects[name]) >= plan.classes]
    if not fit:
        raise LookupError(f"no source has {plan.classes} classes for {plan.kind}")
    source = material.objects[fit[rng.integers(len(fit))]]
    chosen = rng.permutation(sorted(source))[: plan.classes]
    return {str(label): source[str(label)] for label in chosen}


def recipes(
    rng: Rng, plan: Plan, objects: dict[str, list[Pixels]], affected: dict[str, str], material: Material
) -> list[Recipe]:
    """Say how each class is made."""
    kind = KINDS[plan.kind]
    labels = list(objects)
    chosen = labels[0]
    least = FEWEST_OF_BURSTS if kind.bursts else SMALLEST_CLASS
    counts = class_sizes(rng, plan, least) if kind.imbalanced else [plan.per_class] * len(labels)
    owned = own_backgrounds(rng, kind, labels, affected, material)
    done = treatment(rng, kind.how)

    def meant(which: str, label: str) -> bool:
        return which == "all" or (which == "one" and label == chosen)

    return [
        Recipe(
            label,
            count,
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


def class_sizes(rng: Rng, plan: Plan, least: int) -> list[int]:
    """Spread class sizes evenly on a logarithmic scale from a tenth to the whole, in random order."""
    sizes = np.geomspace(plan.per_class, max(least, plan.per_class / 10), plan.classes)
    return [int(size) for size in rng.permutation(sizes)]


def base_background(rng: Rng, kind: Kind, material: Material) -> Background:
    if kind.base == "sheet":
        return partial(composing_sheet, colour=rng.uniform(40, 235, 3))
    if kind.base == "place":
        return any_of([material.places[rng.integers(len(material.places))]])
    return any_of(material.places)


def composing_sheet(rng: Rng, width: int, height: int, colour: np.ndarray) -> Pixels:
    return composing.sheet(rng, colour, width, height)


def any_of(chosen: Sequence[places.Place]) -> Background:
    """Take windows of any of some places, each as often as the others."""
    return lambda rng, width, height: chosen[rng.integers(len(chosen))].take(rng, width, height)


def own_backgrounds(
    rng: Rng, kind: Kind, labels: list[str], affected: dict[str, str], material: Material
) -> dict[str, Background]:
    """Choose the backgrounds that go with classes."""
    if kind.textures:
        scenes = places.apart(rng, material.places, len(labels))
        return {label: any_of(scene) for label, scene in zip(labels, scenes, strict=True)}
    if kind.how == "uniform":
        return {label: partial(composing_sheet, colour=rng.uniform(40, 235, 3)) for label in affected}
    if kind.how == "few-places":
        count = int(rng.integers(1, 6))
        order = [material.places[number] for number in rng.permutation(len(material.places))]
        return {label: any_of(order[:count]) for label in affected}
    if kind.how == "background" and kind.biased == "all":
        scenes = places.apart(rng, material.places, len(labels))
        return {label: any_of(scene) for label, scene in zip(labels, scenes, strict=True)}
    if kind.how == "background":
        names = sorted(material.scenes)
        if not names:
            raise LookupError("no scene has enough places")
        return {label: any_of(material.scenes[names[rng.integers(len(names))]]) for label in affected}
    return {}


def treatment(rng: Rng, how: str) -> Callable[[Rng, Pixels], Pixels] | None:
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


def composed(rng: Rng, setting: Setting, recipe: Recipe, cutouts: list[Pixels]) -> list[tuple[Pixels, bool]]:
    """Make the images of one class, with whether each carries what goes with the class."""
    lengths = burst_lengths(rng, recipe.count) if recipe.bursts else [1] * recipe.count
    carrying = shares(rng, len(lengths), setting.rho)
    made: list[tuple[Pixels, bool]] = []
    for length, carries in zip(lengths, carrying, strict=True):
        frame = one(rng, setting, recipe, cutouts, carries)
        for image in composing.burst(rng, frame, length):
            for change in (setting.treatment, recipe.treatment if carries else None):
                image = change(rng, image) if change else image
            made.append((composing.stored(rng, image), carries))
    return made


def shares(rng: Rng, count: int, rho: float) -> list[bool]:
    """Choose which of ``count`` compositions carry a bias: a share of ``rho`` of them, to the nearest one."""
    return [bool(flag) for flag in rng.permutation(np.arange(count) < round(rho * count))]


def burst_lengths(rng: Rng, count: int) -> list[int]:
    """Split ``count`` images into bursts of 3 to 6 frames; the last may be shorter."""
    lengths: list[int] = []
    while (left := count - sum(lengths)) > 0:
        lengths.append(min(left, int(rng.integers(3, 7))))
    return lengths


def one(rng: Rng, setting: Setting, recipe: Recipe, cutouts: list[Pixels], carries: bool) -> Pixels:
    """Make one composition, with a margin for bursts to move in."""
    side = int(rng.choice(setting.sides)) * (recipe.scale if carries else 1.0)
    aspect = rng.uniform(0.75, 1.33) if setting.mixed else 1.0
    width, height = (round(side * factor) + 2 * composing.MARGIN for factor in (aspect**0.5, aspect**-0.5))
    if setting.kind.textures and recipe.own:
        return recipe.own(rng, width, height)
    cutout = cutouts[rng.integers(len(cutouts))]
    if not cutout[..., :3].any():  # a stroke has no colour of its own
        cutout = np.dstack([np.broadcast_to(rng.integers(0, 256, 3), cutout[..., :3].shape), cutout[..., 3]])
        cutout = cutout.astype(np.uint8)
    if recipe.close_up:
        return composing.close_up(rng, cutout, width, height)
    background = recipe.own if recipe.own and carries else setting.base
    return composing.compose(rng, cutout, background(rng, width, height), recipe.pose)
