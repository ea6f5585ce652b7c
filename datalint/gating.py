"""From what was found to what fails a run: suppressions, the baseline, what changed, budgets.

It comes after the report of an earlier run was taken from the cache, so none of it needs to be part of that.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from datalint.findings import allowed, compare, exit_status, only_touching, read_baseline, suppress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from datalint.config import Config
    from datalint.findings import Touched
    from datalint.model import DatasetFacts, Report, RuleResult


class Gate(NamedTuple):
    """By what findings are let pass."""

    config: Config
    baseline: Path | None = None
    touched: Touched | None = None
    """What a change touches; findings that touch nothing of it are left out."""
    today: date | None = None
    """The day on which it is judged, by default this one (UTC); suppressions can expire."""


def pass_gate(report: Report, gate: Gate) -> Report:
    """Leave out of a report what is let pass, and decide whether the rest fails the run.

    All findings are held against baseline and suppressions, so that what a change does not touch is not taken for
    fixed. Raises ConfigError for a baseline that cannot be read.
    """
    given = gate.config.command_line
    whole = given.select is None and not given.ignore and gate.config.profile != "hook"
    today = gate.today or datetime.now(UTC).date()
    suppressed = suppress(report.rules, gate.config.suppressions, today, whole)
    comparison = None
    if gate.baseline is not None:
        comparison = compare(report.rules, read_baseline(gate.baseline), gate.baseline.name)
    known = comparison.known if comparison else [False] * len(suppressed.marks)
    marks = iter(zip(suppressed.marks, known, strict=True))
    rules = [_left(rule, list(islice(marks, len(rule.findings))), report.dataset) for rule in report.rules]
    if gate.touched is not None:
        rules = only_touching(rules, gate.touched)
    return replace(
        report,
        rules=tuple(rules),
        baseline=comparison and comparison.state,
        suppressions=suppressed.uses,
        exit_status=exit_status(rules, report.fail_on, gate.config.max_findings),
    )


def _left(rule: RuleResult, marks: Sequence[tuple[bool, bool]], dataset: DatasetFacts) -> RuleResult:
    """Leave the findings that are marked neither as suppressed nor as known, and count the others."""
    left = tuple(finding for finding, mark in zip(rule.findings, marks, strict=True) if not any(mark))
    return rule.with_findings(left)._replace(
        suppressed=sum(is_suppressed for is_suppressed, _ in marks),
        known=sum(is_known and not is_suppressed for is_suppressed, is_known in marks),
        allowed=allowed(rule, dataset),
    )
