"""JSON: a contract. ``report.schema.json`` describes it; later versions add keys and rename none.

It holds nothing that varies from run to run: no times, no number of jobs, no path that depends on where
the command was started.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from datalint.errors import DatalintError
from datalint.model import Severity
from datalint.report.charts import variation

if TYPE_CHECKING:
    from datalint.model import Report
    from datalint.waived import BaselineState, SuppressionUse

VERSION = 1


def render(*reports: Report) -> str:
    """Return one report as an object, several as an array of them."""
    documents = [dumps(as_dict(report)) for report in reports]
    return documents[0] if len(documents) == 1 else "[\n" + ",\n".join(documents) + "]\n"


def dumps(value: Any) -> str:
    """Write plain values as JSON in which whatever a terminal or a CI runner would act upon is escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False).replace("##", r"#\u0023") + "\n"
    active = [character for character in set(text) if not character.isprintable() and character != "\n"]
    return re.sub(f"[{re.escape(''.join(active))}]", _escaped, text) if active else text


def as_dict(report: Report) -> dict[str, Any]:
    """Return the report as plain values."""
    dataset = report.dataset._asdict()
    dataset["notices"] = list(dataset["notices"])
    dataset["population"] = [one._asdict() for one in report.dataset.population]
    dataset["labels"] = {name: count._asdict() for name, count in report.dataset.labels.items()}
    return {
        "version": VERSION,
        "dataset": dataset,
        "variation": _variation(report),
        "changed_since": report.changed_since,
        "rules": [
            {
                "code": rule.code,
                "name": rule.name,
                "severity": rule.severity.word,
                "status": rule.status,
                "reason": rule.reason,
                "findings": len(rule.findings),
                "hidden": rule.hidden,
                "known": rule.known,
                "suppressed": rule.suppressed,
                "allowed": rule.allowed,
                "options": _number(rule.options or {}),
            }
            for rule in report.rules
        ],
        "findings": [
            {
                **finding._asdict(),
                "severity": finding.severity.word,
                "paths": list(finding.paths),
                "values": _number(finding.values),
            }
            for finding in report.findings
        ],
        "baseline": _baseline(report.baseline),
        "suppressions": [_suppression(use) for use in report.suppressions],
        "summary": summary(report),
        "exit_status": report.exit_status,
    }


def summary(report: Report) -> dict[str, int]:
    """Count findings by severity, and rules by status."""
    severities = Counter(finding.severity.word for finding in report.findings)
    statuses = Counter(rule.status for rule in report.rules)
    return {
        **{f"{item.word}s": severities[item.word] for item in sorted(Severity, reverse=True)},
        "hidden": report.hidden,
        "known": report.known,
        "suppressed": report.suppressed,
        "fixed": len(report.baseline.fixed) if report.baseline else 0,
        "stale": len(report.baseline.stale) if report.baseline else 0,
        "rules": len(report.rules),
        "rules_found": statuses["found"],
        "rules_passed": statuses["passed"],
        "rules_not_evaluated": statuses["not-evaluated"],
    }


def _variation(report: Report) -> dict[str, dict[str, int]]:
    """Count images by brightness, size and shape, as far as the selected rules had that measured."""
    try:
        histograms = variation(report)
    except DatalintError:  # the tables of a report that is told again are gone
        return {}
    return {one.title.lower().replace(" ", "_"): {bar.name: bar.images for bar in one.bars} for one in histograms}


def _baseline(state: BaselineState | None) -> dict[str, Any] | None:
    if state is None:
        return None
    entries = {"fixed": [entry._asdict() for entry in state.fixed], "stale": [entry._asdict() for entry in state.stale]}
    return {**state._asdict(), **entries, "changed": list(state.changed)}


def _suppression(use: SuppressionUse) -> dict[str, Any]:
    said = use.suppression
    expires = None if said.expires is None else said.expires.isoformat()
    return {**said._asdict(), "expires": expires, "findings": use.findings, "status": use.status}


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the report."""
    text = files("datalint.report").joinpath("report.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _number(value: Any) -> Any:
    """JSON has no infinity and no NaN."""
    if isinstance(value, list):
        return [_number(item) for item in value]
    if isinstance(value, dict):
        return {name: _number(item) for name, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _escaped(match: re.Match[str]) -> str:
    """JSON escapes what is beyond 16 bits as two surrogates."""
    units = match[0].encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
