"""Images that are the same: byte for byte, or in mode, size and every pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from datalint.relate.contents import Contents, codes
from datalint.relate.hamming import neighbours

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from datalint.model import Columns

Array: TypeAlias = "np.ndarray[Any, Any]"

# JPEG is decoded at a reduced scale and other formats are not, so thumbnails of equal pixels differ a little: over 223
# photos by 2 bits of the hash and 1.5 grey levels on average at most.
_RADIUS = 4
_DIFFERENCE = 3.0
_WINDOW = 8  # looks on either side, by mean grey level, that one look is held against for each hash nearby


def pixel_candidates(contents: Contents) -> Array:
    """Name the images that must be decoded fully before one can say whose pixels are equal; int32, ascending.

    One stands for all with the same bytes. Same mode, size and reduced pixels make a candidate; so do, across file
    formats, same mode and size and nearly the same thumbnail.
    """
    _, chosen = np.unique(codes(contents.content_digest), return_index=True)
    chosen = np.sort(chosen)
    look = codes(contents.mode, contents.width, contents.height, contents.format, contents.reduced_digest)[chosen]
    same = codes(contents.mode, contents.width, contents.height, contents.reduced_digest)[chosen]
    wanted = np.bincount(same)[same] > 1
    _, first = np.unique(look, return_index=True)  # of equal looks, comparing one is enough
    across = np.zeros(look.max(initial=-1) + 1, bool)
    for row in _alike_across_formats(contents, chosen[first]):
        across[look[np.searchsorted(chosen, row)]] = True
    return contents.sample_id[chosen[wanted | across[look]]]


def _alike_across_formats(contents: Contents, rows: Array) -> Iterator[Array]:
    """Find rows with the mode, the size and nearly the thumbnail of a row of another format."""
    size = codes(contents.mode[rows], contents.width[rows], contents.height[rows])
    kind = codes(contents.format[rows])
    order = np.argsort(size, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(size[order])) + 1):
        kinds = np.unique(kind[group])
        for one in kinds if len(kinds) > 1 else ():
            others = rows[group[kind[group] != one]]
            yield from _alike(contents, rows[group[kind[group] == one]], others)


def _alike(contents: Contents, rows: Array, others: Array) -> Iterator[Array]:
    """Find those of ``rows`` whose thumbnail is nearly that of one of ``others``; bounded however many share a hash."""
    hashes, where = np.unique(contents.phash[np.r_[rows, others]], return_inverse=True)
    mine, theirs = where[: len(rows)], where[len(rows) :]
    first, second, _ = neighbours(hashes, hashes, _RADIUS, 2 * _WINDOW + 1)
    nearby = np.split(second, np.cumsum(np.bincount(first))[:-1])
    grey = contents.thumbnails[others].mean(axis=(1, 2, 3))
    by_grey = np.lexsort((grey, theirs))
    others, grey = others[by_grey], grey[by_grey]
    starts = np.searchsorted(theirs[by_grey], np.arange(len(hashes) + 1))
    for row, own in zip(rows, mine, strict=True):
        thumbnail = contents.thumbnails[row].astype(np.int16)
        for other in nearby[own]:
            begin, end = starts[other], starts[other + 1]
            middle = begin + np.searchsorted(grey[begin:end], thumbnail.mean())
            window = others[max(begin, middle - _WINDOW) : min(end, middle + _WINDOW)]
            difference = np.abs(contents.thumbnails[window] - thumbnail).mean(axis=(1, 2, 3))
            if np.any(difference <= _DIFFERENCE):
                yield row
                break


def exact_duplicates(contents: Contents, pixel_digests: Mapping[int, str], pointers: Columns) -> Columns:
    """Group the images that are the same; rows for table ``duplicates``.

    ``pixel_digests`` maps sample_ids that :func:`pixel_candidates` named to a digest of all their pixels; one that is
    missing could not be decoded and equals its own bytes alone. ``pointers`` are what POINTERS_SQL returns: images
    that are not there, which equal others of the same digest.
    """
    sample_id = np.r_[contents.sample_id, np.ma.getdata(pointers["sample_id"]).astype(np.int32)]
    content = codes(np.r_[contents.content_digest, np.ma.getdata(pointers["content_digest"]).astype(object)])
    rank = np.r_[contents.rank, len(contents.rank) + 1 + np.arange(len(pointers["sample_id"]), dtype=np.int32)]
    size = codes(contents.mode, contents.width, contents.height)
    of_content = {
        content[row]: (int(size[row]), pixel_digests[known])
        for row, known in enumerate(contents.sample_id.tolist())
        if known in pixel_digests
    }
    numbers: dict[Any, int] = {}
    group = np.fromiter(
        (numbers.setdefault(of_content.get(c, c), len(numbers)) for c in content.tolist()), np.int64, len(content)
    )
    row = np.flatnonzero(np.bincount(group)[group] > 1) if len(group) else np.zeros(0, np.int64)
    _, by_first = np.unique(group[row], return_inverse=True)
    first_id = np.full(by_first.max(initial=-1) + 1, np.iinfo(np.int32).max, np.int32)
    np.minimum.at(first_id, by_first, sample_id[row])
    row = row[np.lexsort((sample_id[row], first_id[by_first]))]  # groups are in order of their first sample_id
    member_of = _stretches(group[row])

    # A group with a member whose content is not that of its first member is one by pixels.
    first = np.searchsorted(member_of, np.arange(member_of.max(initial=-1) + 1))
    differs = np.bincount(member_of, content[row] != content[row[first]][member_of]) > 0
    best = np.minimum.reduceat(rank[row], first) if len(first) else first
    return {
        "group_id": member_of.astype(np.int32),
        "sample_id": sample_id[row].astype(np.int32),
        "kind": np.array(["bytes", "pixels"], object)[differs[member_of].astype(np.int64)],
        "keeper": rank[row] == best[member_of],
    }


def _stretches(values: Array) -> Array:
    """Number the stretches of equal values; int64[n]."""
    return np.cumsum(np.r_[False, values[1:] != values[:-1]]) if len(values) else np.zeros(0, np.int64)
