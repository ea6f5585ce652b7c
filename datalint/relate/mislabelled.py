"""Which labels are wrong, of probabilities that were found without them.

Candidates are those of confident learning (Northcutt, Jiang and Chuang 2021): images that reach the self-confidence of
another class than their own. A classifier's own errors are among them. How many are is told by how the number of
candidates falls as more confidence is asked for: a wrong label has nothing to do with how clear the image is, so wrong
labels become fewer just as they would if labels were swapped at random, which can be computed; the classifier's errors
become fewer much faster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from datalint.relate.filters import Floats

    Array: TypeAlias = "np.ndarray[Any, Any]"

_PRECISION = 0.9
"""Estimated share of a list that is right; the list goes on for as long as it has that."""
_REACH = 0.85
"""How far down candidates are looked at, as a share of the swapped labels that would be noticed at all."""
_STEEPNESS = np.arange(3, 10)
"""How much faster than wrong labels a classifier's errors may become fewer: powers of the share that is noticed."""
_SURE = 1.92
"""By how much the logarithm of the likelihood must rise with wrong labels in the model, and falls at the ends of the
interval (95 %)."""
_SHARES = np.linspace(0, 1, 201)
_SWAPPED = 20_000
"""Images whose labels are swapped in thought, at most."""
_TINY = 1e-6


class Mislabelled(NamedTuple):
    """What is known of n labels."""

    accuracy: float
    """Balanced accuracy of the classes with the largest probability, 0 to 1."""
    listed: Array
    """int64[k]: positions of images whose labels are suspect, the clearest first."""
    suggested: Array
    """int64[k]: the classes that they seem to be of."""
    precision: float | None
    """Estimated share of the list that is right; None where nothing is listed."""
    recall: float
    """Share of labels swapped at random that such a list would hold."""
    errors: float
    """Estimated number of wrong labels."""
    errors_low: float
    """Lower end of its interval (95 %)."""
    errors_high: float
    """Upper end of it."""


def mislabelled(probability: Floats, codes: Array, seed: int) -> Mislabelled:
    """Judge labels (``codes``: int64[n]) by probabilities of the classes, float[n, classes]."""
    accuracy = balanced_accuracy(probability, codes)
    suggested = confident_class(probability, codes)
    logs = np.log(np.maximum(probability, _TINY))
    row = np.arange(len(codes))
    candidates = np.flatnonzero((suggested >= 0) & (suggested != codes))
    margin = logs[candidates, suggested[candidates]] - logs[candidates, codes[candidates]]
    order = np.argsort(-margin, kind="stable")
    order = order[margin[order] > 0]
    candidates, margin = candidates[order], margin[order]

    generator = np.random.default_rng(seed)
    some = generator.permutation(row)[:_SWAPPED]
    swapped = _swapped_margins(logs[some], codes[some], suggested[some])
    first, last = (np.searchsorted(swapped, margin, side) for side in ("left", "right"))
    # Where probabilities are 0 or 1 many margins are equal; a place among equals is a matter of chance.
    noticed = np.sort(1 - (first + generator.random(len(margin)) * (last - first)) / len(swapped))
    reach = _REACH * (1 - np.searchsorted(swapped, _TINY) / len(swapped))
    position = noticed[noticed <= reach] / max(reach, _TINY)
    found = _wrong_share(position)
    low, high = (_poisson_interval(len(position) * share)[end] for end, share in enumerate((found.low, found.high)))
    counts = np.array([len(position) * found.share, low, high]) / max(reach, _TINY)
    errors, low, high = np.minimum(counts, len(codes)).tolist()
    own_errors = (1 - found.share) * position ** (found.steepness - 1)
    right = found.share / np.maximum(found.share + own_errors, _TINY)
    length = int(np.sum(right >= _PRECISION)) if found.low > 0 else 0
    listed = candidates[: np.sum(margin >= margin[length - 1]) if length else 0]
    return Mislabelled(
        accuracy,
        listed,
        suggested[listed],
        float(right[length - 1]) if length else None,
        float(noticed[length - 1]) if length else 0.0,
        errors,
        low,
        high,
    )


class _Wrong(NamedTuple):
    """Share of the candidates whose labels are wrong."""

    share: float
    low: float
    high: float
    steepness: int


def _wrong_share(position: Array) -> _Wrong:
    """Tell wrong labels among candidates from a classifier's errors, by maximum likelihood.

    ``position`` (0 to 1) is the share of swapped labels that are contradicted more clearly than the candidate. Of wrong
    labels it is uniform, and of errors near 1: it has the distribution of the largest of k uniform values.
    """
    if not len(position):
        return _Wrong(0.0, 0.0, 1.0, int(_STEEPNESS[0]))
    power = _STEEPNESS[:, None] - 1
    density = _STEEPNESS[:, None] * np.maximum(position, _TINY) ** power
    fit = np.log(_SHARES[:, None, None] + (1 - _SHARES[:, None, None]) * density + _TINY).sum(2)
    best = np.unravel_index(np.argmax(fit), fit.shape)
    near = _SHARES[fit.max(1) >= fit[best] - _SURE]
    return _Wrong(float(_SHARES[best[0]]), float(near[0]), float(near[-1]), int(_STEEPNESS[best[1]]))


def confident_class(probability: Floats, codes: Array) -> Array:
    """Return the most probable class of those whose self-confidence an image reaches, int64[n]; -1 where there is none.

    The self-confidence of a class is the mean of its probability over the images that have its label.
    """
    sizes = np.bincount(codes, minlength=probability.shape[1])
    confidence = np.bincount(codes, probability[np.arange(len(codes)), codes], len(sizes)) / np.maximum(sizes, 1)
    confidence[sizes == 0] = np.inf
    reached = np.where(probability >= confidence, probability, -1)
    return np.where(reached.max(1) >= 0, reached.argmax(1), -1)


def balanced_accuracy(probability: Floats, codes: Array) -> float:
    """Return the mean over the classes of the share of their images that they are the most probable class of."""
    right = probability.argmax(1) == codes
    sizes = np.bincount(codes)
    return float(np.mean((np.bincount(codes, right, len(sizes)) / np.maximum(sizes, 1))[sizes > 0]))


def _swapped_margins(logs: Floats, codes: Array, suggested: Array) -> Array:
    """Return, in order, by how much labels would be contradicted if each were swapped for each other; -1 if never."""
    own = logs[np.arange(len(codes)), codes]
    margins = np.where((suggested == codes)[:, None], own[:, None] - logs, -1)
    others = np.arange(logs.shape[1]) != codes[:, None]
    return np.sort(margins[others])


def _poisson_interval(count: float) -> tuple[float, float]:
    """Return the interval (95 %) of a Poisson mean by one count (Garwood 1936)."""
    from scipy.stats import chi2

    low = float(chi2.ppf(0.025, 2 * count)) / 2 if count else 0.0
    return low, float(chi2.ppf(0.975, 2 * count + 2)) / 2
