"""Which near-duplicates belong together: stars around the image to keep, whose members all agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.contents import stretches
from datalint.relate.structure import compare
from datalint.relate.transforms import INVERSE, transformed

if TYPE_CHECKING:
    from datalint.model import Columns
    from datalint.relate.contents import Contents

Array: TypeAlias = "np.ndarray[Any, Any]"

MUTUAL_STRUCTURE = 0.5
"""Structure that any two members of a group share at least."""

_WITNESSES = 8  # members that a further one is held against, besides the keeper; so groups of up to nine are complete


class Stars(NamedTuple):
    """Who is in whose group; by row of the contents."""

    keeper: Array
    """int64[n], the row of the group's keeper; -1 in no group."""
    edge: Array
    """int64[n], the pair that tied it to the group; of no meaning for keepers and where there is no group."""


class _Edges(NamedTuple):
    """Near pairs seen from both ends, ordered by the rank of the centre, the closest other first."""

    centre: Array
    other: Array
    pair: Array
    into_frame: Array
    """What turns the other as the centre lies."""
    similarity: Array
    laid: Array
    """Whether one was found in the other as a part or turned by a few degrees."""


def stars(contents: Contents, pairs: Columns) -> Stars:
    """Assign images to keepers greedily by rank, then those whose partners all went to others."""
    edges = _edges(contents, pairs)
    found = Stars(np.full(len(contents.rank), -1, np.int64), np.zeros(len(contents.rank), np.int64))
    for part in stretches(edges.centre):
        keeper = edges.centre[part.start]
        if found.keeper[keeper] >= 0:
            continue
        free = np.flatnonzero(found.keeper[edges.other[part]] < 0) + part.start
        laid, free = free[edges.laid[free]], free[~edges.laid[free]]
        if len(free) > 1:
            members = transformed(contents.thumbnails[edges.other[free]], edges.into_frame[free])
            free = free[_agreeing(members)]
        free = np.union1d(free, laid)  # parts of a picture have as little in common as they overlap
        if len(free):
            found.keeper[edges.other[free]] = found.keeper[keeper] = keeper
            found.edge[edges.other[free]] = edges.pair[free]
    _let_join(contents, edges, pairs["transform"] == 0, found)
    return found


def _let_join(contents: Contents, edges: _Edges, pairs_upright: Array, found: Stars) -> None:
    """Let an image that is in no group join that of its closest partner, where it agrees with the others in it."""
    upright = np.ones(len(found.keeper), bool)
    grouped = np.flatnonzero((found.keeper >= 0) & (found.keeper != np.arange(len(found.keeper))))
    upright[grouped] = pairs_upright[found.edge[grouped]]
    open_ = (found.keeper[edges.other] < 0) & (found.keeper[edges.centre] >= 0)
    open_ &= upright[edges.centre] & (edges.into_frame == 0)
    rows = np.flatnonzero(open_)
    rows = rows[np.lexsort((contents.rank[edges.centre[rows]], -edges.similarity[rows], edges.other[rows]))]
    rows = rows[np.unique(edges.other[rows], return_index=True)[1]]
    keepers = found.keeper[edges.centre[rows]]
    rows = rows[np.lexsort((contents.rank[edges.other[rows]], contents.rank[keepers]))]
    # Of every group the keeper comes first, then the others by rank.
    by_group = np.flatnonzero((found.keeper >= 0) & upright)
    is_keeper = found.keeper[by_group] == by_group
    by_group = by_group[np.lexsort((contents.rank[by_group], ~is_keeper, found.keeper[by_group]))]
    groups = found.keeper[by_group]
    for part in stretches(found.keeper[edges.centre[rows]]):
        joining = rows[part]
        keeper = found.keeper[edges.centre[joining[0]]]
        members = by_group[np.searchsorted(groups, keeper) : np.searchsorted(groups, keeper, side="right")]
        agreeing = _agreeing(contents.thumbnails[np.r_[members, edges.other[joining]]])
        joining = joining[agreeing[agreeing >= len(members)] - len(members)]
        found.keeper[edges.other[joining]] = keeper
        found.edge[edges.other[joining]] = edges.pair[joining]


def _edges(contents: Contents, pairs: Columns) -> _Edges:
    a, b = (np.searchsorted(contents.sample_id, pairs[side]) for side in ("sample_a", "sample_b"))
    turned = pairs["transform"].astype(np.int64)
    centre, other, pair = np.r_[a, b], np.r_[b, a], np.tile(np.arange(len(a)), 2)
    into_frame = np.r_[turned, np.array(INVERSE)[turned]]
    similarity = np.tile(pairs["similarity"], 2)
    laid = np.tile(pairs.get("laid", np.zeros(len(a), bool)), 2)
    order = np.lexsort((contents.rank[other], -similarity, contents.rank[centre]))
    return _Edges(*(column[order] for column in (centre, other, pair, into_frame, similarity, laid)))


def _agreeing(thumbnails: Array) -> Array:
    """Choose thumbnails, those that matter most first, that share structure with one another; rows, ascending."""
    count = len(thumbnails)
    later, earlier = np.tril_indices(count, -1, min(count, _WITNESSES))
    shared = np.ones((count, _WITNESSES), np.float32)
    shared[later, earlier] = compare(thumbnails, later, earlier, np.zeros(len(later), np.int64)).structure
    agrees = shared >= MUTUAL_STRUCTURE
    taken = np.zeros(count, bool)
    for row in range(count):
        witnesses = np.flatnonzero(taken[:_WITNESSES])
        taken[row] = np.all(agrees[row, witnesses[witnesses < row]])
    return np.flatnonzero(taken)
