"""How many labels of a dataset are wrong, by a stratified random sample that somebody looked at."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

RULE_OF_THUMB = 0.04
"""Share of wrong labels that a dataset should stay below (Ferlitsch, Computer Vision Data Engineering, part 5)."""
_CONFIDENCE = 0.95
_LEAST = 2
"""Images of each stratum, without which it has no variance."""


class Stratum(NamedTuple):
    """A part of the dataset that images are drawn from by themselves."""

    images: int
    """In all."""
    judged: int
    """Of the sample, right or wrong."""
    wrong: int


class Estimate(NamedTuple):
    """The share of wrong labels, 0 to 1."""

    rate: float
    low: float
    """Of the interval (95 %)."""
    high: float

    @property
    def verdict(self) -> str:
        """``under``, ``over`` or ``open``, against the rule of thumb."""
        return "under" if self.high < RULE_OF_THUMB else "over" if self.low > RULE_OF_THUMB else "open"


def allocate(sizes: Sequence[int], number: int) -> list[int]:
    """Say how many images to draw from strata of these sizes: two of each, and all others in proportion.

    Seats are given by the method of Sainte-Laguë. Two of each may come to more than ``number``.
    """
    drawn = [min(size, _LEAST) for size in sizes]
    waiting = [(-size / (2 * _LEAST + 1), place) for place, size in enumerate(sizes) if size > _LEAST]
    heapq.heapify(waiting)
    for _ in range(min(number, sum(sizes)) - sum(drawn)):
        _, place = heapq.heappop(waiting)
        drawn[place] += 1
        if drawn[place] < sizes[place]:
            heapq.heappush(waiting, (-sizes[place] / (2 * drawn[place] + 1), place))
    return drawn


def estimate(strata: Sequence[Stratum]) -> Estimate:
    """Estimate the share of wrong labels, with an interval (95 %).

    The estimate is the mean of the strata's shares, each weighted by its images (Cochran, Sampling Techniques, 1977,
    section 5.3). The interval is that of Clopper and Pearson (Biometrika, 1934) for the effective size of the sample
    (Korn and Graubard, Survey Methodology, 1998): of as many images drawn without strata as vary as much. That is the
    smaller of two: by the variance that is seen, and by the variance if all strata had one share, which is known also
    where no label is wrong. Both allow for the part of the dataset that was looked at. A stratum without a judged image
    is taken to be like the largest. Raises ValueError where no image was judged.
    """
    strata = _pooled(strata)
    total = sum(one.images for one in strata)
    rate = sum(one.images / total * one.wrong / one.judged for one in strata)
    # Variance as a multiple of rate * (1 - rate), and as it is seen.
    even = sum((one.images / total) ** 2 * _unseen(one) / one.judged for one in strata)
    seen = sum((one.images / total) ** 2 * _unseen(one) * _spread(one, rate) / one.judged for one in strata)
    if not even:
        return Estimate(rate, rate, rate)
    size = 1 / even if not seen else min(1 / even, rate * (1 - rate) / seen)
    low, high = _clopper_pearson(rate * size, size)
    # What was seen is certain.
    wrong, right = sum(one.wrong for one in strata), sum(one.judged - one.wrong for one in strata)
    return Estimate(rate, min(rate, max(low, wrong / total)), max(rate, min(high, 1 - right / total)))


def _pooled(strata: Sequence[Stratum]) -> list[Stratum]:
    judged = [one for one in strata if one.judged]
    if not judged:
        raise ValueError("no image was judged")
    largest = max(range(len(judged)), key=lambda place: judged[place].images)
    others = sum(one.images for one in strata if not one.judged)
    judged[largest] = judged[largest]._replace(images=judged[largest].images + others)
    return judged


def _unseen(one: Stratum) -> float:
    """Return the finite population correction."""
    return (one.images - one.judged) / max(one.images - 1, 1)


def _spread(one: Stratum, rate: float) -> float:
    """Return the variance of a label's being wrong; of a single image that of all."""
    if one.judged == 1:
        return rate * (1 - rate)
    share = one.wrong / one.judged
    return share * (1 - share) * one.judged / (one.judged - 1)


def _clopper_pearson(wrong: float, size: float) -> tuple[float, float]:
    """Return the interval of a share; counts need not be whole."""
    from scipy.special import betaincinv

    tail = (1 - _CONFIDENCE) / 2
    low = betaincinv(wrong, size - wrong + 1, tail) if wrong > 0 else 0.0
    high = betaincinv(wrong + 1, size - wrong, 1 - tail) if wrong < size else 1.0
    return float(low), float(high)
