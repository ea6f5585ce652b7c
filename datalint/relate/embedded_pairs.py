"""Near-duplicates that embeddings propose: crops and turned copies that neither hash nor colour layout finds.

Embeddings may have been trained until all images of a class are alike, so that two are near each other is no evidence.
They only say which pairs to look at: those far nearer than is usual around them. Whether these show one picture is
decided by the thumbnails, laid over each other, and by what each shares with its look-alikes when laid over them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from datalint.relate.candidates import Pairs, layouts_of, look_alikes
from datalint.relate.contents import place_in_group
from datalint.relate.filters import batches
from datalint.relate.near import MIN_CONFIDENCE, Verified, comparable, ordered, table
from datalint.relate.nearest import nearest
from datalint.relate.registration import Registration, register

if TYPE_CHECKING:
    from datalint.model import Columns
    from datalint.relate.contents import Contents
    from datalint.relate.filters import Floats

Array: TypeAlias = "np.ndarray[Any, Any]"

EVEN_ODDS = 9.0
"""Standard errors at which the confidence is 0.5. Of pictures of hands, laid over each other, no two reach it."""

_PARTNERS = 4
"""Nearest images that one proposes."""
_USUAL = 16
"""Place of the neighbour whose distance is the usual one; so up to as many copies of one image are not taken for it."""
_FAR_NEARER = 0.8
"""Share of the usual distance that a proposed pair is apart at the most."""
_ROUNDING = 1e-5
"""Distance of unit vectors that are equal but for rounding, at the most."""
_MOST = 5_000
"""Pairs that are looked at, the nearest beside what is usual first."""
_MIN_STRUCTURE = 0.75
"""Structure that a pair must share before look-alikes are asked: nine in ten crops and turned copies share 0.85."""
_LOOK_ALIKES = range(17, 25, 2)
"""Places of the look-alikes, by colour layout."""
_LEAST, _MOST_ALIKE = 0.4, 0.8
"""What look-alikes are taken to share at least, and at the most."""
_UPPER = 0.75
"""Share of the neighbours by embedding that an image shares less with than it is taken to share with look-alikes."""
_FULL = 0.999
_BATCH = 1 << 15


def embedded_pairs(contents: Contents, duplicates: Columns, pairs: Columns, known: Array, features: Floats) -> Columns:
    """Add to rows of table ``near_pairs`` those that embeddings propose and thumbnails confirm.

    ``known`` (bool[n]) says which of the contents have embeddings, ``features`` (float32[k, d]) are these. The column
    ``laid`` (bool) says which rows were added.
    """
    rows = comparable(contents, duplicates)
    rows = rows[known[rows]]
    place = np.cumsum(known) - 1
    candidates, around = proposed(contents, rows, features[place[rows]])
    kept = pairs["confidence"] >= MIN_CONFIDENCE
    there = _keys(contents, pairs)
    asked = candidates[:, 0] * np.int64(len(contents.rank)) + candidates[:, 1]
    new = ~np.isin(asked, there[kept])
    found = confirmed(contents, rows, candidates[new], around)
    weaker = ~kept & np.isin(there, _keys(contents, found))
    return ordered(
        [
            {**{name: values[~weaker] for name, values in pairs.items()}, "laid": np.zeros(np.sum(~weaker), bool)},
            {**found, "laid": np.ones(len(found["confidence"]), bool)},
        ]
    )


def _keys(contents: Contents, pairs: Columns) -> Array:
    """Number pairs by the rows of both in the contents; int64[k]."""
    first, second = (np.searchsorted(contents.sample_id, pairs[side]) for side in ("sample_a", "sample_b"))
    return np.asarray(first * np.int64(len(contents.rank)) + second)


def proposed(contents: Contents, rows: Array, features: Floats) -> tuple[Array, tuple[Array, Array]]:
    """Propose pairs of ``rows`` (int64[m]) whose ``features`` (float32[m, d]) are far nearer than is usual around them.

    Returns rows of the contents, int64[k, 2], the smaller first, each pair once; and images (int64[j]) with neighbours
    (int64[j]) that are at the usual distance.
    """
    if len(rows) < 2 * _USUAL:
        none = np.zeros(0, np.int64)
        return none.reshape(0, 2), (none, none)
    unit = features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
    order = np.argsort(contents.content_digest[rows], kind="stable")
    query, other = nearest(unit, unit, order, _USUAL + 1, -1.0)
    query, other = query[query != other], other[query != other]
    apart = np.empty(len(query), np.float32)
    for some in batches(len(query), _BATCH):
        apart[some] = np.linalg.norm(unit[query[some]] - unit[other[some]], axis=1)
    place = place_in_group(query)
    usual = np.zeros(len(rows), np.float32)
    np.maximum.at(usual, query, np.where(place < _USUAL, apart, 0))
    # Where even the usual neighbour is nowhere else, all that are there are as near.
    beside = np.where(usual[query] > _ROUNDING, apart / np.maximum(usual[query], _ROUNDING), 1)
    near = np.flatnonzero((place < _PARTNERS) & (beside <= _FAR_NEARER))
    near = near[np.argsort(beside[near], kind="stable")]
    pair = np.sort(np.stack([rows[query[near]], rows[other[near]]], axis=1), axis=1)
    first = np.sort(np.unique(pair, axis=0, return_index=True)[1])[:_MOST]
    further = (place >= _USUAL // 2) & (place % 2 == 0)
    return pair[first], (rows[query[further]], rows[other[further]])


def confirmed(contents: Contents, rows: Array, pairs: Array, around: tuple[Array, Array]) -> Columns:
    """Look at pairs (int64[k, 2], rows of the contents); returns rows of ``near_pairs`` for those that are one."""
    part, whole, found = _laid(contents, pairs[:, 0], pairs[:, 1])
    chosen = np.flatnonzero(found.structure >= _MIN_STRUCTURE)
    part, whole, found = part[chosen], whole[chosen], found.at(chosen)
    alike = _alikeness(contents, rows, np.unique(np.r_[part, whole]), around)
    expected = np.clip(np.maximum(alike[part], alike[whole]), _LEAST, _MOST_ALIKE)
    surprise = _fit(found) - np.arctanh(expected) * np.sqrt(found.points)
    sure = (1 / (1 + np.exp(EVEN_ODDS - surprise))).astype(np.float32).round(4)
    kept = np.flatnonzero(sure >= MIN_CONFIDENCE)
    upright = Pairs(part[kept], whole[kept], np.zeros(len(kept), np.int64))
    structure = np.clip(found.structure[kept], 0, 1).round(4)
    return table(contents, Verified(upright, structure, sure[kept], found.motion[kept]), found.angle[kept])


def _laid(contents: Contents, first: Array, second: Array) -> tuple[Array, Array, Registration]:
    """Lay each over the other; returns which of the two is the part, which the whole, and how they fit."""
    ratio = (contents.width / np.maximum(contents.height, 1)).astype(np.float32)
    ways = [(a, b, register(contents.thumbnails, a, b, ratio[b])) for a, b in ((first, second), (second, first))]
    (_, _, one), (_, _, other) = ways
    swapped = _fit(other) > _fit(one)
    columns = [np.where(swapped.reshape(-1, *[1] * (a.ndim - 1)), b, a) for a, b in zip(one, other, strict=True)]
    return np.where(swapped, second, first), np.where(swapped, first, second), Registration(*columns)


def _fit(laid: Registration) -> Floats:
    fit: Floats = np.arctanh(np.minimum(laid.structure, _FULL)) * np.sqrt(laid.points)
    return fit


def _alikeness(contents: Contents, rows: Array, asked: Array, around: tuple[Array, Array]) -> Floats:
    """Return the structure that images share with look-alikes when laid over them, by row of the contents; float32.

    Look-alikes are images of a like colour layout, and neighbours by their embeddings: whichever share more.
    """
    alike = np.zeros(len(contents.rank), np.float32)
    if not len(asked):
        return alike
    chosen = np.isin(around[0], asked)
    by_layout = look_alikes(contents, layouts_of(contents, rows), asked, rows, _LOOK_ALIKES)
    for (image, other), share in ((by_layout, 0.5), ((around[0][chosen], around[1][chosen]), _UPPER)):
        shared = _laid(contents, image, other)[2].structure
        for one in np.unique(image):
            alike[one] = max(alike[one], np.quantile(shared[image == one], share))
    return alike
