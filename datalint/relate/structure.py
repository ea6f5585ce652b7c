"""Do two thumbnails show the same picture? Something else proposes a pair, this verifies it.

Two products on a white ground share an outline, and with it most of their gradient energy. So gradients are compressed:
an outline counts little more than the texture inside it. Copies that were cropped or stretched are first laid over one
another; without that, a displacement of one thumbnail pixel hides the texture that they share.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.alignment import align, warp
from datalint.relate.filters import Floats, Thumbnails, batches, channels, correlation, gradient, halved, luma, smooth
from datalint.relate.threads import for_each
from datalint.relate.transforms import transformed

Array: TypeAlias = "np.ndarray[Any, Any]"

MIN_ENERGY = 2.0
"""Root mean square gradient, grey levels per thumbnail pixel, under which there is no structure to verify."""
HOPELESS = 0.5
"""Structure shared when aligned at half the size that the full size seldom mends."""

_COMPRESSION = np.float32(8.0)  # grey levels per pixel, beyond which a steeper gradient hardly counts more
_COARSE_STEPS, _FINE_STEPS = 4, 2  # of alignment; more change nothing
_SURE = 0.97  # structure beyond which it does not matter from which side a pair is aligned


class Comparison(NamedTuple):
    """What k pairs share, and how the second picture lies in the first."""

    structure: Floats
    """float32[k], 0 (nothing in common) to 1: correlation of the compressed luma gradients of the aligned pair,
    indifferent to brightness, nearly so to contrast and colour."""
    motion: Floats
    """float32[k, 4], as ``alignment`` describes it: where the first picture's pixels are found in the second."""


def has_structure(thumbnails: Thumbnails, rows: Array) -> Array:
    """Tell for ``rows`` (int[k]) of the thumbnails (uint8[n, 32, 32, 3]) whether there is anything to verify; bool[k].

    Blank, flat images look alike whatever they show, so no pair of them is ever the same.
    """
    energy = np.empty(len(rows), np.float32)

    def one(part: slice) -> None:
        gx, gy = gradient(luma(thumbnails[rows[part]]))
        energy[part] = np.sqrt(np.mean(gx * gx + gy * gy, axis=(1, 2, 3)))

    for_each(one, batches(len(rows)))
    return energy >= MIN_ENERGY


def structure_points(thumbnails: Thumbnails, rows: Array) -> Floats:
    """Count the places at which thumbnails have structure; float32[k], 1 to 256.

    It is the participation ratio of the compressed gradients' energy over squares of 2 x 2 pixels: as many squares of
    equal energy would be as evenly spread.
    """
    points = np.empty(len(rows), np.float32)

    def one(part: slice) -> None:
        points[part] = points_of(compressed(luma(thumbnails[rows[part]])))

    for_each(one, batches(len(rows)))
    return points


def points_of(gradients: Floats) -> Floats:
    """Count the places at which pictures have structure, by their compressed gradients; float32[k]."""
    energy = halved(np.sum(gradients * gradients, axis=1)).reshape(len(gradients), -1)
    points: Floats = energy.sum(axis=1) ** 2 / (np.sum(energy * energy, axis=1) + np.float32(1e-12))
    return points


def compare(thumbnails: Thumbnails, first: Array, second: Array, transform: Array) -> Comparison:
    """Compare pairs of thumbnails, the second of each turned or mirrored as ``transform`` says.

    ``thumbnails`` is uint8[n, 32, 32, 3]; ``first`` and ``second`` are int[k], rows of it; ``transform`` is int[k], of
    ``transforms``. It matters a little which of the two is first.
    """
    rough = compare_roughly(thumbnails, first, second, transform)
    return refined(thumbnails, first, second, transform, rough, np.flatnonzero(rough.structure > HOPELESS))


def compare_roughly(thumbnails: Thumbnails, first: Array, second: Array, transform: Array) -> Comparison:
    """Compare as :func:`compare` does, aligned at half the size only: less structure is found to be shared."""
    result = Comparison(np.ones(len(first), np.float32), np.zeros((len(first), 4), np.float32))

    def one(part: slice) -> None:
        a = thumbnails[first[part]]
        b = transformed(thumbnails[second[part]], transform[part])
        differ = np.any(a != b, axis=(1, 2, 3))
        grey = _is_grey(a) & _is_grey(b)  # one channel tells all
        for rows, view in ((np.flatnonzero(differ & ~grey), channels), (np.flatnonzero(differ & grey), luma)):
            if len(rows):
                none = np.zeros((len(rows), 4), np.float32)
                soft_a, soft_b = smooth(halved(view(a[rows]))), smooth(halved(view(b[rows])))
                motion = align(soft_a, soft_b, none, _COARSE_STEPS)
                result.structure[part.start + rows] = _shared(luma(a[rows]), luma(b[rows]), motion)
                result.motion[part.start + rows] = motion

    for_each(one, batches(len(first)))
    return result


def refined(
    thumbnails: Thumbnails, first: Array, second: Array, transform: Array, rough: Comparison, rows: Array
) -> Comparison:
    """Align the pairs at ``rows`` (int[m]) at full size as well; the others stay as they are, and so do equal ones."""
    structure, motion = rough.structure.copy(), rough.motion.copy()
    rows = rows[structure[rows] < 1]

    def one(part: slice) -> None:
        some = rows[part]
        a, b = thumbnails[first[some]], transformed(thumbnails[second[some]], transform[some])
        structure[some], motion[some] = _fine(luma(a), luma(b), motion[some])

    for_each(one, batches(len(rows)))
    return Comparison(np.clip(structure, 0, 1).round(4), motion)


def _is_grey(rgb: Array) -> Array:
    grey: Array = np.all((rgb[..., 0] == rgb[..., 1]) & (rgb[..., 1] == rgb[..., 2]), axis=(1, 2))
    return grey


def _fine(a: Floats, b: Floats, motion: Floats) -> tuple[Floats, Floats]:
    """Align from both sides: sampling blurs, and it matters which of the two has less to lose."""
    soft_a, soft_b = smooth(a), smooth(b)
    motion = align(soft_a, soft_b, motion, _FINE_STEPS)
    structure = _shared(a, b, motion)
    rows = np.flatnonzero((structure > HOPELESS) & (structure < _SURE))
    if len(rows):
        back = align(soft_b[rows], soft_a[rows], _inverse(motion[rows]), _FINE_STEPS)
        shared = _shared(b[rows], a[rows], back)
        better = shared > structure[rows]
        structure[rows[better]], motion[rows[better]] = shared[better], _inverse(back[better])
    return structure, motion


def _shared(a: Floats, b: Floats, motion: Floats) -> Floats:
    moved, inside = warp(b, motion)
    inside = np.repeat(inside, 2, axis=1)
    return correlation(compressed(a) * inside, compressed(moved) * inside)


def compressed(image: Floats) -> Floats:
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
