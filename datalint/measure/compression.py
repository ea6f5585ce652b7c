"""How a JPEG was compressed, which tells the programs that wrote it apart."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING

from PIL import JpegImagePlugin

if TYPE_CHECKING:
    from PIL import ImageFile

# The luma table of ITU-T T.81, annex K, row by row, which libjpeg scales by the quality.
_LUMA = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
_SAMPLING = {b"\x11\x11\x11": "4:4:4", b"\x21\x11\x11": "4:2:2", b"\x22\x11\x11": "4:2:0"}
"""By the horizontal and vertical factors of the components, each a half of a byte."""

in_rows = itemgetter(*JpegImagePlugin.zigzag_index)
"""Takes the 64 values of a table as they are stored, and gives them row by row, as Pillow does."""


def pillow_compression(image: ImageFile.ImageFile) -> str | None:
    """Say how an image was compressed that Pillow has opened; None where it is no JPEG."""
    if not isinstance(image, JpegImagePlugin.JpegImageFile) or 0 not in image.quantization:
        return None
    return compression(tuple(image.quantization[0]), bytes(layer[1] << 4 | layer[2] for layer in image.layer))


def compression(table: tuple[int, ...], factors: bytes) -> str:
    """Name a JPEG's first quantisation table (row by row) and its chroma subsampling: "quality 75 4:2:0".

    The quality is libjpeg's, 1 to 100; a table that it would not make is named by a digest. ``factors`` are the
    sampling factors of the components, each a half of a byte.
    """
    quality = _qualities().get(table)
    name = f"quality {quality}" if quality else f"table {hashlib.sha256(repr(table).encode()).hexdigest()[:6]}"
    sampling = _SAMPLING.get(factors)
    return f"{name} {sampling}" if sampling else name


@lru_cache(maxsize=1)
def _qualities() -> dict[tuple[int, ...], int]:
    """Map libjpeg's luma tables to their quality. From 1 to 100 no two are the same."""
    return {_scaled(quality): quality for quality in range(100, 0, -1)}


def _scaled(quality: int) -> tuple[int, ...]:
    factor = 5000 // quality if quality < 50 else 200 - 2 * quality
    return tuple(min(max((value * factor + 50) // 100, 1), 255) for row in _LUMA for value in row)
