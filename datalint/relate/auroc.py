"""How well a score tells one class from the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"
    Array: TypeAlias = "np.ndarray[Any, Any]"

Z = 1.96
"""Of the normal distribution, for an interval that holds the true value in 95 % of cases."""


class Recognition(NamedTuple):
    """How well a class is recognised."""

    auroc: float
    """Probability that an image of the class scores higher than one of another class, 0 to 1; ties count half."""
    low: float
    high: float
    """The interval of the AUROC, 95 %."""
    share: float
    """Images of the class that score higher than 95 % of the others, 0 to 1."""


def recognition(scores: Floats, own: Array, codes: Array, groups: Array | None = None) -> Recognition:
    """Compare the scores (float[n]) of a class with those of all others, each of which counts the same.

    ``own`` (bool[n]) marks the class, ``codes`` (int[n]) number the classes. The interval is that of Hanley and McNeil
    1982, *The meaning and use of the area under a ROC curve*, with the size that the weighted others amount to; images
    of one of the ``groups`` (int[n]) are no independent witnesses, and count as one there.
    """
    rest = scores[~own]
    weights = 1 / np.bincount(codes)[codes[~own]]
    area = _area(scores[own], rest, weights)
    witnesses, others = int(own.sum()), effective_size(weights)
    if groups is not None:
        others *= len(np.unique(groups[~own])) / len(rest)
        witnesses = len(np.unique(groups[own]))
    error = standard_error((area * witnesses + 0.5) / (witnesses + 1), witnesses, others)  # not 0 where none is missed
    order = np.argsort(rest)
    above = np.searchsorted(np.cumsum(weights[order]), 0.95 * weights.sum())
    limit = rest[order[min(above, len(rest) - 1)]]
    return Recognition(
        area, max(area - Z * error, 0.0), min(area + Z * error, 1.0), float(np.mean(scores[own] > limit))
    )


def effective_size(weights: Floats) -> float:
    """Return how many equally weighted values are as good as these (Kish 1965)."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def _area(own: Floats, rest: Floats, weights: Floats) -> float:
    order = np.argsort(rest, kind="stable")
    rest, below = rest[order], np.r_[0, np.cumsum(weights[order])]
    left, right = (np.searchsorted(rest, own, side) for side in ("left", "right"))
    return float(np.mean(below[left] + below[right]) / 2 / below[-1])


def standard_error(area: float, own: float, rest: float) -> float:
    """Return that of an AUROC of so many images and others, as Hanley and McNeil 1982 have it."""
    first, second = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (own - 1) * (first - area**2) + (rest - 1) * (second - area**2)
    return float(np.sqrt(max(variance, 0) / (own * rest)))


def difference_low(share: float, count: float, other: float, others: float) -> float:
    """Return the least that a share exceeds another one by, with 97.5 % confidence, -1 to 1.

    Newcombe 1998, *Interval estimation for the difference between independent proportions*, method 10.
    """
    low, high = wilson(share, count)[0], wilson(other, others)[1]
    return float(share - other - np.sqrt((share - low) ** 2 + (high - other) ** 2))


def wilson(share: float, count: float) -> tuple[float, float]:
    square = Z**2 / count
    middle = (share + square / 2) / (1 + square)
    half = Z / (1 + square) * np.sqrt(share * (1 - share) / count + square / (4 * count))
    return middle - half, middle + half
