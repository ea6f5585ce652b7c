"""What the header of an image says, without its pixels."""

from __future__ import annotations

import math
from typing import IO, TYPE_CHECKING, Literal, NamedTuple

from datalint.measure.compression import pillow_compression
from datalint.measure.formats import CANONICAL, extension_format

if TYPE_CHECKING:
    from PIL import ImageFile

    from datalint.measure.jpeg import PlainJPEG

HEAD_BYTES = 4096
"""How much of the beginning of a file :func:`read_header` wants to see."""

_GREY_MODES = frozenset({"1", "L", "LA", "La", "I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
_MODE_BITS = {"1": 1, "I": 32, "F": 32, "I;16": 16, "I;16L": 16, "I;16B": 16, "I;16N": 16}
_EXIF_KEYS = ("exif", "xmp", "XML:com.adobe.xmp", "Raw profile type exif")
_ARTIST, _COPYRIGHT, _GPS, _ORIENTATION = 0x013B, 0x8298, 0x8825, 0x0112
_MAKER, _MODEL = 0x010F, 0x0110
_WIDTH, _HEIGHT, _BITS = 256, 257, 258
_LONGEST_NOTICE = 200
_MOST_PAGES = 1_000_000


class Header(NamedTuple):
    """The columns of table ``headers``, in its order."""

    format: str | None
    named_format: str | None
    mode: str
    colour: bool
    alpha: bool
    channels: int
    bit_depth: int
    width: int
    height: int
    frames: int
    orientation: int
    gps: str | None
    copyright: str | None
    camera: str | None
    compression: str | None


def read_header(image: ImageFile.ImageFile, head: bytes, file_name: str) -> Header:
    """Describe an image that is open and not decoded; ``head`` are the first bytes of its file.

    Of a PNG, EXIF that comes after the pixels does not count. Broken EXIF is as good as none.
    """
    mode = image.mode
    name = CANONICAL.get(image.format or "", image.format or "")
    width, height = image.size
    tagged = _NO_EXIF
    info = image.info
    tags = getattr(image, "tag_v2", None)
    if tags is not None or any(key in info for key in _EXIF_KEYS):
        tagged = _exif(image)
    if tags is not None and tagged.orientation > 4:  # Pillow has swapped them
        width, height = tags.get(_WIDTH, height), tags.get(_HEIGHT, width)
    return Header(
        format=name,
        named_format=extension_format(file_name),
        mode=mode,
        colour=mode not in _GREY_MODES,
        alpha=image.has_transparency_data,
        channels=len(image.getbands()),
        bit_depth=_bit_depth(name, mode, head, tags),
        width=width,
        height=height,
        frames=_frames(image),
        **tagged._asdict(),
        compression=pillow_compression(image),
    )


def plain_header(jpeg: PlainJPEG, file_name: str) -> Header:
    """Describe a JPEG whose header tells no more."""
    mode, size = jpeg.mode, jpeg.size
    return Header(
        format="JPEG",
        named_format=extension_format(file_name),
        mode=mode,
        colour=mode not in _GREY_MODES,
        alpha=False,
        channels=len(mode),
        bit_depth=8,
        width=size[0],
        height=size[1],
        frames=1,
        orientation=1,
        gps=None,
        copyright=None,
        camera=None,
        compression=jpeg.compression,
    )


def _bit_depth(name: str, mode: str, head: bytes, tags: object) -> int:
    """Find the bits per channel as stored; Pillow reduces some 16-bit images to 8 bits, so its mode does not tell."""
    depth = _MODE_BITS.get(mode, 8)
    if name == "PNG" and head[12:16] == b"IHDR":
        return head[24]
    if name == "TIFF":
        bits = tags.get(_BITS, (depth,))  # type: ignore[attr-defined]
        depth = max(bits if isinstance(bits, tuple) else (bits,))
    elif name == "PPM" and mode == "I":
        depth = 16
    elif name == "SGI":
        depth = 8 * head[3]
    elif name == "JPEG2000":
        size = head.find(b"\xff\x4f\xff\x51")
        depth = (head[size + 42] & 0x7F) + 1 if 0 <= size < len(head) - 42 else depth
    elif name == "AVIF":
        box = head.find(b"pixi")
        depth = head[box + 9] if 0 <= box < len(head) - 9 else depth
    return depth if isinstance(depth, int) and 1 <= depth <= 32 else _MODE_BITS.get(mode, 8)


def _frames(image: ImageFile.ImageFile) -> int:
    """Count the frames or pages; layers (PSD) and the extra pictures of a MPO are neither."""
    if image.format in ("JPEG", "MPO", "PSD"):
        return 1
    try:
        if image.format == "TIFF" and image.fp is not None:
            return _tiff_pages(image.fp)
        return max(1, int(getattr(image, "n_frames", 1)))
    except Exception:  # damaged behind the first
        return 1


def _tiff_pages(file: IO[bytes]) -> int:
    """Follow the chain of directories; Pillow would parse every tag of each (0.1 ms a page)."""
    position = file.tell()
    file.seek(0)
    head = file.read(16)
    order: Literal["little", "big"] = "little" if head[:2] == b"II" else "big"
    big = 43 in head[2:4]
    count_bytes, entry_bytes, offset_bytes = (8, 20, 8) if big else (2, 12, 4)
    seen: set[int] = set()
    offset = int.from_bytes(head[8:16] if big else head[4:8], order)
    while offset and offset not in seen and len(seen) < _MOST_PAGES:
        file.seek(offset)
        count = file.read(count_bytes)
        if len(count) < count_bytes:
            break
        seen.add(offset)
        file.seek(offset + count_bytes + entry_bytes * int.from_bytes(count, order))
        offset = int.from_bytes(file.read(offset_bytes), order)
    file.seek(position)
    return max(1, len(seen))


class _Exif(NamedTuple):
    orientation: int = 1
    gps: str | None = None
    copyright: str | None = None
    camera: str | None = None


_NO_EXIF = _Exif()


def _exif(image: ImageFile.ImageFile) -> _Exif:
    """Read orientation, place, owner and camera."""
    try:
        exif = image.getexif()
        orientation = exif.get(_ORIENTATION, 1)
        gps = _place(exif.get_ifd(_GPS)) if _GPS in exif else None
        notice = next((text for tag in (_COPYRIGHT, _ARTIST) if (text := _text(exif.get(tag)))), None)
        camera = " ".join(text for tag in (_MAKER, _MODEL) if (text := _text(exif.get(tag)))) or None
    except Exception:  # plugins raise whatever broken bytes lead to
        return _NO_EXIF
    return _Exif(orientation if orientation in range(1, 9) else 1, gps, notice, camera)


def _place(gps: dict[int, object]) -> str | None:
    """Turn degrees, minutes and seconds to ``"latitude, longitude"`` in degrees; (0, 0) is a camera without a fix."""
    degrees = []
    for reference, value, negative, largest in ((1, 2, "S", 90), (3, 4, "W", 180)):
        parts = gps.get(value)
        if not isinstance(parts, tuple) or len(parts) != 3:
            return None
        angle = sum(float(part) / unit for part, unit in zip(parts, (1, 60, 3600), strict=True))
        if not math.isfinite(angle) or angle > largest:
            return None
        degrees.append(-angle if str(gps.get(reference, "")).strip("\0 ").upper() == negative else angle)
    return f"{degrees[0]:.5f}, {degrees[1]:.5f}" if any(degrees) else None


def _text(value: object) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return None
    printable = "".join(c if c.isprintable() else " " for c in value)
    return " ".join(printable.split())[:_LONGEST_NOTICE] or None
