"""Baselines: the findings of a day, recorded, so that only new ones fail a run.

A baseline is a multiset of fingerprints, since two findings can be about equal contents. A rule records
the thresholds that it judged by, and is not told as clean where it did not run.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.errors import ConfigError
from datalint.findings.identity import VERSION as IDENTITY
from datalint.waived import BaselineEntry, BaselineState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from datalint.model import Finding, Report, RuleResult

VERSION = 1
_UPDATE = "make it anew with `datalint baseline PATH --output FILE`"


class Baseline(NamedTuple):
    """What was found on a day, and by which settings."""

    entries: tuple[BaselineEntry, ...]
    rules: Mapping[str, Mapping[str, Any]]
    """The thresholds of every rule that ran, by code."""
    profile: str
    made_with: str
    """The version of datalint."""


class Comparison(NamedTuple):
    """The findings of a run held against a baseline."""

    known: list[bool]
    """Whether each finding is recorded."""
    state: BaselineState


def record(report: Report, profile: str, made_with: str) -> Baseline:
    """Record the findings of a report."""
    entries = [_entry(finding) for rule in report.rules for finding in rule.findings]
    rules = {rule.code: rule.options or {} for rule in report.rules if rule.status != "not-evaluated"}
    return Baseline(_ordered(entries), rules, profile, made_with)


def updated(old: Baseline, new: Baseline) -> Baseline:
    """Return a new baseline, with what the old one says of rules that did not run for the new one."""
    kept = [entry for entry in old.entries if entry.code not in new.rules]
    return new._replace(entries=_ordered([*new.entries, *kept]), rules={**old.rules, **new.rules})


def pruned(baseline: Baseline, stale: Iterable[BaselineEntry]) -> Baseline:
    """Take stale entries out."""
    going, left = Counter(stale), []
    for entry in baseline.entries:
        if going[entry]:
            going[entry] -= 1
        else:
            left.append(entry)
    return baseline._replace(entries=tuple(left))


def compare(rules: Sequence[RuleResult], baseline: Baseline, file: str) -> Comparison:
    """Find out which findings a baseline records, and which of its entries no finding matches any more.

    Of several findings with one fingerprint those count as recorded whose paths are the same.
    """
    ran = {rule.code: rule for rule in rules if rule.status != "not-evaluated"}
    findings = [finding for rule in rules for finding in rule.findings]
    waiting: dict[str, list[BaselineEntry]] = defaultdict(list)
    for entry in baseline.entries:
        waiting[entry.fingerprint].append(entry)
    known = [_take(waiting, finding, exactly=True) for finding in findings]
    known = [is_known or _take(waiting, finding) for is_known, finding in zip(known, findings, strict=True)]
    left = _ordered(entry for entries in waiting.values() for entry in entries)
    stale = tuple(entry for entry in left if entry.code in ran)
    new: dict[str, set[str]] = defaultdict(set)
    for is_known, finding in zip(known, findings, strict=True):
        if not is_known:
            new[finding.code].update(_about(_entry(finding)))
    fixed = tuple(entry for entry in stale if new[entry.code].isdisjoint(_about(entry)))
    unjudged = sum(entry.code not in ran for entry in baseline.entries)
    changed = tuple(_changes(baseline, ran))
    return Comparison(known, BaselineState(file, fixed, stale, unjudged, changed))


def read_baseline(file: Path) -> Baseline:
    """Read a baseline. Raises ConfigError."""
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
        version, identity = table["version"], table["identity"]
        entries = [_read_entry(entry) for entry in table["findings"]]
        made = table["settings"]
        baseline = Baseline(tuple(entries), dict(made["rules"]), str(made["profile"]), str(table["datalint"]))
    except OSError as error:
        raise ConfigError(f"the baseline cannot be read: {error.strerror}", file) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ConfigError(f"is no baseline of datalint, or a damaged one; {_UPDATE}", file) from None
    if (version, identity) != (VERSION, IDENTITY):
        raise ConfigError(f"this baseline was made with datalint {baseline.made_with}; {_UPDATE}", file)
    return baseline


def write_baseline(baseline: Baseline, file: Path) -> None:
    """Write a baseline, a line an entry, so that a version control shows what changed. Raises OSError."""
    head = {
        "version": VERSION,
        "identity": IDENTITY,
        "datalint": baseline.made_with,
        "settings": {"profile": baseline.profile, "rules": dict(sorted(baseline.rules.items()))},
    }
    lines = [json.dumps(entry._asdict(), ensure_ascii=False) for entry in baseline.entries]
    findings = "[\n    " + ",\n    ".join(lines) + "\n  ]" if lines else "[]"
    text = json.dumps(head, indent=2, ensure_ascii=False).removesuffix("\n}")
    file.write_text(f'{text},\n  "findings": {findings}\n}}\n', encoding="utf-8")


def _entry(finding: Finding) -> BaselineEntry:
    several = finding.values.get("labels")
    labels = tuple(map(str, several)) if isinstance(several, list) else ()
    return BaselineEntry(
        finding.code, finding.name, finding.label, finding.split, labels, finding.paths, finding.fingerprint
    )


def _read_entry(table: Mapping[str, Any]) -> BaselineEntry:
    entry = BaselineEntry(**table)
    if not all(isinstance(word, str) for word in (entry.code, entry.name, entry.fingerprint, *entry.paths)):
        raise TypeError
    return entry._replace(labels=tuple(map(str, entry.labels)), paths=tuple(entry.paths))


def _ordered(entries: Iterable[BaselineEntry]) -> tuple[BaselineEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.code, entry.paths, entry.label or "", entry.fingerprint)))


def _take(waiting: dict[str, list[BaselineEntry]], finding: Finding, exactly: bool = False) -> bool:
    """Take an entry for a finding out of those that wait for one; tell whether there was one."""
    entries = waiting.get(finding.fingerprint, [])
    for place, entry in enumerate(entries):
        if not exactly or entry.paths == finding.paths:
            del entries[place]
            return True
    return False


def _about(entry: BaselineEntry) -> set[str]:
    """Name what a finding is about: its files, or else its labels, or else its split."""
    return set(entry.paths or entry.labels or filter(None, (entry.label, entry.split)))


def _changes(baseline: Baseline, ran: Mapping[str, RuleResult]) -> Iterable[str]:
    for code, rule in ran.items():
        before, now = baseline.rules.get(code), rule.options or {}
        for name in sorted({*(before or ()), *now}) if before is not None else ():
            if before is not None and before.get(name) != now.get(name):
                yield f"{code} {name} was {_shown(before.get(name))}, is {_shown(now.get(name))}"


def _shown(value: Any) -> str:
    return "not set" if value is None else json.dumps(value, ensure_ascii=False)
