"""Photos as backgrounds: a place is one photo, which any number of windows are taken from; a scene is many places."""

from __future__ import annotations

import colorsys
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

LONGEST = 480  # pixels of a photo's longer side
MOST = 120  # places of one kind, lest one source outnumber the others
FEWEST = 12  # places that make a scene
GREATEST = 0.25  # share of all places that a scene has
ALIKE = 0.9  # correlation from which on two photos show one place


class Window(NamedTuple):
    """How windows are taken from a photo: where, and with which shares of its shorter side."""

    least: float
    most: float
    corners: bool = False
    """From the corners only, since the middle shows an object."""


class Place(NamedTuple):
    """One photo, H x W x 3 of uint8, or several of one place."""

    name: str
    kind: str
    photos: tuple[NDArray[np.uint8], ...]
    window: Window

    def look(self) -> str:
        """Name the colour that most of the windows have, ``mixed`` if there is none."""
        rng = np.random.default_rng(0)
        looks = [look(self.take(rng, 16, 16)) for _ in range(9)]
        most = max(sorted(set(looks)), key=looks.count)
        return most if looks.count(most) >= 6 else "mixed"

    def take(self, rng: np.random.Generator, width: int, height: int) -> NDArray[np.uint8]:
        """Take a window, height x width x 3, mirrored half of the time."""
        photo = self.photos[rng.integers(len(self.photos))]
        tall, wide = photo.shape[:2]
        share = rng.uniform(self.window.least, self.window.most) * min(tall / height, wide / width)
        size = max(8, int(share * width)), max(8, int(share * height))
        if self.window.corners:
            left, top = (int(rng.integers(2)) * (whole - part) for whole, part in zip((wide, tall), size, strict=True))
        else:
            left, top = int(rng.integers(wide - size[0] + 1)), int(rng.integers(tall - size[1] + 1))
        box = left, top, left + size[0], top + size[1]
        taken = Image.fromarray(photo).resize((width, height), Image.Resampling.BILINEAR, box, reducing_gap=2.0)
        pixels = np.asarray(taken)
        return pixels[:, ::-1] if rng.integers(2) else pixels


def look(pixels: NDArray[np.uint8]) -> str:
    """Name the colour of an image in a word."""
    red, green, blue = pixels.reshape(-1, 3).mean(axis=0) / 255
    hue, light, _ = colorsys.rgb_to_hls(red, green, blue)
    if light < 0.2:
        return "dark"
    if max(red, green, blue) - min(red, green, blue) < 0.09:
        return "pale" if light > 0.65 else "grey" if light > 0.38 else "dim"
    names = ((0.05, "red"), (0.13, "brown"), (0.22, "yellow"), (0.45, "green"), (0.72, "blue"), (0.9, "violet"))
    name = next((name for most, name in names if hue < most), "red")
    return "beige" if name == "brown" and light > 0.5 else name


def read_places(photos: Sequence[tuple[str, Path]], kind: str, window: Window) -> list[Place]:
    """Read photos, given with their names, and put those of one place together; at most MOST places, evenly chosen."""
    places: list[Place] = []
    prints: list[NDArray[np.float64]] = []
    step = max(1, len(photos) // (2 * MOST))
    for name, file in photos[::step]:
        with Image.open(file) as image:
            image.draft("RGB", (LONGEST, LONGEST))
            if image.has_transparency_data and image.convert("RGBA").getextrema()[3][0] < 250:
                continue  # part of it shows nothing
            plain = image.convert("RGBA" if image.mode == "P" else "RGB").convert("RGB")
        plain.thumbnail((LONGEST, LONGEST))
        if min(plain.size) < 120:
            continue
        pixels = np.asarray(plain)
        small = np.asarray(plain.convert("L").resize((12, 12)), float)
        small = (small - small.mean()) / (small.std() + 1e-6)
        known = next((number for number, other in enumerate(prints) if (other * small).mean() > ALIKE), None)
        if known is not None:
            places[known] = places[known]._replace(photos=(*places[known].photos, pixels))
        elif pixels.std() > 3:  # a blank one is no photo
            places.append(Place(name, kind, (pixels,), window))
            prints.append(small)
    return places[:: -(-len(places) // MOST)] if places else []


def scenes(places: Sequence[Place]) -> dict[str, list[Place]]:
    """Group places by kind and by look; a scene has at least FEWEST places, and at most the share GREATEST of all.

    A network that knows the scene alone tells a class with a bias of rho at an AUROC of 0.5 + rho (1 - share) / 2 from
    the others, so a scene that they often have too is not much of a bias.
    """
    found: dict[str, list[Place]] = {}
    for place in places:
        for name in (place.kind, place.look()):
            found.setdefault(name, []).append(place)
    found.pop("mixed", None)
    return {name: found[name] for name in sorted(found) if FEWEST <= len(found[name]) <= GREATEST * len(places)}


def apart(rng: np.random.Generator, places: Sequence[Place], count: int) -> dict[str, list[Place]]:
    """Choose ``count`` scenes and make them disjoint; where there are too few, share all places out at random."""
    groups = scenes(places)
    taken: set[str] = set()
    chosen: dict[str, list[Place]] = {}
    for name in rng.permutation(sorted(groups)).tolist():
        fresh = [place for place in groups[name] if place.name not in taken]
        if len(chosen) < count and len(fresh) >= FEWEST:
            chosen[name] = fresh
            taken |= {place.name for place in fresh}
    return chosen if len(chosen) == count else shared_out(rng, places, count)


def shared_out(rng: np.random.Generator, places: Sequence[Place], count: int) -> dict[str, list[Place]]:
    """Share all places out at random, so that the sets look alike as wholes."""
    order = [places[number] for number in rng.permutation(len(places))]
    return {f"set {number}": order[number::count] for number in range(count)}
