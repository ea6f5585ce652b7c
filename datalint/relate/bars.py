"""Bars and borders around a picture: letterboxes, pillarboxes, frames, padding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from datalint.relate.filters import batches

if TYPE_CHECKING:
    Array: TypeAlias = "np.ndarray[Any, Any]"

_FLAT = 3.0
"""Grey levels that a line of a bar may deviate from its mean (standard deviation)."""
_DRIFT = 6.0
"""Grey levels between the lines of one bar."""
_EDGE = 16
"""Grey levels by which a pixel of the picture differs from the bar."""
_STRAIGHT = 0.9
"""Share of the first line of a picture that differs from its bar; the outline of an object is less straight."""
_THINNEST = 2
_UNEVEN = 2
"""Lines by which the bars of two sides may differ."""
_LEAST_PICTURE = 12
_WIDEST_BORDER = 5


def without_bars(thumbnails: Array) -> tuple[Array, Array]:
    """Enlarge to the whole thumbnail what lies between bars; returns that, uint8[n, 32, 32, 3], and whether, bool[n].

    Bars are flat, of one colour on opposite sides, about as wide, and end in a straight line. A border on all sides is
    thin: else it is a plain wall around a rectangular object.
    """
    parts = [_without_bars(thumbnails[some]) for some in batches(len(thumbnails))]
    cut, found = zip(*parts, strict=True)
    return np.concatenate(cut), np.concatenate(found)


def _without_bars(thumbnails: Array) -> tuple[Array, Array]:
    upright, high, rows = _trimmed(thumbnails)
    turned, wide, columns = _trimmed(upright.transpose(0, 2, 1, 3))
    thick = high & wide & (np.maximum(rows, columns) > _WIDEST_BORDER)
    cut = turned.transpose(0, 2, 1, 3).copy()
    cut[thick] = thumbnails[thick]
    return cut, (high | wide) & ~thick


def _trimmed(images: Array) -> tuple[Array, Array, Array]:
    """Cut bars off at top and bottom; returns also whether there are any, and how wide they are."""
    side = images.shape[1]
    first, first_colour = _bar(images)
    last, last_colour = _bar(images[:, ::-1])
    alike = np.abs(first_colour - last_colour).max(axis=1) <= _DRIFT
    pair = (first >= _THINNEST) & (last >= _THINNEST) & (np.abs(first - last) <= _UNEVEN) & alike
    # The line where bar and picture meet is a mixture of both.
    top, bottom = (np.where(pair, bar + 1, 0) for bar in (first, last))
    rows = side - top - bottom
    found = pair & (rows >= _LEAST_PICTURE)
    if not found.any():
        return images, found, first
    lines = top[found, None] + (np.arange(side) * rows[found, None]) // side
    cut = images.copy()
    cut[found] = images[found][np.arange(len(lines))[:, None], lines]
    return cut, found, np.maximum(first, last)


def _bar(images: Array) -> tuple[Array, Array]:
    """Return how many lines of a bar there are at the top (0 without one), and its colour, float[n, 3]."""
    lines = images.astype(np.float32)
    colour = lines[:, 0].mean(axis=1)
    flat = lines.std(axis=2).max(axis=2) <= _FLAT
    flat &= np.abs(lines.mean(axis=2) - colour[:, None]).max(axis=2) <= _DRIFT
    bar = np.where(flat.all(axis=1), 0, np.argmin(flat, axis=1))
    # One of the two lines behind the bar is wholly the picture's, between the sides of a frame.
    inside = lines.std(axis=1).max(axis=2) > _FLAT
    edges = [np.minimum(bar + step, images.shape[1] - 1) for step in (0, 1)]
    number = np.arange(len(images))
    differs = [np.abs(lines[number, edge] - colour[:, None]).max(axis=2) > _EDGE for edge in edges]
    crossed = np.max([(line & inside).sum(axis=1) for line in differs], axis=0)
    straight = crossed >= _STRAIGHT * np.maximum(inside.sum(axis=1), 1)
    return np.where(straight, bar, 0), colour
