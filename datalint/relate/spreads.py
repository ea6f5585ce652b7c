"""How far values spread, and how sure that is of few of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.auroc import Z

if TYPE_CHECKING:
    Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"

LEAST = 10
"""Values that a spread is of."""


class Spread(NamedTuple):
    """Of n values, in their unit."""

    middle: float
    """Their mean."""
    spread: float
    """Their standard deviation."""
    low: float
    high: float
    """The interval of the standard deviation, 95 %."""


def spread_of(values: Floats) -> Spread:
    """Return how far values, float[n], n at least :data:`LEAST`, spread.

    The interval is that of Bonett 2006, *Approximate confidence interval for standard deviation of nonnormal
    distributions*: tails heavier than those of the normal distribution make it wider.
    """
    count = len(values)
    mean, deviation = float(np.mean(values)), float(np.std(values, ddof=1))
    if np.ptp(values) == 0:
        return Spread(mean, 0.0, 0.0, 0.0)
    cut = int(count / (2 * np.sqrt(count - 4)))
    trimmed = np.sort(values)[cut : count - cut].mean()
    kurtosis = count * np.sum((values - trimmed) ** 4) / np.sum((values - mean) ** 2) ** 2
    error = np.sqrt(max(kurtosis - (count - 3) / count, 0) / (count - 1))
    small = count / (count - Z)
    low, high = (np.sqrt(small * deviation**2 * np.exp(side * Z * small * error)) for side in (-1, 1))
    return Spread(mean, deviation, float(low), float(high))


def axial(degrees: Floats) -> tuple[float, Floats]:
    """Return the mean of directions without sense (0 is 180), and how far each is from it, -90 to 90."""
    mean = np.angle(np.exp(2j * np.radians(degrees)).sum()) / 2
    middle = float(np.degrees(mean) % 180)
    return middle, (degrees - middle + 90) % 180 - 90
