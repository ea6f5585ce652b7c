"""How sharp the edges of an image are, whatever their contrast and whatever its resolution."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = "np.ndarray[Any, Any]"

_SCALE = 64  # the unit of distance is this fraction of the shorter side, where that has so many pixels
_DISTANCES = (1, 2, 4)
# A direction with less than this share of the squared differences has no edges of its own.
_LEAST_SHARE = 0.02
# Below a mean squared difference of neighbours of this much, there is nothing but rounding (grey levels, squared).
_NO_EDGES = 1e-3
_CHUNK_PIXELS = 1 << 17  # what stays in the cache


def sharpness(grey: Array) -> Array:
    """Measure the edges of grey images, uint8[n, height, width]; float32[n], NaN where there are none.

    E(d) is the mean squared difference of pixels at distance d (the structure function, or variogram). At a step it
    grows as d, on a ramp as d squared, so (4 - E(2d) / E(d)) / 2 is 1 for steps and 0 for what is blurred over more
    than 2d. d is 1/64 of the shorter side, at least a pixel: blur counts relative to the picture. Of the two
    directions the less sharp counts, since camera motion blurs only one.
    """
    count, height, width = grey.shape
    energy = np.zeros((count, 2, len(_DISTANCES)))
    step = max(1, _CHUNK_PIXELS // (height * width))
    thin = 2 if min(height, width) >= _SCALE else 1  # of many rows and columns, every second is enough
    for start in range(0, count, step):
        part = slice(start, start + step)
        across, down = grey[part, ::thin].astype(np.float32), grey[part, :, ::thin].astype(np.float32)
        for column, distance in enumerate(_DISTANCES):
            energy[part, 0, column] = _energy(across[:, :, distance:], across[:, :, :-distance])
            energy[part, 1, column] = _energy(down[:, distance:], down[:, :-distance])

    octaves = np.clip(np.log2(min(height, width) / _SCALE), 0, 1)
    near, middle, far = (np.log2(np.maximum(energy[:, :, column], 1e-12)) for column in range(3))
    growth = (middle + octaves * (far - middle)) - (near + octaves * (middle - near))
    value = np.clip((4 - 2**growth) / 2, 0, 1)
    total = energy[:, :, 0].sum(axis=1, keepdims=True)
    value[(energy[:, :, 0] < _LEAST_SHARE * total) | (energy.min(axis=2) <= 0)] = np.inf
    least = value.min(axis=1)
    return np.where((total[:, 0] < _NO_EDGES) | np.isinf(least), np.nan, least).astype(np.float32)


def _energy(one: Array, other: Array) -> Array:
    """Return the mean squared difference of each image, float64[n]; 0 where the image is too small for the distance."""
    difference = one - other
    if not difference.size:
        return np.zeros(len(difference))
    mean: Array = np.einsum("nyx,nyx->n", difference, difference) / difference[0].size
    return mean
