"""How many images each class shall have. ``have + synthesize = target``, and no class is multiplied beyond the cap."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from datalint.augment.record import ClassPlan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from datalint.plan_settings import PlanSettings

APPENDED = 0.10
"""Share of a class that is appended where the dataset lacks a variation."""
_ENOUGH_VARIED = 200
_ENOUGH_INVERTED = 50  # all are inverted alike


class Count(NamedTuple):
    """Images of a class in the training split."""

    label: str
    have: int
    sources: int
    """Those of them that may be augmented."""


class Floor(NamedTuple):
    """Thresholds of the balance rules."""

    min_images: Callable[[str], int]
    """Fewest images of a label (BAL001)."""
    mean_share: Callable[[str], float]
    """Smallest share of the mean class (BAL002)."""
    largest_share: Callable[[str], float]
    """Smallest share of the largest class (BAL003)."""


class Extra(NamedTuple):
    """Whether images with a variation that the dataset lacks are appended to every class."""

    varied: bool = False
    inverted: bool = False


def wanted(counts: Sequence[Count], settings: PlanSettings, floor: Floor) -> dict[str, int]:
    """Return how many images the target asks of each class: never fewer than it has, and none of an empty class.

    ``mean`` and ``largest`` are of what there is; ``floor`` goes by what there will be of classes with other targets.
    """
    have = {count.label: count.have for count in counts if count.have}
    goal: dict[str, int] = {}
    there: dict[str, int] = {}
    for count in counts:
        target = settings.of_label(count.label).target or settings.target
        if count.have and target != "floor":
            goal[count.label] = max(count.have, _each(have, target))
            there[count.label] = _reached(count, goal[count.label], settings)
    goal |= _floor({label: images for label, images in have.items() if label not in goal}, there, floor)
    return {count.label: goal.get(count.label, 0) for count in counts}


def class_plans(
    counts: Sequence[Count], goal: Mapping[str, int], settings: PlanSettings, extra: Extra
) -> tuple[ClassPlan, ...]:
    """Plan every class. A class that cannot be augmented stays as it is, and says so."""
    total = sum(count.have for count in counts)
    present = sum(count.have > 0 for count in counts)
    largest = max((count.have for count in counts), default=0)
    plans = []
    for count in counts:
        label, have, sources = count
        own = settings.of_label(label)
        target = _reached(count, goal[label], settings)
        made = target - have
        plans.append(
            ClassPlan(
                label=label,
                have=have,
                sources=sources,
                wanted=goal[label],
                target=target,
                synthesize=made,
                append=appended(target, _ENOUGH_VARIED) if sources and extra.varied else 0,
                invert=appended(target, _ENOUGH_INVERTED) if sources and extra.inverted else 0,
                factor=round(target / have, 2) if have else 0.0,
                weight=round(total / (present * have), 6) if have else 0.0,
                oversample=round(largest / have, 4) if have else 0.0,
                warning=_warning(have, sources, goal[label], target, own.max_factor or settings.max_factor),
                asked=own.target,
                max_factor=own.max_factor,
            )
        )
    return tuple(plans)


def warned(plans: Sequence[ClassPlan], target: str, floor: Floor) -> tuple[ClassPlan, ...]:
    """Warn of classes that come below the floor only since others get more. ``target`` is that of the plan."""
    will_have = {one.label: one.have + one.made for one in plans if one.have}
    before = _least({one.label: one.have for one in plans if one.have}, floor)
    after = _least(will_have, floor)
    found = []
    for one in plans:
        if one.have and not one.warning and (one.asked or target) != "floor":
            asked = zip(before[one.label], after[one.label], strict=True)
            short = [then for now, then in asked if one.have >= now and will_have[one.label] < then]
            if short:
                text = f"{will_have[one.label]:,} are few beside the other classes: the balance rules ask for "
                one = one._replace(warning=f"{text}{max(short):,}")
        found.append(one)
    return tuple(found)


def _least(there: Mapping[str, int], floor: Floor) -> dict[str, tuple[int, int]]:
    """Return the fewest images that the shares of the mean and of the largest class let each class have."""
    mean, largest = sum(there.values()) / max(1, len(there)), max(there.values(), default=0)
    return {
        label: (math.ceil(floor.mean_share(label) * mean), math.ceil(floor.largest_share(label) * largest))
        for label in there
    }


def appended(target: int, enough: int) -> int:
    """Return how many images teach a network to ignore something: a tenth, and of a small class as many as there are.

    The tenth is that of the handbook, where it was 600 images a class; of less than ``enough`` nothing is learned.
    """
    return max(math.ceil(target * APPENDED), min(target, enough))


def _each(have: Mapping[str, int], target: str) -> int:
    if target == "mean":
        return math.ceil(sum(have.values()) / len(have))
    if target == "largest":
        return max(have.values())
    return int(target)


def _reached(count: Count, goal: int, settings: PlanSettings) -> int:
    """Return how many images of a class there will be: as many as are wanted, where there are sources and no cap."""
    factor = settings.of_label(count.label).max_factor or settings.max_factor
    return min(goal, max(count.have, math.floor(count.have * factor))) if count.sources else count.have


def _floor(have: Mapping[str, int], others: Mapping[str, int], floor: Floor) -> dict[str, int]:
    """Raise classes until no balance rule speaks of any: raising one raises the mean. ``others`` stay as they are.

    One image more than a threshold, so that it holds as well when shares of the classes are appended and rounded.
    """
    goal = {label: max(images, floor.min_images(label)) for label, images in have.items()}
    while goal:
        there = [*goal.values(), *others.values()]
        mean, largest = sum(there) / len(there), max(there)
        raised = {}
        for label, images in goal.items():
            least = max(floor.mean_share(label) * mean, floor.largest_share(label) * largest)
            raised[label] = max(images, min(math.ceil(least) + 1, largest))
        if raised == goal:
            break
        goal = raised
    return goal


def _warning(have: int, sources: int, goal: int, target: int, max_factor: float) -> str | None:
    if not have:
        return "there is no image to begin with: collect some, or remove the class"
    if goal > have and not sources:
        return "no image of it can be augmented: none decodes, or each has a copy in another split"
    if target < goal:
        return (
            f"{goal:,} would be {goal / have:.0f} times what there is; above {max_factor:g} times, copies of the same "
            "few images cost precision: collect more, or weight the class"
        )
    return None
