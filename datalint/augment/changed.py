"""Which changes were made, as a log tells, held against the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datalint.augment.plan_text import range_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datalint.augment.record import Plan, Transform
    from datalint.augment_log import MadeImage


def changes(plan: Plan, made: Sequence[MadeImage]) -> Iterator[tuple[str, str, str, str]]:
    """Yield each change of the plan: its name, nothing before, the share of what was made that got it and how far, and
    what is broken."""
    allowed = {one.label: {row.name: row for row in plan.of_class(one.label)} for one in plan.classes}
    for transform in plan.transforms:
        got = [
            one
            for one in made
            if transform.name in one.transforms
            # What no row allows is told with the first row of its name.
            and allowed.get(one.label, {}).get(transform.name, _first(plan, transform.name)) == transform
        ]
        values = [number for one in got for number in _numbers(one.transforms[transform.name])]
        wrong = {one.label for one in got if transform.name not in allowed.get(one.label, {})}
        yield (
            f"{transform.name} {range_text(transform)}".rstrip(),
            "",
            f"{len(got) / max(1, len(made)):.0%}" + _extent(transform, values),
            _broken(transform, values, sorted(wrong)),
        )


def _first(plan: Plan, name: str) -> Transform:
    return next(transform for transform in plan.transforms if transform.name == name)


def _numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [value["strength"]]
    return value if isinstance(value, list) else [value]


def _extent(transform: Transform, values: list[float]) -> str:
    if transform.range is None or not values:
        return ""
    return f": {min(values):.2f} to {max(values):.2f}"


def _broken(transform: Transform, values: list[float], wrong: list[str]) -> str:
    if wrong:
        return f"not allowed for {', '.join(wrong[:3])}"
    if transform.range and values and not transform.range[0] <= min(values) <= max(values) <= transform.range[1]:
        return "beyond its range"
    return ""
