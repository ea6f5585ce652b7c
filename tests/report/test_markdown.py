"""Markdown: short enough for a comment, worst first, and a name is shown as it is."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt
from sample_reports import HOSTILE, make_finding, make_report

from datalint.model import Severity, escape_name
from datalint.report import render as render_as
from datalint.report.markdown import MOST_BYTES, escaped, render
from datalint.report.printable import printable


@pytest.mark.parametrize("place", ["{}", "- {}", "| a |\n| --- |\n| {} |"])
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_name_is_shown_as_it_is(name: bytes, place: str) -> None:
    text = escape_name(name.decode("utf-8", "surrogateescape"))
    shown = MarkdownIt("commonmark", {"html": True}).enable("table").render(place.format(escaped(text)))
    # What GitHub and GitLab make of plain text: mentions, references, links, emoji.
    assert not re.search(r"@\w|#\w|https?://|www\.\w|:[\w+-]+:(?!:)", re.sub(r"<!-- -->|\\x\w\w|&#?\w+;", " ", shown))
    without_tags = html.unescape(re.sub(r"<!-- -->|</?(p|ul|li|table|thead|tbody|tr|th|td)\b[^>]*>", "", shown))
    assert printable(text).strip() in without_tags


def test_worst_comes_first_with_what_to_do() -> None:
    out = render(make_report(make_finding(1, Severity.NOTE), make_finding(2), make_finding(3)))
    assert "**2 errors, 1 note** in 3 images · 4 rules, 1 passed" in out
    assert "| error | INT003 | 2 | Unreadable image |" in out
    assert out.index("### error: INT003 unreadable-image") < out.index("### note: INT001")
    assert "- cat/2.jpg cannot be read<br>Fetch it again.\n" in out


def test_no_findings_are_told() -> None:
    assert "**No findings** in 3 images" in render(make_report())


@pytest.mark.parametrize("reports", [1, 3])
def test_what_does_not_fit_is_counted(reports: int) -> None:
    rules = [
        make_finding(number, code=f"AAA{rule:03d}", message=f"{'写' * 900} {number} broke")
        for rule in range(50)
        for number in range(20)
    ]
    out = render(*[make_report(*rules)] * reports)
    assert len(out.encode()) <= MOST_BYTES
    left = [int(number) for number in re.findall(r"Left out, to keep this short: ([\d,]+) findings", out)]
    assert len(left) == reports
    assert out.count(" broke<br>") + sum(left) == 1000 * reports


def test_a_message_of_any_length_is_cut() -> None:
    assert len(escaped("x" * 100_000)) < 1100


@pytest.mark.parametrize("format_", ["markdown", "html"])
def test_known_findings_are_counted(format_: str) -> None:
    report = make_report(make_finding())
    rules = tuple(rule._replace(known=2, suppressed=1) for rule in report.rules)
    assert "6 in the baseline, 3 suppressed" in render_as(replace(report, rules=rules), format_)
