"""Which of several named arrays are images, which are their labels, and of which split: by their names and shapes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from datalint.discover.roles import split_roles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_IMAGES = frozenset(
    ("x", "image", "images", "img", "imgs", "data", "pixels", "photos", "pictures", "inputs", "features")
)
_LABELS = frozenset("y label labels target targets class classes".split())
_CLASS_NAMES = re.compile(r"(list_?classes|class(es)?(_?names)?|label_?names|names|categories)$", re.I)


class Array(NamedTuple):
    """An array by what its header says."""

    shape: tuple[int, ...]
    kind: str
    """NumPy's letter: ``u``, ``i``, ``f``, ``b``, ``S``, ``U``, ``O``."""


class Pair(NamedTuple):
    """Images with their labels, by the names of the arrays."""

    images: str
    labels: str | None
    split: str | None
    role: str | None


def class_names_array(arrays: Mapping[str, Array]) -> str | None:
    """Find the array that holds the names of the classes."""
    return next(
        (n for n, a in arrays.items() if len(a.shape) == 1 and a.kind in "SUO" and _CLASS_NAMES.search(_last(n))), None
    )


def pair(arrays: Mapping[str, Array], fallback: str | None = None) -> list[Pair]:
    """Pair images with labels. ``fallback`` is a name (of the file) that may tell the split where theirs do not."""
    names = class_names_array(arrays)
    images = {name for name, array in arrays.items() if _may_be_images(name, array)}
    labels = {n for n, a in arrays.items() if n not in images and n != names and _may_be_labels(n, a)}
    pairs = []
    for name in (n for n in arrays if n in images):
        rest = _rest(name, _IMAGES)
        partner = next((other for other in labels if _rest(other, _LABELS) == rest), None)
        if partner is None and len(images) == 1 and len(labels) == 1:
            partner = next(iter(labels))
        split, role = split_of((*_words(_last(name)), *re.split(r"/", name)[:-1], fallback or ""))
        pairs.append(Pair(name, partner, split, role))
    return pairs


def split_of(words: Iterable[str]) -> tuple[str | None, str | None]:
    """Return the first word that names a split, and its role."""
    for word in words:
        if role := split_roles([word]).get(word):
            return word, role
    return None, None


def _may_be_images(name: str, array: Array) -> bool:
    if array.kind not in "buif":
        return False
    words = {word.lower() for word in _words(_last(name))}
    return len(array.shape) in (3, 4) and not (words & _LABELS and not words & _IMAGES)


def _may_be_labels(name: str, array: Array) -> bool:
    words = {word.lower() for word in _words(_last(name))}
    return len(array.shape) in (1, 2) and (bool(words & _LABELS) or len(array.shape) == 1)


def _rest(name: str, known: frozenset[str]) -> frozenset[str]:
    return frozenset(word.lower() for word in _words(name)) - known - {"set"}


def _words(name: str) -> list[str]:
    """Split ``X_train``, ``trainImages`` and ``train-set/x`` into words."""
    return [word for word in re.split(r"[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])", name) if word]


def _last(name: str) -> str:
    return name.rpartition("/")[2]
