"""Images that are no files: values in an array, described and turned into what Pillow works on."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from PIL import Image

from datalint.measure.header import Header

if TYPE_CHECKING:
    from datalint.storage import Pixels

Array: TypeAlias = "np.ndarray[Any, Any]"

_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def raw_header(pixels: Pixels) -> Header:
    """Describe an array as a header would; it has no format, and no EXIF."""
    height, width = pixels.array.shape[:2]
    channels = _channels(pixels.array)
    bits = 1 if pixels.array.dtype == np.bool_ else 8 * pixels.array.dtype.itemsize
    return Header(
        format=None,
        named_format=None,
        mode=_mode(pixels.array.dtype, channels),
        colour=channels > 2,
        alpha=channels in (2, 4),
        channels=min(channels, 255),
        bit_depth=bits,
        width=width,
        height=height,
        frames=1,
        orientation=1,
        gps=None,
        copyright=None,
        camera=None,
        compression=None,
    )


def as_image(pixels: Pixels) -> Image.Image:
    """Return the array as an 8-bit image; of more than four channels the first three."""
    array = _plane(pixels.array)
    if _channels(array) > 4:
        array = array[..., :3]
    if array.dtype != np.uint8 or (pixels.low, pixels.high) != (0, 255):
        scaled = (array.astype(np.float32) - pixels.low) * (255 / (pixels.high - pixels.low))
        array = np.clip(np.rint(np.nan_to_num(scaled, posinf=255, neginf=0)), 0, 255).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(array))


def stored_pixels(pixels: Pixels) -> bytes:
    """Return the values, those of 8 bits as Pillow stores them."""
    return _plane(pixels.array).tobytes()


def raw_digest(pixels: Pixels) -> str:
    """Return the SHA-256 over type, shape and values, hexadecimal."""
    array = _plane(pixels.array)
    return hashlib.sha256(f"{array.dtype.str} {array.shape} ".encode() + array.tobytes()).hexdigest()


def _mode(dtype: np.dtype[Any], channels: int) -> str:
    """Name the mode as Pillow does, where it has one."""
    if channels == 1 and dtype != np.uint8:
        return "1" if dtype == np.bool_ else "F" if dtype.kind == "f" else "I;16" if dtype == np.uint16 else "I"
    return _MODES.get(channels, f"{channels} channels")


def _plane(array: Array) -> Array:
    """Drop the last axis of an array with one channel."""
    return array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array


def _channels(array: Array) -> int:
    return array.shape[2] if array.ndim == 3 else 1
