"""A classifier of looks, asked only about images that it has not learned from."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.threads import in_threads

if TYPE_CHECKING:
    from collections.abc import Sequence

    Array: TypeAlias = "np.ndarray[Any, Any]"
    Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"

FOLDS = 3
_TREES = 60
_LEAF = 0.08
"""Share of the median class that a leaf holds at least, so that no tree learns single images by heart."""


class Task(NamedTuple):
    """What to learn."""

    features: Floats
    """float32[n, f]."""
    codes: Array
    """int[n]: classes, numbered from 0 without gaps."""
    groups: Array
    """int[n]: images of one class and group are never learned from and asked about at once."""


def held_out_scores(
    task: Task, questions: Sequence[Floats], seed: int, trees: int = _TREES, fold: Array | None = None
) -> list[Floats]:
    """Return of each class the probability for each image, float[n, classes], by trees that did not learn from it.

    ``questions`` are features (float32[n, f]) to ask about, which may be others than those that were learned. ``fold``
    (int[n], below FOLDS) says which images are held out together, in place of the groups.
    Extremely randomised trees (Geurts 2006), classes weighted alike.
    """
    classes = int(task.codes.max()) + 1
    scores: list[Floats] = [np.zeros((len(task.codes), classes)) for _ in questions]
    fold = folds(task.codes, task.groups) if fold is None else fold
    for number in range(FOLDS):
        asked = fold == number
        learned = Task(*(values[~asked] for values in task))
        some = [question[asked] for question in questions]
        # Tree by tree, since those of a hundred classes together take a lot of memory.
        answered = in_threads(partial(_answers, learned, some), range(seed, seed + trees))
        for answers in answered:
            for score, answer in zip(scores, answers, strict=True):
                score[asked] += answer / trees
    return scores


def repeated(tasks: Sequence[Task]) -> Task:
    """Put views of the same images one after another; all views of an image are held out together."""
    return Task(*(np.concatenate(values) for values in zip(*tasks, strict=True)))


def _answers(learned: Task, questions: Sequence[Floats], seed: int) -> list[Floats]:
    from sklearn.tree import ExtraTreeClassifier

    leaf = max(2, int(np.ceil(_LEAF * np.median(np.bincount(learned.codes)))))
    tree = ExtraTreeClassifier(min_samples_leaf=leaf, class_weight="balanced", random_state=seed)
    tree.fit(learned.features, learned.codes)
    return [tree.predict_proba(question) for question in questions]


def folds(codes: Array, groups: Array) -> Array:
    """Deal the groups of every class out to folds of about equal size; int64[n]."""
    fold = np.zeros(len(codes), np.int64)
    for code in np.unique(codes):
        own = np.flatnonzero(codes == code)
        _, member, sizes = np.unique(groups[own], return_inverse=True, return_counts=True)
        load = np.zeros(FOLDS, np.int64)
        chosen = np.zeros(len(sizes), np.int64)
        for group in np.argsort(-sizes, kind="stable"):
            chosen[group] = np.argmin(load)
            load[chosen[group]] += sizes[group]
        fold[own] = chosen[member]
    return fold
