"""JPEG by simplejpeg, where it is installed: the pixels of Pillow's draft mode, in less time.

Both are libjpeg-turbo, with the same transform and upsampling; that all bits agree is tested. Whatever simplejpeg so
much as warns of is left to Pillow, so that one decoder alone says what is broken.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from PIL import Image

_SCALES = (8, 4, 2, 1)  # that Pillow's draft mode knows
_COLOURS = {"L": "GRAY", "RGB": "RGB"}


def decode_jpeg(data: bytes, mode: str, size: tuple[int, int], side: int) -> Image.Image | None:
    """Decode at the smallest scale whose shorter side has ``side`` pixels or more; None for Pillow to decode it.

    ``mode`` and ``size`` are those of the header.
    """
    simplejpeg = _simplejpeg()
    if simplejpeg is None or mode not in _COLOURS:
        return None
    width, height = size
    scale = next((scale for scale in _SCALES if min(size) // side >= scale), 1)
    scaled = -(-width // scale), -(-height // scale)
    try:
        pixels = simplejpeg.decode_jpeg(
            data, _COLOURS[mode], fastupsample=False, min_width=scaled[0], min_height=scaled[1]
        )
    except ValueError:
        return None
    if pixels.shape[1::-1] != scaled:
        return None
    return Image.frombuffer(mode, scaled, pixels, "raw", mode, 0, 1)


@cache
def _simplejpeg() -> Any:
    try:
        import simplejpeg
    except ImportError:
        return None
    return simplejpeg
