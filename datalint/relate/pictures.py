"""The pictures by which classes are held against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.contents import STAND_INS_SQL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from datalint.model import Columns

    Array: TypeAlias = "np.ndarray[Any, Any]"

LEAST = 20
"""Pictures that a class must have."""
_MOST = 250
"""Pictures of a class that are looked at."""
_CLASSES = 100
"""Classes that are held against each other at a time."""

COPIES_SQL = """
    LEFT JOIN (SELECT sample_id, group_id AS near FROM near_duplicates WHERE confidence >= 0.8) USING (sample_id)
    LEFT JOIN (SELECT sample_id, group_id AS same FROM duplicates) USING (sample_id)"""
"""Joins the groups of copies that images are in: ``near``, which hold exact ones too, and ``same``."""
PICTURE_SQL = """
    min(sample_id) OVER (PARTITION BY CASE
        WHEN near IS NOT NULL THEN 'near ' || near WHEN same IS NOT NULL THEN 'same ' || same
        ELSE sample_id::VARCHAR
    END)"""
"""One number for all copies of a picture, and frames of one burst, given these joins."""
PICTURES_SQL = f"""
    SELECT sample_id, label, coalesce(role IN ('validation', 'test'), false) AS evaluation, slot
    FROM samples JOIN pixels USING (sample_id) JOIN thumbnails USING (sample_id) {COPIES_SQL}
    WHERE len(labels) = 1 AND sample_id NOT IN ({STAND_INS_SQL})
    QUALIFY row_number() OVER (PARTITION BY label, near,
        CASE WHEN near IS NULL THEN same END,  -- groups of near-duplicates hold the exact ones too
        CASE WHEN near IS NULL AND same IS NULL THEN sample_id END ORDER BY content_digest, sample_id) = 1
    ORDER BY content_digest, sample_id
"""
"""Images with one label, one of a class's near-duplicates each, none that was made of another.

They are ordered by content, so that names do not matter.
"""


class Pictures(NamedTuple):
    """n labelled images, no two of a class near-duplicates of each other."""

    sample_id: Array
    """int32[n]."""
    label: Array
    """object[n], str."""
    evaluation: Array
    """bool[n]: in a validation or test split."""
    slot: Array
    """int64[n]: of the thumbnail in its file."""

    @classmethod
    def of(cls, columns: Columns) -> Pictures:
        """Take the columns that PICTURES_SQL returns."""
        return cls(*(np.ma.getdata(columns[name]) for name in cls._fields))


def blocks(pictures: Pictures) -> Iterator[tuple[Array, Array, list[str]]]:
    """Yield which rows are held against each other (int64[k]), their classes as numbers (int64[k]), and the labels.

    The first pictures of each class with enough of them count.
    """
    labels, codes = np.unique(pictures.label.astype(str), return_inverse=True)
    enough = np.flatnonzero(np.bincount(codes, minlength=len(labels)) >= LEAST)
    if len(enough) < 2:
        return
    for block in np.array_split(enough, -(-len(enough) // _CLASSES)):
        chosen = np.sort(np.concatenate([np.flatnonzero(codes == code)[:_MOST] for code in block]))
        yield chosen, np.searchsorted(block, codes[chosen]), labels[block].tolist()


def columns_of(rows: Iterable[Mapping[str, Any]]) -> Columns:
    """Turn rows into the columns of a table, masked where a value is None; there are none where there is no row."""
    listed = list(rows)
    columns: dict[str, Array] = {}
    for name in listed[0] if listed else ():
        values = np.empty(len(listed), object)
        values[:] = [row[name] for row in listed]
        columns[name] = np.ma.masked_array(values, mask=[value is None for value in values])
    return columns
