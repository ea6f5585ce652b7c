from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageEnhance
from relate.images import NO_POINTERS, Array, contents, strings, texture

from datalint.relate import Contents, contamination, exact_duplicates
from datalint.relate.transforms import TRANSFORMS, transformed


def digests(*names: str) -> Array:
    return strings(names)


def compared(own: Contents, other: Contents) -> list[tuple[int, int, str, str]]:
    shift = 1000
    both = Contents.joined(own, other, shift, np.concatenate([own.thumbnails, other.thumbnails]))
    found: Any = contamination(both, shift, exact_duplicates(both, {}, NO_POINTERS))
    return list(zip(*(found[name].tolist() for name in ("sample_id", "other_id", "kind", "changes")), strict=True))


def darker(picture: Array) -> Array:
    return np.asarray(ImageEnhance.Brightness(Image.fromarray(picture)).enhance(0.8))


def test_exact_near_and_mirrored_images_of_another_dataset() -> None:
    rng = np.random.default_rng(1)
    own, other = texture(rng, 80), texture(rng, 120)
    other[7], other[8], other[9] = own[3], darker(own[4]), own[5][:, ::-1]
    first = contents(own, content_digest=digests(*(f"own{n}" for n in range(80))))
    names = [f"other{n}" for n in range(120)]
    names[7] = "own3"
    second = contents(other, content_digest=digests(*names))
    assert compared(first, second) == [
        (3, 7, "bytes", ""),
        (4, 8, "near", "brightness-shifted"),
        (5, 9, "near", "mirrored"),
    ]


@pytest.mark.parametrize("sizes", [(60, 90), (90, 60)])
def test_pictures_turned_either_way_are_found(sizes: tuple[int, int]) -> None:
    rng = np.random.default_rng(4)
    own, other = texture(rng, sizes[0]), texture(rng, sizes[1])
    for number in range(1, 8):
        other[number] = transformed(own[number][None], np.array([number]))[0]
    found = compared(contents(own), contents(other))
    assert [(a, b, changes.partition(",")[0]) for a, b, _, changes in found] == [
        (number, number, TRANSFORMS[number]) for number in range(1, 8)
    ]


def test_copies_within_a_dataset_are_not_told_and_follow_their_original() -> None:
    rng = np.random.default_rng(2)
    own, other = texture(rng, 60), texture(rng, 60)
    own[1] = own[0]
    other[5], other[6] = darker(own[0]), darker(own[0])
    own_names = [f"own{n}" for n in range(60)]
    own_names[1] = "own0"
    other_names = [f"other{n}" for n in range(60)]
    other_names[6] = "other5"
    first, second = contents(own, content_digest=digests(*own_names)), contents(other)
    second = second._replace(content_digest=digests(*other_names))
    rows = compared(first, second)
    assert [row[0] for row in rows] == [0, 1]
    assert {row[1] for row in rows} <= {5, 6}


def test_nothing_in_common_and_nothing_at_all() -> None:
    rng = np.random.default_rng(3)
    own, other = contents(texture(rng, 50)), contents(texture(rng, 50))
    none = contents(np.zeros((0, 32, 32, 3), np.uint8))
    assert compared(own, other) == compared(own, none) == compared(none, other) == compared(none, none) == []
