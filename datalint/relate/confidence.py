"""How sure it is that a pair shows one picture, and not two that look alike by nature, as digits and X-rays do.

The structure s that a pair shares is held against the structure a that each of the two shares with its look-alikes. As
for any two correlations, the difference of Fisher's transforms, artanh s - artanh a, counted in standard errors, says
how surprising it is (Fisher 1921). The standard error is that of as many independent points as the picture has
structure at: a photo has more to agree in than a stroke on black.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from datalint.relate.candidates import Pairs, look_alikes
from datalint.relate.structure import compare, structure_points

if TYPE_CHECKING:
    from datalint.relate.contents import Contents
    from datalint.relate.filters import Floats

Array: TypeAlias = "np.ndarray[Any, Any]"

EVEN_ODDS = 12.0
"""Standard errors at which the confidence is 0.5. Among 5,000 handwritten digits no two reach 11; four in five
published near-duplicates of CIFAR-10 reach 13."""
TURNED_ODDS = 14.0
"""The same for mirrored and turned pairs: there are seven more ways to look alike by chance."""

_FIRST, _LAST = 17, 24  # look-alikes, by colour layout; so up to 16 copies of one image are not taken for such
_MOST = 0.8  # structure that look-alikes are taken to share at most, so that long bursts are still found
_FEW, _LEAST = 1000, 0.6  # images under which look-alikes say little, and what they share in sets of their kind
_CERTAIN = 0.9999
_FULL = 0.999  # structure beyond which rounding decides


def confidence(
    contents: Contents, layouts: Floats, pairs: Pairs, structure: Floats, offered: Array, least: float
) -> Floats:
    """Return for each pair the confidence that it shows one picture; float32[k], 0 to 1.

    ``structure`` is float32[k], what the pairs share; look-alikes are looked for by their ``layouts`` (float32[n, 38])
    among ``offered``, rows of the contents. Confidences below ``least`` are not exact.
    """
    shared = np.arctanh(np.minimum(structure, _FULL))
    points = _points(contents, np.unique(np.r_[pairs.first, pairs.second]))
    weight = np.sqrt(np.minimum(points[pairs.first], points[pairs.second]))
    even = np.where(pairs.transform > 0, TURNED_ODDS, EVEN_ODDS)

    def likely(rows: Array, expected: Any) -> Floats:
        errors = (shared[rows] - np.arctanh(expected)) * weight[rows]
        odds: Floats = (1 / (1 + np.exp(even[rows] - errors))).astype(np.float32)
        return odds

    result = likely(np.arange(len(structure)), _MOST)
    least_alike = _LEAST * max(0.0, 1 - len(offered) / _FEW)
    open_ = np.flatnonzero(result < _CERTAIN)  # others are as sure whatever their look-alikes are
    for every in (_LAST - _FIRST, 1):  # two look-alikes settle most pairs where all images look alike
        if not len(open_):
            break
        first, second = pairs.first[open_], pairs.second[open_]
        alike = _alikeness(contents, layouts, np.unique(np.r_[first, second]), offered, every)
        expected = np.maximum(np.maximum(alike[first], alike[second]), least_alike)
        result[open_] = likely(open_, expected)
        open_ = open_[result[open_] >= least]
    return result.round(4)


def _alikeness(contents: Contents, layouts: Floats, rows: Array, offered: Array, every: int) -> Floats:
    """Return the structure that each image of ``rows`` shares with look-alikes, by row of the contents; float32.

    It is the median over all of them, or the least over some.
    """
    alike = np.zeros(len(contents.rank), np.float32)
    image, other = look_alikes(contents, layouts, rows, offered, range(_FIRST, _LAST + 1, every))
    shared = compare(contents.thumbnails, image, other, np.zeros(len(image), np.int64)).structure
    order = np.lexsort((shared, image))
    image, shared = image[order], shared[order]
    found, start, count = np.unique(image, return_index=True, return_counts=True)
    middle = (shared[start + (count - 1) // 2] + shared[start + count // 2]) / 2
    alike[found] = middle if every == 1 else shared[start]
    return np.minimum(alike, _MOST)


def _points(contents: Contents, rows: Array) -> Floats:
    points = np.zeros(len(contents.rank), np.float32)
    points[rows] = structure_points(contents.thumbnails, rows)
    return points
