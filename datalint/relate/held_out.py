"""How probable each class is of each image, by a classifier that learned from neither it nor its copies.

Kernel ridge regression of class indicators with a Gaussian kernel on up to a thousand landmarks (Williams and Seeger
2001). Its scores become probabilities by a logistic regression of them (Platt 1999), learned from other images again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from datalint.relate.filters import Floats

    Array: TypeAlias = "np.ndarray[Any, Any]"

_FOLDS = 10
_ROUNDS = 3
"""Times that images are dealt out to folds anew; the probabilities are means, so that chance matters less."""
_MANY = 5000
"""Images from which on chance matters little in any case, and once is enough."""
_LANDMARKS = 1000
_RIDGE = 0.1
_PRIOR = 0.1
"""Strength of the normal prior on what calibration adds to a mere temperature."""
_CALIBRATED = 4000
"""Images of which calibration learns in each fold, at most; of many classes more."""
_STEPS = 60
_BATCH = 4096


class Task(NamedTuple):
    """Images to be judged."""

    features: Floats
    """float32[n, d]."""
    codes: Array
    """int64[n]: their classes, numbered from 0 without gaps."""
    groups: Array
    """int64[n]: images of one group are learned from together or not at all."""


def probabilities(task: Task, seed: int) -> Floats:
    """Return probabilities, float32[n, classes]; each row is of a classifier that did not learn from its group."""
    from threadpoolctl import threadpool_limits

    generator = np.random.default_rng(seed)
    # The products are small; threads of their own would cost more than they save.
    with threadpool_limits(1, "blas"):
        images = mapped(task.features, generator)
        indicators = np.eye(int(task.codes.max()) + 1, dtype=np.float32)[task.codes]
        rounds = []
        for _ in range(_ROUNDS if len(task.codes) < _MANY else 1):
            fold = grouped_folds(task, generator)
            rounds.append(_calibrated(regressed(images, indicators, fold), task.codes, fold, generator))
        found: Floats = np.mean(rounds, 0)
        return found


def grouped_folds(task: Task, generator: np.random.Generator) -> Array:
    """Deal groups out to folds, each class evenly; int64[n]. A group counts as of its first image's class."""
    _, first, member = np.unique(task.groups, return_index=True, return_inverse=True)
    order = generator.permutation(len(first))
    order = order[np.argsort(task.codes[first[order]], kind="stable")]
    fold = np.empty(len(first), np.int64)
    fold[order] = np.arange(len(first)) % _FOLDS
    return fold[member]


def mapped(features: Floats, generator: np.random.Generator) -> Floats:
    """Map images to where inner products are values of the kernel, float32[n, m]."""
    from scipy.linalg import solve_triangular

    landmarks = features[generator.permutation(len(features))[:_LANDMARKS]]
    between = _distances(landmarks, landmarks)
    width = max(float(np.median(between)), 1e-12)
    kernel = np.exp(-between.astype(np.float64) / width) + 1e-4 * np.eye(len(landmarks))
    inverse = solve_triangular(np.linalg.cholesky(kernel), np.eye(len(kernel)), lower=True).T.astype(np.float32)
    images = np.empty((len(features), len(landmarks)), np.float32)
    for start in range(0, len(features), _BATCH):
        some = features[start : start + _BATCH]
        images[start : start + _BATCH] = np.exp(-_distances(some, landmarks) / np.float32(width)) @ inverse
    return images


def _distances(some: Floats, others: Floats) -> Floats:
    squares = np.einsum("nd,nd->n", some, some)[:, None] + np.einsum("nd,nd->n", others, others)
    distances: Floats = np.maximum(squares - 2 * some @ others.T, 0)
    return distances


def regressed(mapped: Floats, indicators: Floats, fold: Array) -> Floats:
    """Return what the regression makes of indicators (float32[n, k]), float32[n, k], each row of the nine other folds.

    ``mapped`` (float32[n, m]) are the images as :func:`mapped` returns them, ``fold`` (int[n]) those held out together.
    """
    from scipy.linalg import cho_factor, cho_solve

    parts = [np.flatnonzero(fold == number) for number in np.unique(fold)]
    # What a fold adds to the sums is taken off, so that ten classifiers cost little more than one.
    grams, targets, sums = [], [], []
    for part in parts:
        some = mapped[part]
        grams.append((some.T @ some).astype(np.float32))
        targets.append(some.T @ indicators[part])
        sums.append(some.sum(0))
    gram, target, total = np.sum(grams, 0), np.sum(targets, 0), np.sum(sums, 0)
    scores = np.empty_like(indicators)
    for part, own_gram, own_target, own_sum in zip(parts, grams, targets, sums, strict=True):
        learned = np.ones(len(fold), bool)
        learned[part] = False
        share = indicators[learned].mean(0)
        system = (gram - own_gram).astype(np.float64) + _RIDGE * np.eye(len(gram))
        weights = cho_solve(cho_factor(system), target - own_target - np.outer(total - own_sum, share))
        scores[part] = mapped[part] @ weights.astype(np.float32) + share
    return scores


def _calibrated(scores: Floats, codes: Array, fold: Array, generator: np.random.Generator) -> Floats:
    found = np.empty_like(scores)
    most = max(_CALIBRATED, 50 * scores.shape[1])
    for number in np.unique(fold):
        learned = generator.permutation(np.flatnonzero(fold != number))[:most]
        own = fold == number
        found[own] = _softmax(_logits(_fitted(scores[learned], codes[learned]), scores[own]))
    return found


def _fitted(scores: Floats, codes: Array) -> Array:
    """Return temperature (as a logarithm), shift of each class and effect of each score on each class, in one array."""
    from scipy.optimize import minimize

    count, classes = scores.shape
    row = np.arange(count)

    def loss(weights: Array) -> tuple[float, Array]:
        probability = _softmax(_logits(weights, scores))
        error = probability.copy()
        error[row, codes] -= 1
        scale = float(np.exp(weights[0]) * np.sum(error * scores))
        gradient = np.concatenate([[scale], error.sum(0), (scores.T @ error).ravel()])
        gradient[1:] += _PRIOR * weights[1:]
        surprise = -np.log(probability[row, codes] + 1e-12).sum() + _PRIOR / 2 * np.sum(weights[1:] ** 2)
        return float(surprise), gradient

    start = np.zeros(1 + classes + classes**2)
    start[0] = 2.0
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x)


def _logits(weights: Array, scores: Floats) -> Array:
    classes = scores.shape[1]
    effects = weights[1 + classes :].reshape(classes, classes)
    return np.asarray(np.exp(weights[0]) * scores + scores @ effects + weights[1 : 1 + classes])


def _softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True))
