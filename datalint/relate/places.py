"""Which images have the same background: cuts of one photo, frames of one sequence, one studio wall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from datalint.relate.clusters import effective_number

if TYPE_CHECKING:
    Array: TypeAlias = "np.ndarray[Any, Any]"
    Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"

_SAME = 6.0
"""Grey levels (root of the mean square) between the corners of images with the same background."""


def places(patches: Floats, codes: Array) -> Array:
    """Number the places of n images from 0: within a class, near-identical corners are one place; int64[n].

    ``patches`` are mean colours of corners, float32[n, 12], ``codes`` (int[n]) number the classes.
    """
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial.distance import cdist

    number = np.zeros(len(codes), np.int64)
    used = 0
    for code in np.unique(codes):
        own = codes == code
        alike = cdist(patches[own], patches[own]) <= _radius(patches)
        found, members = connected_components(alike, directed=False)
        number[own] = members + used
        used += found
    return number


def shared(patches: Floats, codes: Array) -> Array:
    """Return how common each image's background is in other classes, beside its own: float64[n], 0 to 1.

    0 where no image of another class has it, 1 where at least as large a share of the others has it as of its own.
    """
    from scipy.spatial import KDTree

    radius = _radius(patches)
    everywhere = KDTree(patches).query_ball_point(patches, radius, return_length=True)
    sizes = np.bincount(codes)
    common = np.zeros(len(codes))
    for code in np.unique(codes):
        own = codes == code
        inside = KDTree(patches[own]).query_ball_point(patches[own], radius, return_length=True)
        outside = (everywhere[own] - inside) / (len(codes) - sizes[code])
        common[own] = np.minimum(outside / (inside / sizes[code]), 1)
    return common


def distinct(patches: Floats) -> float:
    """Count the different backgrounds of a class, rare ones less."""
    return effective_number(patches, _radius(patches))


def spread(patches: Floats) -> float:
    """Return how far corners typically are from the middle of their class: median of the distances, grey levels."""
    apart = patches - np.median(patches, axis=0)
    return float(np.median(np.sqrt(np.mean(apart**2, axis=1))))


def _radius(patches: Floats) -> float:
    return _SAME * float(np.sqrt(patches.shape[1]))
