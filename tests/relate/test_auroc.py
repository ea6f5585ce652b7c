"""How well a score tells a class apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from datalint.relate.auroc import difference_low, recognition


@given(st.integers(0, 10**6), st.integers(2, 40), st.integers(2, 40))
def test_of_two_classes_it_is_what_scikit_learn_says(seed: int, first: int, second: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 12, first + second) / 12  # with ties
    codes = np.repeat([1, 0], [first, second])
    found = recognition(scores, codes == 1, codes)
    assert found.auroc == pytest.approx(roc_auc_score(codes, scores))
    assert found.low <= found.auroc <= found.high


def test_every_other_class_counts_the_same() -> None:
    codes = np.repeat([0, 1, 2], [10, 10, 1000])
    scores = np.repeat([0.5, 0.9, 0.1], [10, 10, 1000])
    assert recognition(scores, codes == 0, codes).auroc == pytest.approx(0.5)


def test_the_interval_holds_the_true_value_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    codes = np.repeat([1, 0], [40, 200])
    true = 0.7602  # of two normal distributions that are one apart
    found = [recognition(np.r_[rng.normal(1, 1, 40), rng.normal(0, 1, 200)], codes == 1, codes) for _ in range(500)]
    inside = np.mean([one.low <= true <= one.high for one in found])
    assert 0.92 < inside < 0.98


def test_images_of_one_place_are_one_witness() -> None:
    rng = np.random.default_rng(1)
    codes, groups = np.repeat([1, 0, 0, 0], 90), np.arange(360) // 10
    inside = []
    for _ in range(300):
        place = rng.normal(0, 1, 36)[groups] + rng.normal(0, 0.1, 360)
        found = recognition(place, codes == 1, codes, groups)
        inside.append(found.low <= 0.5 <= found.high)
    assert np.mean(inside) > 0.9


def test_nothing_is_certain_of_few_images() -> None:
    codes = np.repeat([1, 0], [20, 40])
    found = recognition(codes.astype(float), codes == 1, codes)
    assert found.auroc == 1
    assert 0.8 < found.low < 0.98


def test_the_share_recognised_is_held_against_one_in_twenty_of_the_others() -> None:
    codes = np.repeat([0, 1], [100, 100])
    scores = np.r_[np.arange(100), np.arange(50, 150)]
    assert recognition(scores, codes == 1, codes).share == pytest.approx(0.55, abs=0.02)


def test_a_difference_of_shares() -> None:
    # The worked example of Newcombe 1998, table II, (a): 56/70 and 48/80, method 10: 0.0524 to 0.3339.
    assert difference_low(56 / 70, 70, 48 / 80, 80) == pytest.approx(0.0524, abs=1e-3)
    assert difference_low(0.1, 20, 0.1, 20) < 0
