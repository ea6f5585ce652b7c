"""Wrong labels: found where they were planted, none where there are none, and silence where nobody could tell."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest

from datalint.relate import (
    Labelled,
    LabelTables,
    outliers,
    principal_components,
    suspects,
    suspects_by_probabilities,
)
from datalint.relate.descriptors import principal_axes
from datalint.relate.held_out import grouped_folds
from datalint.relate.label_noise import as_given
from datalint.relate.mislabelled import confident_class, mislabelled

Array = np.ndarray[Any, Any]
SEEDS = (0, 1, 2)


def clusters(seed: int, apart: float, classes: int = 6, each: int = 100) -> tuple[Array, Array]:
    """Features and classes of images whose classes are ``apart`` (in standard deviations)."""
    generator = np.random.default_rng(seed)
    codes = np.repeat(np.arange(classes), each)
    centres = generator.normal(0, apart, (classes, 12))
    return (centres[codes] + generator.normal(0, 1, (len(codes), 12))).astype(np.float32), codes


def swapped(codes: Array, share: float, seed: int) -> tuple[Array, Array]:
    """Labels of which a share is wrong, and which these are."""
    generator = np.random.default_rng(seed)
    wrong = generator.random(len(codes)) < share
    classes = codes.max() + 1
    return np.where(wrong, (codes + generator.integers(1, classes, len(codes))) % classes, codes), wrong


def judged(features: Array, codes: Array, groups: Array | None = None) -> LabelTables:
    number = np.arange(len(codes))
    images = Labelled(
        number, np.array([f"c{code}" for code in codes], object), number if groups is None else groups, number
    )
    return suspects(images, [lambda rows, _: features[rows]], "test")


def listed(tables: LabelTables) -> list[int]:
    return [] if not tables.suspects else tables.suspects["sample_id"].tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_planted_errors_are_found(seed: int) -> None:
    features, codes = clusters(seed, 2.0)
    labels, wrong = swapped(codes, 0.08, seed)
    tables = judged(features, labels)
    found = listed(tables)
    assert wrong[found].mean() >= 0.8
    assert wrong[found].sum() >= 0.5 * wrong.sum()
    assert tables.suspects["suggested"].tolist() == [f"c{codes[number]}" for number in found]
    quality = {name: values[0] for name, values in tables.label_quality.items()}
    assert quality["errors_low"] <= wrong.sum() <= quality["errors_high"]
    assert quality["listed"] == len(found)


def test_features_that_say_nothing_take_little_away() -> None:
    """What each kind of features says is learned."""
    features, codes = clusters(0, 2.0)
    labels, wrong = swapped(codes, 0.08, 0)
    noise = np.random.default_rng(1).normal(0, 5, features.shape).astype(np.float32)
    number = np.arange(len(codes))
    images = Labelled(number, np.array([f"c{code}" for code in labels], object), number, number)
    found = listed(suspects(images, [lambda rows, _: noise[rows], lambda rows, _: features[rows]], "test"))
    assert wrong[found].mean() >= 0.8
    assert wrong[found].sum() >= 0.5 * wrong.sum()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("apart", [0.8, 1.0, 2.0])
def test_right_labels_are_not_suspect(seed: int, apart: float) -> None:
    """Neither where classes are far apart nor where they overlap, so that many images look like another class."""
    features, codes = clusters(seed, apart)
    assert len(listed(judged(features, codes))) <= 2


@pytest.mark.parametrize("seed", SEEDS)
def test_shuffled_labels_are_not_judged(seed: int) -> None:
    features, codes = clusters(seed, 2.0)
    tables = judged(features, np.random.default_rng(seed).permutation(codes))
    assert listed(tables) == []
    assert "balanced accuracy" in tables.label_quality["obstacle"][0]
    assert np.ma.getmaskarray(tables.label_quality["errors"]).all()


def test_a_copy_does_not_speak_for_its_own_label() -> None:
    """A wrong label that a copy shares is found as if the copy were not there."""
    features, codes = clusters(0, 2.0)
    labels, wrong = swapped(codes, 0.05, 0)
    number = np.arange(len(codes))
    twice = np.r_[number, number[wrong]]
    found = listed(judged(features[twice], labels[twice], groups=twice))
    assert {*twice[found]} & {*number[wrong]}
    assert len({*twice[found]} & {*number[wrong]}) >= 0.5 * wrong.sum()


def test_small_classes_are_left_out() -> None:
    features, codes = clusters(0, 2.0, classes=3, each=30)
    kept = np.r_[np.arange(60), np.arange(60, 69)]  # nine images of the last class
    assert judged(features[kept], codes[kept]).label_quality["classes"].tolist() == [2]
    assert judged(features[:39], codes[:39]) == LabelTables({}, {})


def test_many_images_are_judged_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each image in one of them, copies in one, and a class too small for all of them in the first."""
    monkeypatch.setattr(import_module("datalint.relate.suspects"), "_MOST", 250)
    features, codes = clusters(0, 2.0)
    labels, wrong = swapped(codes, 0.08, 0)
    kept = (labels < 5) | (np.cumsum(labels == 5) <= 15)
    features, labels, wrong = features[kept], labels[kept], wrong[kept]
    tables = judged(features, labels, groups=np.arange(len(labels)) // 2)
    assert tables.label_quality["images"].sum() == len(labels)
    assert tables.label_quality["classes"].tolist() == [6, 5, 5]
    found = listed(tables)
    assert wrong[found].mean() >= 0.8
    assert len(found) >= 0.3 * wrong.sum()


def test_no_group_is_in_two_folds() -> None:
    groups = np.random.default_rng(0).permutation(200) % 40
    fold = grouped_folds(np.arange(200) % 3, groups, 10, np.random.default_rng(0))
    assert all(len({*fold[groups == group]}) == 1 for group in range(40))
    assert len({*fold}) == 10


def test_classes_are_reached_by_their_self_confidence() -> None:
    """The example by hand: thresholds are 0.7 and 0.6; the third row reaches both, the last one none."""
    probability = np.array([[0.9, 0.1], [0.75, 0.25], [0.45, 0.55], [0.4, 0.6], [0.4, 0.6]])
    assert confident_class(probability, np.array([0, 0, 0, 1, 1])).tolist() == [0, 0, -1, 1, 1]


def test_probabilities_of_ones_own() -> None:
    features, codes = clusters(0, 2.0)
    labels, wrong = swapped(codes, 0.08, 0)
    distance = ((features[:, None] - np.stack([features[codes == code].mean(0) for code in range(6)])) ** 2).sum(2)
    probability = np.exp(-distance / 2 + distance.min(1, keepdims=True) / 2)
    probability /= probability.sum(1, keepdims=True)
    number = np.arange(len(codes))
    images = Labelled(number, np.array([f"c{code}" for code in labels], object), number, number)
    found = listed(suspects_by_probabilities(images, probability, [f"c{code}" for code in range(6)], "test"))
    assert wrong[found].mean() >= 0.9
    assert wrong[found].sum() >= 0.5 * wrong.sum()


@pytest.mark.parametrize("each", [10, 45, 77])
def test_a_class_of_equal_probabilities_is_reached(each: int) -> None:
    """Their mean, which rounding makes a little larger than they are, is no more than they are."""
    codes = np.repeat(np.arange(3), each)
    for sure in np.linspace(0.5, 0.99, 50):
        probability = np.where(np.eye(3)[codes] > 0, sure, (1 - sure) / 2)
        assert confident_class(probability, codes).tolist() == codes.tolist()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("offset", [0, 10])
def test_images_that_are_mostly_alike_are_judged(offset: int) -> None:
    """A network that failed gives one vector for many images; the others are told apart as before."""
    features, codes = clusters(0, 5.0)
    features[np.random.default_rng(0).permutation(len(codes))[:450]] = offset
    tables = judged(principal_components(features, 0), codes)
    assert 0.25 < tables.label_quality["accuracy"][0] < 0.5


def test_classes_of_copies_of_few_pictures_are_left_out() -> None:
    """What is held out together is learned from by none, so that all labels of such a class would seem wrong."""
    features, codes = clusters(0, 5.0)
    groups = np.where(codes < 2, codes, np.arange(len(codes)) + 10)
    tables = judged(features, codes, groups)
    assert tables.label_quality["classes"].tolist() == [4]
    assert tables.label_quality["errors"].tolist() == [0] and not listed(tables)
    assert judged(features, codes, groups=np.zeros(len(codes), np.int64)) == LabelTables({}, {})


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scale", [1e-25, 1e25])
def test_the_unit_of_embeddings_does_not_matter(scale: float) -> None:
    features, codes = clusters(0, 2.0)
    tables = judged(principal_components((features * scale).astype(np.float32), 0), codes)
    assert tables.label_quality["accuracy"][0] > 0.9


def test_principal_axes_of_more_dimensions_than_images() -> None:
    features = np.random.default_rng(0).normal(0, 1, (30, 50)).astype(np.float32)
    centred = features - features.mean(0)
    _, _, expected = np.linalg.svd(centred, full_matrices=False)
    axes = principal_axes(centred, 10)
    assert np.abs(expected[:10] @ axes) == pytest.approx(np.eye(10), abs=1e-3)
    assert principal_axes(centred, 100).shape == (50, 29)
    assert principal_components(np.ones((4, 100_000), np.float32), 0).shape == (4, 0)


def test_nothing_to_judge_is_no_error() -> None:
    found = mislabelled(as_given(np.full((20, 2), 0.5)), np.arange(20) % 2, np.arange(20), 0)
    assert len(found.listed) == 0


def test_outliers_stand_alone() -> None:
    features = np.random.default_rng(0).normal(0, 1, (500, 8)).astype(np.float32)
    number = np.arange(500)
    assert outliers(number, features, number, 0) == {}
    features[7] += 30
    features[8] = features[7]  # a copy is no company
    found = outliers(number, features, np.where(number == 8, 7, number), 0)
    assert found["sample_id"].tolist() == [7, 8]
    assert found["distance"].min() > 5
