"""Why an image cannot be measured, in a few words."""

from __future__ import annotations

import re
from typing import NamedTuple

from datalint.measure.formats import foreign_format, image_format

# Not supported by Pillow, though images: the person can convert them.
_IMAGES = frozenset({"AVIF", "HEIC", "JPEG XL", "PDF", "PostScript", "SVG", "camera RAW"})

_TRUNCATED = re.compile(r"truncated|not enough|incomplete|unexpected end|end of file|premature|not large enough", re.I)
_UNSUPPORTED = re.compile(r"unsupported|not supported|not implemented|unknown (compression|raw mode|pixel|photo)", re.I)
_CODES = {
    "image buffer overrun error": "more pixels than the header says",
    "decoding error": "damaged pixel data",
    "decoder error -2": "damaged pixel data",
    "unrecognized data stream contents": "damaged pixel data",
    "broken data stream": "damaged pixel data",
    "cannot load this image": "no pixel data",
}
_LONGEST = 100


class Failure(NamedTuple):
    """An image that was not measured."""

    kind: str
    """``unreadable`` or ``oversized``."""
    reason: str
    content_digest: str | None = None
    """SHA-256 of the bytes, hexadecimal; None where they cannot be read."""


CRASHED = Failure("unreadable", "the decoder crashed")


def oversized(width: int, height: int, limit: int) -> Failure:
    """Say that an image of ``width`` x ``height`` pixels has more than ``limit``."""
    return Failure("oversized", f"{width}x{height} is {_count(width * height)} pixels, the limit is {_count(limit)}")


def bomb(limit: int) -> Failure:
    """Say that a picture inside of the file is larger than its header says, and than ``limit`` pixels."""
    return Failure("oversized", f"it holds a picture larger than the limit of {_count(limit)} pixels")


def not_opened(head: bytes) -> Failure:
    """Say what a file is that Pillow does not identify, by its first bytes."""
    from PIL import features

    foreign = foreign_format(head)
    if foreign == "AVIF" and features.check("avif"):
        foreign = None
    if foreign in _IMAGES:
        return unsupported(foreign)
    if foreign:
        return Failure("unreadable", f"not an image ({foreign})")
    if known := image_format(head):
        return Failure("unreadable", f"corrupt ({known} header)")
    if b"PNG" in head[:4]:  # what a transfer as text leaves of the signature, which is made to show it
        return Failure("unreadable", "corrupt (PNG signature)")
    if head and not head.strip(b"\0"):
        return Failure("unreadable", "not an image (zero bytes only)")
    return Failure("unreadable", "not an image")


def unsupported(what: str) -> Failure:
    """Say that a format or feature is not supported."""
    return Failure("unreadable", f"unsupported format ({what})")


def not_read(reason: str) -> Failure:
    """Say why the bytes of a file could not be read."""
    return Failure("unreadable", f"cannot be read ({reason})")


def not_decoded(error: BaseException) -> Failure:
    """Say why Pillow could not decode an image that it had opened, or whose header it did not understand."""
    if isinstance(error, MemoryError):
        return Failure("unreadable", "too large to decode in memory")
    if isinstance(error, RecursionError):
        return Failure("unreadable", "corrupt (nested too deeply)")
    detail = _detail(str(error))
    if isinstance(error, EOFError) or _TRUNCATED.search(detail):
        return Failure("unreadable", "truncated")
    if isinstance(error, NotImplementedError) or _UNSUPPORTED.search(detail):
        return Failure("unreadable", f"unsupported feature ({detail or type(error).__name__})")
    words = next((words for message, words in _CODES.items() if detail.startswith(message)), detail)
    return Failure("unreadable", f"corrupt ({words or type(error).__name__})")


def _detail(message: str) -> str:
    """Make one short printable line of an exception's text, without addresses of objects."""
    message = re.sub(r"<[^>]* object at 0x[0-9a-f]+>", "", message)
    message = "".join(c if c.isprintable() else " " for c in message)
    message = " ".join(message.split()).removesuffix(" when reading image file")
    return message if len(message) <= _LONGEST else message[: _LONGEST - 1] + "…"


def _count(pixels: int) -> str:
    return f"{pixels / 1e6:,.{0 if pixels >= 1e8 else 1}f} million" if pixels >= 1e6 else f"{pixels:,}"
