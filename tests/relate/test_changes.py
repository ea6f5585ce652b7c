from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageEnhance
from relate.images import NO_POINTERS, Array, contents, texture

from datalint.relate import exact_duplicates, near_pairs

if TYPE_CHECKING:
    from collections.abc import Callable

BIG = 320


def small(image: Image.Image) -> Array:
    return np.asarray(image.resize((32, 32), Image.Resampling.BOX))


def crop(image: Image.Image) -> Image.Image:
    return image.crop((12, 12, BIG - 12, BIG - 12))


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "mirrored": lambda i: i.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "mirrored upside down": lambda i: i.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
    "half-turned": lambda i: i.rotate(180),
    "quarter-turned": lambda i: i.rotate(90),
    "mirrored along a diagonal": lambda i: i.transpose(Image.Transpose.TRANSPOSE),
    "cropped": crop,
    "greyscale": lambda i: i.convert("L").convert("RGB"),
    "brightness-shifted": lambda i: ImageEnhance.Brightness(i).enhance(0.85),
    "mirrored, cropped": lambda i: crop(i).transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "resized": lambda i: i.resize((200, 200)),
    "re-encoded": lambda i: Image.fromarray(np.asarray(i) ^ 1),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_copy_is_named_as_what_it_is(name: str) -> None:
    rng = np.random.default_rng(6)
    original = Image.fromarray(texture(rng, 1, BIG)[0])
    copy = CHANGES[name](original)
    width = np.full(302, 320, np.uint32)
    width[301] = 200 if name == "resized" else 320
    thumbnails = np.concatenate([texture(rng, 300), np.stack([small(original), small(copy)])])
    images = contents(thumbnails, width=width, height=width)
    pairs: Any = near_pairs(images, exact_duplicates(images, {}, NO_POINTERS)).pairs
    assert [pairs[end].tolist() for end in ("sample_a", "sample_b")] == [[300], [301]]
    assert pairs["changes"].tolist() == [name]


def test_a_quarter_turn_exchanges_width_and_height() -> None:
    rng = np.random.default_rng(7)
    pictures = texture(rng, 300)
    thumbnails = np.concatenate([pictures, np.rot90(pictures[:1], axes=(1, 2))])
    width, height = np.full(301, 200, np.uint32), np.full(301, 100, np.uint32)
    width[300], height[300] = 100, 200
    images = contents(thumbnails, width=width, height=height)
    pairs: Any = near_pairs(images, exact_duplicates(images, {}, NO_POINTERS)).pairs
    assert pairs["changes"].tolist() == ["quarter-turned"]
