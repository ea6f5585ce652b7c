"""GitLab: a code quality report, as ``artifacts: reports: codequality`` takes it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from datalint.model import Severity
from datalint.report.json import dumps
from datalint.report.places import Places
from datalint.report.printable import printable
from datalint.report.wording import numbered

if TYPE_CHECKING:
    from datalint.model import Report

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "info"}


def render(*reports: Report) -> str:
    return dumps([issue for report in reports for issue in _issues(report)])


def _issues(report: Report) -> list[dict[str, Any]]:
    places, number = Places(report), numbered()
    issues = []
    for finding in report.findings:
        place = places.of(finding)[0]
        same = number(finding)
        fingerprint = finding.fingerprint
        if same > 1:  # GitLab shows one of several with the same
            fingerprint = hashlib.sha256(f"{fingerprint}:{same}".encode()).hexdigest()[: len(fingerprint)]
        issues.append(
            {
                "description": printable(f"{finding.message}. {finding.advice}"),
                "check_name": f"{finding.code} {finding.name}",
                "fingerprint": fingerprint,
                "severity": _SEVERITIES[finding.severity],
                "location": {"path": printable(place.path), "lines": {"begin": place.line or 1}},
            }
        )
    return issues
