"""Markdown for a job summary or a comment on a pull request: worst first, and short enough for either."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from datalint.report.printable import printable
from datalint.report.wording import counted, found, population, severities, waived

if TYPE_CHECKING:
    from datalint.model import Report, RuleResult

MOST_BYTES = 60_000
"""A comment on GitHub takes 65,536 characters."""
_FOOT = 1_000
_SHOWN = 10
"""Findings shown of one rule."""
_LONGEST = 1_000
"""Characters shown of one message."""
_MOST_RULES = 100

_SPECIAL = re.compile(r"([\\`*_\[\]~|$]|^[#+=-]|(?<=^\d)[.)]|(?<=^\d\d)[.)])")
# A comment between two characters keeps GitHub and GitLab from making a mention, a reference, an emoji or a link of
# what is around it; there is no escape for these.
_LIVELY = re.compile(r"(@|#(?=\w)|[!%&~^](?=\d)|:(?=//)|:(?=[\w+-]+:)|(?<=\bwww)\.)", re.I)


def escaped(text: str) -> str:
    """Return a text as Markdown that shows it as it is, on one line, with nothing in it that is acted upon."""
    text = printable(text).strip()
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + " …"
    text = _LIVELY.sub("\\1\0", _SPECIAL.sub(r"\\\1", text))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\0", "<!-- -->")


def render(*reports: Report) -> str:
    budget = MOST_BYTES // max(1, len(reports))
    return "\n".join(_section(report, budget) for report in reports)


def _section(report: Report, budget: int) -> str:
    """Write one dataset in at most so many bytes: what does not fit is counted."""
    rules = found(report)
    parts = [_head(report)]
    left = budget - _FOOT - len(parts[0].encode())
    unseen = 0
    for number, rule in enumerate(rules):
        part, shown = _rule(rule, left)
        if part is None:
            unseen += sum(len(one.findings) for one in rules[number:])
            break
        parts.append(part)
        left -= len(part.encode())
        unseen += len(rule.findings) - shown
    if unseen:
        parts.append(
            f"Left out, to keep this short: {counted(unseen, 'finding')}. The formats csv and json have all.\n"
        )
    return "\n".join(parts)


def _head(report: Report) -> str:
    dataset, rules = report.dataset, found(report)
    mark = "❌" if report.exit_status else "⚠️" if rules else "✅"
    passed = sum(rule.status == "passed" for rule in report.rules)
    judged = f"{counted(len(report.rules), 'rule')}, {passed} passed"
    lines = [
        f"## {mark} datalint: {escaped(dataset.name)}",
        "",
        f"**{severities(report.findings) or 'No findings'}** in {counted(dataset.images, 'image')} · {judged}",
        "",
    ]
    lines += [f"Population: {escaped(sample)}.", ""] if (sample := population(dataset)) else []
    lines += [line for notice in dataset.notices[:10] for line in (f"> {escaped(notice)}", "")]
    if rules:
        lines += ["| severity | rule | findings | |", "| --- | --- | ---: | --- |"]
        lines += [
            f"| {rule.severity.word} | {rule.code} | {len(rule.findings):,} | {escaped(rule.text.title or rule.name)} |"
            for rule in rules[:_MOST_RULES]
        ]
        lines += ["", *([f"and {len(rules) - _MOST_RULES:,} more rules", ""] if len(rules) > _MOST_RULES else [])]
    if told := waived(report):
        lines += [f"Known findings: {told}.", ""]
    if report.hidden and report.changed_since is not None:
        lines += [f"{report.hidden:,} more touch nothing that changed since {escaped(report.changed_since)}.", ""]
    return "\n".join(lines)


def _rule(rule: RuleResult, room: int) -> tuple[str | None, int]:
    """Write the section of a rule in at most so many bytes; returns how many findings it shows, or None for no room."""
    head = f"### {rule.severity.word}: {rule.code} {escaped(rule.name)}\n\n"
    why = f"{escaped(rule.text.why)}\n\n" if rule.text.why else ""
    items: list[str] = []
    room -= len((head + why).encode()) + 100  # for the line that counts the rest
    for finding in rule.findings[:_SHOWN]:
        item = f"- {escaped(finding.message)}<br>{escaped(finding.advice)}\n"
        room -= len(item.encode())
        if room < 0:
            break
        items.append(item)
    if not items:
        return None, 0
    more = len(rule.findings) - len(items)
    rest = f"- … and {more:,} more\n" if more else ""
    return head + why + "".join(items) + rest, len(items)
