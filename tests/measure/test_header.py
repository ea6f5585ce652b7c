"""What headers say of images of all kinds."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from conftest import content, photo
from PIL import Image

from datalint.measure.decode import image_header
from datalint.measure.formats import extension_format
from datalint.measure.quiet import quiet_pillow

if TYPE_CHECKING:
    from pathlib import Path

    from datalint.measure.header import Header


def header_of(path: Path, image: Image.Image, format_: str, **save: Any) -> Header:
    image.save(path, format_, **save)
    return read(path)


def read(path: Path) -> Header:
    with quiet_pillow():
        header = image_header(content(path, whole=False), 10**8)
    assert header is not None
    return header


def deep_grey() -> Image.Image:
    return Image.fromarray(np.arange(48 * 64, dtype=np.uint16).reshape(48, 64) * 20)


@pytest.mark.parametrize(
    ("format_", "mode", "colour", "alpha", "channels", "bit_depth"),
    [
        ("PNG", "1", False, False, 1, 1),
        ("PNG", "L", False, False, 1, 8),
        ("PNG", "LA", False, True, 2, 8),
        ("PNG", "P", True, False, 1, 8),
        ("PNG", "RGB", True, False, 3, 8),
        ("PNG", "RGBA", True, True, 4, 8),
        ("JPEG", "L", False, False, 1, 8),
        ("JPEG", "RGB", True, False, 3, 8),
        ("JPEG", "CMYK", True, False, 4, 8),
        ("TIFF", "F", False, False, 1, 32),
        ("TIFF", "1", False, False, 1, 1),
        ("WEBP", "RGBA", True, True, 4, 8),
        ("GIF", "P", True, False, 1, 8),
        ("BMP", "RGB", True, False, 3, 8),
        ("JPEG2000", "RGB", True, False, 3, 8),
        ("PPM", "L", False, False, 1, 8),
    ],
)
def test_stored_kind(
    tmp_path: Path, format_: str, mode: str, colour: bool, alpha: bool, channels: int, bit_depth: int
) -> None:
    image = photo((64, 48), 0).convert(mode)
    if mode == "RGBA":
        image.putalpha(100)
    header = header_of(tmp_path / "image", image, format_)
    assert (header.format, *header[2:9]) == (format_, mode, colour, alpha, channels, bit_depth, 64, 48)
    assert (header.frames, header.orientation) == (1, 1)
    assert (header.gps, header.copyright, header.camera) == (None, None, None)
    assert (header.compression is not None) == (format_ == "JPEG")


@pytest.mark.parametrize("quality", [1, 37, 75, 100])
@pytest.mark.parametrize(("sampling", "name"), [(0, "4:4:4"), (1, "4:2:2"), (2, "4:2:0")])
def test_the_quality_of_a_jpeg(tmp_path: Path, quality: int, sampling: int, name: str) -> None:
    image = photo((64, 48), 0)
    saved = header_of(tmp_path / "image", image, "JPEG", quality=quality, subsampling=sampling)
    assert saved.compression == f"quality {quality} {name}"
    assert header_of(tmp_path / "grey", image.convert("L"), "JPEG", quality=quality).compression == f"quality {quality}"


def test_tables_of_another_encoder_are_told_apart(tmp_path: Path) -> None:
    image = photo((64, 48), 0)
    names = [
        header_of(tmp_path / str(step), image, "JPEG", qtables=[[step] * 64, [9] * 64], subsampling=0).compression
        for step in (5, 6, 5)
    ]
    assert names[0] == names[2] != names[1]
    assert all(str(name).startswith("table ") and str(name).endswith(" 4:4:4") for name in names)


def test_bit_depth_is_that_of_the_file(tmp_path: Path) -> None:
    assert header_of(tmp_path / "grey.png", deep_grey(), "PNG").bit_depth == 16
    assert header_of(tmp_path / "grey.tif", deep_grey(), "TIFF").bit_depth == 16
    assert header_of(tmp_path / "few.png", photo((64, 48), 0).quantize(4), "PNG", bits=2).bit_depth == 2
    assert header_of(tmp_path / "grey.jp2", deep_grey(), "JPEG2000").bit_depth == 16
    (tmp_path / "grey.pgm").write_bytes(b"P5 2 1 65535\n\0\1\2\3")
    assert read(tmp_path / "grey.pgm").bit_depth == 16


def test_deep_colour_png_is_deep(tmp_path: Path) -> None:
    import struct
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + bytes(range(6)) for _ in range(2))
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 2, 16, 2, 0, 0, 0))
    (tmp_path / "deep.png").write_bytes(png + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    header = read(tmp_path / "deep.png")
    assert (header.mode, header.bit_depth) == ("RGB", 16)  # Pillow decodes it to 8 bits


def test_transparent_colour_is_alpha(tmp_path: Path) -> None:
    image = photo((64, 48), 0).quantize(16)
    assert header_of(tmp_path / "image.png", image, "PNG", transparency=0).alpha


@pytest.mark.parametrize("format_", ["GIF", "PNG", "WEBP", "TIFF", "AVIF"])
def test_frames_are_counted(tmp_path: Path, format_: str) -> None:
    frames = [photo((64, 48), seed) for seed in range(5)]
    header = header_of(tmp_path / "image", frames[0], format_, save_all=True, append_images=frames[1:])
    assert header.frames == 5


def test_extra_pictures_of_a_jpeg_are_not_frames(tmp_path: Path) -> None:
    pictures = [photo((64, 48), seed) for seed in range(2)]
    header = header_of(tmp_path / "image.jpg", pictures[0], "MPO", save_all=True, append_images=pictures[1:])
    assert (header.format, header.frames) == ("JPEG", 1)


def test_pages_in_a_circle_end(tmp_path: Path) -> None:
    buffer = BytesIO()
    photo((64, 48), 0).save(buffer, "TIFF")
    data = bytearray(buffer.getvalue())
    first = int.from_bytes(data[4:8], "little")
    end = first + 2 + 12 * int.from_bytes(data[first : first + 2], "little")
    data[end : end + 4] = first.to_bytes(4, "little")
    (tmp_path / "image.tif").write_bytes(data)
    assert read(tmp_path / "image.tif").frames == 1


def test_the_camera_by_exif(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "ACME ", "Model 3"
    assert header_of(tmp_path / "image", photo((64, 48), 0), "JPEG", exif=exif).camera == "ACME Model 3"


def exif_with(place: dict[int, Any] | None = None, **tags: Any) -> Image.Exif:
    exif = Image.Exif()
    numbers = {"orientation": 0x0112, "artist": 0x013B, "copyright": 0x8298}
    for name, value in tags.items():
        exif[numbers[name]] = value
    if place is not None:
        exif.get_ifd(0x8825).update(place)
    return exif


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_exif(tmp_path: Path, format_: str) -> None:
    place = {1: "S", 2: (33.0, 51.0, 24.12), 3: "E", 4: (151.0, 12.0, 36.0)}
    exif = exif_with(place, orientation=6, copyright=" Ann  Other\n", artist="someone")
    header = header_of(tmp_path / "image", photo((64, 48), 0), format_, exif=exif)
    assert (header.orientation, header.gps, header.copyright) == (6, "-33.85670, 151.21000", "Ann Other")
    assert (header.width, header.height) == (64, 48), "as stored"


def test_tags_of_a_tiff(tmp_path: Path) -> None:
    exif = exif_with(orientation=8, artist="Ann")
    header = header_of(tmp_path / "image", photo((64, 48), 0), "TIFF", exif=exif)
    assert (header.orientation, header.copyright, header.width, header.height) == (8, "Ann", 64, 48)


@pytest.mark.parametrize(
    "place",
    [
        {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},
        {1: "N", 2: (95.0, 0.0, 0.0), 3: "E", 4: (10.0, 0.0, 0.0)},
        {1: "N", 2: (50.0, 0.0, 0.0)},
        {},
    ],
)
def test_no_place(tmp_path: Path, place: dict[int, Any]) -> None:
    header = header_of(tmp_path / "image.jpg", photo((64, 48), 0), "JPEG", exif=exif_with(place, artist="Ann"))
    assert (header.gps, header.copyright) == (None, "Ann")


@pytest.mark.parametrize("value", [0, 9, 77])
def test_meaningless_orientation_is_upright(tmp_path: Path, value: int) -> None:
    header = header_of(tmp_path / "image.jpg", photo((64, 48), 0), "JPEG", exif=exif_with(orientation=value))
    assert header.orientation == 1


def test_broken_exif_is_none(tmp_path: Path) -> None:
    broken = b"Exif\0\0MM\0*\0\0\xff\xff" + b"\xff" * 40
    header = header_of(tmp_path / "image.jpg", photo((64, 48), 0), "JPEG", exif=broken)
    assert (header.orientation, header.gps, header.copyright) == (1, None, None)


def test_format_by_extension() -> None:
    names = ["a/b.JPG", "x.jfif", "x.tif", "x.dib", "x.heic", "x.png.txt", "png", ".png"]
    assert [extension_format(name) for name in names] == ["JPEG", "JPEG", "TIFF", "BMP", "HEIF", None, None, None]
