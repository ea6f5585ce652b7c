"""JUnit: valid by the common schema; a test fails exactly when its findings fail the run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
import xmlschema
from sample_reports import make_finding, make_report

import datalint
from datalint.model import Report, RuleResult, Severity
from datalint.report import render, render_all

if TYPE_CHECKING:
    from pathlib import Path


def suites(*reports: Report) -> list[ElementTree.Element]:
    return ElementTree.fromstring(render_all(reports, "junit")).findall("testsuite")


def outcomes(report: Report) -> dict[str, str]:
    (suite,) = suites(report)
    return {case.attrib["name"].split()[0]: case[0].tag if len(case) else "passed" for case in suite.iter("testcase")}


def test_it_is_valid_by_the_common_schema(shared_schemas: Path, example: Path) -> None:
    schema = xmlschema.XMLSchema(str(shared_schemas / "junit.xsd"))
    failed = RuleResult("OUR001", "ours", Severity.NOTE, "not-evaluated", "took too long", (), failed=True)
    report = make_report(make_finding(), make_finding(1, Severity.NOTE))
    schema.validate(render(datalint.check(example, cache=False), "junit"))
    schema.validate(render_all([make_report(), replace(report, rules=(*report.rules, failed))], "junit"))


@pytest.mark.parametrize(
    ("fail_on", "failing"), [("error", {"INT003"}), ("warning", {"INT003", "INT002"}), ("never", set())]
)
def test_tests_fail_as_the_run_does(fail_on: str, failing: set[str]) -> None:
    report = make_report(*(make_finding(severity=severity) for severity in Severity), fail_on=fail_on)
    told = outcomes(report)
    assert {code for code, outcome in told.items() if outcome == "failure"} == failing
    assert told["SPL001"] == "skipped"
    assert told["ZZZ001"] == "passed"
    (suite,) = suites(report)
    assert suite.attrib["failures"] == str(len(failing))
    assert suite.attrib["skipped"] == "1"
    output = suite.findtext("system-out") or ""
    assert {code for code in ("INT001", "INT002", "INT003") if code in output} == {
        "INT001",
        "INT002",
        "INT003",
    } - failing


def test_findings_that_are_allowed_fail_no_test() -> None:
    report = make_report(make_finding(), make_finding(1))
    assert outcomes(report)["INT003"] == "failure"
    within = replace(report, rules=tuple(rule._replace(allowed=2) for rule in report.rules))
    assert outcomes(within)["INT003"] == "passed"
    assert outcomes(replace(report, exit_status=0))["INT003"] == "passed", "as --max-findings has it"


def test_a_rule_that_failed_is_an_error() -> None:
    failed = RuleResult("OUR001", "ours", Severity.NOTE, "not-evaluated", "took too long", (), failed=True)
    report = make_report()
    assert outcomes(replace(report, rules=(failed,))) == {"OUR001": "error"}


def test_every_dataset_is_a_suite() -> None:
    assert [suite.attrib["id"] for suite in suites(make_report(), make_report(make_finding()))] == ["0", "1"]


def test_a_long_list_is_cut_and_counted() -> None:
    (suite,) = suites(make_report(*(make_finding(number) for number in range(250))))
    failure = next(suite.iter("failure"))
    assert failure.attrib["message"].startswith("250 findings, the first: cat/0.jpg")
    assert (failure.text or "").endswith("... and 150 more")
