"""The eight ways to lay a square on itself: mirrored, turned by quarters, or both."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = "np.ndarray[Any, Any]"

TRANSFORMS = (
    "",
    "mirrored",
    "mirrored upside down",
    "half-turned",
    "mirrored along a diagonal",
    "quarter-turned",
    "quarter-turned",
    "mirrored along a diagonal",
)
"""Names by number: bit 4 transposes, then bit 1 mirrors left to right and bit 2 top to bottom."""

INVERSE = (0, 1, 2, 3, 4, 6, 5, 7)
"""The transform that undoes each."""

SEARCHED = (1, 2, 3, 4, 5, 7)
"""Transforms with which every mirrored or turned pair of one set is met at least from one of its sides."""


def transformed(pictures: Array, transform: Array) -> Array:
    """Transform pictures, any[n, side, side, ...], each by its number (int[n])."""
    if not np.any(transform):
        return pictures
    result = pictures.copy()
    for number in np.unique(transform[transform > 0]).tolist():
        chosen = transform == number
        result[chosen] = _one(pictures[chosen], number)
    return result


def _one(pictures: Array, number: int) -> Array:
    if number & 4:
        pictures = pictures.swapaxes(1, 2)
    if number & 1:
        pictures = pictures[:, :, ::-1]
    if number & 2:
        pictures = pictures[:, ::-1]
    return pictures


def transformed_hashes(coefficients: Array, number: int) -> Array:
    """Return the perceptual hashes that transformed pictures have; uint64[n].

    ``coefficients`` is float[n, 8, 8], the lowest coefficients of a DCT-II, vertical frequency first. Mirroring negates
    the odd ones, transposing transposes them.
    """
    low = coefficients.swapaxes(1, 2) if number & 4 else coefficients
    odd = np.where(np.arange(low.shape[1]) % 2, -1, 1)
    if number & 1:
        low = low * odd
    if number & 2:
        low = low * odd[:, None]
    low = low.reshape(len(low), -1)
    bits = low > np.median(low, axis=1, keepdims=True)
    return np.packbits(bits, axis=1).view(">u8")[:, 0].astype(np.uint64)
