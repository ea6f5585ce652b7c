"""How far the facts of a class's images spread: light, colour, place, size, direction, thickness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from datalint.relate.pictures import columns_of
from datalint.relate.spreads import LEAST, axial, spread_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datalint.model import Columns
    from datalint.relate.views import Part, Views

    Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"

_COHERENT, _LONG = 0.15, 0.15
"""Coherence from which on an image has a direction, and elongation from which on a thing has a tilt."""


def _plain(name: str) -> Callable[[Views], Floats]:
    return lambda views: views.floats(name)[:, 0]


def _log(name: str) -> Callable[[Views], Floats]:
    return lambda views: np.log(np.maximum(views.floats(name)[:, 0], 1e-3))


def _mired(views: Views) -> Floats:
    mired: Floats = 1e6 / views.floats("temperature")[:, 0]
    return mired


def _clear(name: str, by: str, least: float) -> Callable[[Views], Floats]:
    def values(views: Views) -> Floats:
        value, clarity = views.floats(name, by).T
        clear: Floats = np.where(clarity >= least, value, np.nan)
        return clear

    return values


FACTS: dict[str, Callable[[Views], Floats]] = {
    "lightness": _plain("brightness"),
    "contrast": _plain("contrast"),
    "temperature": _mired,
    "tint_a": _plain("tint_a"),
    "tint_b": _plain("tint_b"),
    "centre_x": _plain("centre_x"),
    "centre_y": _plain("centre_y"),
    "scale": _log("extent"),
    "direction": _clear("direction", "coherence", _COHERENT),
    "tilt": _clear("tilt", "elongation", _LONG),
    "polarity": _plain("polarity"),
    "stroke": _log("stroke"),
}
"""What is told of images: float[n], NaN where it is not known.

Light counts in mired (a million by kelvin), since equal steps of these look alike; size and thickness as logarithms, so
that 0.1 is 10 %."""


_AXIAL = frozenset({"direction", "tilt"})


def variation(parts: Sequence[Part]) -> Columns:
    """Return rows of table ``variation``: one for each class, split and fact that enough pictures are known by."""
    rows = [row for part in parts for row in _rows(part)]
    spreads: dict[tuple[str | None, str], list[float]] = {}
    for row in rows:
        spreads.setdefault((row["split"], row["fact"]), []).append(row["spread"])
    return columns_of({**row, "typical": float(np.median(spreads[row["split"], row["fact"]]))} for row in rows)


def _rows(part: Part) -> list[dict[str, Any]]:
    rows = []
    for fact, values_of in FACTS.items():
        values = values_of(part.pictures)
        values = values[np.isfinite(values)]
        if len(values) < LEAST:
            continue
        middle = None
        if fact in _AXIAL:
            middle, values = axial(values)
        found = spread_of(values)
        rows.append(
            {
                "label": part.label,
                "split": part.split,
                "role": part.role,
                "fact": fact,
                "pictures": len(part.pictures["picture"]),
                "measured": len(values),
                **found._asdict(),
                "middle": found.middle if middle is None else middle,
            }
        )
    return rows
