"""SARIF: valid by the official schema, and stable from checkout to checkout."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from sample_reports import make_finding, make_report

import datalint
from datalint.model import RuleResult, Severity
from datalint.report import render
from datalint.report.sarif import MOST_RESULTS

if TYPE_CHECKING:
    from pathlib import Path

    from repositories import Repository


def run(report: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render(report, "sarif"))["runs"][0]
    return found


def test_it_is_valid_by_the_official_schema(shared_schemas: Path, example: Path) -> None:
    schema = json.loads((shared_schemas / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
    failed = RuleResult("OUR001", "ours", Severity.NOTE, "not-evaluated", "took too long", (), failed=True)
    made_up = make_report(make_finding(), make_finding(1, Severity.NOTE, paths=()))
    reports = [
        datalint.check(example, cache=False),
        make_report(),
        made_up.__class__(**{**vars(made_up), "rules": (*made_up.rules, failed)}),
    ]
    for report in reports:
        document = json.loads(render(report, "sarif"))
        jsonschema.validate(document, schema, cls=jsonschema.validators.validator_for(schema))
        assert len(document["runs"][0]["results"]) == len(report.findings)


def test_rules_explain_themselves(example: Path) -> None:
    report = run(datalint.check(example, config={"select": ["BAL002", "SPL001"]}, cache=False))
    balance, split = report["tool"]["driver"]["rules"]
    assert balance["shortDescription"]["text"] == "Class far below the mean"
    assert "loss hardly changes" in balance["fullDescription"]["text"]
    assert "Collect more images of ‹label›" in balance["help"]["markdown"]
    assert balance["defaultConfiguration"]["level"] == "warning"
    assert split["defaultConfiguration"]["level"] == "error"
    for result in report["results"]:
        assert report["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_fingerprints_do_not_depend_on_the_checkout_or_on_other_files(example: Path, tmp_path: Path) -> None:
    def fingerprints(root: Path) -> list[str]:
        results = run(datalint.check(root, cache=False))["results"]
        return sorted(json.dumps([result["ruleId"], result["partialFingerprints"]]) for result in results)

    elsewhere = shutil.copytree(example, tmp_path / "a folder" / "clothing")
    before = fingerprints(elsewhere)
    assert before == fingerprints(example)
    sound = next((elsewhere / "train" / "dress").iterdir())
    sound.rename(sound.with_name("another name.jpg"))
    assert fingerprints(elsewhere) == before


def test_findings_with_one_fingerprint_stay_apart() -> None:
    results = run(make_report(make_finding(7), make_finding(7)))["results"]
    hashes = [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]
    assert hashes == [f"{7:032x}:1", f"{7:032x}:2"]


def test_locations_are_relative_to_the_working_tree(repository: Repository, example: Path) -> None:
    shutil.copytree(example, repository.path / "my data")
    report = run(datalint.check(repository.path / "my data", config={"select": ["SPL001", "BAL002"]}, cache=False))
    by_rule = {result["ruleId"]: result for result in report["results"]}
    (location,) = by_rule["BAL002"]["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {
        "uri": "my%20data/train/skirt/",
        "uriBaseId": "%SRCROOT%",
    }
    leak = by_rule["SPL001"]
    uris = [
        location["physicalLocation"]["artifactLocation"]["uri"]
        for location in (*leak["locations"], *leak["relatedLocations"])
    ]
    assert [uri.rpartition("/")[0] for uri in uris] == ["my%20data/train/pants", "my%20data/test/pants"]
    assert str(repository.path) not in json.dumps(report)


def test_brackets_make_no_link() -> None:
    (result,) = run(make_report(make_finding(message="[x](https://example.org)")))["results"]
    assert result["message"]["text"].startswith(r"\[x\](https")


def test_more_than_github_takes_is_left_out_and_said() -> None:
    report = run(make_report(make_finding(0, Severity.NOTE), *(make_finding(n) for n in range(MOST_RESULTS))))
    assert len(report["results"]) == MOST_RESULTS
    assert {result["level"] for result in report["results"]} == {"error"}
    told = [item["message"]["text"] for item in report["invocations"][0]["toolExecutionNotifications"]]
    assert any(text.startswith("1 finding is left out") for text in told)


@pytest.mark.parametrize("failed", [True, False])
def test_a_rule_that_failed_is_no_success(failed: bool) -> None:
    report = make_report()
    rule = RuleResult("OUR001", "ours", Severity.NOTE, "not-evaluated", "took too long", (), failed=failed)
    invocation = run(report.__class__(**{**vars(report), "rules": (rule,)}))["invocations"][0]
    assert invocation["executionSuccessful"] is not failed
    assert "took too long" in invocation["toolExecutionNotifications"][0]["message"]["text"]
