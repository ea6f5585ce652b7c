"""Findings that a project lives with for now: what a baseline records, and what the configuration suppresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date


class BaselineEntry(NamedTuple):
    """A finding that a baseline records."""

    code: str
    name: str
    label: str | None
    split: str | None
    labels: tuple[str, ...]
    """Of a finding about several labels."""
    paths: tuple[str, ...]
    fingerprint: str


class BaselineState(NamedTuple):
    """How a baseline and the findings of today compare."""

    file: str
    """The name of its file."""
    fixed: tuple[BaselineEntry, ...]
    """Recorded findings that are no more."""
    stale: tuple[BaselineEntry, ...]
    """Entries that no finding matches, though their rule ran: those that are fixed, and those that are other findings
    now. They would hide the same faults if these came back."""
    unjudged: int
    """Entries of rules that did not run."""
    changed: tuple[str, ...]
    """In which settings it differs from the run, in words."""


class Suppression(NamedTuple):
    """Findings that somebody decided to live with. What is given must all apply."""

    reason: str
    rule: str | None = None
    """Code, the beginning of one, or name."""
    labels: tuple[str, ...] = ()
    """Globs; each label that a finding is about must match one."""
    paths: tuple[str, ...] = ()
    """Globs; each path that a finding is about must match one."""
    expires: date | None = None
    """The last day on which it applies."""


class SuppressionUse(NamedTuple):
    """What became of a suppression."""

    suppression: Suppression
    findings: int
    status: str
    """``used``, ``unused``, ``expired``, or ``unjudged`` where a rule that it is about did not run."""
