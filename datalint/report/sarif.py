"""SARIF 2.1.0: what GitHub's code scanning and many editors and servers read. One run for each dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from datalint import __version__
from datalint.model import Severity
from datalint.report.json import dumps
from datalint.report.markdown import escaped
from datalint.report.places import Places
from datalint.report.printable import printable
from datalint.report.wording import counted, in_general, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datalint.model import Finding, Report, RuleResult
    from datalint.report.places import Place

MOST_RESULTS = 25_000
"""GitHub refuses a run with more."""
_MOST_RELATED = 100
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_KINDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}


def render(*reports: Report) -> str:
    return dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(report) for report in reports]})


def _run(report: Report) -> dict[str, Any]:
    places, number = Places(report), numbered()
    order = {rule.code: place for place, rule in enumerate(report.rules)}
    findings = report.findings
    return {
        "tool": {
            "driver": {
                "name": "datalint",
                "semanticVersion": __version__,
                "rules": [_rule(rule) for rule in report.rules],
            }
        },
        "automationDetails": {"id": f"datalint/{quote(report.dataset.name.rstrip('/'))}/"},
        "invocations": [
            {
                "executionSuccessful": not any(rule.failed for rule in report.rules),
                "exitCode": report.exit_status,
                "toolExecutionNotifications": [*_notifications(report, len(findings))],
            }
        ],
        "originalUriBaseIds": {
            _ROOT: {"description": {"text": "The top of the git working tree, or else the dataset."}}
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            {
                "ruleId": finding.code,
                "ruleIndex": order[finding.code],
                "level": finding.severity.word,
                "message": {"text": _plain(f"{finding.message}. {finding.advice}")},
                **_locations(places.of(finding)),
                "partialFingerprints": _fingerprints(finding, number(finding)),
                "properties": {
                    name: printable(value)
                    for name, value in (("label", finding.label), ("split", finding.split))
                    if value is not None
                },
            }
            for finding in findings[:MOST_RESULTS]
        ],
    }


def _rule(rule: RuleResult) -> dict[str, Any]:
    text, advice = rule.text, in_general(rule.text.advice)
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": text.title or rule.name},
        "fullDescription": {"text": text.why or rule.name},
        "help": {
            "text": f"{text.why}\n\n{advice}\n\nSource: {text.source}",
            "markdown": f"{escaped(text.why)}\n\n**What to do:** {escaped(advice)}\n\nSource: {escaped(text.source)}",
        },
        "defaultConfiguration": {"level": rule.severity.word},
        "properties": {
            "tags": sorted({"dataset", rule.subject or "dataset"}),
            "problem.severity": _KINDS[rule.severity],
        },
    }


def _locations(places: list[Place]) -> dict[str, Any]:
    first, *others = (_location(place) for place in places[: _MOST_RELATED + 1])
    return {"locations": [first], **({"relatedLocations": others} if others else {})}


def _location(place: Place) -> dict[str, Any]:
    # An image has no lines, so it is pointed at as a whole.
    region = {"region": {"startLine": place.line}} if place.line else {}
    base = {} if "://" in place.uri else {"uriBaseId": _ROOT}
    return {"physicalLocation": {"artifactLocation": {"uri": place.uri, **base}, **region}}


def _fingerprints(finding: Finding, number: int) -> dict[str, str]:
    # GitHub knows alerts by the first and expects the number of a repetition in it.
    return {"primaryLocationLineHash": f"{finding.fingerprint}:{number}", "datalint/v1": finding.fingerprint}


def _notifications(report: Report, findings: int) -> Iterator[dict[str, Any]]:
    for rule in report.rules:
        if rule.status == "not-evaluated":
            yield {
                "level": "error" if rule.failed else "note",
                "message": {"text": _plain(f"{rule.code} {rule.name} was not evaluated: {rule.reason}")},
                "associatedRule": {"id": rule.code},
            }
    if findings > MOST_RESULTS:
        left = counted(findings - MOST_RESULTS, "finding is", "findings are")
        yield {"level": "warning", "message": {"text": f"{left} left out, the least severe; JSON and CSV have all."}}


def _plain(text: str) -> str:
    """Escape what would be a link in SARIF's plain text."""
    text = printable(text)
    return text.replace("[", "\\[").replace("]", "\\]") if "](" in text else text
