"""Suspect labels: images that seem to be of another class than their label says. The method is explained in docs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.contents import STAND_INS_SQL
from datalint.relate.held_out import Task, grouped_folds, scored
from datalint.relate.label_noise import as_given, calibrated
from datalint.relate.mislabelled import Mislabelled, mislabelled
from datalint.relate.pictures import columns_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from datalint.model import Columns
    from datalint.relate.filters import Floats

    Array: TypeAlias = "np.ndarray[Any, Any]"

LEAST_IMAGES = 10
"""Images that a class must have; where a classifier learns from them, different pictures."""
_CLASSES = 100
"""Classes that are told apart at a time."""
_MOST = 100_000
"""Images that are judged together, so that memory does not grow with their number."""
_HALF = 0.5
"""How far balanced accuracy must get on the way from chance to 1."""
_SEED = 0

GROUPED_SQL = """
    SELECT sample_id, label, coalesce(3 * near, 3 * same + 1, 3 * sample_id + 2) AS groups, coalesce(slot, -1) AS slot
    FROM samples LEFT JOIN thumbnails USING (sample_id)
        LEFT JOIN (SELECT sample_id, group_id AS near FROM near_duplicates) USING (sample_id)
        LEFT JOIN (SELECT sample_id, group_id AS same FROM duplicates) USING (sample_id)
"""
LABELS_SQL = f"{GROUPED_SQL} WHERE len(labels) = 1 AND sample_id NOT IN ({STAND_INS_SQL}) ORDER BY sample_id"
"""Images with one label that were not made of others, and which are copies, so that none speaks for its own label."""


class Labelled(NamedTuple):
    """n images with one label each."""

    sample_id: Array
    """int32[n]."""
    label: Array
    """object[n], str."""
    groups: Array
    """int64[n]: equal for copies and near-duplicates."""
    slot: Array
    """int64[n]: of the thumbnail in its file; -1 where there is none."""

    @classmethod
    def of(cls, columns: Columns) -> Labelled:
        """Take the columns that LABELS_SQL returns."""
        return cls(*(np.ma.getdata(columns[name]) for name in cls._fields))

    def at(self, rows: Array) -> Labelled:
        """Return some of them (``rows``: bool[n] or int64[k])."""
        return Labelled(*(values[rows] for values in self))


class LabelTables(NamedTuple):
    """Rows of the tables of these names; a table without columns has none."""

    suspects: Columns
    label_quality: Columns


class _Judged(NamedTuple):
    """Classes that were told apart."""

    images: Labelled
    classes: list[str]
    codes: Array
    found: Mislabelled


def suspects(images: Labelled, kinds: Sequence[Callable[[Array, int], Floats]], method: str) -> LabelTables:
    """Judge labels by kinds of features: ``kind(rows, seed)`` returns those of some images (int64[k]), float32[k, d].

    ``method`` says what they are, in words.
    """
    return _tables((_judged(images, block, kinds) for block in _blocks(images)), method)


def suspects_by_probabilities(images: Labelled, probability: Floats, classes: list[str], method: str) -> LabelTables:
    """Judge labels by probabilities of classes that were found out elsewhere, float32[n, classes]."""
    known = np.isin(images.label, classes)
    images, probability = images.at(known), probability[known]
    place = {label: number for number, label in enumerate(classes)}
    codes = np.array([place[label] for label in images.label], np.int64)
    sizes = np.bincount(codes, minlength=len(classes))
    enough = sizes[codes] >= LEAST_IMAGES
    if np.sum(sizes >= LEAST_IMAGES) < 2:
        return LabelTables({}, {})
    images, codes, probability = images.at(enough), codes[enough], probability[enough]
    found = mislabelled(as_given(probability), codes, images.groups, _SEED)
    return _tables([_Judged(images, classes, codes, found)], method)


def _blocks(images: Labelled) -> Iterator[tuple[Array, Array, list[str]]]:
    """Yield images that are judged together (int64[k]), their classes as numbers (int64[k]), and the labels."""
    labels, codes = np.unique(images.label.astype(str), return_inverse=True)
    # What is held out together is learned from by none: a class that is one burst would seem to be wrong as a whole.
    pictures = np.unique(np.stack([codes, images.groups], axis=1), axis=0)
    enough = np.flatnonzero(np.bincount(pictures[:, 0], minlength=len(labels)) >= LEAST_IMAGES)
    if len(enough) < 2:
        return
    for block in np.array_split(enough, -(-len(enough) // _CLASSES)):
        inside = np.flatnonzero(np.isin(codes, block))
        own = np.searchsorted(block, codes[inside])
        for part in _parts(own, images.groups[inside]):
            yield inside[part], own[part], labels[block].tolist()


def _parts(codes: Array, groups: Array) -> Iterator[Array]:
    """Deal many images out to parts, each class evenly unless it is too small to be told apart then; int64[k] each."""
    number = -(-len(codes) // _MOST)
    part = grouped_folds(codes, groups, number, np.random.default_rng(_SEED))
    part[np.bincount(codes)[codes] < LEAST_IMAGES * number] = 0
    for one in range(number):
        yield np.flatnonzero(part == one)


def _judged(
    images: Labelled, block: tuple[Array, Array, list[str]], kinds: Sequence[Callable[[Array, int], Floats]]
) -> _Judged:
    rows, codes, classes = block
    chosen = images.at(rows)
    rounds = calibrated(scored(Task([kind(rows, _SEED) for kind in kinds], codes, chosen.groups), _SEED), codes, _SEED)
    return _Judged(chosen, classes, codes, mislabelled(rounds, codes, chosen.groups, _SEED))


def _tables(judged: Any, method: str) -> LabelTables:
    listed: list[dict[str, Any]] = []
    summaries = []
    for one in judged:
        summary = _summary(one, method)
        summaries.append(summary)
        if summary["obstacle"] is None:
            listed += _listed(one, method)
    return LabelTables(columns_of(listed), columns_of(summaries))


def _summary(judged: _Judged, method: str) -> dict[str, Any]:
    found = judged.found
    chance = 1 / len(np.unique(judged.codes))
    needed = chance + _HALF * (1 - chance)
    obstacle = None
    if found.accuracy < needed:
        obstacle = f"by {method} balanced accuracy is {found.accuracy:.2f}, and {needed:.2f} is needed"
    sound = obstacle is None
    return {
        "method": method,
        "images": len(judged.codes),
        "classes": len(np.unique(judged.codes)),
        "accuracy": found.accuracy,
        "obstacle": obstacle,
        "listed": len(found.listed) if sound else 0,
        "precision": found.precision if sound else None,
        "recall": found.recall if sound else None,
        "errors": found.errors if sound else None,
        "errors_low": found.errors_low if sound else None,
        "errors_high": found.errors_high if sound else None,
    }


def _listed(judged: _Judged, method: str) -> Iterator[dict[str, Any]]:
    found = judged.found
    for row, code in zip(found.listed.tolist(), found.suggested.tolist(), strict=True):
        yield {
            "sample_id": int(judged.images.sample_id[row]),
            "suggested": judged.classes[code],
            "probability": float(found.probability[row, code]),
            "given_probability": float(found.probability[row, judged.codes[row]]),
            "method": method,
        }
