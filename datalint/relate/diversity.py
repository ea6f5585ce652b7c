"""How many different pictures, viewpoints, lights and colours a class has; rare ones count less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.auroc import Z
from datalint.relate.clusters import effective_number, linked
from datalint.relate.pictures import columns_of
from datalint.relate.structure import compare, structure_points
from datalint.relate.views import LEAST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datalint.model import Columns
    from datalint.relate.filters import Thumbnails
    from datalint.relate.views import Part, Views

    Array: TypeAlias = "np.ndarray[Any, Any]"
    Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"

_LOOKED_AT = 200
"""Images of a class that are compared with each other."""
_NEIGHBOURS = 5
_ALIKE = 0.7
"""Correlation of layouts below which two images are no versions of one picture."""
_TYPICAL = 64
"""Pairs by which it is told how alike images of the class are anyway."""
_SAME, _ERRORS = 0.88, 10.0
"""Structure that versions of one picture share, and by how many standard errors it exceeds what any two share."""
_CHAIN, _ASKED, _TOGETHER = 3, 24, 0.75
"""Members of a group from which on it is asked if it is a chain, random pairs that are asked, and what they share."""
_MOST_ALIKE = 0.8
"""Structure that different pictures of a class are taken to share at most, so that a class of one picture is seen."""
_SIDE = 32
_CLUSTERED = 1_000
_ENOUGH = 0.5
"""Share of the pictures of which something must be known."""
_SEED = 0


def diversity(parts: Sequence[Part], thumbnails: Callable[[Array], Thumbnails]) -> Columns:
    """Return rows of table ``diversity``: one for each class and split.

    ``thumbnails`` returns those in slots (int64[m]): uint8[m, 32, 32, 3].
    """
    return columns_of(
        {
            "label": part.label,
            "split": part.split,
            "role": part.role,
            "images": len(part.images["picture"]),
            "originals": len(originals["picture"]),
            "pictures": len(part.pictures["picture"]),
            **_different(originals, thumbnails)._asdict(),
            "viewpoints": _effective(_viewpoints(part.pictures)),
            "lights": _effective(_lights(part.pictures)),
            "colours": _effective(_colours(part.pictures)),
        }
        for part, originals in ((part, _originals(part.images)) for part in parts)
    )


def _originals(images: Views) -> Views:
    """Leave out what augmentation made, which is many versions of one picture by design."""
    return images.at(np.flatnonzero(~np.ma.getdata(images["stand_in"]).astype(bool)))


class Different(NamedTuple):
    """How many different pictures the images of a class amount to."""

    different: float
    different_high: float
    """Upper end of the interval (95 %)."""


def _different(images: Views, thumbnails: Callable[[Array], Thumbnails]) -> Different:
    """Estimate how many different pictures there are, each with as many versions, by how often two images are of one.

    Two images are taken for versions of one picture when they share nearly all structure, and far more than any two of
    the class do: digits are alike and no copies. The probability that two random ones are is estimated without bias
    (Simpson 1949, *Measurement of diversity*); its inverse is the number, at most that of the images.
    """
    rng = np.random.default_rng(_SEED)
    total = len(images["picture"])
    if total < LEAST:
        return Different(float(total), float(total))
    chosen = np.sort(rng.permutation(total)[:_LOOKED_AT])
    shown = thumbnails(np.ma.getdata(images["slot"])[chosen].astype(np.int64))[...]
    size, pairs = len(shown), _neighbours(shown)
    first, second = rng.integers(0, size, _TYPICAL), rng.integers(1, size, _TYPICAL)
    usual = min(_MOST_ALIKE, float(np.median(_shared(shown, first, (first + second) % size))))
    shared = _shared(shown, *pairs.T)
    # Small images have fewer independent points than their thumbnails.
    side = np.minimum(images.floats("width", "height")[chosen].min(axis=1), _SIDE) / _SIDE
    points = structure_points(shown, np.arange(size)) * side**2
    errors = (np.arctanh(np.minimum(shared, 0.999)) - np.arctanh(usual)) * np.sqrt(points[pairs].min(axis=1))
    versions = _held_together(shown, pairs[(shared >= _SAME) & (errors >= _ERRORS)])
    return _collisions(_sizes(versions, np.ma.getdata(images["picture"])[chosen]), total)


def _neighbours(thumbnails: Array) -> Array:
    """Return the pairs of images that are most alike by their layout, the smaller row first; int64[k, 2]."""
    layout = thumbnails.reshape(len(thumbnails), 8, 4, 8, 4, 3).mean(axis=(2, 4), dtype=np.float32)
    layout = layout.reshape(len(layout), -1)
    layout -= layout.mean(axis=1, keepdims=True)
    layout /= np.linalg.norm(layout, axis=1, keepdims=True) + 1e-6
    alike = layout @ layout.T
    np.fill_diagonal(alike, -2)
    nearest = np.argsort(-alike, axis=1, kind="stable")[:, :_NEIGHBOURS]
    rows = np.repeat(np.arange(len(layout)), nearest.shape[1])
    pairs = np.stack([rows, nearest.ravel()], axis=1)[alike[rows, nearest.ravel()] >= _ALIKE]
    return np.unique(np.sort(pairs, axis=1), axis=0)


def _shared(thumbnails: Array, first: Array, second: Array) -> Floats:
    return compare(thumbnails, first, second, np.zeros(len(first), np.int64)).structure


def _held_together(thumbnails: Array, pairs: Array) -> Array:
    """Leave out pairs that a chain joins whose members are not alike: silhouettes that turn, frame by frame."""
    members = linked(pairs, len(thumbnails))
    rng = np.random.default_rng(_SEED)
    apart = []
    for group in np.flatnonzero(np.bincount(members) > _CHAIN):
        own = np.flatnonzero(members == group)
        first, second = rng.integers(0, len(own), _ASKED), rng.integers(1, len(own), _ASKED)
        if np.median(_shared(thumbnails, own[first], own[(first + second) % len(own)])) < _TOGETHER:
            apart.append(group)
    kept: Array = pairs[~np.isin(members[pairs[:, 0]], apart)]
    return kept


def _sizes(pairs: Array, known: Array) -> Array:
    """Count the images of each picture, joined by pairs and by what is known to be one."""
    _, first, group = np.unique(known, return_index=True, return_inverse=True)
    both = np.concatenate([pairs, np.stack([np.arange(len(known)), first[group]], axis=1)])
    return np.bincount(linked(both, len(known)))


def _collisions(sizes: Array, total: int) -> Different:
    """Invert the probability that two of a class's images, or one twice, are of one picture.

    That two different ones are is estimated without bias; the variance is that of a U-statistic of order 2 (Hoeffding
    1948, *A class of statistics with asymptotically normal distribution*).
    """
    count = int(sizes.sum())
    meeting = float((sizes * (sizes - 1)).sum() / (count * (count - 1)))
    of_each = np.repeat((sizes - 1) / (count - 1), sizes)
    variance = (4 * (count - 2) * of_each.var() + 2 * meeting * (1 - meeting)) / (count * (count - 1))
    least = max(0.0, meeting - Z * float(np.sqrt(variance)))
    return Different(*(1 / (share + (1 - share) / total) for share in (meeting, least)))


def _viewpoints(pictures: Views) -> Floats:
    figures = pictures.figures()
    angle = np.exp(2j * np.radians(figures.tilt)) * figures.elongation / 0.3
    size = np.log(np.maximum(figures.extent, 1e-3)) / 0.15
    turned = np.stack([size, angle.real, angle.imag], axis=1)
    return np.concatenate([pictures.floats("centre_x", "centre_y") / 0.08, turned], axis=1)


def _lights(pictures: Views) -> Floats:
    steps = pictures.floats("brightness", "contrast", "temperature")
    return np.stack([steps[:, 0] / 0.12, steps[:, 1] / 0.12, 1e6 / steps[:, 2] / 40], axis=1)


def _colours(pictures: Views) -> Floats:
    """Of what stands out; half as far apart in lightness, which is light's as well."""
    steps: Floats = pictures.floats("foreground_l", "foreground_a", "foreground_b") / np.array([40.0, 20.0, 20.0])
    return steps


def _effective(values: Floats) -> float | None:
    """Count clusters of radius 1; None where fewer than half of the values are known."""
    values = values[:_CLUSTERED]
    known = values[np.isfinite(values).all(axis=1)]
    if len(known) < _ENOUGH * len(values):
        return None
    return effective_number(known, 1.0)
