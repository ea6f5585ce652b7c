"""Images of one dataset that another has too: the same, or near-duplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

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
    rows = comparable(contents, _per_side(shift, duplicates))
    own = contents.sample_id[rows] < shift
    pairs = table(contents, verified(contents, rows[own & ~known[rows]], rows[~own]))
    order = np.lexsort((pairs["sample_b"], -pairs["similarity"], -pairs["confidence"], pairs["sample_a"]))
    order = order[pairs["confidence"][order] >= MIN_CONFIDENCE]
    best = order[np.unique(pairs["sample_a"][order], return_index=True)[1]]
    near = {name: pairs[name][best] for name in ("distance", "similarity", "confidence", "changes")}
    near |= {"sample_id": pairs["sample_a"][best], "other_id": pairs["sample_b"][best] - shift}
    near["kind"] = np.full(len(best), "near", object)
    near = _with_copies(near, shift, duplicates)
    columns = {name: np.concatenate([exact[name], near[name]]) for name in exact}
    by_id = np.argsort(columns["sample_id"], kind="stable")
    return {name: column[by_id] for name, column in columns.items()}


def _exact(contents: Contents, shift: int, duplicates: Columns) -> dict[str, Array]:
    """Pair the members of the first dataset with one of the second: with the same file where there is one."""
    digests = dict(zip(contents.sample_id.tolist(), contents.content_digest.tolist(), strict=True))
    theirs: dict[int, list[int]] = {}
    group, sample = duplicates["group_id"].tolist(), duplicates["sample_id"].tolist()
    for number, sample_id in zip(group, sample, strict=True):
        if sample_id >= shift:
            theirs.setdefault(number, []).append(sample_id)
    own, match, kind = [], [], []
    for number, sample_id, of_group in zip(group, sample, duplicates["kind"].tolist(), strict=True):
        if sample_id >= shift or number not in theirs:
            continue
        digest = digests.get(sample_id)
        equal = [other for other in theirs[number] if digest is not None and digests.get(other) == digest]
        own.append(sample_id)
        match.append((equal or theirs[number])[0])
        kind.append("bytes" if equal else of_group)
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


def _with_copies(near: dict[str, Array], shift: int, duplicates: Columns) -> dict[str, Array]:
    """Let the exact copies of a matched image share its match."""
    kept = _per_side(shift, duplicates)
    own = np.flatnonzero(kept["sample_id"] < shift)
    group, sample, keeper = (kept[name][own] for name in ("group_id", "sample_id", "keeper"))
    keepers = dict(zip(group[keeper].tolist(), sample[keeper].tolist(), strict=True))
    place = {sample_id: row for row, sample_id in enumerate(near["sample_id"].tolist())}
    followers = [
        (copy, place[keepers[number]])
        for copy, number, is_keeper in zip(sample.tolist(), group.tolist(), keeper.tolist(), strict=True)
        if not is_keeper and keepers[number] in place
    ]
    rows = np.array([row for _, row in followers], np.int64)
    copied = {name: np.concatenate([column, column[rows]]) for name, column in near.items()}
    copied["sample_id"] = np.concatenate([near["sample_id"], np.array([copy for copy, _ in followers], np.int32)])
    return copied
