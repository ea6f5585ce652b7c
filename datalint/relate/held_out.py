"""What speaks for each class of each image, by a classifier that learned from neither it nor its copies.

Kernel ridge regression of class indicators with a Gaussian kernel on up to a thousand landmarks (Williams and Seeger
2001).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datalint.relate.filters import Floats

    Array: TypeAlias = "np.ndarray[Any, Any]"

FOLDS = 10
"""Parts of the images, each of which is judged by what was learned from the others."""
_ROUNDS = 3
"""Times that images are dealt out to folds anew, so that chance matters less."""
_MANY = 5000
"""Images from which on chance matters little in any case, and once is enough."""
_LANDMARKS = 1000
_RIDGE = 0.1
_BATCH = 4096
_ALIKE = 1e-9
"""Squared distance that is rounding, as a share of the largest square."""


class Scored(NamedTuple):
    """Scores of classes by a classifier that learned from other images than those it judges."""

    scores: Floats
    """float32[kinds, n, classes], by each kind of features: the higher, the rather."""
    fold: Array
    """int64[n]: images of one fold were judged together; copies are in one."""


class Task(NamedTuple):
    """Images to be judged."""

    features: Sequence[Floats]
    """Kinds of them, float32[n, d] each."""
    codes: Array
    """int64[n]: their classes, numbered from 0 without gaps."""
    groups: Array
    """int64[n]: images of one group are learned from together or not at all."""


def scored(task: Task, seed: int) -> list[Scored]:
    """Return scores of the classes by as many rounds as it takes for chance to matter little."""
    from threadpoolctl import threadpool_limits

    generator = np.random.default_rng(seed)
    # The products are small; threads of their own would cost more than they save.
    with threadpool_limits(1, "blas"):
        images = [mapped(features, generator) for features in task.features]
        indicators = np.eye(int(task.codes.max()) + 1, dtype=np.float32)[task.codes]
        rounds = range(_ROUNDS if len(task.codes) < _MANY else 1)
        folds = [grouped_folds(task.codes, task.groups, FOLDS, generator) for _ in rounds]
        return [Scored(np.stack([regressed(kind, indicators, fold) for kind in images]), fold) for fold in folds]


def grouped_folds(codes: Array, groups: Array, folds: int, generator: np.random.Generator) -> Array:
    """Deal groups out to so many folds, each class evenly; int64[n]. A group counts as of its first image's class."""
    _, first, member = np.unique(groups, return_index=True, return_inverse=True)
    order = generator.permutation(len(first))
    order = order[np.argsort(codes[first[order]], kind="stable")]
    fold = np.empty(len(first), np.int64)
    fold[order] = np.arange(len(first)) % folds
    return fold[member]


def mapped(features: Floats, generator: np.random.Generator) -> Floats:
    """Map images to where inner products are values of the kernel, float32[n, m]."""
    from scipy.linalg import solve_triangular

    landmarks = features[generator.permutation(len(features))[:_LANDMARKS]]
    precise = landmarks.astype(np.float64)  # what is rounded may be no kernel any more
    between = _distances(precise, precise)
    width = _width(precise, between)
    kernel = np.exp(-between / width) + 1e-4 * np.eye(len(landmarks))
    inverse = solve_triangular(np.linalg.cholesky(kernel), np.eye(len(kernel)), lower=True).T.astype(np.float32)
    images = np.empty((len(features), len(landmarks)), np.float32)
    for start in range(0, len(features), _BATCH):
        some = features[start : start + _BATCH]
        images[start : start + _BATCH] = np.exp(-_distances(some, landmarks) / np.float32(width)) @ inverse
    return images


def _width(landmarks: Array, between: Array) -> float:
    """Return the usual distance between landmarks, squared: where most are alike, that of the others; or else 1."""
    least = _ALIKE * float(np.square(landmarks).sum(1).max())
    usual = float(np.median(between))
    if usual <= least:
        apart = between[between > least]
        usual = float(np.median(apart)) if len(apart) else 1.0
    return usual


def _distances(some: Array, others: Array) -> Array:
    """Return the squared distances, in the precision of what is given."""
    squares = np.einsum("nd,nd->n", some, some)[:, None] + np.einsum("nd,nd->n", others, others)
    return np.asarray(np.maximum(squares - 2 * some @ others.T, 0))


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
