"""JUnit XML, by the schema that Ant's reports have: a suite for each dataset, in it a test for each rule.

A test fails when its findings fail the run; other findings are told in the suite's output.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from datalint.report.printable import printable
from datalint.report.wording import counted, fails, found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datalint.model import Report, RuleResult

_SHOWN = 100
"""Findings told of one rule: viewers of test results are not made for long texts."""


def render(*reports: Report) -> str:
    lines = [line for number, report in enumerate(reports) for line in _suite(number, report)]
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", *lines, "</testsuites>", ""])


def _suite(number: int, report: Report) -> Iterator[str]:
    attributes = {
        "name": report.dataset.name,
        "package": "datalint",
        "id": str(number),
        "timestamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}",
        "hostname": "localhost",
        "tests": str(len(report.rules)),
        "failures": str(sum(fails(report, rule) for rule in report.rules)),
        "errors": str(sum(rule.failed for rule in report.rules)),
        "skipped": str(sum(rule.status == "not-evaluated" and not rule.failed for rule in report.rules)),
        "time": f"{report.seconds:.3f}",
    }
    yield _tag("testsuite", attributes)
    properties = {"layout": report.dataset.layout, "images": str(report.dataset.images), "fail-on": report.fail_on}
    yield "<properties>"
    for name, value in properties.items():
        yield _tag("property", {"name": name, "value": value}, "/")
    yield "</properties>"
    for rule in report.rules:
        case = {"name": f"{rule.code} {rule.name}", "classname": report.dataset.name, "time": "0"}
        outcome = "".join(_outcome(report, rule))
        yield f"{_tag('testcase', case)}{outcome}</testcase>" if outcome else _tag("testcase", case, "/")
    yield "<system-out>"
    for rule in found(report):
        if not fails(report, rule):
            yield escape(f"{rule.severity.word} {rule.code} {rule.name}\n{_told(rule)}\n")
    yield "</system-out>"
    yield "<system-err></system-err>"
    yield "</testsuite>"


def _outcome(report: Report, rule: RuleResult) -> Iterator[str]:
    if rule.failed:
        yield f"{_tag('error', {'message': rule.reason or '', 'type': 'rule-failed'})}</error>"
    elif rule.status == "not-evaluated":
        yield _tag("skipped", {"message": rule.reason or ""}, "/")
    elif fails(report, rule):
        first = rule.findings[0].message
        told = first if len(rule.findings) == 1 else f"{counted(len(rule.findings), 'finding')}, the first: {first}"
        yield f"{_tag('failure', {'message': told, 'type': rule.severity.word})}{escape(_told(rule))}</failure>"


def _told(rule: RuleResult) -> str:
    lines = [f"{printable(finding.message)}\n  {printable(finding.advice)}" for finding in rule.findings[:_SHOWN]]
    if len(rule.findings) > _SHOWN:
        lines.append(f"... and {len(rule.findings) - _SHOWN:,} more")
    return "\n".join(lines)


def _tag(name: str, attributes: dict[str, str], end: str = "") -> str:
    listed = "".join(f" {key}={quoteattr(printable(value))}" for key, value in attributes.items())
    return f"<{name}{listed}{end}>"
