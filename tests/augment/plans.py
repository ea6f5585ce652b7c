"""Plans made by hand, with every transform in them."""

from __future__ import annotations

from datalint.augment.preprocessing import Shapes, Statistics, Task, preprocessing
from datalint.augment.record import Guard, Plan, Transform
from datalint.augment.targets import Count, Extra, class_plans
from datalint.plan_settings import PlanSettings

RANGES = {
    "rotate": (-15.0, 15.0),
    "zoom": (0.8, 1.25),
    "shift": (-0.1, 0.1),
    "background": (0.4, 0.9),
    "brightness": (0.7, 1.4),
    "contrast": (0.7, 1.4),
    "saturation": (0.8, 1.25),
    "hue": (-0.1, 0.1),
}
NAMES = (
    "flip-horizontal", "flip-vertical", "quarter-turn", "rotate", "zoom", "shift", "background", "brightness",
    "contrast", "saturation", "hue", "invert",
)  # fmt: skip


def plan_of(
    names: tuple[str, ...] = NAMES,
    channels: int = 3,
    side: int = 32,
    fill: str = "border",
    share: float = 0.5,
    labels: tuple[str, ...] = ("day's cat", 'dog "x"'),
    **ranges: tuple[float, float],
) -> Plan:
    """Make a plan for images of one size, in 2 classes of 8 and 4."""
    import numpy as np

    counts = [Count(label, 8 >> number, 8 >> number) for number, label in enumerate(labels)]
    shapes = Shapes(np.full(12, float(side)), np.full(12, float(side)), channels, 8)
    statistics = Statistics((0.5,) * channels, (0.25,) * channels)
    known = {**RANGES, **ranges}
    return Plan(
        dataset='odd "name"/',
        target="8",
        seed=3,
        max_factor=10.0,
        fill=fill,
        split="train",
        untouched=("test",),
        classes=class_plans(counts, dict.fromkeys(labels, 8), PlanSettings(), Extra()),
        transforms=tuple(Transform(name, share, known.get(name), f"a reason for {name}") for name in names),
        guards=(Guard("flip-vertical", (labels[0],), "the name tells up from down"),)
        if "flip-vertical" in names
        else (),
        measured=(),
        preprocessing=preprocessing(shapes, Task(16, 12, len(labels), False), (side, side), statistics),
        notes=("a note",),
    )


def with_own_range(plan: Plan, name: str, low: float, high: float, label: str = 'dog "x"') -> Plan:
    """Give a class a range of its own."""
    row = Transform(name, 1.0, (low, high), "range as configured", labels=(label,))
    return plan._replace(transforms=(*plan.transforms, row))
