"""One image: opened once, decoded once, at reduced scale where the format allows it."""

from __future__ import annotations

import hashlib
import os
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PIL import Image

from datalint.measure.formats import READ, unsupported_kind
from datalint.measure.header import Header, read_header, with_exif

if TYPE_CHECKING:
    from typing import BinaryIO

    from PIL.ImageFile import ImageFile

THUMBNAIL = 32
VIEW = 128
"""Longest side of the grey view that statistics are taken from."""
_LARGEST_READ = 256 * 2**20  # bytes; larger files are read as they are decoded
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Decoded(NamedTuple):
    """What is kept of one decode, upright."""

    content_digest: str
    reduced_digest: str
    thumbnail: np.ndarray[Any, Any]
    """uint8[32, 32, 3], squeezed to a square; an alpha channel is dropped, as loaders drop it."""
    view: np.ndarray[Any, Any]
    """uint8[h, w], grey, at most 128 on a side and never enlarged."""


class Outcome(NamedTuple):
    """What became of one image: the header if it could be read, and its pixels or the reason why not."""

    header: Header | None = None
    decoded: Decoded | None = None
    kind: str | None = None
    """``unreadable`` or ``oversized`` when there are no pixels."""
    reason: str | None = None


def read_image(location: str, pixel_limit: int, *, decode: bool) -> Outcome:
    """Open an image and, if asked to, decode it; whatever is wrong with the file becomes a reason."""
    header = None
    head = b""
    try:
        with open(location, "rb", buffering=0) as file:
            data = file.read() if os.fstat(file.fileno()).st_size <= _LARGEST_READ else None
            head = (data or b"")[:32]
            source: BinaryIO = BytesIO(data) if data is not None else open(location, "rb")  # noqa: SIM115
            with source:
                image = Image.open(source, formats=READ)
                header = read_header(image, location)
                if not decode:
                    return Outcome(with_exif(header, image))
                if header.width * header.height > pixel_limit:
                    return Outcome(header, None, "oversized", _size_reason(header, pixel_limit))
                image.draft(image.mode, (VIEW, VIEW))
                image.load()
                header = with_exif(header, image)
                digest = hashlib.sha256(data) if data is not None else hashlib.file_digest(file, "sha256")
                return Outcome(header, _decoded(image, header, digest.hexdigest()))
    except Exception as error:  # plugins raise whatever a broken file provokes
        return Outcome(header, None, "unreadable", reason_for(error, head))


def pixel_digest(location: str) -> str | None:
    """Return SHA-256 over mode, size and all pixels, upright, or None when it does not decode."""
    try:
        with Image.open(location, formats=READ) as image:
            image.load()
            mode, pixels = image.mode, _upright(image, with_exif(read_header(image, location), image).orientation)
            if "transparency" in image.info or mode == "P":
                pixels = pixels.convert("RGBA")
            return hashlib.sha256(f"{mode} {pixels.size} ".encode() + pixels.tobytes()).hexdigest()
    except Exception:  # as in read_image
        return None


def _decoded(image: ImageFile, header: Header, digest: str) -> Decoded:
    pixels = _eight_bit(image)
    small = _reduce(pixels, 2 * THUMBNAIL)
    thumbnail = _upright(small.resize((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS), header.orientation)
    view = _upright(_reduce(pixels.convert("L"), VIEW), header.orientation)
    colours = np.asarray(thumbnail.convert("RGB"))
    reduced = hashlib.sha256(f"{header.mode} {header.width} {header.height} ".encode())
    reduced.update(colours.tobytes())
    reduced.update(view.tobytes())
    return Decoded(digest, reduced.hexdigest(), colours, np.asarray(view))


def _reduce(image: Image.Image, least: int) -> Image.Image:
    """Shrink by whole factors with a box filter, to no less than ``least`` pixels on a side."""
    factors = max(image.width // least, 1), max(image.height // least, 1)
    return image.reduce(factors) if factors != (1, 1) else image


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else image


def _eight_bit(image: Image.Image) -> Image.Image:
    """Convert to grey or RGB of 8 bits; deeper greys by the range of their bit depth."""
    if image.mode in ("L", "RGB"):
        return image
    if image.mode in ("1", "LA", "La"):
        return image.convert("L")
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        values = np.asarray(image).astype(np.float32)
        values = np.nan_to_num(values)
        top = 65535.0 if image.mode != "F" else 1.0
        while values.max(initial=0) > top:  # 8, 16 or 32 bits held in a wider type
            top = (top + 1) ** 2 - 1 if image.mode != "F" else (255.0 if top == 1.0 else float(values.max()))
        return Image.fromarray(np.clip(values * (255.0 / top), 0, 255).astype(np.uint8))
    return image.convert("RGB")


def _size_reason(header: Header, pixel_limit: int) -> str:
    millions = header.width * header.height / 1e6
    return f"{header.width} x {header.height} is {millions:,.0f} million pixels; the limit is {pixel_limit / 1e6:,.0f}"


def reason_for(error: Exception, head: bytes) -> str:
    """Say in words why a file could not be read."""
    text = " ".join(str(error).split())
    if isinstance(error, FileNotFoundError):
        return "the file is not there, or is a link that leads nowhere"
    if isinstance(error, PermissionError):
        return "there is no permission to read it"
    kind = unsupported_kind(head)
    if kind:
        return f"{kind} is not supported"
    if isinstance(error, MemoryError):
        return "it needs more memory than there is"
    if type(error).__name__ == "UnidentifiedImageError":
        return "not an image that can be identified"
    if "truncated" in text or "unexpected end" in text.lower() or isinstance(error, EOFError):
        return "truncated: the file ends before the image does"
    return f"corrupt: {text[:120] or type(error).__name__}"
