"""Findings: who they are, in what order they come, which of them are shown, and whether they fail a run."""

from datalint.findings.baseline import Baseline, compare, pruned, read_baseline, record, updated, write_baseline
from datalint.findings.difference import Count, Difference, Shift, difference, read_report
from datalint.findings.gate import allowed, exit_status
from datalint.findings.identity import Member, identify
from datalint.findings.suppress import suppress
from datalint.findings.touching import Touched, only_touching

__all__ = [
    "Baseline",
    "Count",
    "Difference",
    "Member",
    "Shift",
    "Touched",
    "allowed",
    "compare",
    "difference",
    "exit_status",
    "identify",
    "only_touching",
    "pruned",
    "read_baseline",
    "read_report",
    "record",
    "suppress",
    "updated",
    "write_baseline",
]
