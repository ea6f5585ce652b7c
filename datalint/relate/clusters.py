"""Which of n points belong together, and how many different ones they amount to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    Array: TypeAlias = "np.ndarray[Any, Any]"
    Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"


def linked(pairs: Array, size: int) -> Array:
    """Number what pairs (int64[k, 2], of 0 to ``size`` - 1) join, directly or by way of others; int32[size]."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    members: Array = connected_components(graph, directed=False)[1]
    return members


def effective_number(points: Floats, radius: float) -> float:
    """Count clusters of points, float[n, d]: as many equally frequent ones as are as diverse (inverse Simpson index).

    Each holds what is within ``radius`` of its first member, so that a continuum is not one.
    """
    left, sizes = points, []
    while len(left):
        near = np.square(left - left[0]).sum(axis=1) <= radius**2
        sizes.append(int(near.sum()))
        left = left[~near]
    shares = np.array(sizes) / len(points)
    return float(1 / np.sum(shares**2))
