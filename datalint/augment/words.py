"""What class names tell: whether a change to an image would make its label wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

DIGITS = frozenset("zero one two three four five six seven eight nine digit digits number".split())
TEXT = frozenset(
    "letter letters text word words font fonts script handwriting handwritten character characters alphabet ocr "
    "captcha plate document receipt".split()
)
SIGNS = frozenset(
    "sign signs signal stop yield speed limit traffic roadsign gesture gestures asl arrow arrows chevron logo logos "
    "symbol symbols".split()
)
SIDES = frozenset(
    "left right clockwise counterclockwise anticlockwise cw ccw lefthand righthand dextral sinistral".split()
)
HEIGHTS = frozenset(
    "up down top bottom upward downward upwards downwards upper lower upright thumbsup thumbsdown".split()
)
PEOPLE = frozenset(
    "face faces person people man men woman women boy girl child baby portrait pedestrian happy happiness sad sadness "
    "angry anger fear surprise disgust neutral contempt smile mask".split()
)
SCENES = frozenset(
    "scene street city forest mountain beach sea sky landscape building buildings room kitchen bedroom office glacier "
    "coast highway day night sunset sunrise indoor outdoor".split()
)
OVERHEAD = frozenset(
    "coin coins money banknote cash package packages parcel parcels box packet pill pills tablet screw screws bolt nut "
    "washer cell cells microscopy histology bacteria pollen satellite aerial drone nebula galaxy diatom tile".split()
)
COLOURS = frozenset(
    "ripe unripe overripe raw fresh rotten stale red green blue yellow orange purple pink brown black white grey gray "
    "golden colour color rust bruised jaundice healthy blight".split()
)
DEFECTS = frozenset(
    "defect defects defective crack cracked scratch scratched dent dented broken damaged damage hole spot spots stain "
    "faulty anomaly worm mold lesion tumor tumour blight".split()
)
LIGHT = frozenset("day night dusk dawn dark bright sunny cloudy overcast indoor outdoor lit unlit on off".split())


class Meaning(NamedTuple):
    """Which labels are about what."""

    digits: tuple[str, ...]
    letters: tuple[str, ...]
    text: tuple[str, ...]
    signs: tuple[str, ...]
    sides: tuple[str, ...]
    heights: tuple[str, ...]
    people: tuple[str, ...]
    scenes: tuple[str, ...]
    overhead: tuple[str, ...]
    colours: tuple[str, ...]
    defects: tuple[str, ...]
    light: tuple[str, ...]


def words_of(name: str) -> list[str]:
    """Split a name where it is not letters or digits, between both, and where capitals begin."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", " ", name)
    return [word.lower() for word in re.split(r"[\W_]+", parted) if word]


def read_labels(labels: Iterable[str], dataset: str) -> Meaning:
    """Say what labels are about. What the dataset's name says holds for all of them."""
    labels = list(labels)
    by_label = {label: words_of(label) for label in labels}
    named = {word for known in (words_of(dataset), [dataset.strip("/").lower()]) for word in known}

    def about(known: frozenset[str], by_dataset: bool = True, in_part: bool = True) -> tuple[str, ...]:
        if by_dataset and any(word in known or (in_part and _contains(word, known)) for word in named):
            return tuple(labels)
        return tuple(label for label in labels if known.intersection(by_label[label]))

    digits = tuple(label for label in labels if re.fullmatch(r"\d+", label) or {*by_label[label]} <= DIGITS)
    letters = tuple(label for label in labels if re.fullmatch(r"[^\W\d_]", label))
    return Meaning(
        digits=digits,
        letters=letters,
        text=about(TEXT),
        signs=about(SIGNS),
        sides=about(SIDES, by_dataset=False),
        heights=about(HEIGHTS, by_dataset=False),
        people=about(PEOPLE),
        scenes=about(SCENES),
        overhead=about(OVERHEAD, in_part=False),  # it allows, so it must be certain
        colours=about(COLOURS, by_dataset=False),
        defects=about(DEFECTS),
        light=about(LIGHT, by_dataset=False),
    )


def _contains(word: str, known: frozenset[str]) -> bool:
    """Tell whether a dataset's name is made up with a known word, as ``signdigits`` is; short words hide anywhere."""
    return any(len(part) >= 4 and (word.startswith(part) or word.endswith(part)) for part in known)
