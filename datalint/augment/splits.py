"""A split to suggest: stratified by class, with all images of a group (duplicates, bursts) on one side."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from datalint.augment.preprocessing import split_shares

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Array: TypeAlias = "np.ndarray[Any, Any]"

TEST, VALIDATION, TRAIN = "test", "validation", "train"


def suggest_splits(labels: Sequence[str], groups: Array, seed: int, missing: frozenset[str]) -> list[str]:
    """Return ``train``, ``validation`` or ``test`` for each image.

    ``groups`` (int64[n]) names what must stay together; ``missing`` are those of validation and test that are to be
    made. Shares go by size: 20, 10 or 5 % for testing, 10 % of the rest for validation.
    """
    split = np.full(len(labels), TRAIN, object)
    classes = np.unique(np.asarray(labels, object).astype(str), return_inverse=True)[1]
    test, validation = split_shares(len(labels))
    for name, share in ((TEST, test), (VALIDATION, validation)):
        if name in missing:
            rest = np.flatnonzero(split == TRAIN)
            split[rest[_fold(classes[rest], groups[rest], share, seed)]] = name
    return [str(name) for name in split]


def joined(pairs: Iterable[tuple[int, int]], count: int) -> Array:
    """Number the groups that pairs of the images 0 to ``count`` - 1 make, int64[count]."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges = np.array([*pairs], np.int64).reshape(-1, 2)
    graph = coo_array((np.ones(len(edges), bool), (edges[:, 0], edges[:, 1])), shape=(count, count))
    groups: Array = connected_components(graph, directed=False)[1]
    return groups


def _fold(classes: Array, groups: Array, share: float, seed: int) -> Array:
    """Return positions of about a share of the images, int64[k]."""
    from sklearn.model_selection import StratifiedGroupKFold

    folds = min(round(1 / share), len(np.unique(groups)))
    if folds < 2:
        return np.empty(0, np.int64)
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of classes with fewer images than folds
        found: Array = next(splitter.split(np.zeros(len(classes)), classes, groups))[1]
    return found
