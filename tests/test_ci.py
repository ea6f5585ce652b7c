"""The GitHub action and the GitLab template: their scripts are run as a runner runs them, with this datalint."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parent.parent
ACTION = yaml.safe_load((REPOSITORY / "action.yml").read_text(encoding="utf-8"))
JOB = yaml.safe_load((REPOSITORY / "templates" / "gitlab.yml").read_text(encoding="utf-8"))[".datalint"]
SELECT = "--select SPL001,INT"


@pytest.fixture
def place(tmp_path: Path, example: Path) -> Path:
    """A checkout with a dataset, and an environment for Python where the scripts look for one."""
    shutil.copytree(example, tmp_path / "my data")
    for environment in (tmp_path / "datalint" / "bin", tmp_path / ".datalint" / "venv" / "bin"):
        environment.mkdir(parents=True)
        (environment / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (environment / "python").chmod(0o755)
    return tmp_path


def bash(script: str, place: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "PYTHONPATH": str(REPOSITORY), "DATALINT_CACHE_DIR": str(place / "cache"), **environment}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=place, env=variables, capture_output=True, text=True, timeout=300)


def action(place: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Carry out the step that checks."""
    (step,) = (step for step in ACTION["runs"]["steps"] if step.get("id") == "check")
    given = {name: str(value.get("default", "")) for name, value in ACTION["inputs"].items()} | inputs
    environment = {
        name: given[value.removeprefix("${{ inputs.").removesuffix(" }}")]
        for name, value in step["env"].items()
        if "inputs." in value
    }
    files = {"GITHUB_STEP_SUMMARY": str(place / "summary.md"), "GITHUB_OUTPUT": str(place / "output")}
    return bash(step["run"], place, RUNNER_TEMP=str(place), **files, **environment)


def test_the_action_fails_on_findings_and_leaves_a_summary_and_a_report(place: Path) -> None:
    found = action(place, path="my data", args=SELECT)
    assert found.returncode == 1, found.stderr
    assert "SPL001 duplicate-across-splits" in found.stdout
    summary = (place / "summary.md").read_text()
    assert "    error  SPL001 duplicate-across-splits\n" in summary
    assert all(line.startswith("    ") or not line or line == "### datalint" for line in summary.splitlines())
    report = (place / "output").read_text().strip().removeprefix("report=")
    assert json.loads(Path(report).read_text())["summary"]["errors"] == 3
    assert action(place, path="my data", args=SELECT, **{"fail-on": "never"}).returncode == 0


def test_the_action_takes_a_baseline(place: Path) -> None:
    made = bash(f'datalint/bin/python -m datalint baseline "my data" -o "a b.json" {SELECT}', place)
    assert made.returncode == 0, made.stderr
    assert action(place, path="my data", args=SELECT, baseline="a b.json").returncode == 0


@pytest.mark.parametrize("path", ["$(touch pwned)", "`touch pwned`", "'; touch pwned; '", "--help"])
def test_an_input_is_no_code(place: Path, path: str) -> None:
    assert action(place, path=path).returncode == 2
    assert path == "--help" or action(place, path="my data", args=path).returncode == 2
    assert not (place / "pwned").exists()


def test_one_run_writes_all_reports() -> None:
    (check,) = (step["run"] for step in ACTION["runs"]["steps"] if step.get("id") == "check")
    for script in (check, "\n".join(JOB["script"])):
        assert script.count("datalint check") == 1


def test_inputs_stand_in_no_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def gitlab(place: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    script: list[Any] = JOB["script"]
    own = {name: value for name, value in JOB["variables"].items() if not name.endswith("_DIR")}
    return bash("\n".join(script), place, **own | variables)


def test_the_template_for_gitlab_checks(place: Path) -> None:
    found = gitlab(place, DATALINT_PATH="my data", DATALINT_OPTIONS=SELECT)
    assert found.returncode == 1, found.stderr
    assert "SPL001 duplicate-across-splits" in (place / ".datalint" / "report.txt").read_text()
    reports = {name: place / file for name, file in JOB["artifacts"]["reports"].items()}
    assert {finding["check_name"] for finding in json.loads(reports["codequality"].read_text())} >= {
        "SPL001 duplicate-across-splits"
    }
    assert 'name="SPL001' in reports["junit"].read_text()
    assert gitlab(place, DATALINT_PATH="my data", DATALINT_OPTIONS="--select DUP005").returncode == 0
    assert gitlab(place, DATALINT_PATH="nowhere").returncode == 2
