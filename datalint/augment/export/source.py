"""What all code has in common: the classes with their weights, size and statistics, and the layout of the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datalint.augment.plan_text import guard_lines, range_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from datalint.augment.record import Plan, Preprocessing, Transform


def advice_of(plan: Plan) -> Preprocessing:
    """Return the advice of a plan that has some."""
    assert plan.preprocessing is not None
    return plan.preprocessing


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
