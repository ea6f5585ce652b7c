"""Images that look the same: proposed by hash and colour layout, verified on thumbnails, held against look-alikes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

import numpy as np

from datalint.relate.candidates import Pairs, hash_distances, layouts_of, proposed
from datalint.relate.changes import changes
from datalint.relate.confidence import confidence
from datalint.relate.contents import place_in_group
from datalint.relate.structure import HOPELESS, compare_roughly, has_structure, refined
from datalint.relate.transforms import INVERSE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datalint.model import Columns
    from datalint.relate.contents import Contents
    from datalint.relate.filters import Floats

Array: TypeAlias = "np.ndarray[Any, Any]"

MIN_CONFIDENCE = 0.8
"""Confidence from which two images are called near-duplicates."""

_MANY = 4096  # images from which on searching them all anew is worth avoiding
_FEW = 0.1  # share of images that may come or go until all are searched anew
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


class Earlier(Protocol):
    """What an earlier search among most of the same images found."""

    @property
    def pairs(self) -> Columns:
        """Rows of ``near_pairs`` with ``digest_a`` and ``digest_b``, of contents, in place of the ids."""
        ...

    @property
    def compared(self) -> Array:
        """int32[k], sample_ids of images whose content took part in it."""
        ...

    @property
    def layouts(self) -> Array:
        """float32[k, 38], their colour layouts."""
        ...

    @property
    def gone(self) -> int:
        """Images that took part in it and are no more."""
        ...

    @property
    def changes(self) -> int:
        """Images that came or went between the last search among all and that one."""
        ...


class Search(NamedTuple):
    """What a search found, and among what."""

    pairs: Columns
    """Rows of table ``near_pairs``, ordered by both ids."""
    compared: Array
    """int32[k], sample_ids of the images that were compared."""
    layouts: Array
    """float32[k, 38], their colour layouts."""
    changes: int = 0
    """Images that came or went since the last search among all."""


def near_pairs(contents: Contents, duplicates: Columns, earlier: Earlier | None = None) -> Search:
    """Find the pairs of images that look the same.

    Of exact duplicates only the keeper takes part. An image without structure to compare (blank, nearly flat) is in no
    pair. Where an ``earlier`` search knew most of many images, only pairs with the others are searched for: what was
    found among those that it knew is taken over as it was. How sure a pair is depends on all images a little, so all
    are searched anew once a tenth of them came or went.
    """
    rows = _distinct(contents, duplicates)
    if earlier is not None and len(rows) >= _MANY:
        ids = contents.sample_id
        took_part = np.isin(ids[rows], earlier.compared)
        known, fresh = rows[took_part], rows[~took_part]
        fresh = fresh[has_structure(contents.thumbnails, fresh)]
        changes = earlier.changes + earlier.gone + len(fresh)
        if changes <= _FEW * len(rows):
            rows = np.union1d(known, fresh)
            layouts = layouts_of(contents, fresh)
            layouts[known] = earlier.layouts[np.searchsorted(earlier.compared, ids[known])]
            found = [table(contents, verified(contents, layouts, fresh, rows))] if len(fresh) else []
            pairs = ordered([_taken_over(contents, known, earlier.pairs), *found])
            return Search(pairs, ids[rows], layouts[rows], changes)
    rows = rows[has_structure(contents.thumbnails, rows)]
    layouts = layouts_of(contents, rows)
    pairs = table(contents, verified(contents, layouts, rows, rows))
    return Search(pairs, contents.sample_id[rows], layouts[rows])


def _taken_over(contents: Contents, rows: Array, pairs: Columns) -> Columns:
    """Name the images that earlier pairs are of now; pairs of which one is gone are left out."""
    row_of = dict(zip(contents.content_digest[rows].tolist(), rows.tolist(), strict=True))
    first, second = (
        np.array([row_of.get(digest, -1) for digest in pairs[side].tolist()], np.int64)
        for side in ("digest_a", "digest_b")
    )
    there = np.flatnonzero((first >= 0) & (second >= 0))
    first, second = first[there], second[there]
    return {
        **_smaller_first(contents, Pairs(first, second, pairs["transform"][there])),
        **{name: pairs[name][there] for name in ("distance", "similarity", "confidence", "changes")},
    }


def _smaller_first(contents: Contents, pairs: Pairs) -> Columns:
    """Name the images of pairs, the smaller id first, with the transform that turns the second into the first."""
    first, second, transform = pairs
    return {
        "sample_a": contents.sample_id[np.minimum(first, second)],
        "sample_b": contents.sample_id[np.maximum(first, second)],
        "transform": np.where(first > second, np.array(INVERSE)[transform], transform).astype(np.uint8),
    }


def comparable(contents: Contents, duplicates: Columns) -> Array:
    """Return the rows of images that can be compared, one of each group of exact duplicates; int64, ascending."""
    rows = _distinct(contents, duplicates)
    chosen: Array = rows[has_structure(contents.thumbnails, rows)]
    return chosen


def _distinct(contents: Contents, duplicates: Columns) -> Array:
    """Return the rows of images, one of each group of exact duplicates; int64, ascending."""
    redundant = duplicates["sample_id"][~duplicates["keeper"]]
    return np.flatnonzero(~np.isin(contents.sample_id, redundant))


def verified(contents: Contents, layouts: Floats, asked: Array, offered: Array) -> Verified:
    """Find pairs that look the same of one row of each set, which may be the same array or have rows in common.

    ``layouts`` are the colour layouts of both, float32[n, 38], by row of the contents.
    """
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


def table(contents: Contents, found: Verified, angle: Floats | None = None) -> Columns:
    """Turn verified pairs into rows of a table, ordered by both ids; ``angle`` are degrees of turned ones."""
    columns = {
        **_smaller_first(contents, found.pairs),
        "distance": hash_distances(contents, found.pairs),
        "similarity": found.structure,
        "confidence": found.confidence,
        "changes": changes(contents, found.pairs, found.motion, found.structure, angle),
    }
    return ordered([columns])


def ordered(tables: Sequence[Columns]) -> Columns:
    """Join tables of pairs, in order of both ids."""
    columns = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
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
