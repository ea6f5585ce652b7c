"""What the relations need to know of every decoded image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from datalint.model import Columns
    from datalint.relate.filters import Thumbnails

Array: TypeAlias = "np.ndarray[Any, Any]"

STAND_INS_SQL = """
    SELECT DISTINCT one.sample_id
    FROM families JOIN samples AS one USING (sample_id)
        JOIN (SELECT family, sample_id AS source_id FROM families WHERE NOT made) USING (family)
        JOIN samples AS source ON source.sample_id = source_id
    WHERE made AND one.label IS NOT DISTINCT FROM source.label
        AND (coalesce(one.role, 'train') = 'train' OR one.split IS DISTINCT FROM source.split)
"""
"""Images for which one stands that they were made of (``datalint augment``): it is there, under the same label.

Nothing is made for validation and test splits, so whatever a log says, an image there is no stand-in for its own split.
One in another split than its source is leakage, which rule SPL010 tells.
"""

CONTENTS_SQL = f"""
    SELECT sample_id, path, pixels.content_digest, reduced_digest, phash,
        upright.width, upright.height, mode, format,
        row_number() OVER (
            ORDER BY sample_id IN ({STAND_INS_SQL}),
                CAST(upright.width AS UBIGINT) * upright.height DESC, bytes DESC NULLS LAST,
                role IS NOT DISTINCT FROM 'train' DESC, sample_id
        ) AS rank
    FROM pixels JOIN headers USING (sample_id) JOIN upright USING (sample_id) JOIN samples USING (sample_id)
        LEFT JOIN files USING (path)
    ORDER BY sample_id
"""
"""The columns that :meth:`Contents.of` takes.

The best of several copies is one that was not made of another, the largest, then that in training.
"""


POINTERS_SQL = """
    SELECT sample_id, files.content_digest FROM samples JOIN files USING (path)
    WHERE files.content_digest IS NOT NULL
    ORDER BY role IS NOT DISTINCT FROM 'train' DESC, sample_id
"""
"""Images that were not pulled and whose content is known by its digest, the best to keep first."""


THUMBNAILS_SQL = "SELECT slot FROM thumbnails JOIN pixels USING (sample_id) ORDER BY sample_id"
"""Where the thumbnails of the same images are."""


class Contents(NamedTuple):
    """Columns over the n images that could be decoded, in order of sample_id."""

    sample_id: Array
    """int32[n], ascending."""
    path: Array
    """object[n], str."""
    content_digest: Array
    """object[n], str: equal for equal bytes."""
    reduced_digest: Array
    """object[n], str: equal for equal pixels of files of one format; seldom equal for others."""
    phash: Array
    """uint64[n], perceptual hash."""
    thumbnails: Thumbnails
    """uint8[n, 32, 32, 3], RGB."""
    width: Array
    """uint32[n], pixels of the upright image."""
    height: Array
    """uint32[n], pixels of the upright image."""
    mode: Array
    """object[n], str: Pillow's name."""
    format: Array
    """object[n], str: JPEG, PNG ..."""
    rank: Array
    """int32[n], unique: of several images that are the same, the one with the smallest rank is kept."""

    @classmethod
    def of(cls, columns: Columns, thumbnails: Thumbnails) -> Contents:
        """Take the columns that CONTENTS_SQL returns, and the thumbnails in their order."""
        plain = {name: np.ma.getdata(columns[name]) for name in cls._fields if name != "thumbnails"}
        types = {"sample_id": np.int32, "rank": np.int32, "phash": np.uint64}
        plain |= {name: plain[name].astype(dtype) for name, dtype in types.items()}
        return cls(**plain, thumbnails=thumbnails)

    @classmethod
    def joined(cls, own: Contents, other: Contents, shift: int, thumbnails: Thumbnails) -> Contents:
        """Put the contents of two datasets in one, with the thumbnails of both.

        ``shift`` is added to the ids of the second, and it ranks after.
        """
        moved = other._replace(sample_id=other.sample_id + np.int32(shift), rank=other.rank + np.int32(len(own.rank)))
        both = {
            name: np.concatenate([getattr(own, name), getattr(moved, name)])
            for name in cls._fields
            if name != "thumbnails"
        }
        return cls(**both, thumbnails=thumbnails)


def codes(*columns: Array) -> Array:
    """Number the distinct rows from 0 by their first appearance; int64[n]."""
    seen: dict[Any, int] = {}
    lists = [column.tolist() for column in columns]
    rows = lists[0] if len(lists) == 1 else zip(*lists, strict=True)
    return np.fromiter((seen.setdefault(row, len(seen)) for row in rows), np.int64, len(columns[0]))


def runs(starts: Array, counts: Array) -> Array:
    """Return start, start + 1 ... of every run of the given length, one after another; int64[sum of counts]."""
    ends = np.cumsum(counts)
    offsets: Array = np.repeat(starts - ends + counts, counts)
    return offsets + np.arange(len(offsets))


def place_in_group(groups: Array) -> Array:
    """Count 0, 1, 2 ... within each stretch of equal values; int64[n]."""
    if not len(groups):
        return np.zeros(0, np.int64)
    first = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
    return np.arange(len(groups)) - np.repeat(first, np.diff(np.r_[first, len(groups)]))


def stretches(values: Array) -> list[slice]:
    """Cut into stretches of equal values."""
    if not len(values):
        return []
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]]).tolist()
    return [slice(start, stop) for start, stop in zip(starts, [*starts[1:], len(values)], strict=True)]


def redundant_copies(contents: Contents, duplicates: Columns) -> tuple[Array, Array]:
    """Return the rows of redundant exact copies, and for each the row of its group's keeper."""
    row = np.searchsorted(contents.sample_id, duplicates["sample_id"])
    kept = np.asarray(duplicates["keeper"], bool)
    keepers = np.full(duplicates["group_id"].max(initial=-1) + 1, -1, np.int64)
    keepers[duplicates["group_id"][kept]] = row[kept]
    return row[~kept], keepers[duplicates["group_id"][~kept]]
