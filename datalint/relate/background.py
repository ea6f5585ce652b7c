"""Background bias: classes that the corners of their images give away. The method is explained in docs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.auroc import difference_low, effective_size, recognition
from datalint.relate.bars import without_bars
from datalint.relate.corners import in_words, looks
from datalint.relate.forest import Task, held_out_scores, repeated
from datalint.relate.pictures import Pictures, blocks, columns_of
from datalint.relate.places import distinct, places, shared, spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datalint.model import Columns
    from datalint.relate.corners import Looks
    from datalint.relate.filters import Thumbnails

    Array: TypeAlias = "np.ndarray[Any, Any]"
    Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"

_FEW_PLACES = 8
"""With fewer distinct backgrounds a class is known by their coming back, so they need not be held out together."""
_LEAST_EVALUATION = 10
_WORTH_ASKING = 0.7
"""AUROC from which on it is asked whether the corners agree."""
_AGREEING = 80
"""Pictures of a class that are asked."""
_AGREED = 0.68
_STANDS_OUT = 1.1
_LESS, _WELL_KNOWN, _DROP = 0.1, 0.8, 0.25
"""A class is less well known by the odd part if the AUROC falls by so much below this, or scores fall by that share."""
_TYPICAL, _UNTYPICAL = 6, 3
_SEED = 0


def background(pictures: Pictures, thumbnails: Thumbnails) -> Columns:
    """Return rows of table ``background``: one a class with enough pictures, if there are two such classes.

    ``thumbnails`` (uint8[n, 32, 32, 3]) are those of the pictures.
    """
    return columns_of(
        row
        for chosen, codes, labels in blocks(pictures)
        for row in _rows(_Block(pictures, chosen, codes, labels), thumbnails[chosen])
    )


class _Block(NamedTuple):
    """Classes that are held against each other."""

    pictures: Pictures
    chosen: Array
    codes: Array
    labels: list[str]


class _Scores(NamedTuple):
    """What a classifier of corners makes of images that it did not learn from: float[n, classes]."""

    corners: Floats
    odd_part: Floats


def _rows(block: _Block, thumbnails: Array) -> Iterator[dict[str, Any]]:
    codes, chosen, classes = block.codes, block.chosen, range(len(block.labels))
    thumbnails, barred = without_bars(thumbnails)
    seen = looks(thumbnails, _SEED)
    place = places(seen.patches, codes)
    common = shared(seen.patches, codes)
    diversity = np.array([distinct(seen.patches[codes == code]) for code in classes])
    spreads = np.array([spread(seen.patches[codes == code]) for code in classes])
    groups = np.where(diversity[codes] < _FEW_PLACES, len(codes) + np.arange(len(codes)), place)
    looked = _asked(seen.corners.features, seen.odd_part.features, codes, groups)
    lit = _asked(seen.corners.light, seen.odd_part.light, codes, groups)
    told = [recognition(looked.corners[:, code], codes == code, codes, groups) for code in classes]
    asked = max(one.auroc for one in told) >= _WORTH_ASKING
    agreed = _agreed(seen, codes, groups) if asked else [None] * len(classes)
    weights = 1 / np.bincount(codes)[codes]
    evaluation = block.pictures.evaluation[chosen]
    for code, label in enumerate(block.labels):
        own = codes == code
        odd_part = recognition(looked.odd_part[:, code], own, codes)
        barred_others = np.average(barred[~own], weights=weights[~own])
        light = recognition(lit.corners[:, code], own, codes, groups)
        yield {
            "label": label,
            "pictures": int(own.sum()),
            "auroc": told[code].auroc,
            "auroc_low": told[code].low,
            "auroc_high": told[code].high,
            "recognised": told[code].share,
            "evaluation_auroc": _in_evaluation(looked, code, codes, evaluation),
            **_controls(
                told[code].auroc,
                agreed=agreed[code],
                contrast=np.median(seen.contrast[own]),
                odd_part=odd_part.auroc,
                drop=_drop(looked.corners[own, code], looked.odd_part[own, code]),
            ),
            "light_auroc": light.auroc,
            "light_low": light.low,
            "light_object_auroc": recognition(lit.odd_part[:, code], own, codes).auroc,
            "backgrounds": diversity[code],
            "shared": np.mean(common[own]),
            "spread": spreads[code],
            "spread_others": np.median(np.delete(spreads, code)),
            "barred": np.mean(barred[own]),
            "barred_others": barred_others,
            "barred_gap": difference_low(np.mean(barred[own]), own.sum(), barred_others, effective_size(weights[~own])),
            "look": in_words(seen.corners.traits, own, weights),
            **_examples(looked.corners[own, code], block.pictures.sample_id[chosen[own]]),
        }


def _asked(corners: Floats, odd_part: Floats, codes: Array, groups: Array) -> _Scores:
    return _Scores(*held_out_scores(Task(corners, codes, groups), [corners, odd_part], _SEED))


def _agreed(seen: Looks, codes: Array, groups: Array) -> Sequence[float | None]:
    """Return of each class the AUROC of scores that three of four corners reach, each judged by itself.

    An object that reaches into one or two corners does not help then. Some pictures of each class are enough.
    """
    some = np.concatenate([np.flatnonzero(codes == code)[:_AGREEING] for code in range(codes.max() + 1)])
    views = [Task(look.features[some], codes[some], groups[some]) for look in seen.single]
    scores = held_out_scores(repeated(views), [np.concatenate([view.features for view in views])], _SEED)[0]
    lowest_but_one = np.sort(scores.reshape(len(views), len(some), -1), axis=0)[1]
    return [
        recognition(lowest_but_one[:, code], codes[some] == code, codes[some]).auroc for code in range(codes.max() + 1)
    ]


def _controls(auroc: float, agreed: float | None, contrast: float, odd_part: float, drop: float) -> dict[str, Any]:
    """Say what speaks for the background, and not the object, at the corners."""
    less_known = (auroc - odd_part >= _LESS and odd_part < _WELL_KNOWN) or drop >= _DROP
    return {
        "agreed_auroc": agreed,
        "contrast": contrast,
        "object_auroc": odd_part,
        "object_drop": drop,
        "apart": agreed is not None and agreed >= _AGREED and contrast >= _STANDS_OUT and less_known,
    }


def _drop(corners: Floats, odd_part: Floats) -> float:
    """Return by what share scores of a class fall from the corners to the odd part, in its more typical half."""
    typical = corners >= np.median(corners)
    fall = np.median(corners[typical] - odd_part[typical])
    return float(fall / max(float(np.median(corners[typical])), 1e-6))


def _in_evaluation(scores: _Scores, code: int, codes: Array, evaluation: Array) -> float | None:
    own = codes[evaluation] == code
    if own.sum() < _LEAST_EVALUATION or own.all():
        return None
    return recognition(scores.corners[evaluation, code], own, codes[evaluation]).auroc


def _examples(scores: Floats, sample_id: Array) -> dict[str, list[int]]:
    order = np.argsort(-scores, kind="stable")
    return {
        "typical": sample_id[order[:_TYPICAL]].tolist(),
        "untypical": sample_id[order[::-1][:_UNTYPICAL]].tolist(),
    }
