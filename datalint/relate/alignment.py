"""Lay one picture over another that shows nearly the same part of a scene: shift it and scale its sides.

Gauss-Newton steps on the differences of the pixels (Lucas and Kanade 1981), with the gradients of the first picture
throughout (Hager and Belhumeur 1998), so that the normal equations are set up once. A motion is float32[n, 4]: shift
and scaling of x, then of y, in halves of the picture's side; all zero means that nothing moves. There is no turning and
no shearing, since crops and resized copies need none, and each further freedom lets different pictures fit better.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from datalint.relate.filters import Floats, gradient

Array: TypeAlias = "np.ndarray[Any, Any]"

REACH = 0.5
"""Farthest that each parameter of a motion may go."""

_DAMPING = 0.02  # of the mean diagonal of the normal equations, for pictures with edges in one direction only
_FLAT = 2.0  # grey levels added to a picture's spread, so that noise is not blown up to structure


def align(target: Floats, source: Floats, motion: Floats, steps: int) -> Floats:
    """Improve motions with which ``source`` is sampled to look like ``target``, both float32[n, channels, side, side].

    It converges from about an eighth of the side; a coarser picture converges from farther away, a finer one is more
    exact.
    """
    count, side = len(target), target.shape[-1]
    half, u = np.float32(side / 2), _positions(side)
    fixed = _standardised(target, np.ones((count, 1, side, side), np.float32))
    gx, gy = (part * half for part in gradient(fixed))
    steepest = np.stack([gx, gx * u, gy, gy * u[:, None]], axis=1).reshape(count, 4, -1)
    normal = steepest @ steepest.transpose(0, 2, 1)
    damping = _DAMPING * np.trace(normal, axis1=1, axis2=2) / 4 + 1e-3
    inverse = np.linalg.inv(normal + damping[:, None, None] * np.eye(4)).astype(np.float32)
    for _ in range(steps):
        moved, inside = warp(source, motion)
        error = (fixed * inside - _standardised(moved, inside)).reshape(count, -1, 1)
        motion = np.clip(motion + (inverse @ (steepest @ error))[..., 0], -REACH, REACH)
    return motion


def warp(image: Floats, motion: Floats) -> tuple[Floats, Floats]:
    """Sample pictures bilinearly; also say which pixels came from inside of them, float32[n, 1, side, side], 0 or 1."""
    side = image.shape[-1]
    centre, half, u = (side - 1) / 2, np.float32(side / 2), _positions(side)
    x = centre + half * (u + motion[:, 0:1] + motion[:, 1:2] * u)
    y = centre + half * (u + motion[:, 2:3] + motion[:, 3:4] * u)
    # Without turning, sampling is a product with one small matrix for the rows and one for the columns.
    rows, columns = _taps(y)[:, None], _taps(x).transpose(0, 2, 1)[:, None]
    sampled: Floats = np.matmul(rows @ image, columns, dtype=np.float32)
    inside = _within(y)[:, None, :, None] * _within(x)[:, None, None, :]
    return sampled, inside


def _positions(side: int) -> Floats:
    """Centres of the pixels in halves of the side, from nearly -1 to nearly 1."""
    positions: Floats = ((np.arange(side) - (side - 1) / 2) / (side / 2)).astype(np.float32)
    return positions


def _taps(at: Floats) -> Floats:
    side = at.shape[-1]
    taps: Floats = np.maximum(0, 1 - np.abs(np.clip(at, 0, side - 1)[:, :, None] - np.arange(side, dtype=np.float32)))
    return taps


def _within(at: Floats) -> Floats:
    within: Floats = ((at >= -0.5) & (at <= at.shape[-1] - 0.5)).astype(np.float32)
    return within


def _standardised(image: Floats, inside: Floats) -> Floats:
    """Take each channel's mean off, give all channels together the spread 1, and blank what is outside."""
    weight = inside.sum(axis=(2, 3), keepdims=True)
    centred = image - (image * inside).sum(axis=(2, 3), keepdims=True) / weight
    variance = (centred * centred * inside).sum(axis=(1, 2, 3), keepdims=True) / (weight * image.shape[1])
    standardised: Floats = centred / (np.sqrt(variance) + _FLAT) * inside
    return standardised
