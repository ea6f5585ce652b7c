"""What stands out from a plain background: how much, how light, which colour, where, how large and how thick.

The background is a smooth surface, a polynomial of second order in each channel, fitted to the rim of a thumbnail:
plain walls and sheets are lit unevenly, and lenses darken the corners. Two fits are tried, from the rim that is like
the corners and from the whole rim; that with more of the rim on it counts. What is off it is the foreground. Where the
rim is not plain, or nothing or nearly everything stands out, nothing is measured.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from datalint.measure.lab import lab
from datalint.measure.parts import in_parts

Array: TypeAlias = "np.ndarray[Any, Any]"
Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"

_SIDE = 32
_RIM_SIDE, _RIM = 16, 2  # the rim is looked at at half the size
_LIKE_CORNERS = 36.0  # grey levels from the corners' middle within which the rim is like them
_ON = 12.0  # grey levels from the fit within which a pixel is on it
_SURE = 0.9  # of the rim on the first fit, so that no other is tried
_LEAST_TOLERANCE, _MOST_TOLERANCE = 18.0, 48.0
_ROUGHEST = 8.0  # mean grey levels that a plain background is off its fit
_STEEPEST = 100.0  # grey levels from side to side, beyond which it is sky and ground, not one wall
_LEAST_GROUND = 0.3  # of the rim
_LEAST_CORNERS = 3
_LEAST, _MOST = 0.015, 0.85  # of the image
_FAINTEST = 30.0  # grey levels, in one channel: of what differs less, parts are lost
_SPECKS = 0.06  # thickness, as a share of the side, under which it is texture and no object
_LUMA = np.array([0.299, 0.587, 0.114], np.float32) / 255
_PERIMETER = 4 / np.pi
"""Pixel edges around a shape for one of its perimeter, on average over directions (Crofton)."""


def foreground(rgb: Array) -> dict[str, Array]:
    """Describe what stands out in thumbnails, uint8[n, 32, 32, 3]; float32[n] each, masked where nothing is told apart.

    ``foreground``: its share of the image, 0 to 1. ``polarity``: its mean luma less that of the background, -1 to 1.
    ``centre_x``, ``centre_y``: its middle, shares of the width and height from that of the image, -0.5 to 0.5, positive
    to the right and down. ``extent``: its size, the side of a square with the same second moments, 0 to 1.2 of the
    image's side. ``tilt``: of its long axis, degrees, 0 (lying) to 180, counter-clockwise. ``elongation``: 0 (round) to
    1 (a line). ``stroke``: its thickness, twice the area by the perimeter, as a share of the side. ``foreground_l``,
    ``foreground_a``, ``foreground_b``: its mean colour in CIELAB (D65).
    """
    columns = in_parts(_described, rgb)
    hidden = ~columns.pop("told")
    return {name: np.ma.masked_array(values.astype(np.float32), hidden) for name, values in columns.items()}


class _Ground(NamedTuple):
    """The background of n images."""

    surface: Floats
    """float32[3, n, 6]: the coefficients."""
    on: Floats
    """float32[n, rim]: 1 where the rim is on it, else 0."""
    roughness: Floats
    """float32[n]: mean distance of that from it, grey levels."""


def _basis(side: int) -> Floats:
    """Return 1, x, y, x², y², xy at the pixels, from -0.5 to 0.5; float32[side * side, 6]."""
    place = ((np.arange(side) + 0.5) / side - 0.5).astype(np.float32)
    y, x = np.meshgrid(place, place, indexing="ij")
    return np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=-1).reshape(-1, 6)


def _rim() -> Array:
    rim = np.ones((_RIM_SIDE, _RIM_SIDE), bool)
    rim[_RIM:-_RIM, _RIM:-_RIM] = False
    return np.flatnonzero(rim)


def _corners(rim: Array) -> Floats:
    """Return what averages each of the four corners; float32[rim, 4]."""
    rows, columns = np.divmod(rim, _RIM_SIDE)
    last = _RIM_SIDE - _RIM
    inside = [(a, b) for a in (rows < _RIM, rows >= last) for b in (columns < _RIM, columns >= last)]
    return np.stack([(a & b) / _RIM**2 for a, b in inside], axis=1).astype(np.float32)


_BASIS = _basis(_SIDE)
_RIM_PIXELS = _rim()
_RIM_BASIS = np.ascontiguousarray(_basis(_RIM_SIDE)[_RIM_PIXELS])
_RIM_PRODUCTS = np.einsum("pi,pj->pij", _RIM_BASIS, _RIM_BASIS).reshape(-1, 36)
_RIM_CORNERS = _corners(_RIM_PIXELS)
_RIDGE = np.diag(np.array([0.01, 0.1, 0.1, 0.1, 0.1, 0.1], np.float32))  # some rims say nothing of some terms


def _described(rgb: Array) -> dict[str, Array]:
    count = len(rgb)
    planes = np.ascontiguousarray(rgb.reshape(count, _SIDE**2, 3).transpose(2, 0, 1)).astype(np.float32)
    ground = _ground(planes)
    tolerance = np.clip(5 * ground.roughness, _LEAST_TOLERANCE, _MOST_TOLERANCE)
    distance = planes - ground.surface @ _BASIS.T
    np.abs(distance, out=distance)
    off = np.maximum(np.maximum(distance[0], distance[1]), distance[2]) > tolerance[:, None]
    mask = off.astype(np.float32)
    moments = mask @ _BASIS
    pixels = np.maximum(moments[:, 0], 1)
    share = moments[:, 0] / _SIDE**2
    x, y = moments[:, 1] / pixels, moments[:, 2] / pixels
    across, down = moments[:, 3] / pixels - x * x, moments[:, 4] / pixels - y * y
    both = moments[:, 5] / pixels - x * y
    variance = across + down
    stroke = 2 * moments[:, 0] / np.maximum(_edges(off.reshape(count, _SIDE, _SIDE)), 1) * _PERIMETER / _SIDE
    sums = np.einsum("np,cnp->nc", mask, planes)
    inside = sums / pixels[:, None]
    outside = (planes.sum(axis=2).T - sums) / np.maximum(_SIDE**2 - moments[:, 0], 1)[:, None]
    lightness, a, b = lab(inside).T
    plain = ground.roughness < _ROUGHEST
    plain &= np.abs(ground.surface[:, :, 1:3]).max(axis=(0, 2)) <= _STEEPEST
    plain &= ground.on.mean(axis=1) > _LEAST_GROUND
    plain &= np.sum(ground.on @ _RIM_CORNERS >= 0.5, axis=1) >= _LEAST_CORNERS
    clear = np.abs(inside - outside).max(axis=1) >= _FAINTEST
    return {
        "told": plain & clear & (share > _LEAST) & (share < _MOST) & (stroke > _SPECKS),
        "foreground": share,
        "polarity": (inside - outside) @ _LUMA,
        "centre_x": x,
        "centre_y": y,
        "tilt": np.degrees(np.arctan2(-2 * both, across - down)) / 2 % 180,  # rows count downward
        "elongation": np.hypot(across - down, 2 * both) / np.maximum(variance, 1e-9),
        "extent": np.sqrt(np.maximum(6 * variance, 0)),  # a square of side a has variances of a² / 12
        "stroke": stroke,
        "foreground_l": lightness,
        "foreground_a": a,
        "foreground_b": b,
    }


def _ground(planes: Floats) -> _Ground:
    """Fit the background of images, float32[3, n, 32 * 32]."""
    count = planes.shape[1]
    pairs = planes.reshape(3, count, _RIM_SIDE, 2, _RIM_SIDE, 2)
    halved = (pairs[:, :, :, 0, :, 0] + pairs[:, :, :, 0, :, 1] + pairs[:, :, :, 1, :, 0] + pairs[:, :, :, 1, :, 1]) / 4
    rim = halved.reshape(3, count, _RIM_SIDE**2)[:, :, _RIM_PIXELS]
    ordered = np.sort(rim @ _RIM_CORNERS, axis=2)
    middle = (ordered[..., 1] + ordered[..., 2]) / 2
    like_corners = np.abs(rim - middle[..., None]).max(axis=0) <= _LIKE_CORNERS
    surface, reach, roughness = _fitted(rim, like_corners, middle)
    doubtful = np.flatnonzero(reach < _SURE * len(_RIM_PIXELS))
    if len(doubtful):
        whole = np.ones((len(doubtful), len(_RIM_PIXELS)), bool)
        other, its_reach, its_roughness = _fitted(rim[:, doubtful], whole, middle[:, doubtful])
        better = its_reach > reach[doubtful]
        surface[:, doubtful[better]], roughness[doubtful[better]] = other[:, better], its_roughness[better]
    distance = _distance(rim, surface)
    on = (distance <= np.maximum(2 * roughness, _ON)[:, None]).astype(np.float32)
    return _Ground(surface, on, _mean(distance, on))


def _fitted(rim: Floats, on: Array, middle: Floats) -> tuple[Floats, Array, Floats]:
    """Fit surfaces to what is ``on`` them, twice; also return the size of the rim on each, and the roughness."""
    weight = on.astype(np.float32)
    for _ in range(2):
        normal = (weight @ _RIM_PRODUCTS).reshape(-1, 6, 6) + _RIDGE
        right = (rim * weight) @ _RIM_BASIS
        right[..., 0] += _RIDGE[0, 0] * middle
        surface = np.linalg.solve(normal, right.transpose(1, 2, 0)).transpose(2, 0, 1)
        distance = _distance(rim, surface)
        roughness = _mean(distance, weight)
        weight = (distance <= np.maximum(2 * roughness, _ON)[:, None]).astype(np.float32)
    return surface, np.count_nonzero(distance <= _ON, axis=1), roughness


def _distance(rim: Floats, surface: Floats) -> Floats:
    """Return how far the rim is from the surface in the channel where it is farthest; float32[n, rim]."""
    farthest: Floats = np.abs(rim - surface @ _RIM_BASIS.T).max(axis=0)
    return farthest


def _mean(values: Floats, weight: Floats) -> Floats:
    mean: Floats = np.einsum("np,np->n", values, weight) / np.maximum(weight.sum(axis=1), 1)
    return mean


def _edges(mask: Array) -> Array:
    """Count the neighbouring pixels of which one is in the mask; int[n]."""
    across: Array = np.count_nonzero(mask[:, :, 1:] != mask[:, :, :-1], axis=(1, 2))
    down: Array = np.count_nonzero(mask[:, 1:] != mask[:, :-1], axis=(1, 2))
    return across + down
