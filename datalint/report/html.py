"""HTML: one file with all that it shows in it, to be opened anywhere, printed or sent.

Pictures and findings are limited so that the page stays under :data:`MOST_BYTES`, and it says what it left out. Its
policy allows no request and no script but its own, whatever a file name holds.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.errors import DatalintError
from datalint.model import Severity
from datalint.report.charts import classes, variation
from datalint.report.evidence import CODES, evidence_of
from datalint.report.pages import page
from datalint.report.printable import printable
from datalint.report.text import in_role_order
from datalint.report.thumbs import Picture, data_url, pictures_of
from datalint.report.wording import WORST_FIRST, found, severities, waived

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datalint.model import Finding, Report, RuleResult

MOST_BYTES = 10_000_000
_LONGEST = 600
"""Characters shown of one message."""
_SIDE_BY_SIDE = 6
"""Pictures shown of one group."""
_PLAN_ROWS = 20
"""Classes shown of a plan."""
_STRIP = 12
"""Pictures in a strip of the worst that a rule of image quality found."""
_FIRST = 5
"""Rules told as what to fix first."""
_MOST_OPTIONS = 500
_CHAPTERS = {
    "Classes and labels": ("BAL", "LBL"),
    "Leaks and duplicates": ("SPL", "DUP"),
    "Background and other shortcuts": ("BIA",),
    "Variation": ("VAR",),
    "Image quality and consistency": ("QUA", "FMT"),
    "Files and layout": ("INT", "LAY", "REP", "PRV"),
}
_OTHERS = "Other rules"


class Limits(NamedTuple):
    """How much a page shows."""

    findings: int
    """Of one rule."""
    pictures: int
    """Of one dataset, those of evidence apart."""
    evidence: int
    """Classes with evidence."""


_STEPS = (Limits(100, 2000, 40), Limits(30, 600, 20), Limits(10, 100, 5), Limits(2, 20, 1), Limits(0, 0, 0))


class Section(NamedTuple):
    """A rule as the page shows it."""

    rule: RuleResult
    advice: str | None
    """What to do, where that is the same for all findings."""
    findings: list[Shown]
    left_out: int


class Shown(NamedTuple):
    """A finding as the page shows it."""

    finding: Finding
    message: str
    advice: str | None
    """What to do, where that differs between the findings of the rule."""
    labels: str
    """The classes that it is about, as JSON."""
    pictures: list[Picture]
    more: int
    """Images beside those, whose pictures are left out."""
    evidence: list[tuple[str, str]]
    """Captions and data URLs of what gives the class away, with the first finding that is about it."""


def render(*reports: Report) -> str:
    template = page("report", "report.css")
    text = ""
    for limits in _STEPS:
        datasets = [_dataset(report, limits) for report in reports]
        text = template.render(datasets=datasets, options=_options(reports), plan_rows=_PLAN_ROWS)
        if len(text.encode()) < MOST_BYTES:
            break
    return text


def _dataset(report: Report, limits: Limits) -> dict[str, Any]:
    rules = found(report)
    paths = _paths(rules, limits)
    try:
        pictures = pictures_of(report, paths[: limits.pictures])
        evidence = dict(_evidence(report, limits))
        bars, problem = variation(report), None
    except DatalintError as error:  # what the last run found out is no longer kept
        pictures, evidence, bars, problem = {}, {}, [], str(error)
    sections = [_section(rule, limits, pictures, evidence) for rule in rules]
    chapters: dict[str, list[Section]] = {}
    for section in sections:
        chapters.setdefault(_chapter(section.rule), []).append(section)
    idle: dict[str, list[str]] = {}
    for rule in report.rules:
        if rule.status == "not-evaluated":
            idle.setdefault(rule.reason or "", []).append(rule.code)
    counts = [(severity.word, sum(f.severity == severity for f in report.findings)) for severity in WORST_FIRST]
    return {
        "report": report,
        "verdict": _verdict(report),
        "counts": counts,
        "first": sections[:_FIRST],
        "chapters": [(name, chapters[name]) for name in (*_CHAPTERS, _OTHERS) if name in chapters],
        "waived": waived(report),
        "splits": in_role_order(report.dataset),
        "classes": classes(report),
        "variation": bars,
        "strips": [*_strips(sections)],
        "passed": [rule for rule in report.rules if rule.status == "passed"],
        "idle": idle,
        "left_out": sum(section.left_out for section in sections),
        "pictures_left_out": max(0, len(paths) - limits.pictures),
        "problem": problem,
    }


def _strips(sections: list[Section]) -> Iterator[tuple[RuleResult, list[Picture]]]:
    """Yield the rules of image quality with pictures of what they found, the worst first, as they order it."""
    for section in sections:
        pictures = [one for shown in section.findings[:_STRIP] for one in shown.pictures if one.url]
        if section.rule.code.startswith("QUA") and pictures:
            yield section.rule, pictures


def _verdict(report: Report) -> tuple[str, str]:
    """Return the report in a line, and the severity that it is coloured by."""
    told = severities(report.findings)
    worst = max((rule.severity for rule in found(report)), default=None)
    if report.exit_status == 2:
        return "Uncertain: a rule could not be carried out", "error"
    if worst is None:
        return "No findings", "good"
    if worst is Severity.ERROR or report.exit_status:
        return f"Needs work: {told}", "error"
    return f"No errors; {told}", worst.word


def _chapter(rule: RuleResult) -> str:
    return next((name for name, codes in _CHAPTERS.items() if rule.code.startswith(codes)), _OTHERS)


def _paths(rules: list[RuleResult], limits: Limits) -> list[str]:
    """Return the images that are to be shown, each once, those of the worst findings first."""
    findings = (finding for rule in rules for finding in rule.findings[: limits.findings])
    return [*dict.fromkeys(path for finding in findings for path in finding.paths[:_SIDE_BY_SIDE])]


def _section(
    rule: RuleResult, limits: Limits, pictures: dict[str, Picture], evidence: dict[str, list[tuple[str, str]]]
) -> Section:
    alike = len({finding.advice for finding in rule.findings}) == 1
    shown = [_shown(finding, alike, pictures, evidence) for finding in rule.findings[: limits.findings]]
    return Section(rule, _cut(rule.findings[0].advice) if alike else None, shown, len(rule.findings) - len(shown))


def _shown(
    finding: Finding, alike: bool, pictures: dict[str, Picture], evidence: dict[str, list[tuple[str, str]]]
) -> Shown:
    """Return a finding as it is shown; takes the evidence that it shows out of what is left of it."""
    several = finding.values.get("labels")
    labels = several if isinstance(several, list) and several else [finding.label] if finding.label is not None else []
    there = [pictures[path] for path in finding.paths[:_SIDE_BY_SIDE] if path in pictures]
    return Shown(
        finding=finding,
        message=_cut(finding.message),
        advice=None if alike else _cut(finding.advice),
        labels=json.dumps([printable(str(label)) for label in labels]),
        pictures=there,
        more=len(finding.paths) - len(there) if there else 0,
        evidence=evidence.pop(finding.label or "", []) if finding.code in CODES else [],
    )


def _evidence(report: Report, limits: Limits) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield what gives classes away: captions and data URLs by label."""
    about = (finding.label for finding in report.findings if finding.code in CODES and finding.label is not None)
    for label in [*dict.fromkeys(about)][: limits.evidence]:
        yield label, [(caption, data_url(pixels)) for caption, pixels in evidence_of(report, label)]


def _options(reports: tuple[Report, ...]) -> dict[str, list[str]]:
    """Return what can be filtered by."""
    rules = {f"{rule.code} {rule.name}" for report in reports for rule in report.rules if rule.findings}
    labels = {printable(label) for report in reports for label in report.dataset.labels}
    return {"rules": sorted(rules), "labels": sorted(labels)[:_MOST_OPTIONS]}


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"
