"""Images that look the same: proposed by their perceptual hashes, verified on their thumbnails, gathered in groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from datalint.relate.contents import Contents, codes, place_in_group, runs
from datalint.relate.hamming import neighbours
from datalint.relate.structure import has_structure, similarity

if TYPE_CHECKING:
    from datalint.model import Columns

Array: TypeAlias = "np.ndarray[Any, Any]"

SEARCH_RADIUS = 10
"""Bits in which the hashes of a pair may differ: 89 % of photos cropped by 3 % on each side stay within it."""
MIN_SIMILARITY = 0.92
"""Structure that two images must share to be called near-duplicates."""
PARTNERS = 16
"""Images that one proposes for comparison: those with the nearest hashes, of equally near ones the best-ranked (and one
more when it is not among these itself). So there are at most 17 n pairs, however many look alike."""

_KEPT_SIMILARITY = 0.8  # pairs below are plainly different pictures and are not worth a row


def near_pairs(contents: Contents, duplicates: Columns, radius: int = SEARCH_RADIUS) -> Columns:
    """Find the pairs of images that look the same; rows for table ``near_pairs``, ordered by both ids.

    Of exact duplicates only the keeper takes part. An image without structure to compare (blank, nearly flat) is in no
    pair.
    """
    redundant = duplicates["sample_id"][~duplicates["keeper"]]
    row = np.flatnonzero(~np.isin(contents.sample_id, redundant))
    row = row[has_structure(contents.thumbnails, row)]
    first, second = (row[side] for side in _proposed(contents.phash[row], contents.rank[row], radius))

    # Alignment has a direction: let the contents choose it, so that renaming files changes no result.
    swap = contents.content_digest[first] > contents.content_digest[second]
    score = similarity(contents.thumbnails, np.where(swap, second, first), np.where(swap, first, second))
    good = score >= _KEPT_SIMILARITY
    first, second = first[good], second[good]
    ids = np.sort(np.stack([contents.sample_id[first], contents.sample_id[second]]), axis=0)
    order = np.lexsort((ids[1], ids[0]))
    return {
        "sample_a": ids[0][order],
        "sample_b": ids[1][order],
        "distance": np.bitwise_count(contents.phash[first] ^ contents.phash[second])[order],
        "similarity": score[good][order],
    }


def _proposed(phash: Array, rank: Array, radius: int) -> tuple[Array, Array]:
    """Pair every image with its PARTNERS nearest by hash; returns rows, each pair once."""
    hashes, where = np.unique(phash, return_inverse=True)
    members = np.lexsort((rank, where))
    starts = np.searchsorted(where[members], np.arange(len(hashes) + 1))

    # For each hash, the best-ranked images of the nearest hashes, its own included; one more, for the image itself.
    near, other, distance = neighbours(hashes, radius, PARTNERS)
    itself = np.arange(len(hashes))
    near, other = np.r_[near, itself], np.r_[other, itself]
    distance = np.r_[distance, np.zeros(len(hashes), np.uint8)]
    counts = np.minimum(np.diff(starts)[other], PARTNERS + 1)
    partner = members[runs(starts[other], counts)]
    near, distance = np.repeat(near, counts), np.repeat(distance, counts)
    order = np.lexsort((rank[partner], distance, near))
    order = order[place_in_group(near[order]) <= PARTNERS]
    partner, offered = partner[order], np.searchsorted(near[order], np.arange(len(hashes) + 1))

    counts = np.diff(offered)[where]
    image = np.repeat(np.arange(len(phash)), counts)
    partner = partner[runs(offered[where], counts)]
    low, high = np.minimum(image, partner), np.maximum(image, partner)
    pair = np.unique(low[low < high] * len(phash) + high[low < high])
    return pair // max(1, len(phash)), pair % max(1, len(phash))


def near_duplicates(
    contents: Contents,
    pairs: Columns,
    duplicates: Columns,
    max_distance: int = SEARCH_RADIUS,
    min_similarity: float = MIN_SIMILARITY,
) -> Columns:
    """Gather near pairs in groups around the one to keep; rows for table ``near_duplicates``.

    The best-ranked image takes all of its partners, then the best-ranked of those left, and so on: whoever is in a
    group was compared with its keeper, so likeness does not drift along a chain. Exact copies of a member follow it.
    """
    good = (pairs["distance"] <= max_distance) & (pairs["similarity"] >= min_similarity)
    a, b = (np.searchsorted(contents.sample_id, pairs[side][good]) for side in ("sample_a", "sample_b"))
    distance, score = pairs["distance"][good], pairs["similarity"][good]
    keeper, edge = _stars(contents.rank, a, b)
    member = np.flatnonzero(keeper >= 0)
    from_keeper = keeper[member] == member
    to_keeper = np.where(from_keeper, 0, edge[member])
    columns = {
        "group": keeper[member],
        "row": member,
        "distance": np.where(from_keeper, 0, distance[to_keeper]),
        "similarity": np.where(from_keeper, 1, score[to_keeper]),
        "keeper": from_keeper,
    }

    copies, original = _copies(contents, duplicates)
    followed = np.flatnonzero(keeper[original] >= 0)
    at = np.searchsorted(member, original[followed])
    copied = {name: column[at] for name, column in columns.items()}
    copied |= {"row": copies[followed], "keeper": np.zeros(len(followed), bool)}
    columns = {name: np.r_[column, copied[name]] for name, column in columns.items()}

    order = np.argsort(columns["row"])
    group = codes(columns["group"][order])  # numbered by the first sample of each
    order, group = order[np.argsort(group, kind="stable")], np.sort(group)
    return {
        "group_id": group.astype(np.int32),
        "sample_id": contents.sample_id[columns["row"][order]],
        "distance": columns["distance"][order].astype(np.uint8),
        "similarity": columns["similarity"][order].astype(np.float32),
        "keeper": columns["keeper"][order],
    }


def _stars(rank: Array, a: Array, b: Array) -> tuple[Array, Array]:
    """Assign rows to keepers greedily by rank; returns each row's keeper (-1: in no group) and the pair to it."""
    centre, other, edge = np.r_[a, b], np.r_[b, a], np.tile(np.arange(len(a)), 2)
    order = np.lexsort((rank[other], rank[centre]))
    centre, other, edge = centre[order], other[order], edge[order]
    keeper, tie = np.full(len(rank), -1, np.int64), np.full(len(rank), -1, np.int64)
    begins = np.flatnonzero(np.r_[True, centre[1:] != centre[:-1]]) if len(centre) else np.zeros(0, np.int64)
    for begin, end in zip(begins.tolist(), [*begins[1:].tolist(), len(centre)], strict=False):
        if keeper[centre[begin]] >= 0:
            continue
        free = np.flatnonzero(keeper[other[begin:end]] < 0) + begin
        if len(free):
            keeper[other[free]] = keeper[centre[begin]] = centre[begin]
            tie[other[free]] = edge[free]
    return keeper, tie


def _copies(contents: Contents, duplicates: Columns) -> tuple[Array, Array]:
    """Return the rows of redundant exact copies, and for each the row of its group's keeper."""
    row = np.searchsorted(contents.sample_id, duplicates["sample_id"])
    kept = np.asarray(duplicates["keeper"], bool)
    keepers = np.full(duplicates["group_id"].max(initial=-1) + 1, -1, np.int64)
    keepers[duplicates["group_id"][kept]] = row[kept]
    return row[~kept], keepers[duplicates["group_id"][~kept]]
