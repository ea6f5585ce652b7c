"""Background bias: classes that the corners of their images give away. The method is explained in docs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.auroc import difference_low, recognition
from datalint.relate.bars import without_bars
from datalint.relate.corners import in_words, looks
from datalint.relate.forest import Task, held_out_scores
from datalint.relate.pictures import Pictures, blocks
from datalint.relate.places import effective_number, places, shared, spread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datalint.model import Columns
    from datalint.relate.filters import Thumbnails

    Array: TypeAlias = "np.ndarray[Any, Any]"
    Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"

_FEW_PLACES = 8
"""With fewer distinct backgrounds a class is known by their coming back, so they need not be held out together."""
_LEAST_EVALUATION = 10
_TYPICAL, _UNTYPICAL = 6, 3
_SEED = 0


def background(pictures: Pictures, thumbnails: Thumbnails) -> Columns:
    """Return rows of table ``background``: one a class with enough pictures, if there are two such classes.

    ``thumbnails`` (uint8[n, 32, 32, 3]) are those of the pictures.
    """
    rows = [
        row
        for chosen, codes, labels in blocks(pictures)
        for row in _rows(_Block(pictures, chosen, codes, labels), thumbnails[chosen])
    ]
    return {name: _column([row[name] for row in rows]) for name in (rows[0] if rows else ())}


class _Block(NamedTuple):
    """Classes that are held against each other."""

    pictures: Pictures
    chosen: Array
    codes: Array
    labels: list[str]


class _Scores(NamedTuple):
    """What a classifier of corners that it did not learn from makes of them, and of centres: float[n, classes]."""

    corner: Floats
    centre: Floats


def _rows(block: _Block, thumbnails: Array) -> Iterator[dict[str, Any]]:
    codes, chosen = block.codes, block.chosen
    thumbnails, barred = without_bars(thumbnails)
    corner, centre = looks(thumbnails, _SEED)
    place = places(corner.patches, codes)
    common = shared(corner.patches, codes)
    diversity = np.array([effective_number(place[codes == code]) for code in range(len(block.labels))])
    spreads = np.array([spread(corner.patches[codes == code]) for code in range(len(block.labels))])
    groups = np.where(diversity[codes] < _FEW_PLACES, len(codes) + np.arange(len(codes)), place)
    looked = _asked(corner.features, centre.features, codes, groups)
    lit = _asked(corner.light, centre.light, codes, groups)
    weights = 1 / np.bincount(codes)[codes]
    evaluation = block.pictures.evaluation[chosen]
    for code, label in enumerate(block.labels):
        own = codes == code
        others = spreads[np.arange(len(spreads)) != code]
        barred_others = np.average(barred[~own], weights=weights[~own])
        yield {
            "label": label,
            "pictures": int(own.sum()),
            **_told(looked, code, codes),
            "evaluation_auroc": _in_evaluation(looked, code, codes, evaluation),
            **_told_by_light(lit, code, codes),
            "backgrounds": diversity[code],
            "shared": np.mean(common[own]),
            "spread": spreads[code],
            "spread_others": np.median(others),
            "barred": np.mean(barred[own]),
            "barred_others": barred_others,
            "barred_gap": difference_low(np.mean(barred[own]), own.sum(), barred_others, (~own).sum()),
            "look": in_words(corner.traits, own, weights),
            **_examples(looked.corner[own, code], block.pictures.sample_id[chosen[own]]),
        }


def _asked(corner: Floats, centre: Floats, codes: Array, groups: Array) -> _Scores:
    return _Scores(*held_out_scores(Task(corner, codes, groups), [corner, centre], _SEED))


def _told(scores: _Scores, code: int, codes: Array) -> dict[str, Any]:
    own = codes == code
    found = recognition(scores.corner[:, code], own, codes)
    return {
        "auroc": found.auroc,
        "auroc_low": found.low,
        "auroc_high": found.high,
        "recognised": found.share,
        "centre_auroc": recognition(scores.centre[:, code], own, codes).auroc,
        "corner_wins": np.mean(scores.corner[own, code] > scores.centre[own, code]),
    }


def _told_by_light(scores: _Scores, code: int, codes: Array) -> dict[str, Any]:
    own = codes == code
    found = recognition(scores.corner[:, code], own, codes)
    centre = recognition(scores.centre[:, code], own, codes)
    return {"light_auroc": found.auroc, "light_low": found.low, "light_centre_auroc": centre.auroc}


def _in_evaluation(scores: _Scores, code: int, codes: Array, evaluation: Array) -> float | None:
    own = codes[evaluation] == code
    if own.sum() < _LEAST_EVALUATION or own.all():
        return None
    return recognition(scores.corner[evaluation, code], own, codes[evaluation]).auroc


def _examples(scores: Floats, sample_id: Array) -> dict[str, list[int]]:
    order = np.argsort(-scores, kind="stable")
    return {
        "typical": sample_id[order[:_TYPICAL]].tolist(),
        "untypical": sample_id[order[::-1][:_UNTYPICAL]].tolist(),
    }


def _column(values: list[Any]) -> Array:
    if any(isinstance(value, str | list) for value in values):
        column = np.empty(len(values), object)
        column[:] = values
        return column
    return np.ma.masked_invalid(np.array([np.nan if value is None else value for value in values], np.float64))
