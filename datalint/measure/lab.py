"""Colours as people see their differences: CIELAB (CIE 1976), and the temperature of light."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = "np.ndarray[Any, Any]"
Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"

# IEC 61966-2-1: linear sRGB to XYZ, white D65.
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = _XYZ.sum(axis=1)
_EPSILON = (6 / 29) ** 3
WARMEST, COOLEST = 1_500.0, 25_000.0
"""Kelvin, beyond which a colour is not that of a lamp or of the sky."""


def lab(rgb: Array) -> Floats:
    """Turn sRGB of 0 to 255, [n, 3], into lightness (0 to 100), a (green to red), b (blue to yellow): float64[n, 3]."""
    x, y, z = _root(_linear(rgb) @ _XYZ.T / _WHITE).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def temperature(rgb: Array) -> Floats:
    """Return the correlated colour temperature of sRGB colours of 0 to 255, [n, 3]: kelvin, float64[n].

    McCamy 1992, *Correlated color temperature as an explicit function of chromaticity coordinates*; kept within 1,500
    and 25,000. Black counts as white.
    """
    xyz = _linear(rgb) @ _XYZ.T + 1e-6 * _WHITE
    total = xyz.sum(axis=1)
    x, y = xyz[:, 0] / total, xyz[:, 1] / total
    n = (x - 0.3320) / np.minimum(0.1858 - y, -1e-6)
    kelvin: Floats = np.clip(((449 * n + 3525) * n + 6823.3) * n + 5520.33, WARMEST, COOLEST)
    return kelvin


def _linear(rgb: Array) -> Floats:
    share = np.asarray(rgb, np.float64) / 255
    linear: Floats = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear


def _root(value: Floats) -> Floats:
    root: Floats = np.where(value > _EPSILON, np.cbrt(value), value / (3 * (6 / 29) ** 2) + 4 / 29)
    return root
