"""Groups of near-duplicates around the image to keep, and whether they are copies or frames of one sequence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.contents import Contents, codes
from datalint.relate.near import MIN_CONFIDENCE
from datalint.relate.structure import compare
from datalint.relate.transforms import INVERSE, transformed

if TYPE_CHECKING:
    from datalint.model import Columns

Array: TypeAlias = "np.ndarray[Any, Any]"

MUTUAL_STRUCTURE = 0.5
"""Structure that any two members of a group share at least."""

_WITNESSES = 8  # members that a further one is held against, besides the keeper; so groups of up to nine are complete
_CLOSE = 60  # numbers between neighbouring frames: a minute in names that hold a time
_COPY = 0.98  # structure shared with a copy that keeps its size; frames of a sequence differ more


class Stars(NamedTuple):
    """Who is in whose group; by row of the contents."""

    keeper: Array
    """int64[n], the row of the group's keeper; -1 in no group."""
    edge: Array
    """int64[n], the pair of the keeper and the member; of no meaning for keepers and where there is no group."""


def near_duplicates(
    contents: Contents, pairs: Columns, duplicates: Columns, min_confidence: float = MIN_CONFIDENCE
) -> Columns:
    """Gather near pairs in groups around the one to keep; rows for table ``near_duplicates``.

    The best-ranked image takes all of its partners, then the best-ranked of those left, and so on: whoever is in a
    group is near its keeper. Partners that share less than MUTUAL_STRUCTURE with other members stay out, so likeness
    does not drift along a chain. Exact copies of a member follow it.
    """
    good = np.flatnonzero(pairs["confidence"] >= min_confidence)
    pairs = {name: column[good] for name, column in pairs.items()}
    stars = _stars(contents, pairs)
    member = np.flatnonzero(stars.keeper >= 0)
    kept = stars.keeper[member] == member
    columns = {}
    for name, of_keeper in (("distance", 0), ("similarity", 1.0), ("confidence", 1.0), ("changes", "")):
        columns[name] = pairs[name][stars.edge[member]]
        columns[name][kept] = of_keeper
    columns |= {"group": stars.keeper[member], "row": member, "keeper": kept}

    copies, original = _copies(contents, duplicates)
    followed = np.flatnonzero(stars.keeper[original] >= 0)
    at = np.searchsorted(member, original[followed])
    copied = {name: column[at] for name, column in columns.items()}
    copied |= {"row": copies[followed], "keeper": np.zeros(len(followed), bool)}
    columns = {name: np.r_[column, copied[name]] for name, column in columns.items()}

    order = np.argsort(columns["row"])
    group = codes(columns["group"][order])  # numbered by the first sample of each
    order, group = order[np.argsort(group, kind="stable")], np.sort(group)
    columns = {name: column[order] for name, column in columns.items()}
    types = {"distance": np.uint8, "similarity": np.float32, "confidence": np.float32, "changes": object}
    return {
        "group_id": group.astype(np.int32),
        "sample_id": contents.sample_id[columns["row"]],
        "kind": _kinds(contents, group, columns),
        **{name: columns[name].astype(dtype) for name, dtype in types.items()},
        "keeper": columns["keeper"],
    }


def _stars(contents: Contents, pairs: Columns) -> Stars:
    """Assign images to keepers greedily by rank."""
    a, b = (np.searchsorted(contents.sample_id, pairs[side]) for side in ("sample_a", "sample_b"))
    rank, turned = contents.rank, pairs["transform"].astype(np.int64)
    centre, other, edge = np.r_[a, b], np.r_[b, a], np.tile(np.arange(len(a)), 2)
    into_frame = np.r_[turned, np.array(INVERSE)[turned]]
    closeness = np.tile(pairs["similarity"], 2)
    order = np.lexsort((rank[other], -closeness, rank[centre]))
    centre, other, edge, into_frame = centre[order], other[order], edge[order], into_frame[order]
    stars = Stars(np.full(len(rank), -1, np.int64), np.zeros(len(rank), np.int64))
    begins = np.flatnonzero(np.r_[True, centre[1:] != centre[:-1]]) if len(centre) else np.zeros(0, np.int64)
    for begin, end in zip(begins.tolist(), [*begins[1:].tolist(), len(centre)], strict=False):
        keeper = centre[begin]
        if stars.keeper[keeper] >= 0:
            continue
        free = np.flatnonzero(stars.keeper[other[begin:end]] < 0) + begin
        if len(free) > 1:
            free = free[_agreeing(transformed(contents.thumbnails[other[free]], into_frame[free]))]
        if len(free):
            stars.keeper[other[free]] = stars.keeper[keeper] = keeper
            stars.edge[other[free]] = edge[free]
    return stars


def _agreeing(thumbnails: Array) -> Array:
    """Choose thumbnails, closest to the keeper first, that share structure with one another; rows, ascending."""
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


def _copies(contents: Contents, duplicates: Columns) -> tuple[Array, Array]:
    """Return the rows of redundant exact copies, and for each the row of its group's keeper."""
    row = np.searchsorted(contents.sample_id, duplicates["sample_id"])
    kept = np.asarray(duplicates["keeper"], bool)
    keepers = np.full(duplicates["group_id"].max(initial=-1) + 1, -1, np.int64)
    keepers[duplicates["group_id"][kept]] = row[kept]
    return row[~kept], keepers[duplicates["group_id"][~kept]]


def _kinds(contents: Contents, group: Array, columns: Columns) -> Array:
    """Tell bursts from copies; object[members]."""
    kinds = np.full(len(group), "copies", object)
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if len(group) else group
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(group)], strict=False):
        members = {name: column[start:end] for name, column in columns.items()}
        rows = members["row"]
        sizes = {(contents.width[row], contents.height[row]) for row in rows}
        if len(sizes) == 1 and _moving(members) and _numbered(contents.path[rows].tolist()):
            kinds[start:end] = "burst"
    return kinds


def _moving(members: Columns) -> bool:
    """Tell whether pictures differ as frames of a sequence may: in what they show, or in where and how brightly."""
    differences = {word for changes in members["changes"].tolist() for word in changes.split(", ") if word}
    if differences - {"cropped", "brightness-shifted", "colour-shifted", "re-encoded"}:
        return False
    return "cropped" in differences or bool(members["similarity"].min() < _COPY)


def _numbered(paths: list[str]) -> bool:
    """Tell whether file names are those of a sequence: alike but for one number, which goes up in small steps."""
    names = [path.rsplit("/", 1)[-1] for path in paths]
    if len({re.sub(r"\d+", "#", name) for name in names}) > 1:
        return False
    numbers = [[int(number) for number in re.findall(r"\d+", name)] for name in names]
    counting = [sorted(place) for place in zip(*numbers, strict=True) if len(set(place)) > 1]
    return len(counting) == 1 and max(b - a for a, b in zip(counting[0], counting[0][1:], strict=False)) <= _CLOSE
