"""Statistics of a batch of images: light, contrast, sharpness and colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = np.ndarray[Any, Any]
_LEVELS = np.arange(256) / 255.0
_FAINT = 0.5  # squared grey levels: less edge energy than this is rounding


def light(views: Sequence[Array]) -> dict[str, Array]:
    """Return brightness, dark_level, bright_level, contrast and entropy of grey views, uint8[h, w] each."""
    counts = np.stack([np.bincount(view.ravel(), minlength=256) for view in views]).astype(np.float64)
    shares = counts / counts.sum(axis=1, keepdims=True)
    cumulative = shares.cumsum(axis=1)
    mean = shares @ _LEVELS
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = np.where(shares > 0, -shares * np.log2(shares), 0.0)
    return {
        "brightness": mean,
        "dark_level": _LEVELS[(cumulative < 0.05).sum(axis=1).clip(max=255)],
        "bright_level": _LEVELS[(cumulative < 0.95).sum(axis=1).clip(max=255)],
        "contrast": np.sqrt(np.maximum(shares @ _LEVELS**2 - mean**2, 0)),
        "entropy": bits.sum(axis=1),
    }


def sharpness(views: Sequence[Array]) -> np.ma.MaskedArray[Any, Any]:
    """Return how sharp the edges of grey views are, 0 to 1, masked where there are none.

    With E(d) the mean squared difference of pixels at distance d, a step edge has E(2) / E(1) = 2, a ramp 4
    and noise 1, whatever its contrast; sharpness is (4 - E(2) / E(1)) / 2, limited to 0 and 1.
    """
    values = np.zeros(len(views))
    masked = np.ones(len(views), bool)
    by_shape: dict[tuple[int, ...], list[int]] = {}
    for number, view in enumerate(views):
        if min(view.shape) > 2:
            by_shape.setdefault(view.shape, []).append(number)
    for numbers in by_shape.values():
        stack = np.stack([views[number] for number in numbers]).astype(np.int16)
        near, far = (_energy(stack, distance) for distance in (1, 2))
        edges = near > _FAINT
        ratio = np.divide(far, near, out=np.full(len(near), 4.0), where=edges)
        values[numbers] = np.clip((4 - ratio) / 2, 0, 1)
        masked[numbers] = ~edges
    return np.ma.masked_array(values, masked)


def _energy(stack: Array, distance: int) -> Array:
    down = stack[:, distance:] - stack[:, :-distance]
    across = stack[:, :, distance:] - stack[:, :, :-distance]
    return sum(
        np.einsum("nij,nij->n", part, part, dtype=np.int64) / part[0].size for part in (down, across)
    )  # type: ignore[return-value]


def colour(thumbnails: Array) -> dict[str, Array]:
    """Return saturation and chroma_range of uint8[n, 32, 32, 3] thumbnails."""
    top = thumbnails.max(axis=3).astype(np.int16)
    spread = top - thumbnails.min(axis=3)
    return {
        "saturation": (spread / np.maximum(top, 1)).mean(axis=(1, 2)),
        "chroma_range": spread.max(axis=(1, 2)).astype(np.uint8),
    }
