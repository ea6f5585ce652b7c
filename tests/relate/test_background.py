"""Background bias: silent where nothing is planted, and telling what is."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from relate.images import strings, texture

import datalint
from datalint.relate import Pictures, background
from datalint.relate.pictures import LEAST, blocks

if TYPE_CHECKING:
    from pathlib import Path

Array = np.ndarray[Any, Any]
COLOURS = {"apple": (200, 40, 40), "leaf": (40, 160, 60), "plum": (90, 40, 150), "stone": (120, 120, 120)}


def scenes(rng: np.random.Generator, count: int, tint: tuple[int, int, int] = (128, 128, 128)) -> Array:
    """Random smooth backgrounds, around a colour; uint8[count, 32, 32, 3]."""
    around = texture(rng, count).astype(np.float64) * 0.5 + np.array(tint) - 64
    return np.clip(around + rng.normal(0, 25, (count, 1, 1, 3)), 0, 255).astype(np.uint8)


def with_object(rng: np.random.Generator, images: Array, colour: tuple[int, int, int]) -> Array:
    """Put a disc somewhere near the middle of each."""
    rows, columns = np.mgrid[0:32, 0:32]
    images = images.copy()
    for image in images:
        y, x = rng.uniform(12, 20, 2)
        image[(rows - y) ** 2 + (columns - x) ** 2 < rng.uniform(5, 9) ** 2] = np.clip(
            colour + rng.normal(0, 15, 3), 0, 255
        )
    return images


def dataset(rng: np.random.Generator, count: int, scene: dict[str, Any]) -> dict[str, Array]:
    """Images of each class; ``scene`` makes the backgrounds of a class where it is not any."""
    return {label: with_object(rng, scene.get(label, scenes)(rng, count), colour) for label, colour in COLOURS.items()}


def table(images: dict[str, Array], evaluation: Array | None = None) -> dict[str, dict[str, Any]]:
    """Fill the table, by label."""
    label = strings(name for name, members in images.items() for _ in members)
    number = np.arange(len(label), dtype=np.int32)
    rng = np.random.default_rng(9)
    order = rng.permutation(len(label))
    held_out = np.zeros(len(label), bool) if evaluation is None else evaluation
    pictures = Pictures(number[order], label[order], held_out[order], number[order].astype(np.int64))
    columns = background(pictures, np.concatenate(list(images.values()))[order])
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return {row["label"]: row for row in rows}


@pytest.mark.parametrize("seed", range(5))
def test_any_background_tells_nothing(seed: int) -> None:
    found = table(dataset(np.random.default_rng(seed), 40, {}))
    assert set(found) == set(COLOURS)
    assert max(row["auroc"] for row in found.values()) < 0.75
    assert max(row["auroc_low"] for row in found.values()) < 0.68


def test_a_class_with_a_scene_of_its_own_is_told_by_it_and_not_by_its_object() -> None:
    def snow(rng: np.random.Generator, count: int) -> Array:
        return scenes(rng, count, (225, 230, 240))

    found = table(dataset(np.random.default_rng(1), 40, {"leaf": snow}))
    leaf = found.pop("leaf")
    assert leaf["auroc"] > 0.95
    assert leaf["auroc_low"] > 0.9
    assert leaf["agreed_auroc"] > 0.9
    assert leaf["object_auroc"] < 0.85
    assert leaf["object_drop"] > 0.25
    assert leaf["contrast"] > 1.1
    assert leaf["recognised"] > 0.7
    assert leaf["look"].startswith("brighter")
    assert max(row["auroc"] for row in found.values()) < 0.78


def test_in_a_texture_nothing_stands_out_from_the_corners() -> None:
    rng = np.random.default_rng(2)
    images = {label: scenes(rng, 40, colour) for label, colour in COLOURS.items()}
    for row in table(images).values():
        assert row["auroc"] > 0.9
        assert row["object_auroc"] > 0.85
        assert row["contrast"] < 1.1


def test_an_object_that_reaches_into_two_corners_tells_in_no_more_than_these() -> None:
    images = dataset(np.random.default_rng(13), 60, {})
    rows, columns = np.mgrid[0:32, 0:32]
    for number, image in enumerate(images["plum"]):
        corner = rows + columns if number % 2 else rows + 31 - columns
        image[np.abs(corner - 31) < 7] = COLOURS["plum"]
    plum = table(images)["plum"]
    assert plum["auroc"] > 0.9
    assert plum["agreed_auroc"] < plum["auroc"] - 0.2


def test_one_background_for_all_is_shared_and_one_of_its_own_is_not() -> None:
    def white(rng: np.random.Generator, count: int) -> Array:
        return np.clip(235 + rng.normal(0, 2, (count, 32, 32, 3)), 0, 255).astype(np.uint8)

    rng = np.random.default_rng(3)
    everywhere = table(dataset(rng, 40, dict.fromkeys(COLOURS, white)))
    for row in everywhere.values():
        assert row["shared"] > 0.9
        assert row["spread"] < 5
        assert row["backgrounds"] == pytest.approx(1)
        assert row["auroc"] < 0.75
    alone = table(dataset(rng, 40, {"plum": white}))
    assert alone["plum"]["shared"] < 0.1
    assert alone["plum"]["spread"] < 5 < 30 < alone["plum"]["spread_others"]
    assert alone["apple"]["spread"] > 30
    assert alone["plum"]["auroc"] > 0.95


def test_bars_are_counted_and_do_not_give_a_class_away() -> None:
    images = dataset(np.random.default_rng(4), 40, {})
    images["stone"][:, :4] = images["stone"][:, -4:] = 0
    found = table(images)
    assert found["stone"]["barred"] > 0.9
    assert found["stone"]["barred_gap"] > 0.7
    assert found["stone"]["auroc"] < 0.78
    assert max(row["barred"] for label, row in found.items() if label != "stone") == 0


def test_the_light_of_whole_images_shows_in_corners_and_centres() -> None:
    images = dataset(np.random.default_rng(5), 60, {})
    images["apple"] = (images["apple"] * 0.35).astype(np.uint8)
    dark = table(images)["apple"]
    assert dark["light_auroc"] > 0.85
    assert dark["light_object_auroc"] > 0.8


def test_cuts_of_few_photos_are_few_places() -> None:
    def rooms(rng: np.random.Generator, count: int) -> Array:
        return scenes(np.random.default_rng(77), 5)[rng.integers(0, 5, count)]

    found = table(dataset(np.random.default_rng(6), 40, {"plum": rooms}))
    assert 3 < found["plum"]["backgrounds"] <= 5
    assert found["plum"]["auroc"] > 0.9
    assert found["apple"]["backgrounds"] > 30


def test_a_continuum_of_plain_walls_is_not_one_place() -> None:
    def walls(rng: np.random.Generator, count: int) -> Array:
        return np.repeat(rng.integers(20, 235, (count, 1, 1, 3), np.uint8), 32, 1).repeat(32, 2)

    found = table(dataset(np.random.default_rng(14), 120, {"plum": walls}))
    assert found["plum"]["backgrounds"] > 40


def test_evaluation_images_are_counted_apart() -> None:
    def snow(rng: np.random.Generator, count: int) -> Array:
        return scenes(rng, count, (225, 230, 240))

    images = dataset(np.random.default_rng(7), 40, {"leaf": snow})
    images["leaf"][30:] = with_object(np.random.default_rng(8), scenes(np.random.default_rng(9), 10), COLOURS["leaf"])
    evaluation = np.tile(np.arange(40) >= 30, len(COLOURS))
    found = table(images, evaluation)["leaf"]
    assert found["evaluation_auroc"] < 0.75 < found["auroc"]
    assert np.ma.is_masked(table(images)["leaf"]["evaluation_auroc"])


def test_examples_are_ordered_by_how_typical_they_are() -> None:
    def snow(rng: np.random.Generator, count: int) -> Array:
        return scenes(rng, count, (225, 230, 240))

    images = dataset(np.random.default_rng(10), 40, {"apple": snow})
    images["apple"][:2] = with_object(
        np.random.default_rng(1), scenes(np.random.default_rng(2), 2, (60, 60, 60)), (200, 40, 40)
    )
    apple = table(images)["apple"]
    assert len(apple["typical"]) == 6
    assert {0, 1} <= set(apple["untypical"])
    assert not {0, 1} & set(apple["typical"])


def test_the_same_comes_out_twice() -> None:
    images = dataset(np.random.default_rng(11), 25, {})
    assert repr(table(images)) == repr(table(images))


def test_small_classes_are_not_judged() -> None:
    images = dataset(np.random.default_rng(12), 25, {})
    images["apple"] = images["apple"][: LEAST - 1]
    assert set(table(images)) == {"leaf", "plum", "stone"}
    assert table({"leaf": images["leaf"], "apple": images["apple"]}) == {}


def test_huge_classes_and_many_of_them_are_judged_in_part() -> None:
    label = strings(f"{number:03}" for number in range(150) for _ in range(LEAST))
    label = np.concatenate([label, strings(["000"] * 1000)])
    number = np.arange(len(label), dtype=np.int32)
    found = list(blocks(Pictures(number, label, np.zeros(len(label), bool), number)))
    assert [len(labels) for _, _, labels in found] == [75, 75]
    assert np.bincount(found[0][1]).tolist() == [250] + [LEAST] * 74
    assert sorted(label for _, _, labels in found for label in labels) == sorted(set(label))


def test_copies_of_a_picture_count_once(tmp_path: Path) -> None:
    rng = np.random.default_rng(15)
    for label, images in dataset(rng, 24, {}).items():
        (tmp_path / label).mkdir()
        for number, image in enumerate(images):
            large = Image.fromarray(image).resize((128, 128))
            large.save(tmp_path / label / f"{number}.jpg", quality=95)
            large.save(tmp_path / label / f"{number} again.jpg", quality=60)
            shutil.copy(tmp_path / label / f"{number}.jpg", tmp_path / label / f"{number} copy.jpg")
    report = datalint.check(tmp_path, {"select": ["BIA001"]}, cache=False)
    counts = {count for (count,) in report.table("background").project("pictures").fetchall()}
    assert max(counts) <= 24
