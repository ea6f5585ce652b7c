"""From what was measured to a plan."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from datalint.augment.guards import find_guards
from datalint.augment.preprocessing import Shapes, Task, preprocessing, statistics, target_size
from datalint.augment.record import Plan
from datalint.augment.targets import Extra, class_plans, wanted, warned
from datalint.augment.transforms import choose_transforms, measurements
from datalint.augment.words import read_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from PIL import Image

    from datalint.augment.record import ClassPlan, Guard, Preprocessing, Transform
    from datalint.augment.targets import Count, Floor
    from datalint.augment.variation import Variation
    from datalint.plan_settings import PlanSettings


class Subject(NamedTuple):
    """A dataset, as far as a plan is about it."""

    name: str
    counts: Sequence[Count]
    """In order of label."""
    split: str | None
    """The training split; None where there are no splits."""
    others: tuple[str, ...]
    """The other splits."""
    roles: frozenset[str]
    """What splits are for: train, validation, test."""
    images: int
    """In all splits."""
    multi_label: bool
    variation: Variation
    biased: tuple[str, ...]
    """Classes whose background gives them away."""
    shapes: Shapes | None
    """None where no header could be read."""


def make_plan(
    subject: Subject, settings: PlanSettings, floor: Floor, pictures: Callable[[], Iterable[Image.Image]]
) -> Plan:
    """Return the plan. ``pictures`` decodes some images of the training split. Raises ConfigError."""
    labels = [count.label for count in subject.counts]
    transforms = choose_transforms(
        subject.variation, settings.viewpoint or _viewpoint(labels, subject.name), subject.biased, settings, labels
    )
    guards = find_guards(labels, subject.name, subject.variation, settings)
    transforms = _possible(transforms, guards, labels)
    plan = Plan(
        dataset=subject.name,
        target=settings.target,
        seed=settings.seed,
        max_factor=settings.max_factor,
        fill="border" if subject.variation.plain >= 0.5 else "reflect",
        split=subject.split,
        untouched=subject.others,
        classes=(),
        transforms=transforms,
        guards=guards,
        measured=measurements(subject.variation),
        preprocessing=None,
        notes=(),
    )
    extra = _extra(plan)
    goal = wanted(subject.counts, settings, floor)
    classes = class_plans(subject.counts, goal, settings, extra)
    plan = plan._replace(classes=warned(classes, settings.target, floor))
    advice = _preprocessing(subject, plan, pictures)
    return plan._replace(preprocessing=advice, notes=tuple(_notes(subject, plan, advice, settings)))


def _viewpoint(labels: Sequence[str], dataset: str) -> str:
    overhead = read_labels(labels, dataset).overhead
    return "overhead" if labels and len(overhead) == len(labels) else "dead-on"


def _possible(transforms: Sequence[Transform], guards: Sequence[Guard], labels: Sequence[str]) -> tuple[Transform, ...]:
    """Leave out what none of its classes allows; the guards say why."""
    barred: dict[str, set[str]] = {}
    own: dict[str, set[str]] = {}
    for guard in guards:
        barred.setdefault(guard.transform, set()).update(guard.labels or labels)
    for one in transforms:
        own.setdefault(one.name, set()).update(one.labels)

    def allowed(one: Transform) -> bool:
        return bool(({*one.labels} or {*labels} - own[one.name]) - barred.get(one.name, set()))

    return tuple(filter(allowed, transforms))


def _extra(plan: Plan) -> Extra:
    """Say what is appended: where the dataset lacks a variation that every class allows."""
    lacking = [name for name, rows in plan.shared().items() if rows[0].lack]
    return Extra(
        varied=any(name != "invert" for name in lacking),
        inverted="invert" in lacking,
    )


def _preprocessing(subject: Subject, plan: Plan, pictures: Callable[[], Iterable[Image.Image]]) -> Preprocessing | None:
    if subject.shapes is None or not len(subject.shapes.width):
        return None
    images = sum(one.have + one.made for one in plan.classes)
    task = Task(images, subject.images, len(plan.classes), subject.multi_label)
    size = target_size(subject.shapes, task)
    return preprocessing(subject.shapes, task, size, statistics(pictures(), size, subject.shapes.channels))


def _notes(subject: Subject, plan: Plan, advice: Preprocessing | None, settings: PlanSettings) -> list[str]:
    unused = [one.glob for one in settings.labels if not any(one.matches(count.label) for count in subject.counts)]
    notes = [f"No class matches plan.labels.{json.dumps(glob, ensure_ascii=False)}." for glob in unused]
    if "test" not in subject.roles:
        notes.append(
            "There is no test split. Split before augmenting, or copies of one image come to lie on both sides: "
            "`--splits FILE` suggests a split that is stratified and keeps duplicates and bursts together."
        )
    capped = [one.label for one in plan.classes if one.target < one.wanted]
    if capped:
        notes.append(f"Augmentation cannot make up for images of {_few(capped)}: collect more, or weight the classes.")
    if plan.target == "floor" and any(one.synthesize for one in plan.classes):
        notes.append("The target is the least that the balance rules ask for; --target 1000 or largest asks for more.")
    if any(one.made for one in plan.classes):
        notes.append("More augmentation raises recall while precision may fall: watch the precision of each class.")
    if advice is not None and advice.pretrained:
        notes.append("So few images are best learned by fine-tuning a pretrained network.")
    if subject.biased:
        notes.append("Mixing backgrounds only helps a little; images of each class on other backgrounds help more.")
    return notes


def _few(labels: Sequence[str]) -> str:
    return ", ".join(labels[:5]) + (f" and {len(labels) - 5} more" if len(labels) > 5 else "")


def classes_of(plan: Plan) -> dict[str, ClassPlan]:
    """Return the classes by label."""
    return {one.label: one for one in plan.classes}
