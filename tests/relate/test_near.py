from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageEnhance
from relate.images import NO_POINTERS, Array, blank, contents, groups, phash, strings, texture

from datalint.relate import Contents, exact_duplicates, near_duplicates, near_pairs
from datalint.relate.candidates import LAYOUT_PARTNERS, PARTNERS


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def relate(images: Contents) -> tuple[Any, Any]:
    duplicates = exact_duplicates(images, {}, NO_POINTERS)
    pairs = near_pairs(images, duplicates).pairs
    return pairs, near_duplicates(images, pairs, duplicates)


def brighter(thumbnails: Array, factor: float = 1.1) -> Array:
    return np.stack([np.asarray(ImageEnhance.Brightness(Image.fromarray(t)).enhance(factor)) for t in thumbnails])


def star(pairs: list[tuple[int, int]], rank: list[int], duplicates: Any = None, **thresholds: Any) -> Any:
    """Groups made from given pairs, all at distance 3 and confidence 0.9."""
    count = len(rank)
    images = contents(np.repeat(texture(np.random.default_rng(1)), count, axis=0), rank=np.array(rank, np.int32))
    ends = np.sort(np.array(pairs, np.int32).reshape(-1, 2), axis=1)
    table = {
        "sample_a": ends[:, 0],
        "sample_b": ends[:, 1],
        "distance": np.full(len(ends), 3, np.uint8),
        "similarity": np.full(len(ends), 0.95, np.float32),
        "confidence": np.full(len(ends), 0.9, np.float32),
        "transform": np.zeros(len(ends), np.uint8),
        "changes": strings([""] * len(ends)),
    }
    return near_duplicates(images, table, duplicates or exact_duplicates(images, {}, NO_POINTERS), **thresholds)


def test_random_textures_are_in_no_pair(rng: np.random.Generator) -> None:
    """Given equal hashes even: the thumbnails decide."""
    pairs, table = relate(contents(texture(rng, 200), phash=np.zeros(200, np.uint64)))
    assert len(pairs["sample_a"]) == len(table["sample_id"]) == 0


def test_planted_copies_are_found_and_nothing_else(rng: np.random.Generator) -> None:
    originals = texture(rng, 60)
    images = contents(np.concatenate([originals, brighter(originals[:20])]))
    pairs, table = relate(images)
    assert list(zip(pairs["sample_a"].tolist(), pairs["sample_b"].tolist(), strict=True)) == [
        (i, i + 60) for i in range(20)
    ]
    assert pairs["distance"].tolist() == [
        (int(images.phash[i]) ^ int(images.phash[i + 60])).bit_count() for i in range(20)
    ]
    assert groups(table) == {i: {i, i + 60} for i in range(20)}
    assert table["sample_id"][table["keeper"]].tolist() == list(range(20))


def test_blank_images_match_nothing(rng: np.random.Generator) -> None:
    thumbnails = np.concatenate([blank(rng, 300), np.full((20, 32, 32, 3), 128, np.uint8)])
    pairs, _ = relate(contents(thumbnails, phash=np.zeros(320, np.uint64)))
    assert len(pairs["sample_a"]) == 0


def test_exact_copies_are_compared_once_and_follow(rng: np.random.Generator) -> None:
    original = texture(rng)
    images = contents(
        np.concatenate([brighter(original), original, original, brighter(original)]),
        content_digest=strings("abba"),
        rank=np.array([3, 1, 0, 2], np.int32),
    )
    pairs, table = relate(images)
    assert (pairs["sample_a"].tolist(), pairs["sample_b"].tolist()) == ([2], [3]), "the keepers of both groups"
    distance, score = int(pairs["distance"][0]), float(pairs["similarity"][0])
    rows = zip(*(table[name].tolist() for name in ("sample_id", "distance", "similarity", "keeper")), strict=True)
    assert list(rows) == [
        (0, distance, score, False),
        (1, 0, 1, False),
        (2, 0, 1, True),
        (3, distance, score, False),
    ]


def test_exact_copies_alone_are_no_near_duplicates(rng: np.random.Generator) -> None:
    images = contents(np.repeat(texture(rng), 3, axis=0), content_digest=strings("aaa"))
    pairs, table = relate(images)
    assert len(pairs["sample_a"]) == len(table["sample_id"]) == 0


def test_no_images() -> None:
    pairs, table = relate(contents(np.zeros((0, 32, 32, 3), np.uint8)))
    assert not any(len(column) for column in (*pairs.values(), *table.values()))


def test_groups_are_stars_and_who_is_left_joins_a_partner() -> None:
    chain = [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert groups(star(chain, [0, 1, 2, 3, 4])) == {0: {0, 1}, 1: {2, 3, 4}}
    assert groups(star(chain, [4, 3, 0, 1, 2])) == {0: {0, 1, 2, 3, 4}}


def test_all_pairs_are_in_groups_and_the_keeper_is_best(rng: np.random.Generator) -> None:
    for _ in range(50):
        count = int(rng.integers(2, 40))
        ends = np.unique(np.sort(rng.integers(0, count, (2 * count, 2)), axis=1), axis=0)
        pairs = [(a, b) for a, b in ends.tolist() if a != b]
        rank = rng.permutation(count).tolist()
        table = star(pairs, rank)
        assert len(set(table["sample_id"].tolist())) == len(table["sample_id"]), "nobody is in two groups"
        kept = table["keeper"]
        keepers = dict(zip(table["group_id"][kept].tolist(), table["sample_id"][kept].tolist(), strict=True))
        assert len(keepers) == np.count_nonzero(kept), "each group has one keeper"
        found = groups(table)
        assert sorted(keepers) == sorted(found) == list(range(len(found)))
        assert [min(members) for members in found.values()] == sorted(min(members) for members in found.values())
        for members in found.values():
            tied = {one for pair in pairs if members.issuperset(pair) for one in pair}
            assert members == tied, "every member is a near pair of another"
        assert {one for pair in pairs for one in pair} == {s for members in found.values() for s in members}


def test_thresholds() -> None:
    assert groups(star([(0, 1)], [0, 1], min_confidence=0.9)) == {0: {0, 1}}
    assert groups(star([(0, 1)], [0, 1], min_confidence=0.91)) == {}


def test_renaming_files_changes_nothing_but_the_numbers(rng: np.random.Generator) -> None:
    originals = texture(rng, 30)
    shifted = np.roll(originals, 1, axis=2)
    images = contents(np.concatenate([originals, brighter(originals), shifted]))
    pairs, table = relate(images)
    assert len(pairs["sample_a"]) > 30

    order = rng.permutation(90)
    moved = Contents(*(column[order] for column in images))._replace(sample_id=images.sample_id)
    pairs_after, table_after = relate(moved)

    def named(table: Any, names: Array, ends: tuple[str, ...], *values: str) -> set[Any]:
        rows = zip(*(names[table[end]].tolist() for end in ends), *(table[v].tolist() for v in values), strict=True)
        return {(frozenset(row[: len(ends)]), *row[len(ends) :]) for row in rows}

    identity = np.arange(90)
    ends = ("sample_a", "sample_b")
    assert named(pairs_after, order, ends, "distance", "similarity") == named(
        pairs, identity, ends, "distance", "similarity"
    )
    columns = ("distance", "similarity", "keeper")
    assert named(table_after, order, ("sample_id",), *columns) == named(table, identity, ("sample_id",), *columns)
    assert {frozenset(order[list(m)].tolist()) for m in groups(table_after).values()} == {
        frozenset(m) for m in groups(table).values()
    }


@pytest.mark.parametrize(("noise", "count"), [(0, 10_000), (3, 2_000)])
def test_work_is_bounded_when_all_images_look_alike(rng: np.random.Generator, noise: int, count: int) -> None:
    thumbnails = np.clip(texture(rng) + rng.normal(0, noise, (count, 32, 32, 3)), 0, 255).astype(np.uint8)
    images = contents(thumbnails, phash=np.full(count, phash(thumbnails[0]), np.uint64))
    pairs, table = relate(images)
    assert len(pairs["sample_a"]) <= (PARTNERS + LAYOUT_PARTNERS + 2) * count
    assert groups(table) == {0: set(range(count))}, "all of them were compared with the best-ranked"


@pytest.mark.parametrize("sharing", [1, 20])
def test_work_is_bounded_when_hashes_crowd(rng: np.random.Generator, sharing: int) -> None:
    count = 3_000
    images = contents(np.repeat(texture(rng), count, axis=0), phash=np.arange(count, dtype=np.uint64) // sharing)
    pairs, _ = relate(images)
    assert count <= len(pairs["sample_a"]) <= (PARTNERS + LAYOUT_PARTNERS + 2) * count
