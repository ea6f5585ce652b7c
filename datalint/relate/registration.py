"""Find a picture in another that shows more of the scene, or shows it turned by a few degrees.

A copy that was cropped to two thirds of its sides lies too far from the whole for ``alignment`` to find it. So it is
laid over the whole in several sizes, at all places and turned by several angles; from where the edges of both agree
most, ``alignment`` goes on.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.alignment import align, warp
from datalint.relate.filters import Floats, Thumbnails, batches, luma, smooth
from datalint.relate.structure import compressed, points_of
from datalint.relate.threads import for_each

Array: TypeAlias = "np.ndarray[Any, Any]"

SIZES = (32, 29, 26, 24, 22, 20, 18)
"""Sides that the part takes of the 32 pixels of the whole: 100 % to 56 %."""
ANGLES = (0, -5, 5, -10, 10, -15, 15)
"""Degrees by which the whole is turned; a part smaller than four fifths is not looked for in a turned one."""

_TURNED = 26  # the smallest part that is looked for in a turned whole
_STEPS = 4
_BATCH = 64
_SLACK = 2  # pixels by which a part may lie outside of the whole


class _Edges(NamedTuple):
    """Compressed gradients of n parts, shrunken."""

    size: int
    spectrum: Array
    """complex64[n, 2, ...]: the conjugate of their Fourier transform."""
    energy: Floats
    """float32[n]."""


class Registration(NamedTuple):
    """How k pairs fit, the first of each a part of the second."""

    structure: Floats
    """float32[k], 0 to 1: correlation of the compressed gradients where the pictures overlap."""
    points: Floats
    """float32[k]: places at which the first has structure there, as ``structure.structure_points`` counts them."""
    motion: Floats
    """float32[k, 4], of ``alignment``."""
    angle: Floats
    """float32[k], degrees by which the second was turned."""

    def at(self, rows: Array) -> Registration:
        return Registration(*(column[rows] for column in self))


def register(thumbnails: Thumbnails, part: Array, whole: Array, ratio: Floats) -> Registration:
    """Lay parts over wholes (int[k], rows of uint8[n, 32, 32, 3]); ``ratio`` is the whole's width to its height."""
    count = len(part)
    found = Registration(*(np.zeros((count, *more), np.float32) for more in ((), (), (4,), ())))

    def one(rows: slice) -> None:
        for column, values in zip(
            found, _registered(luma(thumbnails[part[rows]]), luma(thumbnails[whole[rows]]), ratio[rows]), strict=True
        ):
            column[rows] = values

    for_each(one, batches(count, _BATCH))
    return found


def _registered(part: Floats, whole: Floats, ratio: Floats) -> tuple[Floats, ...]:
    from scipy.fft import rfft2

    count, side = len(part), part.shape[-1]
    best = np.full(count, -1, np.float32)
    motion, angle = np.zeros((count, 4), np.float32), np.zeros(count, np.float32)
    edges = {size: _resized(part, size) for size in SIZES}
    for degrees in ANGLES:
        turned, within = rotated(whole, degrees, ratio)
        around: Floats = np.pad(compressed(turned) * within, [(0, 0), (0, 0), (_SLACK, _SLACK), (_SLACK, _SLACK)])
        spectrum = rfft2(around)
        for size in SIZES:
            if degrees and size < _TURNED:
                break
            shared, down, across = _placed(edges[size], spectrum, around)
            better = np.flatnonzero(shared > best)
            best[better], angle[better] = shared[better], degrees
            scale = size / side
            for axis, at in ((0, across), (2, down)):
                motion[better, axis] = (at[better] - _SLACK + size / 2) / (side / 2) - 1
                motion[better, axis + 1] = scale - 1
    return _refined(part, whole, ratio, motion, angle)


def _refined(part: Floats, whole: Floats, ratio: Floats, motion: Floats, angle: Floats) -> tuple[Floats, ...]:
    """Align from the best places on, where that is better."""
    structure, points = np.zeros(len(part), np.float32), np.ones(len(part), np.float32)
    for degrees in ANGLES:
        rows = np.flatnonzero(angle == degrees)
        if len(rows):
            turned, inside = rotated(whole[rows], degrees, ratio[rows])
            moved = align(smooth(part[rows]), smooth(turned), motion[rows], _STEPS)
            for motions in (motion[rows], moved):
                shared, spread = _shared(part[rows], turned, inside, motions)
                rise = shared > structure[rows]
                chosen = rows[rise]
                structure[chosen], points[chosen], motion[chosen] = shared[rise], spread[rise], motions[rise]
    return structure, points, motion, angle


def _resized(part: Floats, size: int) -> _Edges:
    """Shrink pictures to ``size`` pixels by area."""
    from scipy.fft import rfft2

    side = part.shape[-1]
    edges = np.linspace(0, side, size + 1)
    pixel = np.arange(side)
    cover = np.clip(np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel), 0, 1)
    cover = (cover / cover.sum(1, keepdims=True)).astype(np.float32)
    gradients = compressed(cover @ part @ cover.T)
    around = side + 2 * _SLACK
    return _Edges(size, np.conj(rfft2(gradients, (around, around))), np.sum(gradients * gradients, axis=(1, 2, 3)))


def _placed(edges: _Edges, spectrum: Array, around: Floats) -> tuple[Floats, Array, Array]:
    """Correlate small pictures with larger ones at all places; the best correlation, and where it is."""
    from scipy.fft import irfft2

    side, size = around.shape[-1], edges.size
    places = side - size + 1
    products = irfft2((spectrum * edges.spectrum).sum(1), (side, side))[:, :places, :places]
    total = np.zeros((len(around), side + 1, side + 1), np.float32)
    total[:, 1:, 1:] = np.sum(around * around, axis=1).cumsum(1).cumsum(2)
    energy = total[:, size:, size:] - total[:, :-size, size:] - total[:, size:, :-size] + total[:, :-size, :-size]
    norms = np.sqrt(np.maximum(energy, 1) * np.maximum(edges.energy, 1)[:, None, None])
    correlations = (products / norms).reshape(len(around), -1)
    at = np.argmax(correlations, axis=1)
    return correlations[np.arange(len(at)), at], at // places, at % places


def rotated(image: Floats, degrees: float, ratio: Floats) -> tuple[Floats, Floats]:
    """Turn pictures (float32[n, 1, side, side]) whose sides have a ratio; also say which pixels are from inside."""
    if not degrees:
        return image, np.ones_like(image)
    count, side = len(image), image.shape[-1]
    radians = np.deg2rad(degrees)
    u = ((np.arange(side) - (side - 1) / 2) / (side / 2)).astype(np.float32)
    wide = ratio[:, None, None]
    x = np.cos(radians) * u[None, None, :] - np.sin(radians) * u[None, :, None] / wide
    y = np.sin(radians) * u[None, None, :] * wide + np.cos(radians) * u[None, :, None]
    column, row = (side - 1) / 2 + x * side / 2, (side - 1) / 2 + y * side / 2
    inside = ((np.abs(x) <= 1) & (np.abs(y) <= 1))[:, None]
    column, row = np.clip(column, 0, side - 1.001), np.clip(row, 0, side - 1.001)
    left, top = column.astype(np.int64), row.astype(np.int64)
    right, low = (column - left).astype(np.float32), (row - top).astype(np.float32)
    flat = image.reshape(count, -1)

    def pixels(down: int, over: int) -> Floats:
        taken = np.take_along_axis(flat, ((top + down) * side + left + over).reshape(count, -1), axis=1)
        return np.asarray(taken.reshape(left.shape))

    turned = (pixels(0, 0) * (1 - right) + pixels(0, 1) * right) * (1 - low)
    turned += (pixels(1, 0) * (1 - right) + pixels(1, 1) * right) * low
    return turned[:, None].astype(np.float32), inside.astype(np.float32)


def _shared(part: Floats, whole: Floats, inside: Floats, motion: Floats) -> tuple[Floats, Floats]:
    """Return structure and points where a part and a whole that was moved under it overlap."""
    moved, within = warp(whole, motion)
    within = within * (warp(inside, motion)[0] > 0.99)
    first, second = compressed(part) * within, compressed(moved) * within
    shared = np.sum(first * second, axis=(1, 2, 3))
    norms = np.sqrt(np.sum(first * first, axis=(1, 2, 3)) * np.sum(second * second, axis=(1, 2, 3)))
    return np.asarray(shared / np.maximum(norms, 1e-6)), points_of(second)
