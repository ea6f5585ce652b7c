"""Images of one dataset that another has too: the same, or near-duplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from datalint.relate.candidates import layouts_of
from datalint.relate.contents import redundant_copies
from datalint.relate.near import MIN_CONFIDENCE, comparable, table, verified

if TYPE_CHECKING:
    from datalint.model import Columns
    from datalint.relate.contents import Contents

Array: TypeAlias = "np.ndarray[Any, Any]"


def contamination(contents: Contents, shift: int, duplicates: Columns) -> Columns:
    """Find for each image of the first dataset its best match in the second.

    ``contents`` are those of both, the ids of the second from ``shift`` on; ``duplicates`` are the exact duplicates
    among them. Returns columns of table ``contamination``, with ``other_id`` (an id of the second dataset) in place of
    what is known of the match.
    """
    exact = _exact(contents, shift, duplicates)
    decoded = np.isin(duplicates["sample_id"], contents.sample_id)  # pointers cannot be compared otherwise
    duplicates = {name: column[decoded] for name, column in duplicates.items()}
    known = np.isin(contents.sample_id, exact["sample_id"])
    duplicates = _per_side(shift, duplicates)
    rows = comparable(contents, duplicates)
    own = contents.sample_id[rows] < shift
    asked, offered = rows[own & ~known[rows]], rows[~own]
    layouts = layouts_of(contents, np.union1d(asked, offered))
    pairs = table(contents, verified(contents, layouts, asked, offered))
    order = np.lexsort((pairs["sample_b"], -pairs["similarity"], -pairs["confidence"], pairs["sample_a"]))
    order = order[pairs["confidence"][order] >= MIN_CONFIDENCE]
    best = order[np.unique(pairs["sample_a"][order], return_index=True)[1]]
    near = {name: pairs[name][best] for name in ("distance", "similarity", "confidence", "changes")}
    near |= {"sample_id": pairs["sample_a"][best], "other_id": pairs["sample_b"][best] - shift}
    near["kind"] = np.full(len(best), "near", object)
    within = duplicates["sample_id"] < shift
    near = _with_copies(contents, near, {name: column[within] for name, column in duplicates.items()})
    columns = {name: np.concatenate([exact[name], near[name]]) for name in exact}
    by_id = np.argsort(columns["sample_id"], kind="stable")
    return {name: column[by_id] for name, column in columns.items()}


def _exact(contents: Contents, shift: int, duplicates: Columns) -> dict[str, Array]:
    """Pair the members of the first dataset with one of the second: with the same file where there is one."""
    digests = dict(zip(contents.sample_id.tolist(), contents.content_digest.tolist(), strict=True))
    members = list(zip(*(duplicates[name].tolist() for name in ("group_id", "sample_id", "kind")), strict=True))
    first: dict[int, int] = {}
    same_file: dict[str, int] = {}
    for number, sample_id, _ in members:
        if sample_id >= shift:
            first.setdefault(number, sample_id)
            if sample_id in digests:
                same_file.setdefault(digests[sample_id], sample_id)
    own, match, kind = [], [], []
    for number, sample_id, of_group in members:
        if sample_id < shift and number in first:
            equal = same_file.get(digests.get(sample_id, ""))
            own.append(sample_id)
            match.append(first[number] if equal is None else equal)
            kind.append(of_group if equal is None else "bytes")
    return {
        "sample_id": np.array(own, np.int32),
        "other_id": np.array(match, np.int32) - np.int32(shift),
        "kind": np.array(kind, object),
        "distance": np.zeros(len(own), np.uint8),
        "similarity": np.ones(len(own), np.float32),
        "confidence": np.ones(len(own), np.float32),
        "changes": np.full(len(own), "", object),
    }


def _per_side(shift: int, duplicates: Columns) -> Columns:
    """Name in each group one to keep of either dataset: the two are compared with one another."""
    side = duplicates["group_id"].astype(np.int64) * 2 + (duplicates["sample_id"] >= shift)
    order = np.lexsort((~duplicates["keeper"], side))
    first = order[np.unique(side[order], return_index=True)[1]]
    keeper = np.zeros(len(side), bool)
    keeper[first] = True
    return {**duplicates, "keeper": keeper}


def _with_copies(contents: Contents, near: dict[str, Array], duplicates: Columns) -> dict[str, Array]:
    """Let the exact copies of a matched image, by the duplicates of its own dataset, share its match."""
    copies, original = (contents.sample_id[rows] for rows in redundant_copies(contents, duplicates))
    followed = np.flatnonzero(np.isin(original, near["sample_id"]))
    at = np.searchsorted(near["sample_id"], original[followed])
    copied = {name: column[at] for name, column in near.items()} | {"sample_id": copies[followed]}
    return {name: np.concatenate([column, copied[name]]) for name, column in near.items()}
