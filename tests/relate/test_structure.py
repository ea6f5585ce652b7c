from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from relate.images import Array, blank, texture

from datalint.relate import structure
from datalint.relate.structure import has_structure, structure_points

BIG = 256


def thumbnails(*images: Array) -> Array:
    return np.stack([np.asarray(Image.fromarray(i).resize((32, 32), Image.Resampling.BICUBIC)) for i in images])


def compare(first: Array, second: Array) -> float:
    pair = thumbnails(first, second)
    there = structure.compare(pair, np.array([0]), np.array([1]), np.array([0]))
    back = structure.compare(pair, np.array([1]), np.array([0]), np.array([0]))
    assert there.structure == pytest.approx(back.structure, abs=0.02)
    return float(there.structure[0])


@pytest.fixture
def photo() -> Array:
    return texture(np.random.default_rng(3), size=BIG)[0]


def scaled(image: Array, gain: float, offset: float) -> Array:
    return np.clip(image * gain + offset, 0, 255).astype(np.uint8)


def test_same_picture_under_other_light_and_framing(photo: Array) -> None:
    grey = np.asarray(Image.fromarray(photo).convert("L").convert("RGB"))
    assert compare(photo, photo) == 1
    assert compare(photo, grey) > 0.97
    assert compare(photo, scaled(photo, 0.8, 0)) > 0.97
    assert compare(photo, scaled(photo, 0.7, 40)) > 0.95
    assert compare(photo, photo[10:-10, 10:-10]) > 0.92, "cropped by 4 % on each side"
    assert compare(photo[:-12, :-12], photo[12:, 12:]) > 0.92, "shifted by 1.5 thumbnail pixels"
    assert compare(photo, photo[:, 12:-12]) > 0.92, "stretched by a tenth"


def test_other_pictures(photo: Array) -> None:
    assert compare(photo, texture(np.random.default_rng(4), size=BIG)[0]) < 0.5
    assert compare(photo, 255 - photo) == 0
    assert compare(photo, photo[:, ::-1]) < 0.5


def test_a_shared_outline_is_not_a_shared_picture() -> None:
    """Two garments of one cut on black: nearly all plain gradient energy is in the outline."""
    rng = np.random.default_rng(5)
    inside = np.zeros((BIG, BIG, 1), bool)
    inside[40:220, 60:200] = True
    first, second = (np.where(inside, 120 + t // 4, 0).astype(np.uint8) for t in texture(rng, 2, size=BIG))
    assert compare(first, second) < 0.85
    assert compare(first, scaled(first, 0.9, 0)) > 0.97


def test_blank_images_have_no_structure(photo: Array) -> None:
    rng = np.random.default_rng(6)
    flat = blank(rng, 20)
    both = np.concatenate([flat, thumbnails(photo), thumbnails(scaled(photo, 0.2, 20))])
    assert has_structure(both, np.arange(len(both))).tolist() == [False] * 20 + [True, True]


def test_result_does_not_depend_on_what_else_is_compared() -> None:
    images = texture(np.random.default_rng(7), 40)
    images[20:] = scaled(np.roll(images[:20], 1, axis=1), 0.9, 5)
    first = np.arange(20).repeat(20)
    second = np.tile(np.arange(20, 40), 20)
    upright = np.zeros(400, np.int64)
    together = structure.compare(images, first, second, upright).structure
    alone = [
        structure.compare(images, first[i : i + 1], second[i : i + 1], upright[:1]).structure[0] for i in range(400)
    ]
    assert together == pytest.approx(alone, abs=1e-4)
    assert together.reshape(20, 20).diagonal().min() > 0.9


def test_a_crop_is_measured(photo: Array) -> None:
    """The motion says where the crop's pixels are in the whole: 16 of 256 off each side are an eighth of a half."""
    pair = thumbnails(photo[16:-16, 16:-16], photo)
    motion = structure.compare(pair, np.array([0]), np.array([1]), np.array([0])).motion[0]
    assert motion == pytest.approx([0, -0.125, 0, -0.125], abs=0.01)
    moved = thumbnails(photo[:, :-16], photo[:, 16:])
    shift = structure.compare(moved, np.array([0]), np.array([1]), np.array([0])).motion[0]
    assert shift == pytest.approx([-2 * 16 / 240, 0, 0, 0], abs=0.01)


def test_structure_points_count_where_a_picture_has_something_to_agree_in(photo: Array) -> None:
    stroke = np.zeros((BIG, BIG, 3), np.uint8)
    stroke[40:216, 120:136] = 255
    points = structure_points(thumbnails(stroke, photo), np.arange(2))
    assert points[0] < 50 < 120 < points[1] <= 256
