"""GitHub: workflow commands, which a run of GitHub Actions shows beside the files.

Of each level GitHub shows ten a step and drops the rest without a word, so no more are written: first one of each rule,
then the second of each, and so on. The last line says how many there are in all.
"""

from __future__ import annotations

from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING

from datalint.model import Severity
from datalint.report.places import Places
from datalint.report.printable import printable
from datalint.report.wording import WORST_FIRST, counted, severities

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datalint.model import Finding, Report

SHOWN = 10
"""Annotations of one level that GitHub shows of a step."""
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(*reports: Report) -> str:
    findings = [finding for report in reports for finding in report.findings]
    located = [(report, Places(report)) for report in reports]
    lines = [line for severity in WORST_FIRST for line in _annotations(located, severity)]
    told = f"datalint: {severities(findings) or 'no findings'}"
    if len(findings) > len(lines):
        told += f"; {counted(len(findings) - len(lines), 'finding')} not shown here, as GitHub shows {SHOWN} of a level"
    return "".join(f"{line}\n" for line in [*lines, told])


def _annotations(located: list[tuple[Report, Places]], severity: Severity) -> Iterator[str]:
    rules = [
        [(places, finding) for finding in rule.findings[:SHOWN]]
        for report, places in located
        for rule in report.rules
        if rule.severity == severity
    ]
    in_turn = (item for item in chain.from_iterable(zip_longest(*rules)) if item is not None)
    for places, finding in islice(in_turn, SHOWN):
        yield _annotation(places, finding)


def _annotation(places: Places, finding: Finding) -> str:
    place = places.of(finding)[0]
    properties = {"file": place.path, "title": f"{finding.code} {finding.name}"}
    if place.line:
        properties["line"] = str(place.line)
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_LEVELS[finding.severity]} {listed}::{_data(finding.message)}%0A{_data(finding.advice)}"


def _data(text: str) -> str:
    """Escape text as the runner wants it; line ends cannot be left after ``printable``."""
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
