"""Do two thumbnails show the same picture? Something else proposes a pair, this verifies it.

Two products on a white ground share an outline, and with it most of their gradient energy. So gradients are compressed:
an outline counts little more than the texture inside it. Copies that were cropped or stretched are first laid over one
another; without that, a displacement of one thumbnail pixel hides the texture that they share.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.alignment import align, warp
from datalint.relate.filters import Floats, batches, channels, correlation, gradient, halved, luma, smooth
from datalint.relate.transforms import transformed

Array: TypeAlias = "np.ndarray[Any, Any]"

MIN_ENERGY = 2.0
"""Root mean square gradient, grey levels per thumbnail pixel, under which there is no structure to verify."""

_COMPRESSION = np.float32(8.0)  # grey levels per pixel, beyond which a steeper gradient hardly counts more
_COARSE_STEPS, _FINE_STEPS = 4, 2  # of alignment; more change nothing
_HOPELESS = 0.5  # structure shared after the coarse alignment alone that the fine one seldom mends


class Comparison(NamedTuple):
    """What k pairs share, and how the second picture lies in the first."""

    structure: Floats
    """float32[k], 0 (nothing in common) to 1: correlation of the compressed luma gradients of the aligned pair,
    indifferent to brightness, nearly so to contrast and colour."""
    motion: Floats
    """float32[k, 4], as ``alignment`` describes it: where the first picture's pixels are found in the second."""


def has_structure(thumbnails: Array, rows: Array) -> Array:
    """Tell for ``rows`` (int[k]) of the thumbnails (uint8[n, 32, 32, 3]) whether there is anything to verify; bool[k].

    Blank, flat images look alike whatever they show, so no pair of them is ever the same.
    """
    energy = np.empty(len(rows), np.float32)
    for part in batches(len(rows)):
        gx, gy = gradient(luma(thumbnails[rows[part]]))
        energy[part] = np.sqrt(np.mean(gx * gx + gy * gy, axis=(1, 2, 3)))
    return energy >= MIN_ENERGY


def structure_points(thumbnails: Array, rows: Array) -> Floats:
    """Count the places at which thumbnails have structure; float32[k], 1 to 256.

    It is the participation ratio of the compressed gradients' energy over squares of 2 x 2 pixels: as many squares of
    equal energy would be as evenly spread.
    """
    points = np.empty(len(rows), np.float32)
    for part in batches(len(rows)):
        gradients = _compressed(luma(thumbnails[rows[part]]))
        energy = halved(np.sum(gradients * gradients, axis=1)).reshape(len(gradients), -1)
        points[part] = energy.sum(axis=1) ** 2 / (np.sum(energy * energy, axis=1) + np.float32(1e-12))
    return points


def compare(thumbnails: Array, first: Array, second: Array, transform: Array) -> Comparison:
    """Compare pairs of thumbnails, the second of each turned or mirrored as ``transform`` says.

    ``thumbnails`` is uint8[n, 32, 32, 3]; ``first`` and ``second`` are int[k], rows of it; ``transform`` is int[k], of
    ``transforms``. It matters a little which of the two is first.
    """
    result = Comparison(np.zeros(len(first), np.float32), np.zeros((len(first), 4), np.float32))
    for part in batches(len(first)):
        a = thumbnails[first[part]]
        b = transformed(thumbnails[second[part]], transform[part])
        differ = np.flatnonzero(np.any(a != b, axis=(1, 2, 3)))
        result.structure[part] = 1
        if len(differ):
            rows = part.start + differ
            result.structure[rows], result.motion[rows] = _compared(a[differ], b[differ])
    np.clip(result.structure, 0, 1, out=result.structure).round(4, out=result.structure)
    return result


def _compared(a: Array, b: Array) -> tuple[Floats, Floats]:
    structure, motion = _coarse(a, b)
    fine = np.flatnonzero(structure > _HOPELESS)
    if len(fine):
        structure[fine], motion[fine] = _fine(a[fine], b[fine], motion[fine])
    return structure, motion


def _coarse(a: Array, b: Array) -> tuple[Floats, Floats]:
    """Align at half the size, in colour."""
    none = np.zeros((len(a), 4), np.float32)
    motion = align(smooth(halved(channels(a))), smooth(halved(channels(b))), none, _COARSE_STEPS)
    return _shared(luma(a), luma(b), motion), motion


def _fine(a: Array, b: Array, motion: Floats) -> tuple[Floats, Floats]:
    """Align from both sides: sampling blurs, and it matters which of the two has less to lose."""
    grey_a, grey_b = luma(a), luma(b)
    soft_a, soft_b = smooth(grey_a), smooth(grey_b)
    there = align(soft_a, soft_b, motion, _FINE_STEPS)
    back = align(soft_b, soft_a, _inverse(motion), _FINE_STEPS)
    forward, backward = _shared(grey_a, grey_b, there), _shared(grey_b, grey_a, back)
    better = backward > forward
    return np.maximum(forward, backward), np.where(better[:, None], _inverse(back), there)


def _shared(a: Floats, b: Floats, motion: Floats) -> Floats:
    moved, inside = warp(b, motion)
    inside = np.repeat(inside, 2, axis=1)
    return correlation(_compressed(a) * inside, _compressed(moved) * inside)


def _compressed(image: Floats) -> Floats:
    """Gradients of luma, float32[n, 2, side, side], shortened to less than 1."""
    gx, gy = gradient(image)
    length = np.sqrt(gx * gx + gy * gy + _COMPRESSION**2)
    return np.concatenate([gx / length, gy / length], axis=1)


def _inverse(motion: Floats) -> Floats:
    """Invert x -> x + shift + scaling * x, on both axes."""
    inverse = np.empty_like(motion)
    for axis in (0, 2):
        scale = 1 / (1 + motion[:, axis + 1])
        inverse[:, axis], inverse[:, axis + 1] = -motion[:, axis] * scale, scale - 1
    return inverse
