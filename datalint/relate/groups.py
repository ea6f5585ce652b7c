"""Groups of near-duplicates around the image to keep, and whether they are copies or frames of one sequence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from datalint.relate.contents import Contents, codes, redundant_copies, stretches
from datalint.relate.near import MIN_CONFIDENCE
from datalint.relate.stars import stars

if TYPE_CHECKING:
    from datalint.model import Columns

Array: TypeAlias = "np.ndarray[Any, Any]"

_CLOSE = 60  # numbers between neighbouring frames: a minute in names that hold a time
_COPY = 0.98  # structure shared with a copy that keeps its size; frames of a sequence differ more


def near_duplicates(
    contents: Contents, pairs: Columns, duplicates: Columns, min_confidence: float = MIN_CONFIDENCE
) -> Columns:
    """Gather near pairs in groups around the one to keep; rows for table ``near_duplicates``.

    The best-ranked image takes all of its partners, then the best-ranked of those left, and so on; an image whose
    partners all went to others joins one of them. Whoever shares less than MUTUAL_STRUCTURE with other members stays
    out, so likeness does not drift along a chain. Exact copies of a member follow it.
    """
    good = np.flatnonzero(pairs["confidence"] >= min_confidence)
    pairs = {name: column[good] for name, column in pairs.items()}
    found = stars(contents, pairs)
    member = np.flatnonzero(found.keeper >= 0)
    kept = found.keeper[member] == member
    columns = {}
    for name, of_keeper in (("distance", 0), ("similarity", 1.0), ("confidence", 1.0), ("changes", "")):
        columns[name] = pairs[name][found.edge[member]]
        columns[name][kept] = of_keeper
    columns |= {"group": found.keeper[member], "row": member, "keeper": kept}

    copies, original = redundant_copies(contents, duplicates)
    followed = np.flatnonzero(found.keeper[original] >= 0)
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


def _kinds(contents: Contents, group: Array, columns: Columns) -> Array:
    """Tell bursts from copies; object[members]."""
    kinds = np.full(len(group), "copies", object)
    for part in stretches(group):
        members = {name: column[part] for name, column in columns.items()}
        rows = members["row"]
        sizes = {(contents.width[row], contents.height[row]) for row in rows}
        if len(sizes) == 1 and _moving(members) and _numbered(contents.path[rows].tolist()):
            kinds[part] = "burst"
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
