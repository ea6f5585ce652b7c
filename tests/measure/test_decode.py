"""Images of every kind, whole and broken, through one decode."""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from conftest import content, photo
from PIL import Image, ImageFile

from datalint.measure.decode import View, measure_image, pixel_digest
from datalint.measure.quiet import quiet_pillow
from datalint.measure.reasons import Failure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LIMIT = 10_000_000


def outcome(path: Path, limit: int = LIMIT) -> View | Failure:
    with quiet_pillow():
        return measure_image(content(path), limit)[1]


def view(path: Path, limit: int = LIMIT) -> View:
    result = outcome(path, limit)
    assert isinstance(result, View), result
    return result


def failure(path: Path, limit: int = LIMIT) -> Failure:
    """What is wrong with an image; that its bytes are named is checked here."""
    result = outcome(path, limit)
    assert isinstance(result, Failure)
    readable = path.is_file() and os.access(path, os.R_OK)
    assert result.content_digest == (hashlib.sha256(path.read_bytes()).hexdigest() if readable else None)
    return result._replace(content_digest=None)


def thumbnail(path: Path) -> np.ndarray[Any, Any]:
    return np.frombuffer(view(path).thumbnail, np.uint8).reshape(32, 32, 3)


def encoded(image: Image.Image, format_: str, **save: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format_, **save)
    return buffer.getvalue()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def huge_png(side: int) -> bytes:
    """A PNG of a few bytes that claims side x side pixels."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = png_chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + data + png_chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("format_", "mode"),
    [
        *[("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA")],
        *[("JPEG", mode) for mode in ("L", "RGB", "CMYK")],
        *[("TIFF", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I", "F")],
        *[
            (format_, "RGB")
            for format_ in ("BMP", "WEBP", "GIF", "PPM", "TGA", "JPEG2000", "AVIF", "PCX", "SGI", "QOI")
        ],
        *[(format_, "RGBA") for format_ in ("WEBP", "ICO", "DDS", "ICNS")],
    ],
)
def test_every_mode_looks_like_the_original(tmp_path: Path, format_: str, mode: str) -> None:
    original = photo((64, 64), 1)
    if mode == "LAB":
        from PIL import ImageCms

        lab = ImageCms.profileToProfile(
            original, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
        )
        assert lab is not None
        image = lab
    elif mode == "RGBA":
        image = original.copy()
        image.putalpha(Image.new("L", image.size, 255))
    else:
        image = original.convert(mode)
    options = {"quality": 95} if format_ in ("JPEG", "AVIF", "WEBP") else {}
    image.save(tmp_path / "image", format_, **options)
    grey = mode in ("1", "L", "LA", "I", "F")
    expected = original.convert("L").convert("RGB") if grey else original
    difference = np.abs(
        thumbnail(tmp_path / "image") - np.asarray(expected.resize((32, 32), Image.Resampling.BOX), int)
    )
    assert difference.mean() < (25 if mode in ("1", "P") or format_ == "GIF" else 12)


def test_alpha_is_dropped(tmp_path: Path) -> None:
    image = photo((64, 64), 1)
    image.save(tmp_path / "opaque.png")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    image.save(tmp_path / "clear.png")
    assert view(tmp_path / "clear.png").thumbnail == view(tmp_path / "opaque.png").thumbnail


@pytest.mark.parametrize(
    ("dtype", "top"), [(np.uint16, 65535), (np.int32, 65535), (np.float32, 1.0), (np.float32, 255)]
)
def test_deep_pixels_are_scaled_by_their_range(tmp_path: Path, dtype: type, top: float) -> None:
    ramp = np.linspace(0, 1, 64)[None].repeat(64, axis=0)
    Image.fromarray((ramp * top).astype(dtype)).save(tmp_path / "image.tif")
    row = thumbnail(tmp_path / "image.tif")[16, :, 0].astype(int)
    assert np.abs(row - np.linspace(2, 253, 32)).max() < 6


def test_floats_without_meaning_do_no_harm(tmp_path: Path) -> None:
    pixels = np.linspace(-5, 1000, 64 * 64, dtype=np.float32).reshape(64, 64)
    pixels[0, :3] = np.nan, np.inf, -np.inf
    Image.fromarray(pixels).save(tmp_path / "image.tif")
    assert thumbnail(tmp_path / "image.tif")[-1].mean() > 240
    Image.fromarray(np.full((8, 8), np.nan, np.float32)).save(tmp_path / "nan.tif")
    assert not thumbnail(tmp_path / "nan.tif").any()


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied(tmp_path: Path, format_: str, orientation: int) -> None:
    from PIL import ImageOps

    exif = Image.Exif()
    exif[0x0112] = orientation
    image = photo((160, 80), 2)
    image.save(tmp_path / "image", format_, exif=exif)
    with Image.open(tmp_path / "image") as stored:
        upright = ImageOps.exif_transpose(stored)
        assert upright is not None
        expected = np.asarray(upright.convert("RGB").resize((32, 32), Image.Resampling.BICUBIC), int)
    assert np.abs(thumbnail(tmp_path / "image") - expected).mean() < 3
    width, height = view(tmp_path / "image").size
    assert (width > height) == (orientation <= 4)


def test_reduced_scale_keeps_the_perceptual_hash_close(tmp_path: Path) -> None:
    import imagehash

    distances = []
    for seed in range(20):
        image = photo((700, 500), seed)
        image.save(tmp_path / "image.jpg", quality=90)
        small = Image.fromarray(thumbnail(tmp_path / "image.jpg"))
        distances.append(imagehash.phash(small) - imagehash.phash(Image.open(tmp_path / "image.jpg")))
    assert np.median(distances) <= 2
    assert max(distances) <= 6


def test_views_are_small_and_never_enlarged(tmp_path: Path) -> None:
    for size in [(3000, 2000), (500, 375), (64, 64), (28, 28), (1, 1), (1, 5000), (4000, 3)]:
        for format_ in ("JPEG", "PNG"):
            Image.new("RGB", size, (10, 200, 30)).save(tmp_path / "image", format_)
            seen = view(tmp_path / "image", 10**8)
            assert len(seen.grey) == seen.size[0] * seen.size[1]
            assert min(seen.size) <= 127
            assert max(seen.size) <= 4096
            assert seen.size[0] <= size[0]
            assert min(seen.size) >= min(64, *size) or max(size) > 2048


def test_large_images_are_reduced_in_strips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = photo((500, 400), 3).resize((3000, 2403))
    image.save(tmp_path / "large.png", compress_level=1)
    in_strips = view(tmp_path / "large.png")
    with quiet_pillow():
        digest = pixel_digest(content(tmp_path / "large.png"), LIMIT)
    monkeypatch.setattr("datalint.measure.decode._STRIP_PIXELS", 10**9)
    assert view(tmp_path / "large.png")[:3] == in_strips[:3]
    assert digest == hashlib.sha256(b"RGB 3000 2403 " + image.tobytes()).hexdigest()


def test_pixel_digest_is_of_mode_size_and_upright_pixels(tmp_path: Path, make_image: Callable[..., Path]) -> None:
    image = photo((40, 30), 4)
    image.save(tmp_path / "a.png")
    image.save(tmp_path / "b.bmp")
    exif = Image.Exif()
    exif[0x0112] = 6
    image.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.png", exif=exif)
    image.convert("RGBA").save(tmp_path / "alpha.png")
    image.resize((30, 40)).save(tmp_path / "other.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "a.png").read_bytes()[:-500])
    with quiet_pillow():
        a, b, turned, alpha, other, cut, none = (
            pixel_digest(content(tmp_path / name), LIMIT)
            for name in ("a.png", "b.bmp", "turned.png", "alpha.png", "other.png", "cut.png", "none.png")
        )
    assert a == b == turned
    assert len({a, alpha, other}) == 3
    assert cut is none is None


@pytest.mark.parametrize("side", [4000, 60_000])
def test_oversized(tmp_path: Path, side: int) -> None:
    (tmp_path / "bomb.png").write_bytes(huge_png(side))
    with quiet_pillow():
        header, _ = measure_image(content(tmp_path / "bomb.png"), LIMIT)
    millions = {4000: "16.0", 60_000: "3,600"}[side]
    reason = f"{side}x{side} is {millions} million pixels, the limit is 10.0 million"
    assert failure(tmp_path / "bomb.png") == Failure("oversized", reason)
    assert header is not None
    assert (header.width, header.height) == (side, side)


def test_oversized_picture_within_a_small_one(tmp_path: Path) -> None:
    png = huge_png(60_000)
    entry = struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(png), 22)
    (tmp_path / "icon.ico").write_bytes(struct.pack("<HHH", 0, 1, 1) + entry + png)
    reason = "it holds a picture larger than the limit of 10.0 million pixels"
    assert failure(tmp_path / "icon.ico") == Failure("oversized", reason)


def test_oversized_webp_takes_no_memory(tmp_path: Path) -> None:
    data = bytearray(
        encoded(photo((64, 48), 0).convert("RGBA"), "WEBP", save_all=True, append_images=[photo((64, 48), 1)])
    )
    assert data[12:16] == b"VP8X"
    data[24:30] = (16_000).to_bytes(3, "little") * 2
    (tmp_path / "image.webp").write_bytes(data)
    assert failure(tmp_path / "image.webp").kind == "oversized"


def test_limit_is_a_number_of_pixels(tmp_path: Path, make_image: Callable[..., Path]) -> None:
    path = make_image(tmp_path / "image.png", (100, 80))
    assert isinstance(outcome(path, 8000), View)
    assert failure(path, 7999).kind == "oversized"


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "JPEG2000", "PPM", "AVIF"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_cut_files_are_unreadable(tmp_path: Path, format_: str, share: float) -> None:
    data = encoded(photo((640, 480), 5), format_)
    (tmp_path / "image").write_bytes(data[: int(len(data) * share)])
    result = failure(tmp_path / "image")
    assert result.kind == "unreadable"
    assert result.reason.startswith(("truncated", "corrupt"))


def test_jpeg_cut_in_its_last_rows_is_truncated(tmp_path: Path) -> None:
    data = encoded(photo((640, 480), 5), "JPEG", quality=90)
    (tmp_path / "image.jpg").write_bytes(data[: len(data) * 97 // 100])
    assert failure(tmp_path / "image.jpg") == Failure("unreadable", "truncated")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not an image"),
        (b"\0" * 5000, "not an image (zero bytes only)"),
        (b"hello, this is no image\n" * 5, "not an image (text)"),
        ("grüße\n".encode() * 900, "not an image (text)"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "not an image (HTML page)"),
        (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported format (SVG)"),
        (b"\0\0\0\x1cftypheic\0\0\0\0mif1heic" + b"\0" * 64, "unsupported format (HEIC)"),
        (b"FUJIFILMCCD-RAW 0201" + b"\x01" * 99, "unsupported format (camera RAW)"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "unsupported format (PDF)"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n", "unsupported format (EPS)"),
        (b"PK\3\4" + b"\x07" * 99, "not an image (ZIP archive)"),
        (b"\0\0\0\x20ftypisom" + b"\x01" * 99, "not an image (video)"),
        (b"\x89PNG\n\x1a\n" + b"\x01" * 99, "corrupt (PNG signature)"),
        (b"\xff\xd8\xff\xe0\0\x04\0\0" + b"\x01" * 99, "corrupt (JPEG header)"),
        (b"\xff\xd8\xff\xe0\x7f\xff" + b"\x01" * 99, "truncated"),
        (bytes(range(128, 256)) * 9, "not an image"),
    ],
)
def test_other_files_are_named(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "image.jpg").write_bytes(data)
    assert failure(tmp_path / "image.jpg") == Failure("unreadable", reason)


def test_unreadable_files(tmp_path: Path) -> None:
    assert failure(tmp_path / "gone.jpg").reason == "cannot be read (No such file or directory)"
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    assert failure(tmp_path / "loop.jpg").reason.startswith("cannot be read (")
    (tmp_path / "folder.jpg").mkdir()
    assert failure(tmp_path / "folder.jpg").reason.startswith("cannot be read (")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.jpg")
        assert failure(tmp_path / "pipe.jpg").reason == "cannot be read (not a regular file)"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_without_permission(tmp_path: Path, make_image: Callable[..., Path]) -> None:
    path = make_image(tmp_path / "image.jpg")
    path.chmod(0)
    assert failure(path).reason == "cannot be read (Permission denied)"


def test_files_beyond_memory_are_decoded_from_disk(
    tmp_path: Path, make_image: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [make_image(tmp_path / f"image.{name}") for name in ("jpg", "png", "gif", "tif", "bmp", "webp")]
    photo((96, 72), 0).save(tmp_path / "lzw.tif", compression="tiff_lzw")
    paths.append(tmp_path / "lzw.tif")
    in_memory = [view(path)[:3] for path in paths]
    monkeypatch.setattr("datalint.storage.local._IN_MEMORY", 0)
    assert [view(path)[:3] for path in paths] == in_memory


def test_settings_of_pillow_do_not_matter_and_are_restored(
    tmp_path: Path, make_image: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_image(tmp_path / "image.jpg", (200, 200))
    (tmp_path / "cut.jpg").write_bytes(path.read_bytes()[:-800])
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert isinstance(outcome(path), View)
    assert failure(tmp_path / "cut.jpg").reason == "truncated"
    assert (ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS) == (True, 100)
