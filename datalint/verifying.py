"""Verify a plan: carry it out in a temporary folder, and hold what came out against what there was."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from datalint import pipeline, planning
from datalint.augmenting import Options, augment

if TYPE_CHECKING:
    from collections.abc import Callable

    from datalint.augment.record import Measurement, Plan
    from datalint.collecting import Dataset
    from datalint.config import Config, RuleLayer
    from datalint.model import Report
    from datalint.planning import Collected

RULES = ("BAL001", "BAL002", "BAL003", "SPL001", "SPL002")
"""Rules whose findings should go, or at least not come."""


class Verified(NamedTuple):
    """Before and after."""

    findings: tuple[tuple[str, int, int], ...]
    """Code, findings before, findings after."""
    measured: tuple[tuple[Measurement, Measurement], ...]
    """Those of the training split."""
    made: int
    failed: int

    @property
    def good(self) -> bool:
        """Whether no rule has more to say than before, and every image could be made."""
        return not self.failed and all(after <= before for _, before, after in self.findings)


def verify(
    dataset: Dataset, data: Collected, plan: Plan, config: Config, jobs: int, progress: Callable[[int, int], None]
) -> Verified:
    """Carry the plan out, check the result, and remove it. Raises DatalintError."""
    rules = replace(config.command_line, select=RULES, extend_select=(), ignore=())
    judged = replace(config, layer=_without_selection(config.layer), command_line=rules)
    with tempfile.TemporaryDirectory(prefix="datalint-") as work:
        out = Path(work) / "augmented"
        outcome = augment(data, plan, Options(out, jobs, copy=True, progress=progress))
        there = replace(judged, layout=None)
        before, after = (
            _counts(pipeline.check(place, how, pipeline.Run(jobs))) for place, how in ((dataset, judged), (out, there))
        )
        measured = planning.plan(planning.collected(out, there, pipeline.Run(jobs)), there).measured
    return Verified(
        tuple((code, before[code], after[code]) for code in RULES),
        tuple(zip(plan.measured, measured, strict=True)),
        outcome.made,
        len(outcome.failed),
    )


def _without_selection(layer: RuleLayer) -> RuleLayer:
    return replace(layer, select=None, extend_select=(), ignore=())


def _counts(report: Report) -> dict[str, int]:
    return {code: sum(finding.code == code for finding in report.findings) for code in RULES}
