"""The distinct colours of a class: apples that are red, green or yellow, and nothing between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from datalint.relate.auroc import wilson
from datalint.relate.clusters import linked
from datalint.relate.pictures import columns_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datalint.model import Columns
    from datalint.relate.views import Part

    Array: TypeAlias = "np.ndarray[Any, Any]"
    Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"

_LEAST = 30
"""Pictures by whose colour something can be said."""
_ENOUGH = 0.5
_STEP = 10.0
"""Units of CIELAB that neighbours of one colour are apart at most, lightness counting half."""
_MEMBERS = 3
"""Pictures that are a colour, and no exceptions."""
_MOST = 2_000
_GREY = 10.0
_NAMES = (
    # The eleven basic colour terms (Berlin and Kay 1969), each by its focal colours in CIELAB.
    ("black", (10, 0, 0)),
    ("grey", (50, 0, 0)),
    ("white", (95, 0, 0)),
    ("red", (45, 62, 42)),
    ("red", (30, 45, 25)),
    ("orange", (65, 40, 62)),
    ("yellow", (85, 0, 75)),
    ("yellow", (75, 5, 55)),
    ("green", (50, -45, 35)),
    ("green", (65, -30, 45)),
    ("green", (35, -22, 18)),
    ("blue", (40, 5, -45)),
    ("blue", (35, 60, -95)),
    ("blue", (60, -15, -30)),
    ("purple", (35, 40, -40)),
    ("pink", (70, 45, 5)),
    ("brown", (35, 18, 25)),
    ("brown", (50, 15, 28)),
)


def class_colours(parts: Sequence[Part]) -> Columns:
    """Return rows of table ``class_colours``: one for each distinct colour of a class in a split.

    Colours are those of what stands out from plain backgrounds. Distinct ones are apart with nothing in between: single
    linkage of neighbours. A class whose colours pass into one another has one row.
    """
    return columns_of(row for part in parts for row in _rows(part))


def _rows(part: Part) -> Iterator[dict[str, Any]]:
    colours = part.pictures.floats("foreground_l", "foreground_a", "foreground_b")
    colours = colours[:_MOST]
    known = colours[np.isfinite(colours).all(axis=1)]
    if len(known) < max(_LEAST, _ENOUGH * len(colours)):
        return
    if np.mean(np.hypot(known[:, 1], known[:, 2]) < _GREY) >= 0.99:
        return
    members = _neighbours(known * np.array([0.5, 1, 1]))
    sizes = np.bincount(members)
    alone = float(sizes[sizes < _MEMBERS].sum() / len(known))
    for number in np.argsort(-sizes, kind="stable"):
        if sizes[number] < _MEMBERS:
            return
        mean = known[members == number].mean(axis=0)
        share = sizes[number] / len(known)
        low, high = wilson(share, len(known))
        yield {
            "label": part.label,
            "split": part.split,
            "role": part.role,
            "colour": colour_name(mean),
            **dict(zip(("lightness", "a", "b"), map(float, mean), strict=True)),
            "pictures": int(sizes[number]),
            "share": float(share),
            "share_low": float(low),
            "share_high": float(high),
            "scattered": alone,
        }


def _neighbours(points: Floats) -> Array:
    """Number the clusters of points, float[n, 3], that a chain of neighbours joins; int32[n]."""
    from scipy.spatial import KDTree

    return linked(KDTree(points).query_pairs(_STEP, output_type="ndarray"), len(points))


def colour_name(colour: Floats) -> str:
    """Return the basic colour term that is nearest to a colour in CIELAB, float[3], lightness counting half."""
    focal = np.array([place for _, place in _NAMES], float)
    distance = np.square((focal - colour) * np.array([0.5, 1, 1])).sum(axis=1)
    return _NAMES[int(distance.argmin())][0]
