"""The grid: which kinds of dataset there are, and the sizes and correlations that each is made with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

ALL_RHOS = (0.25, 0.5, 0.75, 0.9, 1.0)
HIGH_RHOS = (0.75, 0.9, 1.0)
SIZES = (20, 50, 100, 200, 500)
CLASSES = (2, 3, 5, 10, 20)
LARGEST = 1500  # images of a dataset
MOST_SCENES = 5  # classes that have scenes of their own, all at once
SMALLEST_CLASS = 20
LEAST_OF_IMBALANCED = 100  # images of the largest class
FEWEST_OF_BURSTS = 50  # images that a class of bursts needs, lest it be of few places by itself


class Kind(NamedTuple):
    """One kind of dataset. ``one`` and ``all`` say how many of its classes are meant."""

    how: str = ""
    """What goes with a class: a key of CODES; empty for nothing."""
    biased: str = "one"
    rhos: tuple[float, ...] = (0.0,)
    weight: int = 1
    """How often it is made, against the others."""
    base: str = "places"
    """What the backgrounds are where no bias says otherwise: places, one place, or a sheet of one colour."""
    imbalanced: bool = False
    """Whether the largest class has up to ten times the images of the smallest."""
    bursts: str = ""
    close_ups: str = ""
    at_border: str = ""
    """Whose objects reach beyond the border."""
    camouflaged: str = ""
    """Whose objects have their background's colour."""
    centred: bool = False
    textures: bool = False
    """Whether a class is a texture or scene, without an object."""
    treated: str = ""
    """What is done to the images of all classes alike: letterbox, border, tint or light."""
    written: bool = False
    """Whether it is judged as files in class folders, of several formats and qualities, and not as arrays."""


KINDS: dict[str, Kind] = {
    # Nothing is planted: the backgrounds are drawn from all places alike, or are the same for all.
    "plain": Kind(weight=4),
    "plain, centred": Kind(centred=True, weight=2),
    "imbalanced": Kind(imbalanced=True, weight=2),
    "bursts in all": Kind(bursts="all", weight=2),
    "bursts in one": Kind(bursts="one", weight=2),
    "uniform for all": Kind(base="sheet", weight=2),
    "one place for all": Kind(base="place"),
    "close-ups in all": Kind(close_ups="all"),
    "close-ups in one": Kind(close_ups="one"),
    "at the border in all": Kind(at_border="all"),
    "at the border in one": Kind(at_border="one"),
    "textures": Kind(textures=True),
    "camouflaged in all": Kind(camouflaged="all"),
    "camouflaged in one": Kind(camouflaged="one"),
    "letterbox for all": Kind(treated="letterbox"),
    "border for all": Kind(treated="border"),
    "tint for all": Kind(treated="tint"),
    "dark for all": Kind(treated="light"),
    "files": Kind(written=True),
    # Backgrounds go with a class.
    "scene": Kind("background", rhos=ALL_RHOS, weight=6),
    "scene, all classes": Kind("background", "all", rhos=ALL_RHOS, weight=3),
    "own places, all classes": Kind("own-places", "all", rhos=HIGH_RHOS),
    "scene, imbalanced": Kind("background", rhos=ALL_RHOS, imbalanced=True, weight=2),
    "scene, bursts": Kind("background", rhos=ALL_RHOS, bursts="all", weight=2),
    "scene, centred": Kind("background", rhos=HIGH_RHOS, centred=True),
    "scene, camouflaged": Kind("background", rhos=HIGH_RHOS, camouflaged="one"),
    "few places": Kind("few-places", rhos=HIGH_RHOS, weight=2),
    "uniform for one": Kind("uniform", rhos=HIGH_RHOS, weight=2),
    # Something else goes with a class.
    "letterbox for one": Kind("letterbox", rhos=HIGH_RHOS),
    "border for one": Kind("border", rhos=HIGH_RHOS),
    "tint for one": Kind("tint", rhos=HIGH_RHOS),
    "dark for one": Kind("light", rhos=HIGH_RHOS),
    "size for one": Kind("size", rhos=HIGH_RHOS),
    "format for one": Kind("format", rhos=HIGH_RHOS, written=True),
    "quality for one": Kind("quality", rhos=HIGH_RHOS, written=True),
}
CODES = {
    "background": ("BIA001",),
    "own-places": ("BIA001",),
    "few-places": ("BIA001", "BIA003"),
    "uniform": ("BIA001", "BIA002"),
    "letterbox": ("BIA004",),
    "border": ("BIA004",),
    "size": ("BIA005",),
    "format": ("BIA005",),
    "quality": ("BIA005",),
    "tint": ("BIA006",),
    "light": ("BIA006",),
}
"""The rules that tell of a bias; any of them will do."""


class Plan(NamedTuple):
    """One dataset to make."""

    kind: str
    number: int
    """Of the datasets of that kind."""
    rho: float
    """Share of a biased class's images that have what goes with it."""
    per_class: int
    classes: int


def plans(count: int, kinds: Collection[str] = tuple(KINDS)) -> Iterator[Plan]:
    """Yield ``count`` plans: every kind in turn as often as it weighs, its sizes and correlations in turn."""
    rounds = max(kind.weight for kind in KINDS.values())
    chosen = [name for name in KINDS if name in kinds]
    turns = [name for weight in range(rounds) for name in chosen if weight < KINDS[name].weight]
    made = dict.fromkeys(kinds, 0)
    for position in range(count):
        name = turns[position % len(turns)]
        yield plan(name, made[name])
        made[name] += 1


def plan(name: str, number: int) -> Plan:
    """Lay out one dataset. Numbers run through correlations first, and start elsewhere in the sizes for each kind."""
    kind = KINDS[name]
    start = list(KINDS).index(name)
    least = LEAST_OF_IMBALANCED if kind.imbalanced else FEWEST_OF_BURSTS if kind.bursts else SMALLEST_CLASS
    sizes = [size for size in SIZES if size >= least]
    size = sizes[(start + number) % len(sizes)]
    most = 3 if kind.textures else MOST_SCENES if kind.how == "background" and kind.biased == "all" else max(CLASSES)
    possible = [count for count in CLASSES if count * size <= LARGEST and count <= most]
    rho = kind.rhos[(start + number + number // len(kind.rhos)) % len(kind.rhos)]
    return Plan(name, number, rho, size, possible[(start + 2 * number + number // 5) % len(possible)])
