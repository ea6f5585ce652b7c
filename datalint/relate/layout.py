"""Colour layout: a short vector that near-duplicates share even where crops and edits change their perceptual hashes.

It holds the lowest coefficients of a DCT-II of luma and, fewer of them, of two colour differences, as MPEG-7's colour
layout descriptor does (Kasutani and Yamada 2001). They are not quantised; higher frequencies, which are weaker in
photos, weigh a little more. Shifting a picture by a tenth of its side hardly moves it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

import numpy as np

from datalint.relate.filters import OPPONENTS, SIDE, Floats, Thumbnails

Array: TypeAlias = "np.ndarray[Any, Any]"

_LUMA_ORDER, _COLOUR_ORDER = 5, 3  # highest sum of vertical and horizontal frequency
_COLOUR_WEIGHT = 2.0
_EMPHASIS = 0.5  # exponent of the frequency
LAYOUT_LENGTH = 38
"""Numbers in a layout."""

_BATCH = 1024


def colour_layouts(thumbnails: Thumbnails, rows: Array) -> Floats:
    """Describe ``rows`` (int[k]) of thumbnails, uint8[n, 32, 32, 3]; returns unit vectors, float32[k, 38].

    The product of two is near 1 for near-duplicates; among 60,000 different photos an image's nearest other has about
    0.85. Brightness does not matter, nor contrast.
    """
    projection = _projection()
    layouts: Floats = np.empty((len(rows), projection.shape[1]), np.float32)
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        layouts[start : start + _BATCH] = thumbnails[part].reshape(len(part), -1).astype(np.float32) @ projection
    layouts /= np.linalg.norm(layouts, axis=1, keepdims=True).astype(np.float32) + np.float32(1e-6)
    return layouts


def low_frequencies(luma: Floats) -> Floats:
    """Return the 8 x 8 lowest coefficients of a DCT-II of luma, float32[n, 1, 32, 32]; float32[n, 8, 8]."""
    cosines = _cosines(8)
    low: Floats = np.matmul(cosines @ luma[:, 0], cosines.T, dtype=np.float32)
    return low


def _cosines(count: int) -> Floats:
    frequency, position = np.arange(count)[:, None], np.arange(SIDE)[None]
    cosines: Floats = np.cos(np.pi * frequency * (2 * position + 1) / (2 * SIDE)).astype(np.float32)
    return cosines


@cache
def _projection() -> Floats:
    """Weights from the bytes of a thumbnail to its layout, float32[3072, 38]."""
    cosines = _cosines(_LUMA_ORDER + 1).astype(np.float64)
    columns = []
    for channel, mixture in enumerate(OPPONENTS):
        order, weight = (_COLOUR_ORDER, _COLOUR_WEIGHT) if channel else (_LUMA_ORDER, 1.0)
        for v in range(order + 1):
            for u in range(order + 1 - v):
                if u or v:
                    scale = weight * (u * u + v * v) ** (_EMPHASIS / 2)
                    wave = np.multiply.outer(np.outer(cosines[v], cosines[u]), mixture)
                    norm = np.sqrt((2 if u else 1) * (2 if v else 1))
                    columns.append(scale * norm * wave.ravel())
    return np.stack(columns, axis=1).astype(np.float32)
