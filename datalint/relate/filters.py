"""Pictures as arrays of float32, shape (n, channels, side, side): conversion, smoothing, gradients, correlation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.float32]]"
Array: TypeAlias = "np.ndarray[Any, Any]"

SIDE = 32
"""Pixels of a thumbnail's side."""

_BATCH = 128  # thumbnails at a time: a batch stays in the processor's cache

OPPONENTS = np.array([[0.299, 0.587, 0.114], [1, -1, 0], [-0.5, -0.5, 1]])
"""What luma (ITU-R BT.601, as in Pillow's mode L), red against green and blue against yellow take of RGB, by row."""

_LUMA = OPPONENTS[0].astype(np.float32)


class Thumbnails(Protocol):
    """uint8[n, 32, 32, 3], RGB: an array, or what is read from a file where it is indexed."""

    def __len__(self) -> int: ...
    def __getitem__(self, rows: Any, /) -> Array: ...


def batches(count: int, size: int = _BATCH) -> Iterator[slice]:
    return (slice(start, min(start + size, count)) for start in range(0, count, size))


def channels(rgb: Array) -> Floats:
    """Convert thumbnails, uint8[n, side, side, 3], to float32[n, 3, side, side]."""
    return np.ascontiguousarray(rgb.transpose(0, 3, 1, 2)).astype(np.float32)


def luma(rgb: Array) -> Floats:
    """Convert thumbnails, uint8[n, side, side, 3], to luma, float32[n, 1, side, side]."""
    grey: Floats = rgb.astype(np.float32) @ _LUMA
    return grey[:, None]


def halved(image: Floats) -> Floats:
    """Average squares of 2 x 2 pixels."""
    half: Floats = image[..., ::2, ::2] + image[..., 1::2, ::2] + image[..., ::2, 1::2] + image[..., 1::2, 1::2]
    return half * np.float32(0.25)


def smooth(image: Floats) -> Floats:
    """Binomial filter, 3 x 3."""
    p = _framed(image)
    p = p[..., :-2, :] + 2 * p[..., 1:-1, :] + p[..., 2:, :]
    smoothed: Floats = (p[..., :-2] + 2 * p[..., 1:-1] + p[..., 2:]) * np.float32(1 / 16)
    return smoothed


def gradient(image: Floats) -> tuple[Floats, Floats]:
    """Sobel gradient in x and in y, units of the image per pixel."""
    p = _framed(image)
    dx, dy = p[..., 2:] - p[..., :-2], p[..., 2:, :] - p[..., :-2, :]
    gx: Floats = (dx[..., :-2, :] + 2 * dx[..., 1:-1, :] + dx[..., 2:, :]) * np.float32(1 / 8)
    gy: Floats = (dy[..., :-2] + 2 * dy[..., 1:-1] + dy[..., 2:]) * np.float32(1 / 8)
    return gx, gy


def correlation(a: Floats, b: Floats) -> Floats:
    """Correlate pairs of arrays without taking their means off; float32[n], -1 to 1."""
    a, b = a.reshape(len(a), -1), b.reshape(len(b), -1)
    norm = np.sqrt(np.einsum("nk,nk->n", a, a) * np.einsum("nk,nk->n", b, b) + np.float32(1e-9))
    result: Floats = np.einsum("nk,nk->n", a, b) / norm
    return result


def _framed(image: Floats) -> Floats:
    return np.pad(image, [(0, 0)] * (image.ndim - 2) + [(1, 1), (1, 1)], mode="edge")
