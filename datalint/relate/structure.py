"""Do two thumbnails show the same picture? Perceptual hashes propose a pair, this verifies it.

Two products on a white ground share an outline, and with it most of their gradient energy. So gradients are compressed:
an outline counts little more than the texture inside it. Copies that were cropped or stretched a little are first laid
over one another; without that, a displacement of one thumbnail pixel hides the texture that they share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.float32]]"
Array: TypeAlias = "np.ndarray[Any, Any]"

SIDE = 32
MIN_ENERGY = 2.0
"""Root mean square gradient, grey levels per thumbnail pixel, under which there is no structure to verify."""

_BATCH = 256  # thumbnails at a time: a batch stays in the processor's cache
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601, as in Pillow's mode L
_COMPRESSION = np.float32(8.0)  # grey levels per pixel, beyond which a steeper gradient hardly counts more
_STEPS = 3  # of alignment; more change nothing
_REACH = 2.0  # thumbnail pixels that each parameter of the alignment may move the border by
_SURE, _HOPELESS = 0.97, 0.4  # similarity before alignment that needs none, or that none can mend

_y, _x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
_v, _u = (_y - (SIDE - 1) / 2) / (SIDE / 2), (_x - (SIDE - 1) / 2) / (SIDE / 2)


def has_structure(thumbnails: Array, rows: Array) -> Array:
    """Tell for ``rows`` (int[k]) of the thumbnails (uint8[n, 32, 32, 3]) whether there is anything to verify; bool[k].

    Blank, flat images look alike whatever they show, so no pair of them is ever the same.
    """
    energy = np.empty(len(rows), np.float32)
    for part in _batches(len(rows)):
        gradient = _gradient(_luma(thumbnails[rows[part]]))
        energy[part] = np.sqrt(2 * np.mean(gradient * gradient, axis=(1, 2, 3)))
    return energy >= MIN_ENERGY


def similarity(thumbnails: Array, first: Array, second: Array) -> Floats:
    """Correlate the structure of pairs of thumbnails after aligning the second image to the first.

    ``thumbnails`` is uint8[n, 32, 32, 3]; ``first`` and ``second`` are int[k], rows of it. Returns float32[k], 0
    (nothing in common) to 1: the correlation of compressed luma gradients, indifferent to brightness, nearly so to
    contrast.
    """
    result = np.zeros(len(first), np.float32)
    for part in _batches(len(first)):
        a, b = _luma(thumbnails[first[part]]), _luma(thumbnails[second[part]])
        structure = _compressed(a)
        found = _correlation(structure, _compressed(b))
        open_ = np.flatnonzero((found < _SURE) & (found > _HOPELESS))
        if len(open_):
            warped, inside = _aligned(a[open_], b[open_])
            mask = inside[:, None]
            found[open_] = np.maximum(found[open_], _correlation(structure[open_] * mask, _compressed(warped) * mask))
        result[part] = found
    return np.clip(result, 0, 1).round(4)


def _batches(count: int) -> Iterator[slice]:
    return (slice(start, min(start + _BATCH, count)) for start in range(0, count, _BATCH))


def _luma(rgb: Array) -> Floats:
    luma: Floats = rgb.astype(np.float32) @ _LUMA
    return luma


def _smooth(image: Floats) -> Floats:
    """Binomial filter, 3 x 3."""
    p = np.pad(image, ((0, 0), (1, 1), (1, 1)), mode="edge")
    p = p[:, :-2] + 2 * p[:, 1:-1] + p[:, 2:]
    smooth: Floats = (p[:, :, :-2] + 2 * p[:, :, 1:-1] + p[:, :, 2:]) * np.float32(1 / 16)
    return smooth


def _gradient(image: Floats) -> Floats:
    """Sobel gradient, units of the image per pixel; float32[n, 2, 32, 32] (x, y)."""
    p = np.pad(image, ((0, 0), (1, 1), (1, 1)), mode="edge")
    dx, dy = p[:, :, 2:] - p[:, :, :-2], p[:, 2:] - p[:, :-2]
    gx = dx[:, :-2] + 2 * dx[:, 1:-1] + dx[:, 2:]
    gy = dy[:, :, :-2] + 2 * dy[:, :, 1:-1] + dy[:, :, 2:]
    gradient: Floats = np.stack([gx, gy], axis=1) * np.float32(1 / 8)
    return gradient


def _compressed(image: Floats) -> Floats:
    gradient = _gradient(image)
    square = gradient[:, :1] ** 2 + gradient[:, 1:] ** 2
    compressed: Floats = gradient / np.sqrt(square + _COMPRESSION**2)
    return compressed


def _correlation(a: Floats, b: Floats) -> Floats:
    a, b = a.reshape(len(a), -1), b.reshape(len(b), -1)
    norm = np.sqrt(np.einsum("nk,nk->n", a, a) * np.einsum("nk,nk->n", b, b) + np.float32(1e-9))
    correlation: Floats = np.einsum("nk,nk->n", a, b) / norm
    return correlation


def _standardised(image: Floats) -> Floats:
    centred = image - image.mean(axis=(1, 2), keepdims=True)
    standardised: Floats = centred / (np.sqrt(np.mean(centred * centred, axis=(1, 2), keepdims=True)) + 2)
    return standardised


def _aligned(a: Floats, b: Floats) -> tuple[Floats, Array]:
    """Warp ``b`` onto ``a`` by a small affine motion; also say which pixels came from inside ``b``.

    Gauss-Newton steps on the luma differences (Lucas and Kanade 1981), with the gradients of ``a`` throughout (Hager
    and Belhumeur 1998), so that the normal equations are set up once.
    """
    target, source = _standardised(_smooth(a)), _smooth(b)
    gx, gy = np.moveaxis(_gradient(target), 1, 0)
    steepest = np.stack([gx, gx * _u, gx * _v, gy, gy * _u, gy * _v], axis=1).reshape(len(a), 6, -1)
    normal = steepest @ steepest.transpose(0, 2, 1)
    damping = 0.02 * np.trace(normal, axis1=1, axis2=2) / 6 + 1e-3
    inverse = np.linalg.inv(normal + damping[:, None, None] * np.eye(6)).astype(np.float32)
    motion = np.zeros((len(a), 6), np.float32)
    for _ in range(_STEPS):
        warped, inside = _warp(source, motion)
        error = ((target - _standardised(warped)) * inside).reshape(len(a), -1, 1)
        motion = np.clip(motion + (inverse @ (steepest @ error))[..., 0], -_REACH, _REACH)
    return _warp(b, motion)


def _warp(image: Floats, motion: Floats) -> tuple[Floats, Array]:
    """Sample images bilinearly at (x + m0 + m1 u + m2 v, y + m3 + m4 u + m5 v), where u and v run from -1 to 1."""
    m = motion[:, :, None, None]
    x = _x + m[:, 0] + m[:, 1] * _u + m[:, 2] * _v
    y = _y + m[:, 3] + m[:, 4] * _u + m[:, 5] * _v
    inside = (x >= 0) & (x <= SIDE - 1) & (y >= 0) & (y <= SIDE - 1)
    x, y = np.clip(x, 0, SIDE - 1.001), np.clip(y, 0, SIDE - 1.001)
    left, top = np.floor(x), np.floor(y)
    fx, fy = x - left, y - top
    at = (top * SIDE + left).astype(np.int64) + (np.arange(len(image)) * SIDE * SIDE)[:, None, None]
    flat = image.ravel()
    upper_left, upper_right = flat.take(at), flat[1:].take(at)
    lower_left, lower_right = flat[SIDE:].take(at), flat[SIDE + 1 :].take(at)
    upper = upper_left + fx * (upper_right - upper_left)
    lower = lower_left + fx * (lower_right - lower_left)
    return upper + fy * (lower - upper), inside
