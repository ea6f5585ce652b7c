"""Findings: who they are, in what order they come, which of them are shown, and whether they fail a run."""

from datalint.findings.gate import exit_status
from datalint.findings.identity import Member, identify
from datalint.findings.touching import Touched, only_touching

__all__ = ["Member", "Touched", "exit_status", "identify", "only_touching"]
