"""What GitHub and GitLab show beside the code."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sample_reports import make_finding, make_report

import datalint
from datalint.model import Severity
from datalint.report import render, render_all

if TYPE_CHECKING:
    from pathlib import Path

    from repositories import Repository


def test_github_gets_a_command_for_each_finding_and_a_count() -> None:
    report = make_report(make_finding(1, message="100%, a: b"), make_finding(2, Severity.WARNING))
    assert render(report, "github").splitlines() == [
        "::error file=cat/1.jpg,title=INT003 unreadable-image::100%25, a: b%0AFetch it again.",
        "::warning file=cat/2.jpg,title=INT002 unreadable-image::cat/2.jpg cannot be read%0AFetch it again.",
        "datalint: 1 error, 1 warning",
    ]
    assert render(make_report(), "github") == "datalint: no findings\n"


def test_github_gets_no_more_than_it_shows_and_some_of_every_rule() -> None:
    many = [make_finding(number, code="AAA001") for number in range(30)]
    few = [make_finding(number, code="ZZZ009") for number in range(3)]
    report = make_report(*many, *few, make_finding(0, Severity.NOTE))
    *commands, last = render_all([report, report], "github").splitlines()
    assert [re.split("[: ]", command)[2] for command in commands] == ["error"] * 10 + ["notice"] * 2
    assert sum("title=ZZZ009" in command for command in commands) == 5
    assert last == "datalint: 66 errors, 2 notes; 56 findings not shown here, as GitHub shows 10 of a level"


def test_a_property_cannot_be_left(tmp_path: Path) -> None:
    out = render(make_report(make_finding(paths=("a,line=3::x.jpg",)), root=str(tmp_path)), "github")
    assert out.startswith("::error file=a%2Cline=3%3A%3Ax.jpg,title=INT003 unreadable-image::")


def test_gitlab_gets_its_documented_fields() -> None:
    issues: list[dict[str, Any]] = json.loads(
        render(make_report(*(make_finding(number, Severity(number)) for number in (1, 2, 3))), "gitlab")
    )
    assert [issue["severity"] for issue in issues] == ["critical", "major", "info"]
    for issue in issues:
        assert issue.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["location"]["lines"] == {"begin": 1}
    assert issues[0]["location"]["path"] == "cat/3.jpg"
    assert issues[0]["check_name"] == "INT003 unreadable-image"


def test_gitlab_gets_no_fingerprint_twice() -> None:
    issues = json.loads(render(make_report(*[make_finding(7)] * 3), "gitlab"))
    assert len({issue["fingerprint"] for issue in issues}) == 3
    assert issues[0]["fingerprint"] == f"{7:032x}"


def test_a_class_in_a_manifest_is_found_at_its_first_row(repository: Repository) -> None:
    from conftest import png

    data = repository.path / "faces"
    data.mkdir()
    rows = [f"{number}.png,{'rare' if number == 7 else 'common'}" for number in range(30)]
    (data / "legend.csv").write_text("\n".join(["filename,label", *rows]))
    for number in range(30):
        (data / f"{number}.png").write_bytes(png(number))
    for root in (data, data / "legend.csv"):
        report = datalint.check(root, config={"select": ["BAL003"]}, cache=False)
        (issue,) = json.loads(render(report, "gitlab"))
        assert issue["location"] == {"path": "faces/legend.csv", "lines": {"begin": 9}}
        assert render(report, "github").startswith("::warning file=faces/legend.csv,title=BAL003")
        assert ",line=9::" in render(report, "github")
