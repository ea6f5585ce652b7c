"""What a picture looks like at its corners, mostly background, and where it is least like them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.filters import batches

if TYPE_CHECKING:
    from collections.abc import Iterable

    Array: TypeAlias = "np.ndarray[Any, Any]"
    Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"

_PATCH = 4
"""Pixels on a side, of thumbnails of 32. Objects touch edges far more often than corners."""
_NOISE = 3.0
"""Grey levels (standard deviation): differences that nobody sees do not count."""
_QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
_GREY = 12
"""Difference of colour channels, in grey levels, below which a pixel is grey."""
_EDGES, _INNER = (0, 32 - _PATCH), (6, 12, 18)
"""Where corners, and parts of the middle of twice their size, begin in rows and columns."""
_MEANS = slice(20, 24)
_LEAST_AMONG = 8.0
"""Grey levels that corners of any image count as different from each other."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


class Look(NamedTuple):
    """What some patches of n images look like."""

    features: Floats
    """float32[n, 64]: of lightness, red less green, blue less yellow and gradient five quantiles, mean and standard
    deviation, in grey levels; then the shares of 36 colours."""

    @property
    def traits(self) -> Floats:
        """float32[n, 5]: means of lightness, the two colour differences and gradient; deviation of lightness."""
        return self.features[:, 20:25]

    @property
    def light(self) -> Floats:
        """float32[n, 7]: quantiles of lightness, and the means of the colour differences."""
        return self.features[:, [0, 4, 8, 12, 16, 21, 22]]


class Looks(NamedTuple):
    """What n images look like at their corners and elsewhere."""

    corners: Look
    """All four together."""
    single: list[Look]
    """One by one."""
    odd_part: Look
    """The part of the middle that differs most from every corner: the object, where there is one."""
    contrast: Floats
    """float32[n]: how much it differs from the nearest corner, beside the lower half of what corners differ among each
    other (each counted with itself too, and 8 grey levels at least)."""
    patches: Floats
    """float32[n, 12]: mean colour of each corner, RGB, without noise, 0 to 255."""


def looks(thumbnails: Array, seed: int) -> Looks:
    """Describe thumbnails, uint8[n, 32, 32, 3]."""
    rng = np.random.default_rng(seed)
    parts = [_looks(thumbnails[some], rng) for some in batches(len(thumbnails))]
    corners, single, odd_part, contrast, patches = zip(*parts, strict=True)
    return Looks(
        corners=_joined(corners),
        single=[_joined(looks) for looks in zip(*single, strict=True)],
        odd_part=_joined(odd_part),
        contrast=np.concatenate(contrast),
        patches=np.concatenate(patches),
    )


def _looks(thumbnails: Array, rng: np.random.Generator) -> Looks:
    noise = rng.standard_normal(thumbnails.shape, np.float32) * np.float32(_NOISE)
    planes = _planes(thumbnails + noise)
    corners = [_square(planes, top, left, _PATCH) for top in _EDGES for left in _EDGES]
    single = [_look(corner) for corner in corners]
    parts = np.stack([_square(planes, top, left, 2 * _PATCH) for top in _INNER for left in _INNER], axis=1)
    odd, contrast = _oddest(parts.mean(axis=2), np.stack([look.features[:, _MEANS] for look in single], axis=1))
    squares = [_square(thumbnails, top, left, _PATCH) for top in _EDGES for left in _EDGES]
    return Looks(
        corners=_look(np.concatenate(corners, axis=1)),
        single=single,
        odd_part=_look(parts[np.arange(len(parts)), odd]),
        contrast=contrast,
        patches=np.concatenate([square.mean(axis=1, dtype=np.float32) for square in squares], axis=1),
    )


def _joined(looks: Iterable[Look]) -> Look:
    return Look(np.concatenate([look.features for look in looks]))


def _square(images: Array, top: int, left: int, side: int) -> Array:
    """Return the pixels of a square, [n, side * side, channels]."""
    return images[:, top : top + side, left : left + side].reshape(len(images), -1, images.shape[-1])


def _look(pixels: Floats) -> Look:
    """Describe pixels, float32[n, pixels, 4]."""
    ranks = [round(share * (pixels.shape[1] - 1)) for share in _QUANTILES]
    quantiles = np.partition(pixels, ranks, axis=1)[:, ranks].reshape(len(pixels), -1)
    described = [quantiles, pixels.mean(axis=1), pixels.std(axis=1), _colour_shares(pixels)]
    return Look(np.concatenate(described, axis=1).astype(np.float32))


def _oddest(parts: Floats, corners: Floats) -> tuple[Array, Floats]:
    """Choose the part whose means (float32[n, parts, 4]) are farthest from those of the nearest corner."""
    distance = np.sqrt(np.square(parts[:, :, None] - corners[:, None]).sum(axis=3)).min(axis=2)
    odd = distance.argmax(axis=1)
    among = np.sqrt(np.square(corners[:, :, None] - corners[:, None]).sum(axis=3)).reshape(len(corners), -1)
    usual = np.maximum(np.median(among, axis=1), _LEAST_AMONG)
    return odd, distance[np.arange(len(odd)), odd] / usual


def _planes(rgb: Floats) -> Floats:
    """Return lightness, red less green, blue less yellow, and gradient of lightness: float32[n, h, w, 4]."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    lightness = rgb @ _LUMA
    rows, columns = np.gradient(lightness, axis=(1, 2))
    return np.stack([lightness, red - green, blue - (red + green) / 2, np.hypot(rows, columns)], axis=-1)


def _colour_shares(pixels: Floats) -> Floats:
    """Return the share of pixels in each of 36 colours: four of lightness, three of each colour difference."""
    level = np.clip(pixels[..., 0] // 64, 0, 3).astype(np.int64)
    first, second = (np.digitize(pixels[..., plane], (-_GREY, _GREY)) for plane in (1, 2))
    colours = level * 9 + first * 3 + second
    number = np.arange(len(pixels))[:, None]
    counts = np.bincount((number * 36 + colours).ravel(), minlength=len(pixels) * 36)
    shares: Floats = counts.reshape(len(pixels), 36) / pixels.shape[1]
    return shares


_TRAITS = (
    ("darker", "brighter"),
    ("greener", "redder"),
    ("yellower", "bluer"),
    ("smoother", "busier"),
    ("more uniform", "less uniform"),
)
_NOTABLE = 0.5
_NAMED = 3


def in_words(traits: Floats, own: Array, weights: Floats) -> str:
    """Say how the looks of a class differ from those of the others: "bluer (1.2), smoother (0.8)"; may be empty.

    ``own`` (bool[n]) marks the class, ``weights`` (float[n]) say how much each image counts. The numbers are
    differences of means in units of the standard deviation (Cohen's d, both sides counting the same).
    """
    sides = [_moments(traits[rows], weights[rows]) for rows in (own, ~own)]
    (mean, variance), (other_mean, other_variance) = sides
    effects = (mean - other_mean) / np.sqrt((variance + other_variance) / 2 + 1e-6)
    order = np.argsort(-np.abs(effects), kind="stable")[:_NAMED]
    words = [f"{_TRAITS[n][int(effects[n] > 0)]} ({abs(effects[n]):.1f})" for n in order if abs(effects[n]) >= _NOTABLE]
    return ", ".join(words)


def _moments(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    mean = np.average(values, axis=0, weights=weights)
    return mean, np.average((values - mean) ** 2, axis=0, weights=weights)
