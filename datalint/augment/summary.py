"""What a plan says in a few lines, as plain values, for a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.augment.plan_text import guard_lines, range_text, reason_text

if TYPE_CHECKING:
    from datalint.augment.record import Plan


class ClassSummary(NamedTuple):
    """A class that has fewer images than its target."""

    label: str
    have: int
    wanted: int
    """What the target asks for."""
    target: int
    """What is planned."""
    warning: str | None
    """Why that is less than is wanted."""


class ChangeSummary(NamedTuple):
    """A change, with its reason."""

    name: str
    range: str
    """With its unit: ``±15°``; empty where there is nothing to choose."""
    share: float
    """Of what is made, 0 to 1."""
    reason: str
    lack: bool
    """Whether the dataset was measured to lack the variation."""


class PlanSummary(NamedTuple):
    """A plan in short. ``record`` turns it into what JSON can hold."""

    target: str
    split: str | None
    """What is augmented; None for a dataset without splits."""
    images: int
    """Of the training split."""
    synthesize: int
    """To make, for balance, variation and polarity."""
    below: tuple[ClassSummary, ...]
    """Those that miss most of what is wanted first."""
    changes: tuple[ChangeSummary, ...]
    must_not: tuple[str, ...]
    """What must not be done and why, a sentence each."""
    notes: tuple[str, ...]

    def record(self) -> dict[str, Any]:
        """Return dictionaries, lists, texts, numbers and None alone."""
        plain: dict[str, Any] = self._asdict()
        for name in ("below", "changes"):
            plain[name] = [one._asdict() for one in plain[name]]
        return {key: list(value) if isinstance(value, tuple) else value for key, value in plain.items()}


def summarise(plan: Plan) -> PlanSummary:
    """Say in short what a plan says."""
    below = [
        ClassSummary(one.label, one.have, one.wanted, one.target, one.warning)
        for one in plan.classes
        if one.have < one.wanted or one.warning
    ]
    return PlanSummary(
        target=plan.target,
        split=plan.split,
        images=sum(one.have for one in plan.classes),
        synthesize=sum(one.made for one in plan.classes),
        below=tuple(sorted(below, key=lambda one: (one.have / max(1, one.wanted), one.label))),
        changes=tuple(
            ChangeSummary(one.name, range_text(one), one.share, reason_text(one), one.lack) for one in plan.transforms
        ),
        must_not=tuple(guard_lines(plan)),
        notes=plan.notes,
    )
