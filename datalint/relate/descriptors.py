"""What stored thumbnails say of an image's content: directions of its edges by place, and its colours by place.

Histograms of oriented gradients as published (Dalal and Triggs 2005), of 32 x 32 pixels: cells of 4 pixels with twelve
directions and with six where opposite ones count as one, cells of 8 with these six, each brought to the contrast of its
neighbourhood; and the mean colour of cells of 8.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from datalint.relate.filters import OPPONENTS, SIDE, gradient, halved, luma
from datalint.relate.threads import in_threads

if TYPE_CHECKING:
    from datalint.relate.filters import Floats, Thumbnails

    Array: TypeAlias = "np.ndarray[Any, Any]"

_CELL, _DIRECTIONS = 4, 12
_CELLS = np.repeat(np.eye(SIDE // _CELL, dtype=np.float32), _CELL, axis=0)
"""Sums the pixels of rows by cells."""
_FLAT = 40.0
"""Sum of gradients in a block of 2 x 2 cells below which contrast is not raised to that of others."""
_CLIP = 0.3
_BATCH = 512
_LEARNED = 4000
"""Images of which the principal components are taken."""
DIMENSIONS = 200
_SMALLEST = float(np.finfo(np.float32).tiny)


def described(thumbnails: Thumbnails, rows: Array, seed: int) -> Floats:
    """Return the descriptors of thumbnails (``rows``: int64[n]) by their principal components, float32[n, d]."""
    some = np.sort(np.random.default_rng(seed).permutation(len(rows))[:_LEARNED])
    parts = [_blocks(thumbnails[rows[some[start : start + _BATCH]]]) for start in range(0, len(some), _BATCH)]
    blocks = [np.concatenate(block) for block in zip(*parts, strict=True)]
    # Each kind of descriptor counts alike, however many numbers it has.
    scales = np.concatenate([np.full(block.shape[1], 1 / max(1e-6, _spread(block)), np.float32) for block in blocks])
    scaled = np.concatenate(blocks, axis=1) * scales
    mean = scaled.mean(0)
    axes = principal_axes(scaled - mean, DIMENSIONS)
    project = partial(_projected, thumbnails, axes * scales[:, None], mean @ axes)
    return np.concatenate(list(in_threads(project, (rows[at : at + _BATCH] for at in range(0, len(rows), _BATCH)))))


def principal_components(features: Floats, seed: int) -> Floats:
    """Return features (float32[n, f]) by their principal components, float32[n, d]; the largest number becomes 1."""
    features = features / max(float(np.abs(features).max()), _SMALLEST)  # squares are to be neither 0 nor infinite
    some = features[np.random.default_rng(seed).permutation(len(features))[:_LEARNED]]
    mean = some.mean(0)
    components: Floats = ((features - mean) @ principal_axes(some - mean, DIMENSIONS)).astype(np.float32)
    return components


def principal_axes(centred: Floats, most: int) -> Floats:
    """Return the axes of largest variance, float32[f, d], ``most`` at the most; none of no variance."""
    from scipy.linalg import eigh
    from threadpoolctl import threadpool_limits

    wide = centred.shape[1] > len(centred)  # products of rows have the same variances, and are fewer
    size = min(centred.shape)
    with threadpool_limits(1, "blas"):
        products = ((centred @ centred.T) if wide else (centred.T @ centred)).astype(np.float32)
        variances, axes = eigh(products, subset_by_index=[max(0, size - most), size - 1], check_finite=False)
        kept = variances > 1e-6 * max(float(variances[-1]), 1e-30)
        found: Floats = axes[:, kept][:, ::-1]
        if wide:
            found = centred.T @ (found / np.sqrt(variances[kept][::-1]))
    return found


def _projected(thumbnails: Thumbnails, axes: Floats, origin: Floats, rows: Array) -> Floats:
    found: Floats = np.concatenate(_blocks(thumbnails[rows]), axis=1) @ axes - origin
    return found


def _spread(block: Floats) -> float:
    return float(np.sqrt(block.var(0).sum()))


def _blocks(rgb: Array) -> list[Floats]:
    signed = _histograms(luma(rgb)[:, 0])
    plain = signed[..., : _DIRECTIONS // 2] + signed[..., _DIRECTIONS // 2 :]
    coarse = halved(plain.transpose(0, 3, 1, 2)).transpose(0, 2, 3, 1) * 4
    rows = rgb.reshape(len(rgb), 4, SIDE // 4, -1).sum(2, dtype=np.uint32)
    sums = rows.reshape(len(rgb), 4, 4, SIDE // 4, 3).sum(3)
    colours = sums.astype(np.float32) @ (OPPONENTS.T / (SIDE // 4) ** 2)
    raised = (_raised(signed), _raised(plain), _raised(coarse), colours.astype(np.float32))
    return [block.reshape(len(rgb), -1) for block in raised]


def _histograms(grey: Floats) -> Floats:
    """Return sums of gradients by cell and direction, float32[n, 8, 8, 12]; a gradient counts for the two nearest."""
    gx, gy = gradient(grey)
    strength = np.hypot(gx, gy)
    position = np.arctan2(gy, gx) * np.float32(_DIRECTIONS / (2 * np.pi))
    position = np.where(position < 0, position + _DIRECTIONS, position)
    cells = SIDE // _CELL
    found = np.empty((_DIRECTIONS, len(grey), cells, cells), np.float32)
    for direction in range(_DIRECTIONS):
        away = np.abs(position - np.float32(direction))
        share = np.maximum(1 - np.minimum(away, _DIRECTIONS - away), 0)
        share *= strength
        found[direction] = _CELLS.T @ (share @ _CELLS)
    return np.ascontiguousarray(found.transpose(1, 2, 3, 0))


def _raised(histograms: Floats) -> Floats:
    """Bring each cell to the contrast of the four blocks of 2 x 2 cells that it is in; their mean."""
    energy = np.pad((histograms**2).sum(-1), [(0, 0), (1, 1), (1, 1)], mode="edge")
    pairs = energy[:, 1:] + energy[:, :-1]
    blocks = pairs[:, :, 1:] + pairs[:, :, :-1] + np.float32(_FLAT**2)
    result: Floats = np.zeros_like(histograms)
    for down in (0, 1):
        for right in (0, 1):
            norm = np.sqrt(blocks[:, down : down + energy.shape[1] - 2, right : right + energy.shape[2] - 2])
            result += np.minimum(histograms / norm[..., None], np.float32(_CLIP))
    result /= 4
    return result
