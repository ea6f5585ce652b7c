"""Light and colour of a batch of images, from luma histograms and thumbnails."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from datalint.measure.lab import lab, temperature

Array: TypeAlias = "np.ndarray[Any, Any]"

_TAIL = 0.05


def light(histograms: Array) -> dict[str, Array]:
    """Describe luma by its histograms, int[n, 256]; float32[n] each.

    ``brightness``: mean, 0 to 1. ``dark_level``, ``bright_level``: 5th and 95th percentile, 0 to 1. ``contrast``:
    standard deviation, 0 to 0.5. ``entropy``: Shannon's, in bits, 0 to 8.
    """
    share = histograms / histograms.sum(axis=1, keepdims=True)
    level = np.arange(256) / 255
    mean = share @ level
    variance = np.maximum(share @ level**2 - mean**2, 0)
    cumulated = np.cumsum(share, axis=1)
    positive = np.where(share > 0, share, 1)
    columns = {
        "brightness": mean,
        "dark_level": np.argmax(cumulated >= _TAIL, axis=1) / 255,
        "bright_level": np.argmax(cumulated >= 1 - _TAIL, axis=1) / 255,
        "contrast": np.sqrt(variance),
        "entropy": np.abs(np.sum(positive * np.log2(positive), axis=1)),
    }
    return {name: values.astype(np.float32) for name, values in columns.items()}


def colour(rgb: Array) -> dict[str, Array]:
    """Describe the colour of thumbnails, uint8[n, 32, 32, 3].

    ``saturation``: float32[n], mean of (max - min) / max over the channels, 0 to 1 (black has 0). ``chroma_range``:
    uint8[n], the largest max - min of any pixel, 0 for grey. ``temperature``: float32[n], correlated colour temperature
    of the mean colour, kelvin. ``tint_a``, ``tint_b``: float32[n], its a and b in CIELAB (D65), 0 for grey; the cast of
    the light where the colours of the scene are grey on the whole.
    """
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    high = np.maximum(np.maximum(red, green), blue)
    chroma = high - np.minimum(np.minimum(red, green), blue)
    saturation = chroma / np.maximum(high, 1).astype(np.float32)
    mean = rgb.sum(axis=1, dtype=np.uint16).sum(axis=1, dtype=np.uint32) / (rgb.shape[1] * rgb.shape[2])
    _, tint_a, tint_b = lab(mean).T.astype(np.float32)
    return {
        "saturation": saturation.mean(axis=(1, 2), dtype=np.float32),
        "chroma_range": chroma.max(axis=(1, 2)),
        "temperature": temperature(mean).astype(np.float32),
        "tint_a": tint_a,
        "tint_b": tint_b,
    }
