"""Pixels of any mode as 8-bit grey or RGB."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

_GREY = {"1", "LA"}
_PREMULTIPLIED = {"La": "LA", "RGBa": "RGBA"}


def plain_converter(image: Image.Image, bit_depth: int) -> Callable[[Image.Image], Image.Image]:
    """Return what turns the image, or a part of it, to mode L or RGB.

    Alpha is dropped. 9 to 16 bits are scaled by their depth; 32-bit integers and floats by the range that they are in
    (0 to 1, 0 to 255, 0 to 65,535), else by their own extremes.
    """
    mode = image.mode
    if mode in ("L", "RGB"):
        return lambda part: part
    if mode in _GREY:
        return lambda part: part.convert("L")
    if mode in _PREMULTIPLIED:
        return lambda part: part.convert(_PREMULTIPLIED[mode]).convert("L" if mode == "La" else "RGB")
    if mode.startswith("I;16"):
        return _scaled(0, 2 ** min(max(bit_depth, 8), 16) - 1)
    if mode in ("I", "F"):
        return _scaled(*_range(image, bit_depth))
    if mode == "LAB":
        return _lab_to_rgb
    return lambda part: part.convert("RGB")


def _scaled(low: float, high: float) -> Callable[[Image.Image], Image.Image]:
    def convert(part: Image.Image) -> Image.Image:
        pixels = np.asarray(part).astype(np.float32)
        scaled = np.nan_to_num((pixels - low) * (255 / (high - low)), posinf=255, neginf=0)
        return Image.fromarray(np.clip(scaled, 0, 255).astype(np.uint8))

    return convert


def _range(image: Image.Image, bit_depth: int) -> tuple[float, float]:
    low, high = image.getextrema()
    assert isinstance(low, float | int) and isinstance(high, float | int)
    if not (math.isfinite(low) and math.isfinite(high)):
        finite = np.asarray(image)
        finite = finite[np.isfinite(finite)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if low >= 0:
        usual = (1.0, 255.0) if image.mode == "F" else (255.0, 65535.0)
        if image.mode == "I" and bit_depth == 16:
            return 0.0, 65535.0
        for top in usual:
            if high <= top:
                return 0.0, top
    return low, max(high, math.nextafter(low, math.inf))


def _lab_to_rgb(part: Image.Image) -> Image.Image:
    from PIL import ImageCms

    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(part, lab, srgb, outputMode="RGB")
    assert converted is not None
    return converted
