"""Outliers: images whose embedding has no others near it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from datalint.model import Columns
    from datalint.relate.filters import Floats

    Array: TypeAlias = "np.ndarray[Any, Any]"

_NEIGHBOURS = 5
_REFERENCE = 4000
"""Images that neighbours are looked for among, at most."""
_LEAST = 50
_BATCH = 2048
_FAR = 3.0


def outliers(sample_id: Array, features: Floats, groups: Array, seed: int) -> Columns:
    """Return rows of table ``outliers``; ``features`` are float32[n, d]. Images of one group are no neighbours.

    Distances are measured to the fifth nearest of up to 4,000 other images. Those are outliers whose distance is beyond
    the third quartile by three times the distance between quartiles (Tukey 1977), of its logarithm.
    """
    if len(features) < _LEAST:
        return {}
    chosen = np.random.default_rng(seed).permutation(len(features))[:_REFERENCE]
    reference, own = features[chosen], groups[chosen]
    squares = np.einsum("nd,nd->n", reference, reference)
    distance = np.empty(len(features), np.float32)
    for start in range(0, len(features), _BATCH):
        some = features[start : start + _BATCH]
        apart = np.einsum("nd,nd->n", some, some)[:, None] + squares - 2 * some @ reference.T
        apart[groups[start : start + _BATCH, None] == own] = np.inf
        distance[start : start + _BATCH] = np.partition(apart, _NEIGHBOURS - 1, axis=1)[:, _NEIGHBOURS - 1]
    finite = np.isfinite(distance)
    if finite.sum() < _LEAST:
        return {}
    log = np.log(np.maximum(distance, 1e-12)) / 2
    first, middle, third = np.percentile(log[finite], [25, 50, 75])
    far = finite & (log > third + _FAR * (third - first)) & (log > middle)
    rows = np.flatnonzero(far)
    if not len(rows):
        return {}
    return {"sample_id": sample_id[rows].astype(np.int32), "distance": np.exp(log[rows] - middle)}
