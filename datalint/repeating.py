"""The report of an earlier run, when nothing changed since: no file, no rule, no configuration.

Then not even the tables are opened, unless somebody asks for one.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.errors import DatalintError
from datalint.model import Common, DatasetFacts, Finding, LabelCount, Report, RuleResult, RuleText, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import duckdb
    import numpy as np

    from datalint.model import TableSource

_MOST = 8  # reports of one dataset, as different rules and settings make them
_SUFFIX = ".report"
NOT_KEPT = frozenset({"tracked_files", "contamination", "locked", "card", "outliers"})
"""Tables that are made of more than the dataset, anew in every run."""


class Place(NamedTuple):
    """Where the report of a dataset by certain rules is kept."""

    folder: Path
    name: str
    root: str
    """Absolute path of the dataset, as Python decodes file names."""

    @property
    def file(self) -> Path:
        return self.folder / f"{self.name}{_SUFFIX}"


def rules_digest(folder: Path, settings: Any) -> str:
    """Digest all that findings depend on apart from the dataset: files of rules and profiles, and settings.

    ``settings`` is something whose representation is equal for equal settings.
    """
    shape = (DatasetFacts._fields, Common._fields, RuleResult._fields, RuleText._fields, Finding._fields)
    digest = hashlib.sha256(repr((shape, settings)).encode("utf-8", "surrogateescape"))
    for file in sorted([*folder.rglob("*.sql"), *folder.rglob("*.toml")]):
        digest.update(f"\0{file}\0".encode("utf-8", "surrogateescape"))
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def keep(place: Place, tree: str, snapshot: Path, measured: int, report: Report) -> None:
    """Keep a report that holds for as long as the files are as ``tree`` digests them; not one of a rule that failed.

    ``measured`` is the number of images that a run has not to measure which repeats it.
    """
    if not tree or any(rule.failed for rule in report.rules):
        return
    told = [report.dataset, report.rules, report.fail_on]
    kept = {"tree": tree, "snapshot": snapshot.name, "measured": measured, "report": told}
    temporary = place.file.with_suffix(f".{os.getpid()}.new")
    try:
        temporary.write_text(json.dumps(kept), encoding="utf-8")
        os.replace(temporary, place.file)
        dataset = place.name.partition("-")[0]
        reports = sorted(place.folder.glob(f"{dataset}-*{_SUFFIX}"), key=lambda file: file.stat().st_mtime)
        for old in reports[:-_MOST]:
            old.unlink(missing_ok=True)
    except OSError:
        return  # the next run will take longer, and that is all


def repeat(place: Place, tree: str, opened: Callable[[Path], TableSource | None]) -> Report | None:
    """Return the report that is kept for these files; ``opened`` opens the tables that it was made of."""
    try:
        kept = json.loads(place.file.read_text(encoding="utf-8"))
        snapshot = place.folder / kept["snapshot"]
        if kept["tree"] != tree:
            return None
        os.utime(snapshot)  # it was of use
        dataset, rules, fail_on = kept["report"]
        return Report(
            dataset=_dataset(DatasetFacts(*dataset)),
            rules=tuple(_rule(RuleResult(*rule)) for rule in rules),
            fail_on=fail_on,
            exit_status=0,
            seconds=0.0,
            tables=KeptTables(snapshot, opened),
            recalled=kept["measured"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


class KeptTables:
    """The tables of an earlier run, opened when one is asked for."""

    def __init__(self, file: Path, opened: Callable[[Path], TableSource | None]) -> None:
        self._file = file
        self._open = opened

    def table(self, name: str) -> duckdb.DuckDBPyRelation:
        if name in NOT_KEPT:
            raise DatalintError(f"table {name} is not kept from run to run; check the dataset without the cache for it")
        return self._tables.table(name)

    def thumbnails_of(self, sample_ids: Sequence[int]) -> np.ndarray[Any, Any]:
        return self._tables.thumbnails_of(sample_ids)

    @cached_property
    def _tables(self) -> TableSource:
        tables = self._open(self._file)
        if tables is None:
            raise DatalintError(f"{self._file}: the tables of this report are no longer kept; check the dataset again")
        return tables


def _dataset(dataset: DatasetFacts) -> DatasetFacts:
    labels = {name: LabelCount(*count) for name, count in dataset.labels.items()}
    population = tuple(Common(*one) for one in dataset.population)
    return dataset._replace(labels=labels, notices=tuple(dataset.notices), population=population)


def _rule(rule: RuleResult) -> RuleResult:
    findings = (Finding(*finding) for finding in rule.findings)
    return rule._replace(
        severity=Severity(rule.severity),
        text=RuleText(*rule.text),
        findings=tuple(one._replace(severity=Severity(one.severity), paths=tuple(one.paths)) for one in findings),
    )
