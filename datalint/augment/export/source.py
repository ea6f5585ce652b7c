"""What all code has in common: the classes with their weights, size and statistics, and the layout of the text."""

from __future__ import annotations

import re
from textwrap import indent as indented
from typing import TYPE_CHECKING, NamedTuple

from datalint.augment.plan_text import few, guard_lines, range_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from datalint.augment.record import Plan, Preprocessing, Transform


def advice_of(plan: Plan) -> Preprocessing:
    """Return the advice of a plan that has some."""
    assert plan.preprocessing is not None
    return plan.preprocessing


class Own(NamedTuple):
    """Classes that have ranges of their own, the same for all of them."""

    classes: dict[int, str]
    """By index, ascending."""
    plan: Plan
    """With the changes that are made to these classes."""

    @property
    def indices(self) -> str:
        """The indices as code, runs of them as ranges: ``[0, *range(3, 9)]``."""
        runs: list[list[int]] = []
        for number in self.classes:
            if runs and runs[-1][-1] == number - 1:
                runs[-1].append(number)
            else:
                runs.append([number])
        parts = (f"*range({run[0]}, {run[-1] + 1})" if len(run) > 3 else ", ".join(map(str, run)) for run in runs)
        return f"[{', '.join(parts)}]"

    @property
    def labels(self) -> str:
        """Some of the labels, for a comment."""
        return _one_line(few([*self.classes.values()]))


def own_ranges(plan: Plan) -> list[Own]:
    """Return the classes that are changed otherwise than code for all classes does, where ranges are configured."""
    if not any(one.labels for one in plan.transforms):
        return []
    common, shared = _alike(plan.for_all()), plan.shared()
    found: dict[tuple[Transform, ...], Own] = {}
    for number, one in enumerate(plan.classes):
        rows = tuple(row for row in plan.of_class(one.label) if row.labels or row.name in shared)
        if _alike(rows) != common:
            view = plan._replace(transforms=tuple(row._replace(labels=()) for row in rows), guards=())
            found.setdefault(_alike(rows), Own({}, view)).classes[number] = one.label
    return [*found.values()]


def _alike(transforms: Iterable[Transform]) -> tuple[Transform, ...]:
    """Leave out what makes no difference to an image."""
    return tuple(one._replace(labels=(), reason="", lack=False) for one in transforms)


def by_class(plan: Plan, pipeline: Callable[[Plan], str], use: str = "") -> str:
    """Write the pipelines of classes that have ranges of their own, and the code that chooses one; else nothing."""
    rows = [
        f"    **dict.fromkeys({own.indices}, {indented(pipeline(own.plan), '    ').strip()}),  # {own.labels}\n"
        for own in own_ranges(plan)
    ]
    if not rows:
        return ""
    about = "# By index of the class, where ranges are its own; `augmentation` keeps to what every class allows."
    return f"{about}\nBY_CLASS = {{\n{''.join(rows)}}}\n{use}"


def branches(plan: Plan, steps_of: Callable[[Plan], str], chosen: Callable[[int, Own], str]) -> str:
    """Write the steps of a function's body, indented by four; of classes that have ranges of their own in a branch
    each, under the condition that ``chosen`` writes."""
    lines = []
    for number, own in enumerate(own_ranges(plan)):
        lines += [
            f"    {'elif' if number else 'if'} {chosen(number, own)}:  # {own.labels}",
            _block(steps_of(own.plan)),
        ]
    return "\n".join([*lines, "    else:", _block(steps_of(plan))]) if lines else steps_of(plan)


def _block(code: str) -> str:
    runs = any(line.strip() and not line.strip().startswith("#") for line in code.splitlines())
    return indented(code if runs else f"{code}\n    pass".lstrip("\n"), "    ")


def head(plan: Plan, what: str, imports: str) -> str:
    """Write the beginning: docstring, imports, and what the plan says about classes and values."""
    advice = advice_of(plan)
    name = plan.dataset.rstrip("/").replace("\\", "\\\\").replace('"""', "'''")
    labels = "".join(f"    {one.label!r},\n" for one in plan.classes)
    weights = "".join(f"    {number}: {one.weight!r},\n" for number, one in enumerate(plan.classes))
    draws = "".join(f"    {number}: {one.oversample!r},\n" for number, one in enumerate(plan.classes))
    return f'''"""{what} for {name}, written by `datalint plan`: target {plan.target}, seed {plan.seed}."""

{imports}

CLASSES = [
{labels}]  # in order of index
CLASS_WEIGHT = {{
{weights}}}  # for images as they are
DRAW = {{
{draws}}}  # how often to draw an image of the class, in place of weighting it
WIDTH, HEIGHT, CHANNELS = {advice.width}, {advice.height}, {advice.channels}
MEAN, STD = {[*advice.mean]!r}, {[*advice.std]!r}  # of the training split, of values from 0 to 1
BATCH, SEED = {advice.batch}, {plan.seed}
'''


def filled(template: str, **parts: str) -> str:
    """Put parts where a template has their names in braces. A class may be called like such a place, and stays."""
    places = "|".join(map(re.escape, parts))
    return re.sub(f"\\{{({places})\\}}", lambda place: parts[place[1]], template)


def steps(plan: Plan, writers: Mapping[str, Callable[[Transform, Plan], str | None]], indent: str) -> str:
    """Write the changes that every class allows, one a line, each with its reason above it."""
    lines = []
    for transform in plan.for_all():
        code = writers[transform.name](transform, plan) if transform.name in writers else None
        about = f"{transform.name} {range_text(transform)}".strip()
        if code is None:
            lines.append(f"{indent}# {about} is left out: only `datalint augment` does it")
            continue
        lines.append(f"{indent}# {about}: {_one_line(transform.reason)}")
        lines += [f"{indent}{line}" for line in code.splitlines()]
    return "\n".join(lines)


def not_done(plan: Plan) -> str:
    """Write what must not be done, as comments."""
    lines = [f"# {_one_line(line)}" for line in guard_lines(plan)]
    return "\n".join(["# Not done, to any class here:" if lines else "", *lines]).strip()


def _one_line(text: str) -> str:
    return " ".join(text.split())
