"""Where images go in the new folder."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

MIRRORED = frozenset({"class-folders", "split-folders", "hierarchy"})
"""Layouts in which an image's path gives its label and split, so that paths are kept."""


class Original(NamedTuple):
    """A sample of the dataset."""

    sample_id: int
    path: str
    label: str | None
    split: str | None


def original_places(originals: Iterable[Original], layout: str) -> dict[int, str]:
    """Return where each sample goes, relative to the new folder, with ``/``. Of others than folders, the unlabelled go
    nowhere."""
    places: dict[int, str] = {}
    taken: set[str] = set()
    for one in originals:
        if layout in MIRRORED:
            place = one.path
        elif one.label is None:
            continue
        else:
            folder = "/".join(map(_safe, [*([one.split] if one.split else []), *one.label.split("/")]))
            place = f"{folder}/{_file_name(one)}"
        stem, dot, extension = place.rpartition(".")
        number = 1
        while place in taken:
            number += 1
            place = f"{stem}-{number}{dot}{extension}"
        taken.add(place)
        places[one.sample_id] = place
    return places


class Names:
    """Names for images that are made: ``cat/1.jpg`` gives ``cat/1__aug01.jpg``, then ``cat/1__aug02.jpg``.

    Names that originals have are passed over, whatever their extension.
    """

    def __init__(self, originals: Iterable[str]) -> None:
        self._taken = frozenset(map(_stem, originals))
        self._used: dict[str, int] = {}

    def stem(self, place: str) -> str:
        """Return the next name for an image made from one at that place, without extension."""
        source = _stem(place)
        number = self._used.get(source, 0) + 1
        while (name := f"{source}__aug{number:02}") in self._taken:
            number += 1
        self._used[source] = number
        return name


def _stem(place: str) -> str:
    folder, slash, name = place.rpartition("/")
    return folder + slash + (name.rpartition(".")[0] or name)


def _file_name(one: Original) -> str:
    name = one.path.rpartition("/")[2]
    inside = re.fullmatch(r"(.*)\[(\d+)\]", name)
    if inside:  # a row of an array or a table
        return f"{_safe(inside[1].replace('.', '-'))}-{int(inside[2]):06}.png"
    return _safe(name.partition("?")[0])


def _safe(part: str) -> str:
    """Make a part of a label or a path a name of a file."""
    name = re.sub(r'[\x00-\x1f/\\:*?"<>|]', "_", part)
    return "_" if name in ("", os.curdir, os.pardir) else "_" + name[1:] if name.startswith(".") else name
