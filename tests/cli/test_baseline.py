"""``datalint baseline`` and gates, through real processes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from datalint.report.json import schema

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

DATALINT = [sys.executable, "-m", "datalint"]
FEW = ("--select", "SPL001,DUP001,INT")


@pytest.fixture
def datalint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run datalint in a folder of its own, with a cache of its own."""
    monkeypatch.setenv("DATALINT_CACHE_DIR", str(tmp_path / "cache"))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*DATALINT, *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=300)

    return run


@pytest.fixture
def data(tmp_path: Path, example: Path) -> Path:
    return Path(shutil.copytree(example, tmp_path / "data"))


def report_of(result: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(result.stdout)
    jsonschema.validate(report, schema())
    return report


def test_the_life_of_a_baseline(datalint: Run, data: Path, tmp_path: Path) -> None:
    made = datalint("baseline", "data", "--output", "b.json", *FEW)
    assert (made.returncode, made.stdout) == (0, "5 findings recorded in b.json\n")
    check = ("check", "data", "--baseline", "b.json", *FEW, "--fail-on", "note")
    for _ in range(2):  # the second time from the cache
        adopted = datalint(*check)
        assert adopted.returncode == 0, adopted.stdout
        assert "known findings: 5 in the baseline\nNo new findings" in adopted.stdout

    leaked = min((data / "train/dress").iterdir())
    shutil.copy(leaked, data / "test/dress/leak.jpg")
    new = datalint(*check)
    assert new.returncode == 1
    assert "leak.jpg" in new.stdout and new.stdout.count("SPL001") == 2, "the finding, and the hint to explain it"

    (data / "test/dress/leak.jpg").unlink()
    (data / "train/pants/7eb1dd4c-e663-468d-b8ec-fb2d277ad499.jpg").unlink()
    fixed = datalint(*check)
    assert fixed.returncode == 0
    assert "4 in the baseline, 1 fixed (SPL001), 1 stale" in fixed.stdout
    told = report_of(datalint(*check, "--format", "json"))
    assert [entry["code"] for entry in told["baseline"]["fixed"]] == ["SPL001"]
    assert (told["summary"]["known"], told["summary"]["fixed"], told["summary"]["stale"]) == (4, 1, 1)
    assert sum(rule["known"] for rule in told["rules"]) == 4

    pruned = datalint("baseline", "prune", "data", "--baseline", "b.json", *FEW)
    assert (pruned.returncode, pruned.stdout) == (0, "4 findings: 1 stale removed\n")
    shutil.copy(leaked, data / "test/dress/leak.jpg")
    updated = datalint("baseline", "update", "data", "--baseline", "b.json", *FEW)
    assert (updated.returncode, updated.stdout) == (0, "5 findings: 1 new, 0 stale removed\n")
    assert datalint(*check).returncode == 0


def test_a_baseline_may_lie_in_the_dataset_and_be_configured(datalint: Run, data: Path) -> None:
    (data / "datalint.toml").write_text('baseline = "known.json"\nselect = ["SPL001", "DUP001"]\nfail-on = "note"\n')
    missing = datalint("check", "data")
    assert missing.returncode == 2
    assert missing.stderr == f"datalint: {data}/known.json: the baseline cannot be read: No such file or directory\n"
    assert datalint("baseline", "data").returncode == 0
    checked = datalint("check", "data")
    assert checked.returncode == 0, checked.stdout
    assert "known findings: 2 in the baseline" in checked.stdout


def test_what_a_change_does_not_touch_is_not_taken_for_fixed(datalint: Run, data: Path, tmp_path: Path) -> None:
    from repositories import make_repository

    repository = make_repository(tmp_path)
    repository.git("add", "data")
    repository.commit()
    assert datalint("baseline", "data", "-o", "b.json", *FEW).returncode == 0
    checked = datalint("check", "data", "--baseline", "b.json", *FEW, "--changed-only")
    assert "known findings: 5 in the baseline\n" in checked.stdout


def test_suppressions_are_told_when_they_are_used_unused_or_expired(datalint: Run, data: Path) -> None:
    config = data / "datalint.toml"
    config.write_text(
        """
fail-on = "note"
select = ["SPL001", "DUP001"]
[[suppressions]]
rule = "DUP001"
label = "t-*"
reason = "the shop sells it twice"
[[suppressions]]
rule = "SPL001"
path = "train/*"
reason = "never so"
[[suppressions]]
rule = "SPL"
reason = "until the test set is made anew"
expires = 2020-02-29
"""
    )
    result = datalint("check", "data")
    assert result.returncode == 1, "the leak has an end outside of train/, and the last suppression expired"
    assert "DUP001" not in result.stdout
    assert "unused suppression: SPL001, path train/* (never so)" in result.stdout
    assert "expired suppression: SPL (until the test set is made anew), until 2020-02-29" in result.stdout
    assert "known findings: 1 suppressed" in result.stdout
    told = report_of(datalint("check", "data", "--format", "json"))
    assert [use["status"] for use in told["suppressions"]] == ["used", "unused", "expired"]
    assert told["summary"]["suppressed"] == 1

    config.write_text('[[suppressions]]\nrule = "SPL99"\nreason = "r"\n')
    wrong = datalint("check", "data")
    assert wrong.returncode == 2
    assert wrong.stderr.startswith(f"datalint: {config}:2: suppressions: no rule is called 'SPL99'")


def test_budgets_let_some_findings_pass(datalint: Run, data: Path) -> None:
    def status(*arguments: str) -> int:
        return datalint("check", "data", "--select", "DUP001,SPL001", "--fail-on", "note", *arguments).returncode

    assert status() == 1
    assert status("--max-findings", "2") == 0
    assert status("--max-findings", "1") == 1
    assert status("--set", "DUP001.allow=1") == 1
    assert status("--set", "DUP001.allow=1", "--set", "SPL001.allow=1 %") == 0
    assert status("--set", "DUP001.allow=1", "--set", "SPL001.allow=0.5 %") == 1
    assert status("--exit-zero") == 0
    shown = datalint("check", "data", "--select", "DUP001", "--set", "DUP001.allow=1 %")
    assert "DUP001 exact-duplicate · 1 allowed" in shown.stdout
    for wrong in ("-1", "1.5", "many", "101 %", "true"):
        refused = datalint("check", "data", "--set", f"DUP001.allow={wrong}")
        assert refused.returncode == 2
        assert "allow of DUP001 must be a whole number or a percentage" in refused.stderr


def test_bad_input_is_one_line(datalint: Run, data: Path, tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text("{}")
    (tmp_path / "shared.toml").write_text(f'baseline = "{tmp_path}/b.json"')
    for arguments, message in [
        (("check", "data", "--baseline", "b.json"), "b.json: is no baseline of datalint, or a damaged one"),
        (("check", "data", "data", "--baseline", "b.json"), "a baseline holds the findings of one dataset"),
        (("check", "data", "data", "--config", "shared.toml"), "a baseline holds the findings of one dataset"),
        (("baseline", "data"), "which file? Give --output FILE, or set baseline in datalint.toml"),
        (("baseline", "prune", "data"), "which file? Give --baseline FILE"),
        (("baseline", "update", "data", "--baseline", "none.json"), "none.json: the baseline cannot be read"),
        (("baseline", "data", "--output", "no/b.json", *FEW), "no/b.json: cannot be written"),
    ]:
        result = datalint(*arguments)
        assert (result.returncode, result.stderr.count("\n")) == (2, 1), result.stderr
        assert message in result.stderr
