"""Decide whether findings fail a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datalint.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datalint.model import RuleResult


def exit_status(rules: Iterable[RuleResult], fail_on: str) -> int:
    """Return 2 when a rule failed, 1 when a finding is as bad as ``fail_on`` (error, warning, note, never), else 0."""
    rules = list(rules)
    if any(rule.failed for rule in rules):
        return 2
    if fail_on == "never":
        return 0
    threshold = Severity[fail_on.upper()]
    return int(any(rule.severity >= threshold for rule in rules if rule.findings))
