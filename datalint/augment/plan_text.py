"""A plan for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datalint.augment.catalogue import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datalint.augment.record import ClassPlan, Plan, Preprocessing, Transform

HEADINGS = ("class", "have", "target", "make", "factor", "weight", "draw")


def headline(plan: Plan) -> str:
    """Say in a line what is planned."""
    made = sum(one.made for one in plan.classes)
    have = sum(one.have for one in plan.classes)
    of = f"{plan.split} split" if plan.split else "no splits"
    return f"{of} · {len(plan.classes):,} classes · {have:,} images, {made:,} to make · target {plan.target}"


def class_row(one: ClassPlan) -> tuple[str, ...]:
    """Return the cells of a class, as HEADINGS names them."""
    extra = " + ".join([f"{one.synthesize:,}", *(f"{more:,}" for more in (one.append, one.invert) if more)])
    return (
        one.label, f"{one.have:,}", f"{one.target:,}", extra, f"{one.factor:.1f}", f"{one.weight:.2f}",
        f"{one.oversample:.1f}",
    )  # fmt: skip


def legend(plan: Plan) -> str:
    """Say what the columns mean."""
    more = []
    if any(one.append for one in plan.classes):
        more.append("for variation")
    if any(one.invert for one in plan.classes):
        more.append("inverted")
    appended = f" (+ those appended {' + '.join(more)})" if more else ""
    return f"make: images to make{appended} · weight: class weight · draw: how often to draw an image if none are made"


def own_lines(plan: Plan) -> Iterator[str]:
    """Yield what is configured for some classes in place of the plan's own target and cap."""
    by_own: dict[tuple[str | None, float | None], list[str]] = {}
    for one in plan.classes:
        by_own.setdefault((one.asked, one.max_factor), []).append(one.label)
    for (target, factor), labels in by_own.items():
        words = [f"target {target}"] if target else []
        words += [f"at most {factor:g} times what there is"] if factor else []
        if words:
            yield f"{few(labels)}: {', '.join(words)}, as configured"


def transform_lines(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Yield name, range and reason of each transform."""
    barred: dict[str, list[str]] = {}
    for guard in plan.guards:
        barred.setdefault(guard.transform, []).extend(guard.labels)
    for one in plan.transforms:
        without = [label for label in barred.get(one.name, ()) if label in (one.labels or (label,))]
        but = f"; not for {few(without)}" if without else ""
        yield one.name, range_text(one), f"{one.share:.0%} of them: {reason_text(one)}{but}"


def guard_lines(plan: Plan) -> Iterator[str]:
    """Yield what must not be done, reason by reason."""
    by_reason: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for guard in plan.guards:
        by_reason.setdefault((guard.reason, guard.labels), []).append(guard.transform)
    for (reason, labels), transforms in by_reason.items():
        of = f"{few(labels)}: " if labels else ""
        yield f"{of}no {', no '.join(transforms)}: {reason}"


def advice_lines(advice: Preprocessing) -> Iterator[tuple[str, str]]:
    """Yield topic and advice."""
    colour = "grey" if advice.channels == 1 else "RGB"
    yield (
        "size",
        (
            f"{advice.width} × {advice.height}, {colour}; {advice.enlarged:.0%} of the images would be enlarged "
            f"({advice.enlarge_filter}), {advice.squeezed:.0%} squeezed by more than a quarter; shrink by "
            f"{advice.shrink_filter}"
        ),
    )
    yield (
        "values",
        (
            f"{advice.bit_depth} bits: divide by {advice.scale:g} after casting to float32, then "
            f"{'normalise' if advice.channels == 1 else 'standardise each channel'} with mean "
            f"{_numbers(advice.mean)} and standard deviation {_numbers(advice.std)}, plus 1e-7"
        ),
    )
    sizes = (advice.bytes_float64, advice.bytes_float32, advice.bytes_float16)
    yield (
        "memory",
        " · ".join(
            f"{_size(size)} as {name}" for size, name in zip(sizes, ("float64", "float32", "float16"), strict=True)
        ),
    )
    yield "labels", f"{advice.label_type} from 0 in the order of this table; {advice.outputs} outputs; {advice.loss}"
    yield "batches", f"{advice.batch} images, {advice.steps_per_epoch:,} steps an epoch; shuffle"
    yield "splits", f"{advice.test_share:.0%} for testing, {advice.validation_share:.0%} of the rest for validation"


def reason_text(one: Transform) -> str:
    """Give the reason, and the classes where it is of some only."""
    return f"{one.reason}; for {few(one.labels)}" if one.labels else one.reason


def range_text(one: Transform) -> str:
    """Write a range with its unit: ±15°, 0.8-1.25×."""
    if one.range is None:
        return ""
    low, high = one.range
    unit = KINDS[one.name].unit
    if low == -high:
        return f"±{high:g}{unit}"
    return f"{low:g}-{high:g}{unit}"


def _numbers(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:.3f}" for value in values)


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(0.1, size / 1e6):.1f} MB"


def few(labels: Sequence[str]) -> str:
    """Name the first classes, and say how many more there are."""
    return ", ".join(labels[:4]) + (f" and {len(labels) - 4} more" if len(labels) > 4 else "")
