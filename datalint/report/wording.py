"""Words and orders that several formats share."""

from __future__ import annotations

import re
from collections import Counter
from itertools import count
from typing import TYPE_CHECKING

from datalint.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from datalint.model import DatasetFacts, Finding, Report, RuleResult

WORST_FIRST = sorted(Severity, reverse=True)


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: ``1 class``, ``1,200 classes``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def severities(findings: Iterable[Finding]) -> str:
    """Count findings by severity: ``4 errors, 1 warning``; nothing where there are none."""
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(counted(counts[severity], severity.word) for severity in WORST_FIRST if counts[severity])


def found(report: Report) -> list[RuleResult]:
    """Return the rules that found something, worst first, then in order of code."""
    return sorted((rule for rule in report.rules if rule.findings), key=lambda rule: (-rule.severity, rule.code))


def fails(report: Report, rule: RuleResult) -> bool:
    """Tell whether the findings of a rule are among those that fail the run."""
    if not report.exit_status or report.fail_on == "never":
        return False
    return len(rule.findings) > rule.allowed and rule.severity >= Severity[report.fail_on.upper()]


def waived(report: Report) -> str:
    """Say how many findings are left out because they are known: ``12 in the baseline, 3 suppressed``; or nothing."""
    parts = [(report.known, "in the baseline"), (report.suppressed, "suppressed")]
    return ", ".join(f"{number:,} {where}" for number, where in parts if number)


def population(dataset: DatasetFacts) -> str:
    """Say which images a dataset is a sample of: ``28×28, grey: expect failure on coloured input``; or nothing."""
    fails_on = [one.fails_on for one in dataset.population if one.fails_on]
    if not fails_on:
        return ""
    *first, last = fails_on
    listed = f"{', '.join(first)} or {last}" if first else last
    return f"{', '.join(one.what for one in dataset.population)}: expect failure on {listed} input"


def in_general(advice: str) -> str:
    """Return a rule's advice without what only a finding can fill in: ``Collect more images of ‹label›``."""
    return re.sub(r"\{(\w+)[^}]*\}", r"‹\1›", advice)


def numbered() -> Callable[[Finding], int]:
    """Return a function that numbers findings of one fingerprint, from 1.

    Two copies of a dark image have one content, hence one fingerprint; services that know findings by it would
    show one of the two.
    """
    counters: dict[str, count[int]] = {}
    return lambda finding: next(counters.setdefault(finding.fingerprint, count(1)))
