"""The arithmetic of plans."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datalint.augment.targets import Count, Extra, Floor, appended, class_plans, wanted, warned
from datalint.errors import ConfigError
from datalint.plan_settings import LabelSettings, PlanSettings, parse_target

if TYPE_CHECKING:
    from datalint.augment.record import ClassPlan

FLOOR = Floor(lambda _: 100, lambda _: 0.2, lambda _: 0.1)
NONE = Extra()
TARGETS = st.one_of(st.sampled_from(["mean", "largest", "floor"]), st.integers(1, 100_000).map(str))
SIZES = st.lists(st.integers(0, 50_000), min_size=1, max_size=30)


def planned(
    counts: list[Count], settings: PlanSettings, floor: Floor = FLOOR, extra: Extra = NONE
) -> tuple[ClassPlan, ...]:
    return class_plans(counts, wanted(counts, settings, floor), settings, extra)


def counts_of(sizes: list[int]) -> list[Count]:
    return [Count(f"class {number:02}", size, size) for number, size in enumerate(sizes)]


# Settings of single classes: by number, by a digit that several share, of all.
OWN = st.lists(
    st.builds(
        LabelSettings,
        st.sampled_from([*(f"class {number:02}" for number in range(5)), "*1", "class 0*", "*", "none"]),
        st.none() | TARGETS,
        st.none() | st.floats(1, 50),
    ),
    max_size=4,
).map(tuple)


@given(SIZES, TARGETS, st.floats(1, 50), OWN, st.sampled_from([Extra(), Extra(True, True), Extra(False, True)]))
def test_the_arithmetic_closes(
    sizes: list[int], target: str, most: float, own: tuple[LabelSettings, ...], extra: Extra
) -> None:
    counts = counts_of(sizes)
    settings = PlanSettings(target, most, labels=own)
    goal = wanted(counts, settings, FLOOR)
    for one in class_plans(counts, goal, settings, extra):
        most = one.max_factor or settings.max_factor
        assert one.have + one.synthesize == one.target
        assert one.synthesize >= 0 and one.append >= 0 and one.invert >= 0
        assert one.target <= max(one.have, one.have * most)
        assert one.target <= one.wanted
        assert (one.target < one.wanted) == (one.warning is not None and one.have > 0)
        assert one.made == 0 or one.have
        assert one.append == (appended(one.target, 200) if extra.varied and one.have else 0)


@given(SIZES, TARGETS)
def test_no_class_shrinks_and_all_reach_the_target_without_a_cap(sizes: list[int], target: str) -> None:
    counts = counts_of(sizes)
    plans = planned(counts, PlanSettings(target, 1e9))
    present = [size for size in sizes if size]
    for one in plans:
        if not one.have:
            assert one.made == 0
        elif target == "largest":
            assert one.target == max(present)
        elif target == "mean":
            assert one.target == max(one.have, math.ceil(sum(present) / len(present)))
        elif target != "floor":
            assert one.target == max(one.have, int(target))


@given(SIZES, st.floats(0, 0.5), st.floats(0, 0.5), st.sampled_from([Extra(), Extra(True, True), Extra(True, False)]))
def test_after_floor_no_balance_rule_speaks(sizes: list[int], of_mean: float, of_largest: float, extra: Extra) -> None:
    counts = counts_of(sizes)
    floor = Floor(lambda _: 100, lambda _: of_mean, lambda _: of_largest)
    plans = planned(counts, PlanSettings("floor", 1e9), floor, extra)
    after = [one.have + one.made for one in plans if one.have]
    for images in after:
        assert images >= 100
        assert images >= of_mean * sum(after) / len(after)
        assert images >= of_largest * max(after)


@given(SIZES, st.floats(0, 0.5), st.floats(0, 0.5), OWN)
def test_classes_at_the_floor_keep_it_whatever_others_are_given(
    sizes: list[int], of_mean: float, of_largest: float, own: tuple[LabelSettings, ...]
) -> None:
    counts = counts_of(sizes)
    floor = Floor(lambda _: 100, lambda _: of_mean, lambda _: of_largest)
    settings = PlanSettings("floor", 1e9, labels=own)
    plans = [one for one in planned(counts, settings, floor) if one.have]
    after = [one.target for one in plans]
    for one in plans:
        own = settings.of_label(one.label)
        assert (one.asked, one.max_factor) == (own.target, own.max_factor)
        if one.asked in (None, "floor") and not one.warning:
            assert one.target >= max(100, of_mean * sum(after) / len(after), of_largest * max(after))
        elif one.asked not in (None, "floor", "mean", "largest"):
            assert one.wanted == max(one.have, int(one.asked))


def test_a_class_has_a_target_and_a_cap_of_its_own_and_the_later_glob_decides() -> None:
    own = (LabelSettings("rare *", "300", 4.0), LabelSettings("* b", max_factor=20.0), LabelSettings("* c", "largest"))
    counts = [Count("common", 400, 400), Count("rare a", 50, 50), Count("rare b", 50, 50), Count("rare c", 50, 50)]
    plans = planned(counts, PlanSettings("100", labels=own))
    assert [(one.wanted, one.target, one.asked, one.max_factor) for one in plans] == [
        (400, 400, None, None), (300, 200, "300", 4.0), (300, 300, "300", 20.0), (400, 200, "largest", 4.0),
    ]  # fmt: skip
    assert plans[1].warning is not None and "above 4 times" in plans[1].warning and plans[2].warning is None
    assert all(one.have + one.synthesize == one.target for one in plans)


def test_the_floor_goes_by_what_other_classes_will_have_and_not_by_what_they_cannot() -> None:
    counts = [Count("big", 100, 100), Count("small", 100, 100)]
    big, small = planned(counts, PlanSettings(labels=(LabelSettings("big", "3000", 50.0),)))
    assert (big.target, small.target) == (3000, 335)  # a fifth of the mean, and one more
    capped, still = planned(counts, PlanSettings(labels=(LabelSettings("big", "3000", 2.0),)))
    assert (capped.target, still.target) == (200, 100)


@given(SIZES, TARGETS, st.floats(1, 50), OWN, st.sampled_from([Extra(), Extra(True, True)]))
def test_no_class_comes_below_the_balance_rules_without_a_warning(
    sizes: list[int], target: str, most: float, own: tuple[LabelSettings, ...], extra: Extra
) -> None:
    settings = PlanSettings(target, most, labels=own)
    plans = warned(planned(counts_of(sizes), settings, extra=extra), target, FLOOR)
    was = {one.label: one.have for one in plans if one.have}
    now = {one.label: one.have + one.made for one in plans if one.have}
    for share, of in ((0.2, lambda there: sum(there) / len(there)), (0.1, max)):
        for one in plans:
            if one.have and was[one.label] >= share * of([*was.values()]) and not one.warning:
                assert now[one.label] >= share * of([*now.values()])


def test_a_class_that_others_leave_behind_is_told() -> None:
    counts = [Count("big", 100, 100), Count("small", 100, 100), Count("tiny", 5, 5)]
    settings = PlanSettings("100", 20.0, labels=(LabelSettings("big", "2000"),))
    big, small, tiny = warned(planned(counts, settings), "100", FLOOR)
    assert big.warning is None
    assert small.warning == "100 are few beside the other classes: the balance rules ask for 200"
    assert tiny.warning is None  # nor was there enough of it before
    assert not any(one.warning for one in warned(planned(counts, PlanSettings("100", 20.0)), "100", FLOOR))


@given(st.lists(st.integers(1, 50_000), min_size=1, max_size=30))
def test_weights_are_one_on_average_and_draws_make_classes_equal(sizes: list[int]) -> None:
    counts = counts_of(sizes)
    plans = planned(counts, PlanSettings())
    assert math.isclose(sum(one.weight * one.have for one in plans), sum(sizes), rel_tol=1e-3)
    assert all(math.isclose(one.oversample * one.have, max(sizes), rel_tol=1e-3, abs_tol=3) for one in plans)


def test_the_factor_is_capped_and_told() -> None:
    counts = [Count("rare", 5, 5), Count("common", 400, 400)]
    rare, common = planned(counts, PlanSettings("1000"))
    assert (rare.wanted, rare.target, rare.synthesize, rare.factor) == (1000, 50, 45, 10.0)
    assert rare.warning is not None and "1,000 would be 200 times" in rare.warning
    assert (common.target, common.warning) == (1000, None)


def test_a_class_without_sources_stays_as_it_is() -> None:
    counts = [Count("leaked", 30, 0), Count("empty", 0, 0), Count("fine", 30, 20)]
    leaked, empty, fine = planned(counts, PlanSettings("100"), extra=Extra(True, True))
    assert leaked.made == 0 and leaked.warning is not None and "copy in another split" in leaked.warning
    assert empty.made == 0 and empty.warning is not None
    assert (fine.target, fine.append, fine.invert) == (100, 100, 50)


@pytest.mark.parametrize("text", ["0", "-3", "1e3", "many", "", "10.5", "99999999999"])
def test_a_wrong_target_is_told(text: str) -> None:
    with pytest.raises(ConfigError, match="must be a number of images"):
        parse_target(text)


def test_numbers_may_have_separators() -> None:
    assert [parse_target(text) for text in ("1,000", "1_000", " Mean ")] == ["1000", "1000", "mean"]


def test_a_tenth_is_appended_and_of_few_images_more() -> None:
    assert [appended(target, 200) for target in (0, 1, 150, 200, 1000, 2000, 6001)] == [0, 1, 150, 200, 200, 200, 601]
