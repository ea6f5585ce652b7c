"""Drift between splits: nothing in random ones, and the name of what was planted in others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from relate.images import strings, texture
from rule_cases import fill

from datalint.relate import DRIFT_SQL, Embedded, drift

Array = np.ndarray[Any, Any]

TRAIN, TEST = 160, 60
UNIFORM = ("brightness", "dark_level", "bright_level", "contrast", "sharpness", "saturation", "grain", "coherence")
IMAGES = texture(np.random.default_rng(0), TRAIN + TEST)


def pictures(seed: int) -> dict[str, Any]:
    """What DRIFT_SQL returns for 220 pictures in two classes, whose last 60 are those of a test; nothing differs."""
    rng = np.random.default_rng(seed)
    count = TRAIN + TEST
    side = rng.integers(200, 900, count)
    made: dict[str, Any] = {name: rng.random(count) for name in UNIFORM}
    for name in ("tint_a", "tint_b", "centre_x", "centre_y"):
        made[name] = rng.normal(0, 0.2, count)
    made |= {
        "sample_id": np.arange(count),
        "split": strings(["train"] * TRAIN + ["test"] * TEST),
        "role": strings(["train"] * TRAIN + ["test"] * TEST),
        "label": strings(rng.choice(["cat", "dog"], count)),
        "picture": np.arange(count),
        "slot": rng.permutation(count),
        "chroma_range": np.full(count, 90),
        "temperature": rng.uniform(3000, 7000, count),
        "polarity": np.ma.masked_array(rng.normal(0, 1, count), rng.random(count) < 0.5),
        "extent": np.ma.masked_array(rng.random(count), rng.random(count) < 0.5),
        "width": side,
        "height": side * 3 // 4,
        "format": strings(rng.choice(["JPEG", "PNG"], count)),
        "mode": strings(["RGB"] * count),
        "depth": strings(["8"] * count),
        "compression": np.ma.masked_equal(strings(rng.choice(["quality 75", "quality 90", None], count)), None),
        "camera": np.ma.masked_equal(strings([None] * count), None),
    }
    return made


def rows(columns: dict[str, Any], images: Array = IMAGES, features: Array | None = None) -> list[dict[str, Any]]:
    """Rows of the table; ``features`` are embeddings, NaN for images that have none."""

    def embedded(sample_id: Array) -> Embedded:
        assert features is not None
        known = np.isfinite(features[sample_id]).all(1)
        return Embedded(known, features[sample_id[known]])

    table = drift(columns, images.__getitem__, None if features is None else embedded)
    return [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]


@pytest.mark.parametrize("seed", range(8))
def test_random_splits_do_not_differ(seed: int) -> None:
    (row,) = rows(pictures(seed))
    assert row["chance"] > 0.01 or row["auroc"] < 0.65
    assert (row["split"], row["role"], row["pictures"], row["training"]) == ("test", "test", TEST, TRAIN)


PLANTED: dict[str, tuple[dict[str, Any], str]] = {
    "lightness": ({"brightness": lambda v: v * 0.4}, "lightness 0.1"),
    "size": ({"width": lambda v: v * 2, "height": lambda v: v * 2}, "width 1,"),
    "compression": ({"compression": lambda v: strings(["quality 9"] * len(v))}, "compression quality 9 in 100%, 0% in"),
    "format": ({"format": lambda v: strings(["WEBP"] * len(v))}, "format WEBP in 100%, 0% in training"),
    "camera": ({"camera": lambda v: strings(["Acme One"] * len(v))}, "camera Acme One in 100%, 0% in training"),
    "colour": ({"chroma_range": lambda v: v * 0, "saturation": lambda v: v * 0}, "hue grey in 100%, 0% in training"),
    "tint": ({"tint_b": lambda v: v + 1}, "blue-yellow tint "),
    "sharpness": ({"sharpness": lambda v: v / 3}, "sharpness 0.1"),
    "contrast": ({"contrast": lambda v: 0.45 + v / 10}, "contrast 0."),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_was_planted_is_named(name: str) -> None:
    columns = pictures(1)
    changes, words = PLANTED[name]
    for column, change in changes.items():
        values = np.ma.array(columns[column], dtype=object if columns[column].dtype == object else float)
        values[TRAIN:] = change(values[TRAIN:])
        columns[column] = values
    (row,) = rows(columns)
    assert row["auroc"] >= 0.65
    assert row["auroc_low"] >= 0.55
    assert row["chance"] <= 0.01
    assert row["facts"] == [name]
    assert row["differ"].startswith(words)
    assert row["differ"].endswith("in training")


def embeddings(columns: dict[str, Any], seed: int, shift: float = 0.0) -> Array:
    """Embeddings in which the classes lie far apart, and the images of a test by a shift."""
    vectors = np.random.default_rng(seed).normal(0, 1, (TRAIN + TEST, 32)).astype(np.float32)
    vectors[:, 0] += 20 * (columns["label"] == "cat")
    vectors[TRAIN:, 1] += shift
    return vectors


@pytest.mark.parametrize("seed", range(8))
def test_embeddings_of_random_splits_do_not_differ(seed: int) -> None:
    columns = pictures(seed)
    columns["label"] = strings(np.where(np.arange(TRAIN + TEST) % 3, "cat", "dog"))
    columns["label"][TRAIN + 20 :] = "cat"  # another mix of classes is no drift
    (row,) = rows(columns, features=embeddings(columns, seed))
    assert row["chance"] > 0.01 or row["auroc"] < 0.65


def test_embeddings_tell_what_facts_do_not() -> None:
    columns = pictures(1)
    features = embeddings(columns, 0, shift=1.5)
    (row,) = rows(columns, features=features)
    assert (row["facts"], row["auroc"]) == (["embeddings"], row["facts_auroc"])
    assert row["auroc_low"] > 0.6 and row["chance"] < 0.001 and row["differ"].startswith("all other facts 0.")
    (without,) = rows(columns)
    assert without["chance"] > 0.01 and without["facts"] == []


def test_what_facts_tell_is_named_though_embeddings_tell_it_too() -> None:
    columns = pictures(0)
    columns["brightness"] = columns["brightness"].copy()
    columns["brightness"][TRAIN:] *= 0.4
    (row,) = rows(columns, features=embeddings(columns, 0, shift=1.5))
    assert row["facts"] == ["lightness"]


def test_images_without_embeddings_are_left_out() -> None:
    columns = pictures(1)
    features = embeddings(columns, 0, shift=1.5)
    features[TRAIN + 10 :] = np.nan
    assert rows(columns, features=features)[0]["facts"] == []
    features = embeddings(columns, 0, shift=3)
    features[: TRAIN // 2] = features[-20:] = np.nan
    assert rows(columns, features=features)[0]["facts"] == ["embeddings"]


def test_other_corners_around_the_same_middle_are_another_background() -> None:
    images = IMAGES.copy()
    columns = pictures(2)
    test = columns["slot"][TRAIN:]
    ground = np.ones((32, 32), bool)
    ground[8:24, 8:24] = False
    for number in test:
        images[number][ground] = (images[number][ground] * 0.2 + np.array([10, 60, 20])).astype(np.uint8)
    columns["brightness"] = images[columns["slot"]].mean(axis=(1, 2, 3)) / 255  # lighter too, for that reason
    (row,) = rows(columns, images)
    assert row["facts"] == ["background"]
    assert row["auroc"] > 0.9


def test_darker_images_throughout_have_no_other_background() -> None:
    images = IMAGES.copy()
    columns = pictures(2)
    test = columns["slot"][TRAIN:]
    images[test] = (images[test] * 0.4).astype(np.uint8)
    columns["brightness"] = images[columns["slot"]].mean(axis=(1, 2, 3)) / 255
    (row,) = rows(columns, images)
    assert row["facts"] == ["lightness"]


def test_two_facts_are_named_where_neither_suffices() -> None:
    columns = pictures(3)
    dark, large = np.arange(TEST) % 2 == 0, np.arange(TEST) % 2 == 1
    columns["brightness"][TRAIN:] += 1.0 * dark
    columns["width"][TRAIN:] *= 1 + 9 * large
    (row,) = rows(columns)
    assert sorted(row["facts"]) == ["lightness", "size"]
    assert row["facts_auroc"] > 0.9


def test_another_mix_of_classes_is_no_drift() -> None:
    columns = pictures(4)
    columns["label"] = strings(["cat"] * 130 + ["dog"] * 30 + ["cat"] * 12 + ["dog"] * 48)
    columns["brightness"] = columns["brightness"] + 2.0 * (columns["label"] == "dog")
    (row,) = rows(columns)
    assert row["auroc"] < 0.62
    assert row["chance"] > 0.01


def test_only_classes_on_both_sides_count() -> None:
    columns = pictures(5)
    columns["label"][TRAIN:][:35] = "owl"
    columns["brightness"][TRAIN:][:35] += 3
    (row,) = rows(columns)
    assert row["pictures"] == 25
    assert row["chance"] > 0.01
    columns["label"][TRAIN:][:45] = "owl"
    assert rows(columns) == []


def test_a_test_without_labels_is_compared_as_a_whole() -> None:
    columns = pictures(6)
    columns["label"][TRAIN:] = ""
    columns["brightness"][TRAIN:] *= 0.3
    (row,) = rows(columns)
    assert (row["pictures"], row["training"], row["facts"]) == (TEST, TRAIN, ["lightness"])


def test_without_training_there_is_nothing_to_tell() -> None:
    columns = pictures(7)
    columns["split"][:TRAIN] = "val"
    columns["role"] = strings(["validation"] * TRAIN + ["test"] * TEST)
    assert rows(columns) == []


def test_copies_on_both_sides_are_held_out_together() -> None:
    # Every test picture is in training too; whoever had learned that one would take it for training.
    columns = pictures(8)
    twin = np.r_[np.arange(TRAIN), np.arange(TEST)]
    for name, values in columns.items():
        if name not in ("split", "role"):
            columns[name] = values[twin]
    (row,) = rows(columns)
    assert 0.4 < row["auroc"] < 0.6


def test_copies_and_bursts_are_one_picture_in_each_split() -> None:
    names = {split: [f"{split}/{number}.jpg" for number in range(30)] for split in ("train", "test")}
    given: dict[str, list[dict[str, Any]]] = {
        "samples": [{"split": split, "path": path} for split, paths in names.items() for path in paths],
        "pixels": [{"path": path, "content_digest": path} for paths in names.values() for path in paths],
        "headers": [{}],
        "thumbnails": [{}],
        "near_duplicates": [{"group_id": 0, "path": path} for path in names["train"][:3] + names["test"][:8]],
    }
    found = fill(given).columns(DRIFT_SQL)
    split, picture = found["split"], np.ma.getdata(found["picture"])
    assert ((split == "train").sum(), (split == "test").sum()) == (28, 23)
    assert len(np.intersect1d(picture[split == "train"], picture[split == "test"])) == 1
