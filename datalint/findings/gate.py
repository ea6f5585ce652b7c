"""Decide whether findings fail a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datalint.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datalint.model import DatasetFacts, RuleResult


def exit_status(rules: Iterable[RuleResult], fail_on: str, max_findings: int = 0) -> int:
    """Return 2 when a rule failed, 1 when too many findings are as bad as ``fail_on`` (error, warning, note, never).

    Too many are more than ``max_findings``, those of rules that stay within what they are allowed not counted.
    """
    rules = list(rules)
    if any(rule.failed for rule in rules):
        return 2
    if fail_on == "never":
        return 0
    threshold = Severity[fail_on.upper()]
    bad = [rule for rule in rules if rule.severity >= threshold and len(rule.findings) > rule.allowed]
    return int(sum(len(rule.findings) for rule in bad) > max_findings)


def allowed(rule: RuleResult, dataset: DatasetFacts) -> int:
    """Return how many findings a rule is allowed: a percentage is one of the classes, the splits or the images.

    It is rounded down, so that no percentage allows more than it says.
    """
    if not rule.allow:
        return 0
    number, percent, _ = rule.allow.partition("%")
    if not percent:
        return int(number)
    judged = {"class": len(dataset.labels), "label": len(dataset.labels), "split": len(dataset.splits)}
    return int(float(number) * judged.get(rule.subject, dataset.images) / 100 + 1e-9)
