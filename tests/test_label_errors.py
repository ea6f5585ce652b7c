"""The estimate of wrong labels: its intervals hold the truth as often as they say, on populations of all kinds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalint.label_errors import Stratum, allocate, estimate

_TIMES = 2000


def coverage(sizes: list[int], wrong: list[int], number: int) -> float:
    """Draw many samples of a population and return how often the interval holds the share that is wrong."""
    drawn = allocate(sizes, number)
    generator = np.random.default_rng(0)
    samples = np.stack(
        [
            generator.hypergeometric(bad, size - bad, count, _TIMES)
            for size, bad, count in zip(sizes, wrong, drawn, strict=True)
        ],
        axis=1,
    )
    truth = sum(wrong) / sum(sizes)
    different, often = np.unique(samples, axis=0, return_counts=True)
    held = 0
    for sample, times in zip(different.tolist(), often.tolist(), strict=True):
        found = estimate([Stratum(*one) for one in zip(sizes, drawn, sample, strict=True)])
        held += times * (found.low - 1e-9 <= truth <= found.high + 1e-9)
    return held / _TIMES


@pytest.mark.parametrize(
    ("sizes", "wrong", "number"),
    [
        pytest.param([1000] * 10, [0] * 10, 200, id="no label is wrong"),
        pytest.param([1000] * 10, [40] * 10, 200, id="4 % of every class"),
        pytest.param([1000] * 10, [400] + [0] * 9, 200, id="4 %, all in one class"),
        pytest.param([5000, 100, 100], [200, 0, 0], 200, id="in a large class"),
        pytest.param([5000, 100, 100], [0, 50, 0], 200, id="in a small class"),
        pytest.param([900] + [1] * 100, [36] + [0] * 100, 202, id="many classes that are drawn whole"),
        pytest.param([200] * 50, [8] * 50, 100, id="two of each class"),
        pytest.param([1000] * 2, [500] * 2, 40, id="half of them"),
        pytest.param([30] * 6, [2] * 6, 100, id="more than half is drawn"),
    ],
)
def test_intervals_hold_the_truth(sizes: list[int], wrong: list[int], number: int) -> None:
    assert coverage(sizes, wrong, number) >= 0.95


strata = st.lists(st.tuples(st.integers(1, 3000), st.floats(0, 1)), min_size=1, max_size=12)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(strata, st.floats(0, 0.3), st.integers(30, 400))
def test_intervals_hold_the_truth_of_any_population(parts: list[tuple[int, float]], most: float, number: int) -> None:
    sizes = [size for size, _ in parts]
    wrong = [round(size * share * most) for size, share in parts]
    assert coverage(sizes, wrong, number) >= 0.95 - 3 * (0.05 * 0.95 / _TIMES) ** 0.5


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.lists(st.integers(1, 5000), min_size=1, max_size=30), st.integers(1, 2000))
def test_a_sample_is_shared_out_in_proportion(sizes: list[int], number: int) -> None:
    drawn = allocate(sizes, number)
    least = [min(size, 2) for size in sizes]
    assert all(low <= count <= size for low, count, size in zip(least, drawn, sizes, strict=True))
    assert sum(drawn) == max(min(number, sum(sizes)), sum(least))
    assert all(
        a <= b
        for size, a in zip(sizes, drawn, strict=True)
        for other, b in zip(sizes, drawn, strict=True)
        if size < other
    )


def test_known_figures() -> None:
    found = estimate([Stratum(10**9, 200, 0)])
    assert found.rate == found.low == 0 and found.high == pytest.approx(1 - 0.025 ** (1 / 200), rel=1e-4)
    found = estimate([Stratum(10**9, 100, 5)])
    # Clopper and Pearson's interval of 5 in 100.
    assert (found.low, found.high) == (pytest.approx(0.0164, abs=5e-4), pytest.approx(0.1128, abs=1e-3))


def test_where_all_was_looked_at_the_rate_is_certain() -> None:
    assert estimate([Stratum(50, 50, 2), Stratum(10, 10, 0)]) == (2 / 60, 2 / 60, 2 / 60)


def test_strata_weigh_by_their_images() -> None:
    assert estimate([Stratum(900, 10, 0), Stratum(100, 10, 10)]).rate == pytest.approx(0.1)


def test_a_stratum_that_nobody_judged_is_like_the_largest() -> None:
    assert estimate([Stratum(900, 10, 1), Stratum(100, 0, 0)]).rate == pytest.approx(0.1)
    with pytest.raises(ValueError, match="no image was judged"):
        estimate([Stratum(900, 0, 0)])


@pytest.mark.parametrize(("wrong", "verdict"), [(0, "under"), (8, "open"), (40, "over")])
def test_the_rule_of_thumb(wrong: int, verdict: str) -> None:
    assert estimate([Stratum(10_000, 200, wrong)]).verdict == verdict
