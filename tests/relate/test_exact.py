from __future__ import annotations

import numpy as np
import pytest
from relate.images import NO_POINTERS, blank, contents, groups, strings, texture

from datalint.relate import Contents, exact_duplicates, pixel_candidates


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def settled(given: Contents, digests: dict[int, str]) -> dict[int, tuple[str, list[tuple[int, bool]]]]:
    table = exact_duplicates(given, digests, NO_POINTERS)
    found: dict[int, tuple[str, list[tuple[int, bool]]]] = {}
    for group, sample, kind, keeper in zip(*(table[name].tolist() for name in table), strict=True):
        found.setdefault(group, (kind, []))[1].append((sample, keeper))
    return found


def test_equal_bytes_make_a_group_without_decoding(rng: np.random.Generator) -> None:
    images = contents(texture(rng, 5), content_digest=strings("abaca"))
    assert pixel_candidates(images).tolist() == []
    assert groups(exact_duplicates(images, {}, NO_POINTERS)) == {0: {0, 2, 4}}


def test_keeper_is_the_best_ranked(rng: np.random.Generator) -> None:
    images = contents(texture(rng, 5), content_digest=strings("xabab"), rank=np.array([0, 4, 3, 1, 2], np.int32))
    assert settled(images, {}) == {
        0: ("bytes", [(1, False), (3, True)]),
        1: ("bytes", [(2, False), (4, True)]),
    }


def test_equal_pixels_in_differing_files(rng: np.random.Generator) -> None:
    thumbnails = np.repeat(texture(rng, 2), [3, 1], axis=0)
    images = contents(thumbnails, content_digest=strings("aabc"))
    assert pixel_candidates(images).tolist() == [0, 2], "one stands for all with the same bytes"
    assert settled(images, {0: "p", 2: "p"}) == {0: ("pixels", [(0, True), (1, False), (2, False)])}
    assert settled(images, {0: "p", 2: "q"}) == {0: ("bytes", [(0, True), (1, False)])}
    assert settled(images, {0: "p"}) == {0: ("bytes", [(0, True), (1, False)])}, "what did not decode equals nobody"


@pytest.mark.parametrize(
    "other",
    [
        {"mode": strings(["RGB", "L"])},
        {"width": np.array([100, 200], np.uint32), "height": np.array([200, 100], np.uint32)},
    ],
)
def test_mode_and_shape_are_part_of_the_identity(rng: np.random.Generator, other: dict[str, object]) -> None:
    images = contents(np.repeat(texture(rng), 2, axis=0), **other)
    assert pixel_candidates(images).tolist() == []
    assert settled(images, {0: "p", 1: "p"}) == {}


def test_another_format_is_a_candidate_where_the_thumbnail_is_nearly_the_same(rng: np.random.Generator) -> None:
    first, second = texture(rng, 2)
    off_by_one = np.where(first < 255, first + 1, 254).astype(np.uint8)
    images = contents(np.stack([first, off_by_one, second]), format=strings(["JPEG", "PNG", "PNG"]))
    assert pixel_candidates(images).tolist() == [0, 1]
    same_format = images._replace(format=strings(["PNG"] * 3))
    assert pixel_candidates(same_format).tolist() == [], "one format is decoded at one scale: reduced digests tell"


def test_all_with_a_look_are_candidates_once_one_of_them_is(rng: np.random.Generator) -> None:
    first = texture(rng)[0]
    off_by_one = np.where(first < 255, first + 1, 254).astype(np.uint8)
    images = contents(np.stack([first, off_by_one, off_by_one]), format=strings(["JPEG", "PNG", "PNG"]))
    assert pixel_candidates(images).tolist() == [0, 1, 2]


def test_blank_images_of_two_formats_are_decoded_only_where_they_agree(rng: np.random.Generator) -> None:
    level = rng.permutation(np.arange(0, 250, 5)).astype(np.uint8)
    thumbnails = np.broadcast_to(level[:, None, None, None], (50, 32, 32, 3)).copy()
    images = contents(thumbnails, format=strings(["JPEG", "PNG"] * 25))
    assert len(np.unique(images.phash)) < 5, "flat greys share their hashes"
    assert pixel_candidates(images).tolist() == []


def test_no_images_and_no_duplicates(rng: np.random.Generator) -> None:
    for thumbnails in (np.zeros((0, 32, 32, 3), np.uint8), texture(rng, 3), blank(rng, 3)):
        images = contents(thumbnails)
        assert len(pixel_candidates(images)) == 0
        table = exact_duplicates(images, {}, NO_POINTERS)
        assert {name: len(column) for name, column in table.items()} == dict.fromkeys(table, 0)
