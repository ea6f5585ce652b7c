"""Which way the structure of an image runs, and how coarse it is."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from datalint.measure.parts import in_parts

Array: TypeAlias = "np.ndarray[Any, Any]"

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_FLAT = 1.0  # mean squared gradient, grey levels, under which there is no structure


def structure(rgb: Array) -> dict[str, Array]:
    """Describe the structure of thumbnails, uint8[n, 32, 32, 3]; float32[n] each, masked where they are flat.

    ``direction``: of the dominant edges, degrees, 0 (they run across) to 180, counter-clockwise. ``coherence``: how
    much they dominate, 0 (edges in all directions alike) to 1 (in one). Both are of the structure tensor of luma (Bigun
    and Granlund 1987), summed over the image. ``grain``: how coarse the structure is, the standard deviation of luma by
    its root mean square gradient, as a share of the image's side.
    """
    columns = in_parts(_described, rgb)
    flat = columns.pop("energy") < _FLAT
    return {name: np.ma.masked_array(values.astype(np.float32), flat) for name, values in columns.items()}


def _described(rgb: Array) -> dict[str, Array]:
    luma = rgb @ _LUMA
    across = (luma[:, 1:-1, 2:] - luma[:, 1:-1, :-2]) / 2
    down = (luma[:, 2:, 1:-1] - luma[:, :-2, 1:-1]) / 2
    xx, yy, xy = (np.einsum("nij,nij->n", a, b) for a, b in ((across, across), (down, down), (across, down)))
    energy = xx + yy
    # The gradient is perpendicular to the edge, and rows count downward.
    direction = (np.degrees(np.arctan2(-2 * xy, xx - yy)) / 2 + 90) % 180
    mean = luma.mean(axis=(1, 2), keepdims=True)
    spread = luma - mean
    slope = energy / across[0].size if len(rgb) else energy
    deviation = np.sqrt(np.einsum("nij,nij->n", spread, spread) / luma[0].size) if len(rgb) else energy
    return {
        "direction": direction,
        "coherence": np.hypot(xx - yy, 2 * xy) / np.maximum(energy, 1e-6),
        "grain": deviation / np.sqrt(np.maximum(slope, 1e-6)) / luma.shape[1],
        "energy": slope,
    }
