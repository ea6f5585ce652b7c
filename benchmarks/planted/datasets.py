"""From a plan and a half's material to a dataset, reproducible by its seed."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planted import composing
from planted.plans import KINDS
from planted.recipes import base_background, choose_objects, recipes, treatment
from planted.sources import HALVES

if TYPE_CHECKING:
    from pathlib import Path

    from planted.composing import Background, Pixels, Rng
    from planted.plans import Kind, Plan
    from planted.recipes import Recipe, Treatment
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
    about: dict[str, str]
    """What the background that goes with a class is."""
    carrying: list[bool]
    """Whether an image has what goes with its class."""
    half: str
    seed: int


class Setting(NamedTuple):
    """What the classes of one dataset have in common."""

    kind: Kind
    base: Background
    sides: tuple[int, ...]
    mixed: bool
    """Whether sizes and aspects vary from image to image."""
    treatment: Treatment | None


def make(plan: Plan, material: Material, seed: int) -> Planted:
    """Compose one dataset. Raises LookupError when the material has no objects or scenes for it."""
    kind = KINDS[plan.kind]
    rng = np.random.default_rng([seed, HALVES.index(material.half), zlib.crc32(plan.kind.encode()), plan.number])
    objects = choose_objects(rng, plan, material)
    labels = list(objects)
    plan = plan._replace(classes=len(labels))
    affected = {label: kind.how for label in (labels if kind.biased == "all" else labels[:1]) if kind.how}
    many = plan.per_class * plan.classes > MANY
    sides = SIDES_OF_MANY if many else SIDES
    mixed = bool(rng.integers(2)) and kind.how != "size"
    setting = Setting(
        kind,
        base_background(rng, kind, material),
        sides if mixed else (int(rng.choice(sides)),),
        mixed,
        treatment(rng, kind.treated),
    )
    images, names, carrying = [], [], []
    about = {}
    for recipe in recipes(rng, plan, objects, affected, material):
        if recipe.own and recipe.own.about:
            about[recipe.label] = recipe.own.about
        for image, carries in composed(rng, setting, recipe, objects[recipe.label]):
            images.append(image)
            names.append(recipe.label)
            carrying.append(carries)
    name = f"{plan.kind} {plan.number}: rho {plan.rho}, {plan.classes} classes of {plan.per_class}"
    return Planted(name, plan, images, names, affected, about, carrying, material.half, seed)


def write(planted: Planted, folder: Path) -> None:
    """Write a dataset as class folders: JPEG at quality 75 to 95, 90 by the most, and a tenth as PNG.

    Images that carry a bias of their files are all PNG, or all JPEG at quality 60.
    """
    rng = np.random.default_rng(planted.seed)
    for number, (image, label, carries) in enumerate(
        zip(planted.images, planted.labels, planted.carrying, strict=True)
    ):
        quality = None if rng.random() < 0.1 else int(rng.choice([75, 85, 90, 90, 90, 95]))
        how = planted.biased.get(label) if carries else None
        if how in ("format", "quality"):
            quality = None if how == "format" else 60
        file = folder / label / f"{number:05}.{'png' if quality is None else 'jpg'}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(composing.encoded(image, quality))


def composed(rng: Rng, setting: Setting, recipe: Recipe, cutouts: list[Pixels]) -> list[tuple[Pixels, bool]]:
    """Make the images of one class, with whether each carries what goes with the class."""
    lengths = burst_lengths(rng, recipe.count) if recipe.bursts else [1] * recipe.count
    carrying = shares(rng, len(lengths), recipe.rho)
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
        return recipe.own.background(rng, width, height)
    candidates = [cutouts[rng.integers(len(cutouts))] for _ in range(3 if recipe.close_up else 1)]
    cutout = max(candidates, key=lambda item: int((item[..., 3] > 200).sum()))  # a close-up shows no thin thing
    if not cutout[..., :3].any():  # a stroke has no colour of its own
        cutout = np.dstack([np.broadcast_to(rng.integers(0, 256, 3), cutout[..., :3].shape), cutout[..., 3]])
        cutout = cutout.astype(np.uint8)
    if recipe.close_up:
        return composing.close_up(rng, cutout, width, height)
    background = recipe.own.background if recipe.own and carries else setting.base
    return composing.compose(rng, cutout, background(rng, width, height), recipe.pose)
