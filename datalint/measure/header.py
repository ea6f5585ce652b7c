"""What an image's header says, without decoding it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.measure.formats import named_format

if TYPE_CHECKING:
    from PIL import Image

_GREY = frozenset(("1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "I;16N", "F"))
_ALPHA = frozenset(("LA", "La", "PA", "RGBA", "RGBa"))
_DEPTH = {"1": 1, "I": 32, "F": 32}
_ORIENTATION, _COPYRIGHT, _ARTIST, _GPS = 0x0112, 0x8298, 0x013B, 0x8825
_MOST_FRAMES = 10_000


class Header(NamedTuple):
    """A row of ``headers``, less its sample. EXIF facts keep their defaults until :func:`with_exif`."""

    format: str
    named_format: str | None
    mode: str
    colour: bool
    alpha: bool
    channels: int
    bit_depth: int
    width: int
    height: int
    frames: int
    orientation: int = 1
    gps: str | None = None
    copyright: str | None = None


def read_header(image: Image.Image, location: str) -> Header:
    """Collect the facts of an opened image that cost no decode."""
    mode = image.mode
    width, height = image.size
    return Header(
        format=image.format or "unknown",
        named_format=named_format(location, image.format or "unknown"),
        mode=mode,
        colour=mode not in _GREY,
        alpha=mode in _ALPHA or "transparency" in image.info,
        channels=len(image.getbands()),
        bit_depth=_bit_depth(image),
        width=width,
        height=height,
        frames=_frames(image),
    )


def _bit_depth(image: Image.Image) -> int:
    """Return the bits per channel as stored: Pillow decodes 16-bit colour to 8."""
    if image.mode.startswith("I;16"):
        return 16
    if image.tile:
        arguments = image.tile[0][3]
        raw = arguments[0] if isinstance(arguments, tuple) and arguments else arguments
        if isinstance(raw, str) and ";16" in raw:
            return 16
    return _DEPTH.get(image.mode, 8)


def _frames(image: Image.Image) -> int:
    """Count frames; where the format has to be read through for that, it is bounded."""
    if not getattr(image, "is_animated", False):
        return 1
    if image.format != "GIF":
        return int(getattr(image, "n_frames", 1))
    frames = 1
    try:
        while frames < _MOST_FRAMES:
            image.seek(frames)
            frames += 1
    except EOFError:
        pass
    image.seek(0)
    return frames


def with_exif(header: Header, image: Image.Image) -> Header:
    """Add orientation (1 to 8), position and owner by EXIF; a broken EXIF block says nothing.

    In a PNG the block may lie behind the pixels, and Pillow decodes them to look for it: unless that was done
    already, only a block before them is read.
    """
    if image.format == "PNG" and "exif" not in image.info:
        return header
    try:
        exif: Any = image.getexif()
        if not exif:
            return header
        orientation = exif.get(_ORIENTATION, 1)
        owner = next((text for tag in (_COPYRIGHT, _ARTIST) if (text := _text(exif.get(tag)))), None)
        gps = _position(exif.get_ifd(_GPS)) if _GPS in exif else None
    except (OSError, ValueError, TypeError, KeyError, IndexError, SyntaxError, struct.error, ZeroDivisionError):
        return header
    return header._replace(orientation=orientation if orientation in range(1, 9) else 1, gps=gps, copyright=owner)


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return value.replace("\0", " ").strip() or None if isinstance(value, str) else None


def _position(gps: dict[int, Any]) -> str | None:
    """Return latitude and longitude in degrees (EXIF 2.3, section 4.6.6), where both are given."""
    degrees = []
    for reference, value, negative in ((1, 2, "S"), (3, 4, "W")):
        if value not in gps:
            return None
        whole, minutes, seconds = (float(part) for part in gps[value])
        sign = -1 if gps.get(reference) == negative else 1
        degrees.append(sign * (whole + minutes / 60 + seconds / 3600))
    if any(part != part for part in degrees) or degrees == [0.0, 0.0]:
        return None
    return f"{degrees[0]:.4f}, {degrees[1]:.4f}"
