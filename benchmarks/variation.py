"""Findings about variety, on classes composed of real images: varied ones, and ones that lack something.

Varied classes are objects with known masks on real photos, at any place and size and in light that varies as daylight
and lamps do, or windows of photos alone. Lacking ones have one light, one size, one place, one viewpoint, one polarity,
few pictures many times over, or few images of one colour. Where a background has to be plain for something to be
measured, it is a sheet that is unevenly lit; how often it is found on photos is told apart.

    python benchmarks/variation.py --half reporting --sources FOLDER... --draws 100
    python benchmarks/variation.py --half tuning --sources FOLDER... --kinds one-scale centred --draws 20
"""

from __future__ import annotations

import argparse
import colorsys
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image, ImageEnhance
from planted import composing, sources
from planted.composing import Pose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from planted.sources import Material

    Rng = np.random.Generator
    Pixels = NDArray[np.uint8]

SIDE = 96
ANY = Pose(0.3, 0.75)
BRIGHT = (0.45, 1.5)  # gains of light
WARM = (0.75, 1.3)  # gain of red, and of blue the inverse


class Kind(NamedTuple):
    """What the class ``lacking`` is made of; another class is varied."""

    expected: frozenset[str]
    """The rules of which one must speak of it; none for varied classes, of which no rule may."""
    images: int
    make: Callable[[Rng, Material, int], Iterator[Pixels]]


def lit(rng: Rng, pixels: Pixels) -> Pixels:
    """Light an image as another time of day or lamp does."""
    warmth = rng.uniform(*WARM)
    gains = rng.uniform(*BRIGHT) * np.array([warmth, 1, 1 / warmth])
    return np.clip(pixels * gains, 0, 255).astype(np.uint8)


def objects(material: Material, rng: Rng) -> list[NDArray[np.uint8]]:
    """Choose the objects of one class, ten at least."""
    classes = [
        items for name in sorted(material.solid) for items in material.objects[name].values() if len(items) >= 10
    ]
    return classes[rng.integers(len(classes))]


def any_of(rng: Rng, items: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    return items[rng.integers(len(items))]


def place(rng: Rng, material: Material) -> Pixels:
    return material.places[rng.integers(len(material.places))].take(rng, SIDE, SIDE)


def sheet(rng: Rng) -> Pixels:
    colour = np.array(colorsys.hsv_to_rgb(rng.random(), rng.uniform(0, 0.5), rng.uniform(0.2, 1))) * 255
    return composing.sheet(rng, colour, SIDE, SIDE)


def varied(rng: Rng, material: Material, count: int) -> Iterator[Pixels]:
    items = objects(material, rng)
    for _ in range(count):
        yield lit(rng, composing.compose(rng, any_of(rng, items), place(rng, material), ANY))


def varied_on_sheets(rng: Rng, material: Material, count: int) -> Iterator[Pixels]:
    items = objects(material, rng)
    for _ in range(count):
        yield lit(rng, composing.compose(rng, any_of(rng, items), sheet(rng), ANY))


def photos(rng: Rng, material: Material, count: int) -> Iterator[Pixels]:
    for number in rng.permutation(len(material.places))[:count]:
        yield material.places[number].take(rng, SIDE, SIDE)


def one_light(rng: Rng, material: Material, count: int) -> Iterator[Pixels]:
    """A studio: the same wall and lamps, exposed to the same mean."""
    items, colour = objects(material, rng), rng.uniform(90, 220, 3)
    for _ in range(count):
        made = composing.compose(rng, any_of(rng, items), composing.sheet(rng, colour, SIDE, SIDE), Pose(0.25, 0.45))
        yield np.clip(made * rng.uniform(0.95, 1.05), 0, 255).astype(np.uint8)


def one_scale(rng: Rng, material: Material, count: int) -> Iterator[Pixels]:
    items = objects(material, rng)
    items = [any_of(rng, items) for _ in range(3)]
    longest = rng.uniform(0.35, 0.55)
    for _ in range(count):
        yield lit(rng, composing.compose(rng, squared(any_of(rng, items)), sheet(rng), Pose(longest, longest)))


def squared(item: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give an object the same area as others of its longest side, since one size is one area."""
    return np.asarray(Image.fromarray(item).resize((160, 160)))


def centred(rng: Rng, material: Material, count: int) -> Iterator[Pixels]:
    items = objects(material, rng)
    for _ in range(count):
        yield lit(rng, composing.compose(rng, any_of(rng, items), sheet(rng), ANY._replace(centred=True)))


def one_viewpoint(rng: Rng, material: Material, count: int) -> Iterator[Pixels]:
    """One object on a tripod, in any light and before any wall."""
    item = Image.fromarray(any_of(rng, objects(material, rng)))
    item.thumbnail((60, 60))
    for _ in range(count):
        frame = Image.fromarray(sheet(rng))
        left, top = ((SIDE - side) // 2 + int(rng.integers(-2, 3)) for side in item.size)
        turned = item.rotate(rng.uniform(-4, 4), Image.Resampling.BILINEAR)
        frame.paste(turned, (left, top), turned)
        yield lit(rng, np.asarray(frame))


def copies(rng: Rng, material: Material, count: int) -> Iterator[Pixels]:
    """Few photos, each cut, turned by up to 5 degrees and lit a little differently again and again."""
    pictures = [Image.fromarray(place(rng, material)) for _ in range(max(1, count // 16))]
    for number in range(count):
        picture = pictures[number % len(pictures)].rotate(rng.uniform(-5, 5), Image.Resampling.BILINEAR)
        side = SIDE * rng.uniform(0.88, 1)
        left, top = rng.uniform(0, SIDE - side, 2)
        cut = picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR, (left, top, left + side, top + side))
        yield np.asarray(ImageEnhance.Brightness(cut).enhance(rng.uniform(0.88, 1.12)))


def thin_colour(rng: Rng, material: Material, count: int) -> Iterator[Pixels]:
    """Things that are red or green, and 3 % of them yellow."""
    items = objects(material, rng)
    for number in range(count):
        colour = (230, 200, 40) if number % 33 == 0 else (180, 40, 40) if rng.integers(2) else (60, 150, 60)
        item = np.asarray(composing.recoloured(Image.fromarray(any_of(rng, items)), np.array(colour, float)))
        yield composing.compose(rng, item, sheet(rng), ANY)


def one_polarity(rng: Rng, material: Material, count: int) -> Iterator[Pixels]:
    items = objects(material, rng)
    for _ in range(count):
        item = any_of(rng, items).copy()
        item[..., :3] = (item[..., :3].mean(axis=2, keepdims=True) / 3 + 150).astype(np.uint8)
        dark = composing.sheet(rng, np.full(3, rng.uniform(5, 60)), SIDE, SIDE)
        made = composing.compose(rng, item, dark, ANY).mean(axis=2, keepdims=True)
        yield np.repeat(made, 3, axis=2).astype(np.uint8)


KINDS = {
    "varied": Kind(frozenset(), 80, varied),
    "varied-small": Kind(frozenset(), 25, varied),
    "varied-on-sheets": Kind(frozenset(), 80, varied_on_sheets),
    "photos": Kind(frozenset(), 80, photos),
    "one-light": Kind(frozenset({"VAR002"}), 80, one_light),
    "one-scale": Kind(frozenset({"VAR006", "VAR001"}), 80, one_scale),
    "centred": Kind(frozenset({"VAR004", "VAR001"}), 80, centred),
    "one-viewpoint": Kind(frozenset({"VAR001"}), 80, one_viewpoint),
    "copies": Kind(frozenset({"VAR007"}), 1000, copies),
    "thin-colour": Kind(frozenset({"VAR003"}), 300, thin_colour),
    "one-polarity": Kind(frozenset({"VAR005"}), 80, one_polarity),
}


def main() -> int:
    options = parse(sys.argv[1:])
    material = sources.read_material(options.half, options.sources)
    if not material.solid or not material.places:
        print("variation.py: too few sources are in the folders given; see planted/sources.py", file=sys.stderr)
        return 2
    for name in options.kinds:
        kind = KINDS[name]
        runs = [found(kind, material, np.random.default_rng([options.seed, number])) for number in range(options.draws)]
        spoke = sum(bool(codes & kind.expected) for codes in runs)
        others: dict[str, int] = {}
        for codes in runs:
            for code in codes - kind.expected:
                others[code] = others.get(code, 0) + 1
        right = (
            f"found in {spoke / len(runs):.0%}" if kind.expected else f"silent in {runs.count(set()) / len(runs):.0%}"
        )
        besides = ", ".join(f"{code} in {count}" for code, count in sorted(others.items())) or "nothing else"
        print(f"{name:<18} {len(runs)} draws of {kind.images} images: {right}; {besides}", flush=True)
    return 0


def found(kind: Kind, material: Material, rng: Rng) -> set[str]:
    """Return the rules that speak of the class, or of the dataset."""
    import datalint

    lacking = list(kind.make(rng, material, kind.images))
    usual = [] if "VAR005" in kind.expected else list(varied(rng, material, 40))
    labels = ["lacking"] * len(lacking) + ["usual"] * len(usual)
    report = datalint.check(
        arrays=(np.stack(lacking + usual), np.array(labels)), config={"select": ["VAR"]}, cache=False, jobs=1
    )
    return {finding.code for finding in report.findings if finding.label in ("lacking", None)}


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=sources.HALVES, required=True, help="which images to use")
    parser.add_argument("--sources", type=Path, nargs="+", required=True, help="folders that have the sources' folders")
    parser.add_argument("--draws", type=int, default=20, metavar="N", help="datasets of each kind (default: 20)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS), metavar="KIND",
                        help=f"only these: {', '.join(KINDS)}")  # fmt: skip
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
