"""The second decoder gives the bits of the first, or leaves the image to it."""

from __future__ import annotations

import io
import random

import pytest
from conftest import photo
from PIL import Image

from datalint.measure import jpeg
from datalint.measure.decode import measure_image
from datalint.measure.quiet import quiet_pillow
from datalint.storage import Encoded

LIMIT = 10**8
SIZES = [(1, 1), (7, 300), (32, 32), (127, 128), (129, 131), (500, 375), (1030, 770)]
FORMS = {
    "baseline": {"quality": 90},
    "4:4:4": {"quality": 90, "subsampling": 0},
    "4:2:2": {"quality": 90, "subsampling": 1},
    "progressive": {"quality": 75, "progressive": True},
    "RGB as it is": {"quality": 90, "keep_rgb": True},
    "comment": {"quality": 90, "comment": b"a comment", "dpi": (72, 72)},
    "restart markers": {"quality": 75, "restart_marker_blocks": 5},
}


def encoded(size: tuple[int, int], mode: str, **options: object) -> bytes:
    file = io.BytesIO()
    photo(size, 3).convert(mode).save(file, "JPEG", **options)
    return file.getvalue()


def by_both(data: bytes, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    with quiet_pillow():
        fast = measure_image(Encoded.of(data, "x.jpg"), LIMIT)
        with monkeypatch.context() as without:
            without.setattr(jpeg, "_simplejpeg", lambda: None)
            return [fast, measure_image(Encoded.of(data, "x.jpg"), LIMIT)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("form", FORMS)
def test_both_decoders_measure_the_same(
    size: tuple[int, int], mode: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded(size, mode, **FORMS[form])
    fast, slow = by_both(data, monkeypatch)
    assert fast == slow
    if mode != "CMYK":
        assert jpeg.decode_jpeg(data, mode, size, 64) is not None, "the second decoder is in use"
        plain = jpeg.plain_jpeg(data)
        assert plain is not None
        assert plain[:2] == (mode, size)


def test_rotated_by_exif_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    fast, slow = by_both(encoded((300, 200), "RGB", exif=exif), monkeypatch)
    assert fast == slow


def test_damage_has_the_same_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = random.Random(0)
    for options in FORMS.values():
        data = encoded((200, 150), "RGB", **options)
        for _ in range(60):
            damaged = bytearray(data[: generator.randrange(len(data))] if generator.random() < 0.4 else data)
            for _ in range(generator.randrange(3)):
                if damaged:
                    damaged[generator.randrange(len(damaged))] = generator.randrange(256)
            fast, slow = by_both(bytes(damaged), monkeypatch)
            assert fast == slow
        for cut in range(1, 12):
            fast, slow = by_both(data[:-cut], monkeypatch)
            assert fast == slow, f"{cut} bytes cut off"


def test_damaged_headers_have_the_same_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = random.Random(1)
    for mode in ("L", "RGB"):
        data = encoded((40, 30), mode, quality=80)
        end = data.index(b"\xff\xda") + 14
        for place in range(2, end):
            damaged = bytearray(data)
            damaged[place] = generator.choice([0, 1, 255, damaged[place] ^ 1 << generator.randrange(8)])
            if generator.random() < 0.2:
                del damaged[place]
            fast, slow = by_both(bytes(damaged), monkeypatch)
            assert fast == slow, f"byte {place}"


@pytest.mark.parametrize("options", [{"exif": b"Exif\0\0"}, {"xmp": b"<x/>"}, {"icc_profile": b"profile"}])
def test_what_tells_more_is_left_to_pillow(options: dict[str, bytes]) -> None:
    assert jpeg.plain_jpeg(encoded((40, 30), "RGB", **options)) is None
    assert jpeg.plain_jpeg(encoded((40, 30), "CMYK")) is None
    assert jpeg.plain_jpeg(encoded((40, 30), "RGB")[:100]) is None
