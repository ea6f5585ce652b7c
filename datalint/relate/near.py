"""Images that look the same: proposed by hash and colour layout, verified on thumbnails, held against look-alikes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.candidates import Pairs, hash_distances, layouts_of, proposed
from datalint.relate.changes import changes
from datalint.relate.confidence import confidence
from datalint.relate.contents import place_in_group
from datalint.relate.structure import HOPELESS, compare_roughly, has_structure, refined
from datalint.relate.transforms import INVERSE

if TYPE_CHECKING:
    from datalint.model import Columns
    from datalint.relate.contents import Contents
    from datalint.relate.filters import Floats

Array: TypeAlias = "np.ndarray[Any, Any]"

MIN_CONFIDENCE = 0.8
"""Confidence from which two images are called near-duplicates."""

_KEPT_CONFIDENCE = 0.05  # pairs below are plainly different pictures and are not worth a row
_MIN_STRUCTURE = 0.6  # structure that a pair must share before anything else is looked at
_CLOSEST = 4  # pairs of an image that are looked at closely, however alike they are
_ALIKE = 0.8  # structure shared when aligned roughly, from which a pair is looked at closely in any case
_UPRIGHT_LEAD = 0.05  # structure by which turning must improve a pair, or its picture is symmetric


class Verified(NamedTuple):
    """Pairs that look the same, with the evidence."""

    pairs: Pairs
    structure: Floats
    """float32[k], what they share, 0 to 1."""
    confidence: Floats
    """float32[k], that they show one picture, 0 to 1."""
    motion: Floats
    """float32[k, 4], of ``alignment``: where the first image's pixels are found in the second."""

    def at(self, rows: Array) -> Verified:
        return Verified(self.pairs.at(rows), *(column[rows] for column in self[1:]))


def near_pairs(contents: Contents, duplicates: Columns) -> Columns:
    """Find the pairs of images that look the same; rows for table ``near_pairs``, ordered by both ids.

    Of exact duplicates only the keeper takes part. An image without structure to compare (blank, nearly flat) is in no
    pair.
    """
    rows = comparable(contents, duplicates)
    return table(contents, verified(contents, rows, rows))


def comparable(contents: Contents, duplicates: Columns) -> Array:
    """Return the rows of images that can be compared, one of each group of exact duplicates; int64, ascending."""
    redundant = duplicates["sample_id"][~duplicates["keeper"]]
    rows = np.flatnonzero(~np.isin(contents.sample_id, redundant))
    chosen: Array = rows[has_structure(contents.thumbnails, rows)]
    return chosen


def verified(contents: Contents, asked: Array, offered: Array) -> Verified:
    """Find pairs that look the same between two sets of rows, or among one when both are the same array."""
    layouts = layouts_of(contents, asked, offered)
    pairs = proposed(contents, layouts, asked, offered)
    rough = compare_roughly(contents.thumbnails, *pairs)
    promising = _promising(pairs, rough.structure)
    structure, motion = refined(contents.thumbnails, *pairs, rough, promising)
    sure = np.zeros(len(structure), np.float32)
    found = Verified(pairs, structure, sure, motion)
    found = found.at(promising[structure[promising] >= _MIN_STRUCTURE])
    found = found.at(_best_turned(found))
    sure = confidence(contents, layouts, found.pairs, found.structure, offered, _KEPT_CONFIDENCE)
    return found._replace(confidence=sure).at(np.flatnonzero(sure >= _KEPT_CONFIDENCE))


def table(contents: Contents, found: Verified) -> Columns:
    """Turn verified pairs into rows of a table, ordered by both ids."""
    first, second, transform = found.pairs
    swapped = first > second
    transform = np.where(swapped, np.array(INVERSE)[transform], transform)
    columns = {
        "sample_a": contents.sample_id[np.minimum(first, second)],
        "sample_b": contents.sample_id[np.maximum(first, second)],
        "distance": hash_distances(contents, found.pairs),
        "similarity": found.structure,
        "confidence": found.confidence,
        "transform": transform.astype(np.uint8),
        "changes": changes(contents, found.pairs, found.motion, found.structure),
    }
    order = np.lexsort((columns["sample_b"], columns["sample_a"]))
    return {name: column[order] for name, column in columns.items()}


def _promising(pairs: Pairs, structure: Floats) -> Array:
    """Choose pairs to look at closely: the closest of either image, for where all look alike there are many; rows."""
    place = np.full(len(structure), _CLOSEST)
    for image in (pairs.first, pairs.second):
        order = np.lexsort((-structure, image))
        place[order] = np.minimum(place[order], place_in_group(image[order]))
    return np.flatnonzero((structure > HOPELESS) & ((place < _CLOSEST) | (structure >= _ALIKE)))


def _best_turned(found: Verified) -> Array:
    """Choose for each two images the transform that explains them best, upright when in doubt; rows, ascending."""
    first, second, transform = found.pairs
    explained = found.structure - np.where(transform > 0, _UPRIGHT_LEAD, 0)
    order = np.lexsort((transform, -explained, second, first))
    first, second = first[order], second[order]
    leads = np.r_[True, (first[1:] != first[:-1]) | (second[1:] != second[:-1])] if len(order) else order
    return np.sort(order[leads])
