"""Reports for tests of formats: made up, or of datasets with names that attack whoever shows them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from datalint.facts import Facts
from datalint.model import DatasetFacts, Finding, LabelCount, Report, RuleResult, RuleText, Severity

if TYPE_CHECKING:
    from pathlib import Path

TEXT = RuleText("Unreadable image", "A loader stops at it.", "Fetch {path} again.", "the handbook")

HOSTILE = {
    "markup": b'<img src=x onerror="alert(1)"><b>',
    "script": b"<script>alert(1)<",
    "attribute": b"\" onmouseover='alert(1)' x=\"",
    "template": b"{{ 7 * 7 }}{% for %}",
    "command": b"::error file=a.py,line=1::hacked",
    "old command": b"x##[error]hacked",
    "encoded line": b"%0A::error::hacked",
    "colours": b"\x1b[31mred\x1b]0;title\x07",
    "line ends": b"one\r\n::error::two\n# three",
    "one byte control": "a\x9b31m".encode(),
    "direction": "\u202egpj.\u2066exe".encode(),
    "long": ("\u5199" * 83 + "abcd").encode(),
    "not UTF-8": b"\xff\xfe\x80name",
    "formula": b"=cmd|' C calc'!A0",
    "at": b"@everyone #1 :smile:",
    "link": b"[x](javascript:alert(1)) http:example.org www.example.org `code` *a* | b",
    "cdata": b"]]> &amp; &lt; --> <!--",
    "heading": b"# heading",
    "list": b"- item",
}
"""Names of files and classes, by what they attack."""


def make_hostile_dataset(root: Path) -> Path:
    """Make class folders of hostile names, an unreadable image in each that is named like its class."""
    for name in HOSTILE.values():
        folder = os.path.join(os.fsencode(root), name)
        os.makedirs(folder)
        with open(os.path.join(folder, name[:251] + b".jpg"), "wb") as file:
            file.write(b"no image, of " + name)
    return root


def make_finding(number: int = 0, severity: Severity = Severity.ERROR, **changes: Any) -> Finding:
    path = f"cat/{number}.jpg"
    finding = Finding(
        code=f"INT00{severity:d}",
        name="unreadable-image",
        severity=severity,
        label="cat",
        split=None,
        paths=(path,),
        message=f"{path} cannot be read",
        advice="Fetch it again.",
        values={},
        fingerprint=f"{number:032x}",
    )
    return finding._replace(**changes)


def make_report(*findings: Finding, root: str = "/nowhere/data", fail_on: str = "error", **changes: Any) -> Report:
    """Make a report of these findings and of a rule that passed and one that could not be judged."""
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(finding.code, []).append(finding)
    rules = [
        RuleResult(code, some[0].name, some[0].severity, "found", None, tuple(some), text=TEXT)
        for code, some in sorted(by_code.items())
    ]
    rules.append(RuleResult("SPL001", "duplicate-across-splits", Severity.ERROR, "not-evaluated", "no splits", ()))
    rules.append(RuleResult("ZZZ001", "a-rule", Severity.NOTE, "passed", None, ()))
    dataset = DatasetFacts("data/", root, "class-folders", "class folders", 3, {}, {"cat": LabelCount(3, {})}, ())
    return Report(dataset, tuple(rules), fail_on, int(bool(findings)), 1.234, tables=Facts(), **changes)
