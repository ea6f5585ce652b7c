"""What is compared within classes: ranks, AUROC and its interval, chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from datalint.relate.strata import Strata, area, chance, ranks

Array = np.ndarray[Any, Any]


def strata(rng: np.random.Generator, own: tuple[int, ...], rest: tuple[int, ...]) -> Strata:
    """So many images of each class on either side, in any order."""
    classes = np.repeat(np.arange(len(own) * 2) % len(own), (*own, *rest))
    order = rng.permutation(len(classes))
    return Strata((np.arange(len(classes)) < sum(own))[order], classes[order])


def test_ranks_are_those_within_the_class_with_ties_in_the_middle() -> None:
    values = np.array([10.0, 0.1, 30.0, 0.2, 20.0, 0.2, np.nan, 0.9])
    found = ranks(values, np.array([0, 1, 0, 1, 0, 1, 0, 1]))
    np.testing.assert_allclose(found, [-1 / 3, -0.375, 1 / 3, 0, 0, 0, 0, 0.375])


def test_nothing_known_ranks_nothing() -> None:
    assert not ranks(np.full(3, np.nan), np.zeros(3, int)).any()


def test_in_one_class_the_area_is_the_share_of_pairs_in_order() -> None:
    rng = np.random.default_rng(0)
    sides = strata(rng, (30,), (50,))
    scores = np.round(rng.normal(0, 1, 80) + sides.own, 1)
    pairs = scores[sides.own][:, None] - scores[~sides.own]
    assert area(scores, sides).auroc == pytest.approx(np.mean((pairs > 0) + (pairs == 0) / 2))


def test_another_mix_of_classes_is_no_difference() -> None:
    rng = np.random.default_rng(1)
    sides = strata(rng, (180, 20), (20, 180))
    scores = rng.normal(0, 1, 400) + 5 * sides.classes
    assert area(scores, sides).auroc == pytest.approx(0.5, abs=0.1)
    assert chance(np.stack([ranks(scores, sides.classes)], axis=1), sides) > 0.05


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_the_lower_end_lies_above_the_true_area_in_one_run_of_forty(shift: float) -> None:
    # A difference of one standard deviation makes an AUROC of 0.760.
    above = 0
    for seed in range(400):
        rng = np.random.default_rng(seed)
        sides = strata(rng, (10, 20, 3), (40, 30, 30))
        above += area(rng.normal(0, 1, 133) + shift * sides.own, sides).low > (0.760 if shift else 0.5)
    assert above <= 0.05 * 400


@pytest.mark.parametrize("sizes", [((5,) * 8, (20,) * 8), ((40,), (160,)), ((1, 3, 90), (70, 2, 10))])
def test_chance_is_that_of_random_splits(sizes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    told = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        sides = strata(rng, *sizes)
        number = len(sides.own)
        facts = [rng.normal(0, 1, number), rng.integers(0, 3, number), rng.random(number) < 0.2]
        told.append(chance(np.stack([ranks(np.asarray(fact, float), sides.classes) for fact in facts], axis=1), sides))
    assert np.mean(np.array(told) <= 0.05) <= 0.08
    assert np.mean(np.array(told) <= 0.01) <= 0.025


def test_chance_knows_another_place_and_another_spread() -> None:
    rng = np.random.default_rng(2)
    sides = strata(rng, (40, 40), (100, 100))
    noise = rng.normal(0, 1, 280)
    for fact in (noise + sides.own, noise * np.where(sides.own, 0.3, 1)):
        assert chance(ranks(fact, sides.classes)[:, None], sides) < 1e-4


def test_facts_that_are_the_same_everywhere_differ_by_chance() -> None:
    sides = strata(np.random.default_rng(3), (20,), (30,))
    assert chance(np.zeros((50, 2)), sides) == 1
