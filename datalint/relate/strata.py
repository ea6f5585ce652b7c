"""How far two sides differ within the classes that both have, so that another mix of classes counts for nothing."""

from __future__ import annotations

from math import erfc, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.auroc import Z, standard_error

if TYPE_CHECKING:
    Array: TypeAlias = "np.ndarray[Any, Any]"
    Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"

_NO_VARIANCE = 1e-12


class Strata(NamedTuple):
    """n images of two sides, in classes that both sides have."""

    own: Array
    """bool[n]: on the side that is asked about."""
    classes: Array
    """int[n]: numbered from 0 without gaps."""

    def at(self, rows: Array) -> Strata:
        """Return some of the images (int[k]), their classes numbered anew."""
        return Strata(self.own[rows], np.unique(self.classes[rows], return_inverse=True)[1].ravel())

    def shared(self) -> Array:
        """Return the images of classes that both sides have; int64[k]."""
        return np.flatnonzero(np.isin(self.classes, np.intersect1d(self.classes[self.own], self.classes[~self.own])))

    def counts(self) -> tuple[Floats, Floats]:
        """Return how many images of each class are on that side, and on the other: float64[classes]."""
        number = int(self.classes.max()) + 1
        own, rest = (np.bincount(self.classes[side], minlength=number) for side in (self.own, ~self.own))
        return own.astype(np.float64), rest.astype(np.float64)

    def weights(self) -> Floats:
        """Return what each class counts, float64[classes], 1 in all: by how much it can tell (van Elteren 1960)."""
        own, rest = self.counts()
        weight = own * rest / (own + rest + 1)
        return np.asarray(weight / weight.sum())

    def shares(self) -> Floats:
        """Return what each image counts, float64[n]: each side's are 1 in all, each class counts alike on both."""
        own, rest = self.counts()
        share = self.weights()[self.classes] / np.where(self.own, own[self.classes], rest[self.classes])
        return np.asarray(share)


class Area(NamedTuple):
    """How well a score tells the sides apart."""

    auroc: float
    """Probability that an image scores higher than one of its class on the other side, 0 to 1; ties count half."""
    low: float
    """Lower end of its interval (95 %)."""


def ranks(values: Floats, classes: Array) -> Floats:
    """Return each value's rank within its class, -0.5 to 0.5, ties in the middle, unknown ones (NaN) 0; float64[n]."""
    ranked = np.zeros(len(values))
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return ranked
    order = known[np.lexsort((values[known], classes[known]))]
    ordered, group = values[order], classes[order]
    place = np.arange(len(order))
    first = np.flatnonzero(np.r_[True, (ordered[1:] != ordered[:-1]) | (group[1:] != group[:-1])])
    last = np.r_[first[1:], len(order)] - 1
    middle = np.repeat((place[first] + place[last]) / 2, last - first + 1)
    count = np.bincount(group)
    start = np.cumsum(count) - count
    ranked[order] = (middle - start[group] + 0.5) / count[group] - 0.5
    return ranked


def area(scores: Floats, strata: Strata) -> Area:
    """Compare scores (float[n]) with those of the same class on the other side.

    The interval takes the variance of Hanley and McNeil 1982 class by class.
    """
    shares = np.where(strata.own, 1, -1) * strata.shares()
    auroc = float(np.clip(0.5 + shares @ ranks(scores, strata.classes), 0, 1))
    witnesses = int(strata.own.sum())
    cautious = (auroc * witnesses + 0.5) / (witnesses + 1)  # not certain where none is missed
    errors = [standard_error(cautious, *sizes) for sizes in zip(*strata.counts(), strict=True)]
    return Area(auroc, max(auroc - Z * float(np.linalg.norm(strata.weights() * errors)), 0.0))


def differences(ranked: Floats, strata: Strata) -> Floats:
    """Return how far columns of ranks (float[n, f]) differ between the sides, in place and in spread: float64[2, f].

    They are in units of what random sides make: dealt out at random within each class, the expected square of a
    difference is known exactly, and the difference is close to normal (van Elteren 1960). 0 where nothing varies.
    """
    questions = np.concatenate([ranked, np.abs(ranked)], axis=1)
    shares = np.where(strata.own, 1, -1) * strata.shares()
    own, rest = strata.counts()
    number = own + rest
    means = np.stack([np.bincount(strata.classes, column) for column in questions.T], axis=1) / number[:, None]
    factor = strata.weights() ** 2 * (1 / own + 1 / rest) / np.maximum(number - 1, 1)
    variance = factor[strata.classes] @ (questions - means[strata.classes]) ** 2
    varied = variance > _NO_VARIANCE
    found = np.abs(shares @ questions) / np.sqrt(np.where(varied, variance, 1))
    return np.asarray(np.where(varied, found, 0).reshape(2, -1))


def chance(ranked: Floats, strata: Strata) -> float:
    """Return how probable it is that random sides differ as much as these in any column of ranks (float[n, f]), 0 to 1.

    Corrected for the number of columns, each of which is asked for place and spread (Bonferroni).
    """
    found = differences(ranked, strata)
    return min(1.0, erfc(float(found.max()) / sqrt(2)) * max(int(np.count_nonzero(found)), 1))
