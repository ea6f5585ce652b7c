"""Near-duplicates by embeddings: planted crops and turned copies are found, and no pair for embeddings alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image
from relate.images import NO_POINTERS, Array, contents, strings

from datalint.relate import embedded_pairs, exact_duplicates, near_duplicates, near_pairs
from datalint.relate.embedded_pairs import proposed
from datalint.relate.registration import register

COUNT, SIDE = 60, 160
SQUARE = np.full(COUNT + 3, 100, np.uint32)


def pictures(seed: int) -> list[Image.Image]:
    coarse = np.random.default_rng(seed).integers(0, 256, (COUNT, 12, 12, 3), dtype=np.uint8)
    return [Image.fromarray(one).resize((SIDE, SIDE), Image.Resampling.BICUBIC) for one in coarse]


def cropped(image: Image.Image) -> Image.Image:
    """Keep 65 % of the width and 70 % of the height, in a corner."""
    return image.crop((0, SIDE * 3 // 10, SIDE * 13 // 20, SIDE))


def turned(image: Image.Image) -> Image.Image:
    return image.rotate(10, Image.Resampling.BICUBIC)


def filtered(image: Image.Image) -> Image.Image:
    return turned(image).point(lambda value: value * 2 // 3 + 60)


def thumbnails(images: list[Image.Image]) -> Array:
    return np.stack([np.asarray(image.resize((32, 32), Image.Resampling.BOX)) for image in images])


PLANTED = {0: cropped, 1: turned, 2: filtered}


@pytest.fixture(scope="module")
def planted() -> Any:
    """Sixty pictures and copies of the first three, that neither hash nor colour layout finds."""
    images = pictures(0)
    return related([*images, *(make(images[number]) for number, make in PLANTED.items())])


def related(images: list[Image.Image]) -> Any:
    known = contents(thumbnails(images), width=SQUARE[: len(images)], height=SQUARE[: len(images)])
    duplicates = exact_duplicates(known, {}, NO_POINTERS)
    return known, duplicates, near_pairs(known, duplicates).pairs


def found(related: Any, features: Array, known: Array | None = None) -> dict[tuple[int, int], str]:
    """The pairs that were added, with how they differ."""
    images, duplicates, pairs = related
    known = np.ones(len(images.rank), bool) if known is None else known
    table = embedded_pairs(images, duplicates, pairs, known, features.astype(np.float32))
    added = np.flatnonzero(table["laid"])
    ends = zip(table["sample_a"][added].tolist(), table["sample_b"][added].tolist(), strict=True)
    return dict(zip(ends, table["changes"][added].tolist(), strict=True))


def vectors(seed: int = 0) -> Array:
    """Embeddings in which each copy is near its picture."""
    generator = np.random.default_rng(seed)
    own = generator.normal(0, 1, (COUNT, 32))
    return np.concatenate([own, own[list(PLANTED)] + generator.normal(0, 0.1, (len(PLANTED), 32))])


def test_equal_embeddings_propose_nothing(planted: Any) -> None:
    """A network that failed says nothing of the images that it gives one vector; of others it does."""
    rows = np.arange(len(SQUARE))
    features = vectors().astype(np.float32)
    assert len(proposed(planted[0], rows, features)[0]) >= len(PLANTED)
    features[10:COUNT] = features[10]
    few, _ = proposed(planted[0], rows, features)
    assert few.tolist() and not np.isin(few, rows[10:COUNT]).any()
    assert not len(proposed(planted[0], rows, np.ones((len(rows), 4), np.float32))[0])
    assert not len(proposed(planted[0], rows, np.ones((len(rows), 0), np.float32))[0])


def test_a_part_is_found_in_the_whole() -> None:
    images = pictures(1)[:8]
    both = thumbnails([*images, *map(cropped, images)])
    part, whole = np.arange(8) + 8, np.arange(8)
    laid = register(both, part, whole, np.ones(8, np.float32))
    assert laid.structure.min() > 0.85 and not laid.angle.any()
    assert np.abs(laid.motion - [-0.35, -0.35, 0.3, -0.3]).max() < 0.06
    assert register(both, part, np.roll(whole, 1), np.ones(8, np.float32)).structure.max() < 0.7


def test_a_turned_copy_is_found_whatever_its_sides() -> None:
    images = pictures(2)[:8]
    wide = [image.resize((2 * SIDE, SIDE)) for image in images]
    for made, ratio in ((images, 1.0), (wide, 2.0)):
        both = thumbnails([*made, *map(turned, made)])
        laid = register(both, np.arange(8) + 8, np.arange(8), np.full(8, ratio, np.float32))
        assert laid.structure.min() > 0.85 and set(np.abs(laid.angle).tolist()) == {10}


def test_copies_that_nothing_else_finds_are_found(planted: Any) -> None:
    assert not len(planted[2]["sample_a"][planted[2]["confidence"] >= 0.8])
    pairs = found(planted, vectors())
    assert pairs == {
        (0, COUNT): "cropped",
        (1, COUNT + 1): "tilted, brightness-shifted",  # by its black corners
        (2, COUNT + 2): pairs.get((2, COUNT + 2)),
    }
    assert {"tilted", "brightness-shifted"} <= {*pairs[2, COUNT + 2].split(", ")}


@pytest.mark.parametrize(
    "features",
    [
        np.random.default_rng(1).normal(0, 1, (COUNT + 3, 32)),
        np.random.default_rng(2).normal(0, 1, (COUNT + 3, 2)),
        np.repeat(np.eye(3), (COUNT + 3) // 3, axis=0) + np.random.default_rng(3).normal(0, 1e-3, (COUNT + 3, 3)),
        np.ones((COUNT + 3, 4)),
    ],
    ids=["random", "random in a plane", "collapsed classes", "all the same"],
)
def test_bad_embeddings_name_no_pair_that_is_none(planted: Any, features: Array) -> None:
    assert found(planted, features).keys() <= {(number, COUNT + number) for number in PLANTED}


def test_what_embeddings_call_the_same_must_look_the_same() -> None:
    """Each two of sixty pictures have nearly the same embedding, and none is a copy."""
    generator = np.random.default_rng(0)
    features = np.repeat(generator.normal(0, 1, (COUNT // 2, 32)), 2, axis=0) + generator.normal(0, 0.01, (COUNT, 32))
    assert found(related(pictures(3)), features) == {}


def test_images_without_embeddings_and_few_images_are_left_alone(planted: Any) -> None:
    known = np.arange(COUNT + 3) != COUNT
    assert found(planted, vectors()[known], known).keys() == {(1, COUNT + 1), (2, COUNT + 2)}
    assert found(planted, vectors()[:20], np.arange(COUNT + 3) < 20) == {}


def test_parts_with_little_in_common_are_in_the_group_of_the_whole() -> None:
    images = pictures(0)
    corners = [images[0].crop((0, 0, 104, 104)), images[0].crop((56, 56, SIDE, SIDE))]
    known, duplicates, pairs = related([*images, *corners])
    features = vectors()[: COUNT + 2]
    features[COUNT:] = features[0] + 0.1
    table = embedded_pairs(known, duplicates, pairs, np.ones(COUNT + 2, bool), features.astype(np.float32))
    groups = near_duplicates(known, table, duplicates)
    assert groups["sample_id"].tolist() == [0, COUNT, COUNT + 1]
    assert groups["kind"].tolist() == strings(["copies"] * 3).tolist()
