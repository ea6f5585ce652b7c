"""Findings: who they are, in what order they come, and whether they fail a run."""

from datalint.findings.gate import exit_status
from datalint.findings.identity import Member, identify

__all__ = ["Member", "exit_status", "identify"]
