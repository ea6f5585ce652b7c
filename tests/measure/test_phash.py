"""Batched perceptual hashes against ImageHash, bit for bit."""

from __future__ import annotations

from typing import Any

import imagehash
import numpy as np
from conftest import photo
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from PIL import Image

from datalint.measure.phash import luma, perceptual_hashes

Array = np.ndarray[Any, Any]


def reference(thumbnail: Array) -> int:
    bits = imagehash.phash(Image.fromarray(thumbnail)).hash.ravel()
    return sum(int(bit) << (63 - position) for position, bit in enumerate(bits))


def agree(thumbnails: Array) -> None:
    hashes = perceptual_hashes(thumbnails)
    assert hashes.dtype == np.uint64
    assert hashes.tolist() == [reference(thumbnail) for thumbnail in thumbnails]


def test_photos() -> None:
    agree(np.stack([np.asarray(photo((32, 32), seed)) for seed in range(200)]))


def test_every_flat_colour_of_a_kind() -> None:
    greys = np.arange(256, dtype=np.uint8)[:, None, None, None].repeat(32, 1).repeat(32, 2).repeat(3, 3)
    agree(greys)


def test_drawings() -> None:
    generator = np.random.default_rng(0)
    drawings = np.full((300, 32, 32, 3), 255, np.uint8)
    for drawing in drawings:
        for _ in range(generator.integers(1, 4)):
            top, left, bottom, right = generator.integers(0, 33, 4)
            drawing[min(top, bottom) : max(top, bottom), min(left, right) : max(left, right)] = generator.integers(256)
    mirrored = np.concatenate([drawings[:50, :, :16], drawings[:50, :, 15::-1]], axis=2)
    agree(np.concatenate([drawings, mirrored]))


@settings(max_examples=200, deadline=None)
@given(
    npst.arrays(np.uint8, (32, 32, 3), elements=st.integers(0, 255), fill=st.sampled_from([0, 1, 127, 128, 255])),
    st.integers(1, 32),
)
def test_any_thumbnail(thumbnail: Array, block: int) -> None:
    blocky = thumbnail[::block, ::block].repeat(block, 0).repeat(block, 1)[:32, :32]
    agree(np.stack([thumbnail, blocky, blocky.transpose(1, 0, 2)]))


@given(npst.arrays(np.uint8, (4, 32, 3)))
def test_luma_is_that_of_pillow(pixels: Array) -> None:
    assert np.array_equal(luma(pixels), np.asarray(Image.fromarray(pixels).convert("L")))


def test_no_images() -> None:
    assert perceptual_hashes(np.zeros((0, 32, 32, 3), np.uint8)).shape == (0,)
