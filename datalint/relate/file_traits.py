"""Classes that the headers of their files give away: two sources glued together, most likely."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.auroc import Recognition, recognition
from datalint.relate.forest import Task, held_out_scores
from datalint.relate.pictures import blocks, columns_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from datalint.model import Columns
    from datalint.relate.pictures import Pictures

    Array: TypeAlias = "np.ndarray[Any, Any]"
    Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"

HEADERS_SQL = """
    SELECT sample_id, upright.width, upright.height,
        format, mode, CAST(bit_depth AS VARCHAR) AS depth, compression, camera,
        CAST(orientation AS VARCHAR) AS orientation
    FROM headers JOIN upright USING (sample_id) ORDER BY sample_id
"""
"""The columns that :func:`file_traits` takes; not the bytes: in files alike otherwise they tell of texture."""

_NUMBERS = ("width", "height", "aspect")
_WORDS = ("format", "mode", "depth", "compression", "camera", "orientation")
_COMMON = 12
"""Values of a field that are told from each other; all others count as one."""
_TREES, _QUICK_TREES = 60, 20
_SUFFICES = 0.02
"""What the AUROC of one or two fields may lack of that of all."""
_WORTH_NAMING = 0.7
_SEED = 0
_NOT_TOLD = Recognition(0.5, 0.5, 0.5, 0.0)
"""Of files that are all alike."""


class _Field(NamedTuple):
    """What one field says of n images."""

    name: str
    values: Array
    """object[n], as people read them."""
    features: Floats
    """float32[n, f]."""


def file_traits(pictures: Pictures, headers: Columns) -> Columns:
    """Return rows of table ``file_traits``: one a class with enough pictures, if there are two such classes.

    ``headers`` are what HEADERS_SQL returns, for all pictures at least.
    """
    at = np.searchsorted(np.ma.getdata(headers["sample_id"]), pictures.sample_id)
    known: dict[str, Array] = {
        name: np.ma.filled(np.ma.asarray(column[at], object), "none") for name, column in headers.items()
    }
    return columns_of(
        row
        for chosen, codes, labels in blocks(pictures)
        for row in _rows(_fields({name: column[chosen] for name, column in known.items()}), codes, labels)
    )


def _fields(headers: Columns) -> list[_Field]:
    """Return the fields that are not the same for all images."""
    width, height = (headers[name].astype(np.float64) for name in ("width", "height"))
    numbers = {"width": width, "height": height, "aspect": np.round(width / height, 2)}
    fields = [_Field(name, numbers[name], numbers[name][:, None].astype(np.float32)) for name in _NUMBERS]
    fields += [_Field(name, headers[name], one_hot(headers[name])) for name in _WORDS]
    return [field for field in fields if len(set(field.values.tolist())) > 1]


def one_hot(values: Array) -> Floats:
    """Return a column for each of the most common values, float32[n, f]."""
    common = [value for value, _ in Counter(values.tolist()).most_common(_COMMON)]
    return np.stack([values == value for value in common], axis=1).astype(np.float32)


def _rows(fields: list[_Field], codes: Array, labels: list[str]) -> Iterator[dict[str, Any]]:
    if not fields:
        for code, label in enumerate(labels):
            yield _row(label, codes == code, _NOT_TOLD, [], _NOT_TOLD.auroc)
        return
    scores = _scores(fields, codes, _TREES)
    named = {field.name: field for field in fields}
    subsets = _Subsets(named, codes)
    for code, label in enumerate(labels):
        own = codes == code
        told = recognition(scores[:, code], own, codes)
        best = subsets.best(code, told.auroc)
        yield _row(label, own, told, [named[name] for name in best], subsets.area(best, code))


class _Subsets:
    """What one or two fields tell of classes, found out when it is asked for."""

    def __init__(self, fields: Mapping[str, _Field], codes: Array) -> None:
        self._fields = fields
        self._codes = codes
        self._areas: dict[tuple[str, ...], list[float]] = {}

    def area(self, names: tuple[str, ...], code: int) -> float:
        """Return the AUROC of a class."""
        if names not in self._areas:
            scores = _scores([self._fields[name] for name in names], self._codes, _QUICK_TREES)
            self._areas[names] = [
                recognition(scores[:, own], self._codes == own, self._codes).auroc for own in range(scores.shape[1])
            ]
        return self._areas[names][code]

    def best(self, code: int, all_fields: float) -> tuple[str, ...]:
        """Return the field that tells most of a class, or two where one lacks much of what all tell."""
        ranked = sorted(((name,) for name in self._fields), key=lambda names: -self.area(names, code))
        if all_fields < _WORTH_NAMING or self.area(ranked[0], code) >= all_fields - _SUFFICES:
            return ranked[0]
        leading = {name for (name,) in ranked[:2]}
        pairs = [pair for pair in combinations(self._fields, 2) if leading.intersection(pair)]
        best = max(pairs, key=lambda pair: self.area(pair, code), default=ranked[0])
        return best if self.area(best, code) > self.area(ranked[0], code) + _SUFFICES else ranked[0]


def _row(label: str, own: Array, told: Recognition, best: list[_Field], area: float) -> dict[str, Any]:
    return {
        "label": label,
        "pictures": int(own.sum()),
        "auroc": told.auroc,
        "auroc_low": told.low,
        "recognised": told.share,
        "fields": [field.name for field in best],
        "fields_auroc": area,
        "usual": "; ".join(_usual(field, own) for field in best),
    }


def _scores(fields: list[_Field], codes: Array, trees: int) -> Floats:
    features = np.concatenate([field.features for field in fields], axis=1)
    # No picture is there twice, and images of one size are what is looked for, so none need be held out together.
    task = Task(features, codes, np.arange(len(codes)))
    return held_out_scores(task, [features], _SEED, trees)[0]


def _usual(field: _Field, own: Array) -> str:
    inside, outside = Counter(field.values[own].tolist()), Counter(field.values[~own].tolist())
    value, count = inside.most_common(1)[0]
    share, elsewhere = count / own.sum(), outside[value] / (~own).sum()
    if isinstance(value, float) and share < 0.5:
        middle, other = (shown(np.median(field.values[rows])) for rows in (own, ~own))
        return f"{field.name} typically {middle}, {other} elsewhere"
    return f"{field.name} {shown(value)} in {share:.0%}, {elsewhere:.0%} elsewhere"


def shown(value: Any) -> str:
    """Write a value for people."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.0f}" if value >= 20 else f"{value:.2f}"
