"""Images that look alike by nature against copies of them: null data silent, planted data found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance
from relate.images import NO_POINTERS, Array, contents, texture

from datalint.relate import exact_duplicates, near_pairs
from datalint.relate.near import MIN_CONFIDENCE


def strokes(rng: np.random.Generator, count: int) -> Array:
    """White strokes on black through four points that hardly vary: ten shapes, as digits are; uint8[n, 32, 32, 3]."""
    shapes = np.random.default_rng(8).uniform(5, 27, (10, 4, 2))
    pictures = []
    for number in range(count):
        canvas = Image.new("L", (128, 128))
        points = (shapes[number % 10] + rng.normal(0, 1.2, (4, 2))) * 4
        ImageDraw.Draw(canvas).line([tuple(p) for p in points], 255, int(rng.integers(10, 18)), "curve")
        pictures.append(np.asarray(canvas.resize((32, 32), Image.Resampling.BICUBIC).convert("RGB")))
    return np.stack(pictures)


def garments(rng: np.random.Generator, count: int) -> Array:
    """One cut before white, each of a fabric of its own; uint8[count, 32, 32, 3]."""
    cut = Image.new("L", (128, 128))
    ImageDraw.Draw(cut).polygon(
        [(20, 30), (50, 15), (78, 15), (108, 30), (98, 55), (88, 50), (88, 112), (40, 112)], 255
    )
    pictures = []
    for fabric in texture(rng, count, 128):
        picture = Image.new("RGB", (128, 128), "white")
        picture.paste(Image.fromarray(fabric // 2 + 40), mask=cut)
        pictures.append(np.asarray(picture.resize((32, 32), Image.Resampling.BICUBIC)))
    return np.stack(pictures)


def sure(pictures: Array) -> set[tuple[int, int]]:
    images = contents(pictures)
    pairs: Any = near_pairs(images, exact_duplicates(images, {}, NO_POINTERS)).pairs
    chosen = pairs["confidence"] >= MIN_CONFIDENCE
    return set(zip(pairs["sample_a"][chosen].tolist(), pairs["sample_b"][chosen].tolist(), strict=True))


@pytest.mark.parametrize("make", [strokes, garments, texture])
@pytest.mark.parametrize("count", [60, 400, 1500])
def test_images_that_look_alike_by_nature_are_no_pairs(make: Any, count: int) -> None:
    found = sure(make(np.random.default_rng(count), count))
    assert len(found) <= 0.0025 * count


@pytest.mark.parametrize("make", [garments, texture])
@pytest.mark.parametrize("count", [60, 1500])
def test_copies_among_them_are(make: Any, count: int) -> None:
    pictures = make(np.random.default_rng(count), count)
    copies = [np.asarray(ImageEnhance.Brightness(Image.fromarray(p)).enhance(0.85)) for p in pictures[:20]]
    found = sure(np.concatenate([pictures, np.stack(copies)]))
    assert len(found & {(i, count + i) for i in range(20)}) >= 19
    assert len(found) <= 20 + 0.0025 * count
