"""JPEG by simplejpeg, where it is installed: the pixels of Pillow's draft mode, in less time.

Both are libjpeg-turbo, with the same transform and upsampling; that all bits agree is tested. Whatever simplejpeg so
much as warns of is left to Pillow, so that one decoder alone says what is broken.
"""

from __future__ import annotations

import struct
from functools import cache
from typing import Any, NamedTuple

from PIL import Image

from datalint.measure.compression import compression, in_rows

_SCALES = (8, 4, 2, 1)  # that Pillow's draft mode knows
_COLOURS = {"L": "GRAY", "RGB": "RGB"}

_MODES = {1: "L", 3: "RGB"}  # by the number of components
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_SCAN, _QUANTIZATION = 0xDA, 0xDB
# Huffman tables, restart interval, JFIF, Adobe, comment: nothing that a header tells or that changes the mode.
_PLAIN = frozenset({0xC4, 0xDD, 0xE0, 0xEE, 0xFE})


class PlainJPEG(NamedTuple):
    """What the header of a JPEG tells."""

    mode: str
    """As Pillow names it."""
    size: tuple[int, int]
    """Width and height, pixels."""
    compression: str
    """As column ``compression`` has it."""


def plain_jpeg(data: bytes) -> PlainJPEG | None:
    """Read the header of a JPEG, in a fifth of the time that opening it with Pillow takes.

    None for one whose header tells more (EXIF, further pictures), or may be broken: Pillow is to read it.
    """
    if data[:2] != b"\xff\xd8":
        return None
    place, found, first = 2, None, b""
    try:
        while True:
            start, marker, length = struct.unpack_from(">BBH", data, place)
            if start != 0xFF or length < 2:
                return None
            if marker == _SCAN:
                if found is None or not first:
                    return None
                mode, size, factors = found
                return PlainJPEG(mode, size, compression(in_rows(first), factors))
            if marker in _FRAMES:
                depth, height, width, components = struct.unpack_from(">BHHB", data, place + 4)
                whole = depth == 8 and height and width and length == 8 + 3 * components
                if found or not whole or components not in _MODES:
                    return None
                found = _MODES[components], (width, height), data[place + 11 : place + 2 + length : 3]
            elif marker == _QUANTIZATION:
                # Each table is a byte, below 16 where its values are bytes, and 64 values.
                numbers = data[place + 4 : place + 2 + length : 65]
                if length % 65 != 2 or any(number > 15 for number in numbers):
                    return None
                if 0 in numbers:
                    start = place + 5 + 65 * numbers.index(0)
                    first = data[start : start + 64]
            elif marker not in _PLAIN:
                return None
            place += 2 + length
    except struct.error:  # the end
        return None


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
