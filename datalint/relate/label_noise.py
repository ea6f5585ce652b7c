"""How many labels are wrong, and how probably each: calibrated scores with a share of labels that are random.

A label is that of the image's class, or with a small probability any other one, whatever the image shows. The classes'
probabilities come from scores by a logistic regression (Platt 1999) that knows of this share, as in Bootkrajang and
Kabán 2012, *Label-noise robust logistic regression*. An image that is hard to tell has other classes that are probable;
if a clear one is labelled otherwise, only a random label explains it. So a classifier's own errors are told from wrong
labels. As classifiers are too sure of some images, a share of them, which is fitted as well, are taken for harder.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datalint.relate.filters import Floats
    from datalint.relate.held_out import Scored

    Array: TypeAlias = "np.ndarray[Any, Any]"

_FOLDS = 3
_FITTED = np.array([0, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.5])
"""Shares of random labels for which scores are calibrated; in between, probabilities are means of both sides' ones."""
_SHARES = np.r_[np.arange(0, 0.1, 0.0025), np.arange(0.1, 0.505, 0.01)]
_MEANS = np.stack([np.interp(_SHARES, _FITTED, own) for own in np.eye(len(_FITTED))], axis=1)
_SURE = 1.92
"""By how much the logarithm of the likelihood falls at the ends of the interval (95 %)."""
_HARD = (0.0, 0.05, 0.1, 0.2, 0.4, 1.0)
"""Shares of images that are harder to tell than their scores say."""
_DRAWS = 200
_PRIOR = 0.1
"""Strength of the normal prior on what calibration adds to a mere temperature."""
_LEARNED = 4000
"""Images of which a calibration learns, at most; of many classes more."""
_REACH = 4.0
"""How far the logarithm of a temperature may be from the usual one."""
_STEPS = 60
_LEAST = 1e-6
_TINY = 1e-9


class LabelNoise(NamedTuple):
    """What is known of n labels."""

    share: float
    """Of labels that are random, 0 to 1."""
    low: float
    high: float
    """The interval (95 %)."""
    wrong: Array
    """float64[n]: how probable it is that the label is, 0 to 1."""
    probability: Array
    """float64[n, classes]: of what the image shows, whatever its label says."""


class Calibrated(NamedTuple):
    """Probabilities of n images' classes, by some calibrations: as they are, and for images harder than most."""

    plain: Array
    """float[calibrations, n, classes]."""
    hard: Array

    @classmethod
    def of(cls, plain: Array) -> Calibrated:
        hard = np.sqrt(plain)  # as if everything that speaks for a class were worth half
        hard /= hard.sum(2, keepdims=True)
        return cls(plain, hard)

    def at(self, share: int, hard: float) -> Array:
        """Return those for one of the shares of random labels, and a share of hard images: float64[n, classes]."""
        used = np.flatnonzero(_MEANS[share])  # one or two
        plain, softened = (np.tensordot(_MEANS[share, used], part[used], 1) for part in self)
        return np.asarray((1 - hard) * plain + hard * softened)


def label_noise(rounds: Sequence[Calibrated], codes: Array, groups: Array, seed: int) -> LabelNoise:
    """Judge labels (``codes``: int64[n]) by probabilities of several rounds; images of one group (int64[n]) are one."""
    row = np.arange(len(codes))
    others = rounds[0].plain.shape[2] - 1
    fits, hard = _fits([Calibrated(*(part[:, row, codes] for part in one)) for one in rounds], others)
    total = fits.sum(1)
    best = int(total.argmax())
    share = float(_SHARES[best])
    near = _SHARES[total >= total[best] - _SURE]
    drawn = _redrawn(fits, groups, seed)
    probability = np.mean([one.at(best, hard[best]) for one in rounds], 0)
    own = probability[row, codes]
    random = share * (1 - own) / others
    wrong = random / np.maximum((1 - share) * own + random, _TINY)
    low, high = min(float(near[0]), drawn[0]), max(float(near[-1]), drawn[1])
    return LabelNoise(share, low, high, wrong, probability)


def calibrated(rounds: Sequence[Scored], codes: Array, seed: int) -> list[Calibrated]:
    """Turn scores into probabilities, for each share of random labels that is tried."""
    # It brings a BLAS of its own, so it has to be there before threads are limited, which cost more than they save.
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    fit = partial(minimize, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    with threadpool_limits(1, "blas"):
        return [Calibrated.of(_calibrations(one, codes, seed + number, fit)) for number, one in enumerate(rounds)]


def as_given(probability: Array) -> list[Calibrated]:
    """Take probabilities, float[n, classes], for what they say, whatever the share of random labels is."""
    one = Calibrated.of(np.maximum(probability, np.float32(_LEAST))[None])
    return [Calibrated(*(np.broadcast_to(part, (len(_FITTED), *probability.shape)) for part in one))]


def _fits(labels: Sequence[Calibrated], others: int) -> tuple[Array, Array]:
    """Return the logarithms of the likelihood of labels for each share of random ones, float64[shares, n].

    ``labels`` are their probabilities, float[calibrations, n] each, and there are ``others`` that each could be.
    Also returned is the share of hard images that fits best with each share, float64[shares].
    """
    share = _SHARES[:, None]
    best, hard = np.full((len(_SHARES), labels[0].plain.shape[1]), -np.inf), np.zeros(len(_SHARES))
    for one in _HARD:
        fits = np.zeros_like(best)
        for plain, softened in labels:
            own = _MEANS @ ((1 - one) * plain + one * softened)
            fits += np.log(np.maximum((1 - share) * own + share * (1 - own) / others, _TINY)) / len(labels)
        better = fits.sum(1) > best.sum(1)
        best[better], hard[better] = fits[better], one
    return best, hard


def _redrawn(fits: Array, groups: Array, seed: int) -> tuple[float, float]:
    """Return the interval (95 %) of the share by drawing groups anew (Efron 1979), for models that fit only nearly."""
    _, member = np.unique(groups, return_inverse=True)
    size = int(member.max()) + 1
    by_group = np.stack([np.bincount(member, fit, size) for fit in fits])
    generator = np.random.default_rng(seed)
    found = [
        _SHARES[(by_group @ np.bincount(generator.integers(0, size, size), minlength=size)).argmax()]
        for _ in range(_DRAWS)
    ]
    low, high = np.quantile(found, (0.025, 0.975))
    return float(low), float(high)


def _calibrations(one: Scored, codes: Array, seed: int, fit: Callable[..., Any]) -> Floats:
    """Return probabilities by calibrations that learned from other images, float32[calibrations, n, classes]."""
    scores, fold = one
    generator = np.random.default_rng(seed)
    found = np.empty((len(_FITTED), *scores.shape[1:]), np.float32)
    most = max(_LEARNED, 50 * scores.shape[2])
    for number in range(_FOLDS):
        own = fold % _FOLDS == number
        learned = generator.permutation(np.flatnonzero(~own))[:most]
        weights = None
        for place, share in enumerate(_FITTED):
            weights = _weights(scores[:, learned], codes[learned], share, weights, fit)
            found[place, own] = _softmax(_logits(weights, scores[:, own]))
    return found


def _weights(scores: Floats, codes: Array, share: float, start: Array | None, fit: Callable[..., Any]) -> Array:
    """Return temperatures (as logarithms), shift of each class and effect of each score on each class, in one array.

    There is a temperature for each kind of scores. ``fit`` minimizes a function.
    """
    from scipy.optimize import Bounds

    kinds, count, classes = scores.shape
    row = np.arange(count)
    random = share / (classes - 1)

    def loss(weights: Array) -> tuple[float, Array]:
        probability = _softmax(_logits(weights, scores))
        own = probability[row, codes]
        label = np.maximum((1 - share) * own + random * (1 - own), _TINY)
        pull = (1 - share - random) * own / label
        error = pull[:, None] * probability
        error[row, codes] -= pull
        scales = np.exp(weights[:kinds]) * np.sum(error * scores, axis=(1, 2))
        gradient = np.concatenate([scales, error.sum(0), (scores.transpose(0, 2, 1) @ error).ravel()])
        gradient[kinds:] += _PRIOR * weights[kinds:]
        return float(_PRIOR / 2 * np.sum(weights[kinds:] ** 2) - np.log(label).sum()), gradient

    usual = np.zeros(kinds + classes + kinds * classes**2)
    usual[:kinds] = np.log(2 / kinds / np.maximum(scores.std((1, 2)), _TINY))
    # Of classes that are told apart without an error the likelihood rises with the temperature for ever.
    reach = np.where(np.arange(len(usual)) < kinds, _REACH, np.inf)
    bounds = Bounds(usual - reach, usual + reach)
    return np.asarray(fit(loss, usual if start is None else start, bounds=bounds).x)


def _logits(weights: Array, scores: Floats) -> Array:
    kinds, _, classes = scores.shape
    effects = weights[kinds + classes :].reshape(kinds, classes, classes)
    temperatures = np.exp(weights[:kinds, None, None])
    return np.asarray((temperatures * scores + scores @ effects).sum(0) + weights[kinds : kinds + classes])


def _softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True))
