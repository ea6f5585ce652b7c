"""The plain records that stages hand to one another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    import duckdb
    import numpy as np

    from datalint.waived import BaselineState, SuppressionUse

Columns: TypeAlias = "Mapping[str, np.ndarray[Any, Any]]"
"""Rows of one table, column by column; all arrays have the same length, masked where NULL."""

Tables: TypeAlias = Mapping[str, Columns]
"""Rows for some tables of ``facts/schema.sql``, by table name."""


class TableSource(Protocol):
    """Something that gives out tables by name, and thumbnails."""

    def table(self, name: str) -> duckdb.DuckDBPyRelation: ...

    def thumbnails_of(self, sample_ids: Sequence[int]) -> np.ndarray[Any, Any]: ...


class Severity(IntEnum):
    """How bad a finding is; the larger, the worse."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class Finding(NamedTuple):
    """One row that a rule returned, with its message filled in."""

    code: str
    name: str
    severity: Severity
    label: str | None
    split: str | None
    paths: tuple[str, ...]
    message: str
    advice: str
    values: dict[str, Any]
    """The measured numbers and the thresholds that they were held against."""
    fingerprint: str = ""
    """Identity by rule and content; never depends on a measured value."""


class RuleText(NamedTuple):
    """What a rule says of itself, for reports that explain it."""

    title: str = ""
    why: str = ""
    advice: str = ""
    """With the fields that each finding fills in: ``Collect more images of {label}``."""
    source: str = ""


class RuleResult(NamedTuple):
    """What became of one selected rule."""

    code: str
    name: str
    severity: Severity
    status: str
    """``found``, ``passed`` or ``not-evaluated``."""
    reason: str | None
    """Why it was not evaluated."""
    findings: tuple[Finding, ...]
    failed: bool = False
    """Not evaluated because its query failed or outgrew a limit."""
    hidden: int = 0
    """Findings left out because they touch nothing that changed."""
    subject: str = ""
    """What it judges: image, group, class, split, label, file or dataset."""
    options: Mapping[str, Any] | None = None
    """The thresholds that it judged by; those of single labels by glob under ``labels``."""
    allow: str = ""
    """How many findings are allowed, as configured: ``10``, or ``1 %`` of what it judges; empty for none."""
    allowed: int = 0
    """Findings that do not fail a run, by that."""
    known: int = 0
    """Findings left out because they are in the baseline."""
    suppressed: int = 0
    """Findings left out because the configuration suppresses them."""
    text: RuleText = RuleText()

    def with_findings(self, findings: tuple[Finding, ...]) -> RuleResult:
        """Return the result with some of its findings; where none is left, the rule passed."""
        status = "passed" if self.findings and not findings else self.status
        return self._replace(findings=findings, status=status)


class LabelCount(NamedTuple):
    """How many images a label has."""

    total: int
    splits: dict[str, int]


class Described(NamedTuple):
    """A dataset in the words of its listing, escaped."""

    name: str
    """The last part of the root, with ``/`` where it is a folder."""
    root: str
    """Absolute path or URL."""
    layout: str
    description: str
    """The layout in words."""
    notices: Sequence[str]
    """What a person should know about how the dataset was read."""


class Common(NamedTuple):
    """One thing that nearly all images of a dataset have in common."""

    what: str
    """In words: ``grey``, ``light on dark``."""
    fails_on: str | None
    """Input that a model of such images fails on: ``coloured``."""


class DatasetFacts(NamedTuple):
    """The dataset, as the first lines of a report tell it."""

    name: str
    """The last part of the root, with ``/`` where it is a folder; escaped."""
    root: str
    """Absolute path or URL, escaped."""
    layout: str
    description: str
    """The layout in words."""
    images: int
    splits: dict[str, int]
    labels: dict[str, LabelCount]
    notices: tuple[str, ...]
    """What a person should know about how the dataset was read."""
    population: tuple[Common, ...] = ()
    """Which images it is a sample of, where that was measured."""


@dataclass(frozen=True)
class Report:
    """What a check found, with the tables that it was found in."""

    dataset: DatasetFacts
    rules: tuple[RuleResult, ...]
    """Every selected rule, in order of code."""
    fail_on: str
    exit_status: int
    """0 when no finding is as bad as ``fail_on``, else 1; 2 when a rule failed, so that nothing is certain."""
    seconds: float
    """Wall time of the run."""
    tables: TableSource
    recalled: int = 0
    """Images whose measurements came from the cache."""
    changed_since: str | None = None
    """The commit, as it was named, when only findings that touch what changed since are here."""
    baseline: BaselineState | None = None
    """Of a run with a baseline."""
    suppressions: tuple[SuppressionUse, ...] = ()
    """Every suppression of the configuration."""
    plan: Mapping[str, Any] | None = None
    """What augmentation could do, in short, where that was asked for: as ``datalint.planning.summary`` returns it."""

    @property
    def known(self) -> int:
        """Findings left out because they are in the baseline."""
        return sum(rule.known for rule in self.rules)

    @property
    def suppressed(self) -> int:
        """Findings left out because the configuration suppresses them."""
        return sum(rule.suppressed for rule in self.rules)

    @property
    def hidden(self) -> int:
        """Findings left out because they touch nothing that changed."""
        return sum(rule.hidden for rule in self.rules)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, worst first, then in order of code."""
        rules = sorted(self.rules, key=lambda rule: (-rule.severity, rule.code))
        return tuple(finding for rule in rules for finding in rule.findings)

    @property
    def ok(self) -> bool:
        return self.exit_status == 0

    def table(self, name: str) -> duckdb.DuckDBPyRelation:
        """Return a table of facts as a DuckDB relation: ``.df()``, ``.arrow()``, ``.fetchall()``.

        Only the tables that the selected rules read are filled. Raises DatalintError for an unknown name.
        """
        return self.tables.table(name)

    def thumbnails(self, sample_ids: Sequence[int]) -> np.ndarray[Any, Any]:
        """Return small pictures of samples, uint8[n, 32, 32, 3], squeezed to a square; black where there are none."""
        return self.tables.thumbnails_of(sample_ids)


_ESCAPED = re.compile(r"\\(\\|x[0-9a-f]{2})")


def escape_name(name: str) -> str:
    r"""Make a file name that Python decoded with ``surrogateescape`` valid Unicode, reversibly.

    File names are bytes. A byte that is not UTF-8 becomes ``\xNN`` and a backslash ``\\``, in every
    table and format; all else stays as it is.
    """
    if "\\" not in name and name.isprintable():  # a lone surrogate is not printable
        return name
    return "".join(
        "\\\\" if c == "\\" else f"\\x{ord(c) - 0xDC00:02x}" if "\udc80" <= c <= "\udcff" else c for c in name
    )


def unescape_name(name: str) -> str:
    """Undo :func:`escape_name`."""
    if "\\" not in name:
        return name
    return _ESCAPED.sub(lambda m: "\\" if m[1] == "\\" else chr(0xDC00 + int(m[1][1:], 16)), name)
