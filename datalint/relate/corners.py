"""What the corners of a picture look like: the background, more often than not. And its centre, by the same measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    Array: TypeAlias = "np.ndarray[Any, Any]"
    Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"

_PATCH = 4
"""Pixels on a side, of thumbnails of 32. Objects touch edges far more often than corners."""
_NOISE = 3.0
"""Grey levels (standard deviation): differences that nobody sees do not count."""
_QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
_GREY = 12
"""Difference of colour channels, in grey levels, below which a pixel is grey."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


class Look(NamedTuple):
    """Four patches of n images each."""

    features: Floats
    """float32[n, 64]: of lightness, red less green, blue less yellow and gradient five quantiles, mean and standard
    deviation, in grey levels; then the shares of 36 colours."""
    traits: Floats
    """float32[n, 5]: means of those four, and the standard deviation of lightness."""
    light: Floats
    """float32[n, 7]: five quantiles of lightness, and the means of the colour differences."""
    patches: Floats
    """float32[n, 12]: mean colour of each patch, RGB, without noise, 0 to 255."""


def looks(thumbnails: Array, seed: int) -> tuple[Look, Look]:
    """Describe corners and centre of thumbnails, uint8[n, 32, 32, 3]."""
    noise = np.random.default_rng(seed).standard_normal(thumbnails.shape, np.float32) * np.float32(_NOISE)
    planes = _planes(thumbnails + noise)
    side = thumbnails.shape[1]
    edge, middle = (0, side - _PATCH), (side // 2 - _PATCH, side // 2)
    corners, centre = (_Places(starts) for starts in (edge, middle))
    return corners.look(thumbnails, planes), centre.look(thumbnails, planes)


class _Places(NamedTuple):
    """Four patches, by where they start in rows and columns alike."""

    starts: tuple[int, int]

    def look(self, thumbnails: Array, planes: Floats) -> Look:
        pixels = self._of(planes)
        means, deviations = pixels.mean(axis=1), pixels.std(axis=1)
        quantiles = np.quantile(pixels, _QUANTILES, axis=1).transpose(1, 0, 2).reshape(len(pixels), -1)
        features = np.concatenate([quantiles, means, deviations, _colour_shares(pixels)], axis=1)
        patches = self._of(thumbnails).reshape(len(thumbnails), 4, -1, 3).mean(axis=2, dtype=np.float32)
        light = np.concatenate([quantiles[:, 0::4], means[:, 1:3]], axis=1)
        traits = np.concatenate([means, deviations[:, :1]], axis=1)
        return Look(features.astype(np.float32), traits, light.astype(np.float32), patches.reshape(len(thumbnails), 12))

    def _of(self, images: Array) -> Array:
        """Return the pixels of the patches, one patch after another: [n, 64, channels]."""
        parts = [
            images[:, top : top + _PATCH, left : left + _PATCH].reshape(len(images), -1, images.shape[-1])
            for top in self.starts
            for left in self.starts
        ]
        return np.concatenate(parts, axis=1)


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
