"""Perceptual hashes of a whole batch, with the very bits of ``imagehash.phash``."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = "np.ndarray[Any, Any]"

_SIDE = 32
_LOW = 8
_LUMA = np.array([19595, 38470, 7471], np.float32)  # of 2^16

# Matrix products and SciPy's transform differ in their last bits, about 1e-9 of coefficients up to 1e6. A coefficient
# as near to the median as this may fall on either side of it.
_TOLERANCE = 1e-5


def luma(rgb: Array) -> Array:
    """Convert RGB (uint8[..., 3]) to luma (uint8[...]) with the weights and the rounding of Pillow's mode L."""
    # All sums are integers below 2^24, which float32 holds exactly.
    weighted = rgb.reshape(-1, 3).astype(np.float32) @ _LUMA
    return ((weighted + 0x8000) * np.float32(2**-16)).astype(np.uint8).reshape(rgb.shape[:-1])


def perceptual_hashes(rgb: Array) -> Array:
    """Hash thumbnails, uint8[n, 32, 32, 3]; returns uint64[n].

    The bits are those of ``imagehash.phash(thumbnail).hash``, row by row, the first the most significant: whether each
    of the 8 x 8 lowest DCT-II coefficients of luma exceeds their median.
    """
    grey = luma(rgb)
    frequency, position = np.arange(_LOW)[:, None], np.arange(_SIDE)[None]
    dct = 2 * np.cos(np.pi * frequency * (2 * position + 1) / (2 * _SIDE))
    low = (dct @ grey.astype(np.float64) @ dct.T).reshape(len(grey), _LOW * _LOW)
    median = np.median(low, axis=1, keepdims=True)
    hashes = np.packbits(low > median, axis=1).view(">u8")[:, 0].astype(np.uint64)

    for row in np.flatnonzero(np.any(np.abs(low - median) < _TOLERANCE, axis=1)):
        hashes[row] = _reference_hash(rgb[row])
    return hashes


def _reference_hash(rgb: Array) -> int:
    import imagehash
    from PIL import Image

    bits = imagehash.phash(Image.fromarray(rgb)).hash
    return int.from_bytes(np.packbits(bits).tobytes(), "big")
