"""``datalint check`` through a real process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from rule_files import HEADER

from datalint.report import FORMATS
from datalint.report.json import schema

if TYPE_CHECKING:
    from collections.abc import Callable

DATALINT = [sys.executable, "-m", "datalint"]


def run(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [*DATALINT, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, **options)


def check_json(*arguments: str | Path, **options: Any) -> dict[str, Any]:
    result = run("check", *arguments, "--format", "json", **options)
    assert result.returncode in (0, 1, 2), result.stderr
    report: dict[str, Any] = json.loads(result.stdout)
    jsonschema.validate(report, schema())
    return report


def test_findings_give_status_1_and_none_give_0(example: Path) -> None:
    result = run("check", example)
    assert result.returncode == 1
    assert "SPL001 duplicate-across-splits" in result.stdout
    assert result.stderr == ""
    assert run("check", example, "--fail-on", "never").returncode == 0
    assert run("check", example, "--select", "LAY002", "--fail-on", "note").returncode == 0
    assert run("check", example, "--select", "INT003").returncode == 0, "a warning does not fail by default"
    assert run("check", example, "--select", "INT003", "--fail-on", "warning").returncode == 1


def test_text_fits_80_columns_without_colour_when_piped(example: Path) -> None:
    out = run("check", example).stdout
    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out


def test_json_keeps_its_contract(example: Path) -> None:
    report = check_json(example)
    assert report["version"] == 1
    assert report["exit_status"] == 1
    assert report["dataset"]["layout"] == "split-folders"
    assert report["dataset"]["images"] == sum(report["dataset"]["splits"].values())
    assert report["dataset"]["images"] == sum(label["total"] for label in report["dataset"]["labels"].values())
    for rule in report["rules"]:
        assert rule["findings"] == sum(finding["code"] == rule["code"] for finding in report["findings"])
        assert (rule["status"] == "found") == bool(rule["findings"])
        assert (rule["reason"] is None) == (rule["status"] != "not-evaluated")
    for finding in report["findings"]:
        assert all((example / path).exists() for path in finding["paths"])
    summary = report["summary"]
    assert summary["errors"] + summary["warnings"] + summary["notes"] == len(report["findings"])
    assert summary["rules"] == len(report["rules"])


def test_json_is_the_same_bytes_for_any_jobs_and_any_folder(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATALINT_CACHE_DIR", "")  # all is measured each time
    first = run("check", example, "--format", "json", "--jobs", "1").stdout
    assert first == run("check", example, "--format", "json", "--jobs", "2").stdout
    assert first == run("check", os.path.relpath(example, tmp_path), "--format", "json", cwd=tmp_path).stdout
    assert first == run("check", "--format", "json", cwd=example).stdout


def test_output_goes_to_a_file(example: Path, tmp_path: Path) -> None:
    for format_ in ("json", "text"):
        file = tmp_path / f"report.{format_}"
        result = run("check", example, "--format", format_, "--output", file)
        assert (result.returncode, result.stdout, result.stderr) == (1, "", "")
        assert "duplicate-across-splits" in file.read_text(encoding="utf-8")
    for option in ("--output={}", "--report=csv={}"):
        result = run("check", example, "--select", "SPL", option.format(tmp_path / "no" / "report.txt"))
        assert result.returncode == 2
        assert "report.txt: cannot be written: No such file or directory" in result.stderr


def test_several_reports_of_one_run(example: Path, tmp_path: Path) -> None:
    files = {format_: tmp_path / f"report.{format_}" for format_ in FORMATS}
    wanted = [option for format_, file in files.items() for option in ("--report", f"{format_}={file}")]
    result = run("check", example, "--select", "SPL,BAL", *wanted)
    assert (result.returncode, result.stderr) == (1, "")
    assert "SPL001 duplicate-across-splits" in result.stdout, "the terminal still gets its own"
    for format_, file in files.items():
        assert "SPL001" in file.read_text(encoding="utf-8"), format_
    assert json.loads(files["json"].read_text(encoding="utf-8"))["exit_status"] == 1


def test_statistics_and_quiet(example: Path) -> None:
    out = run("check", example, "--statistics", "--quiet").stdout
    assert all(line.split()[0].isdigit() for line in out.splitlines())
    assert any("SPL001" in line for line in out.splitlines())


def test_several_paths_are_checked_one_after_another(example: Path) -> None:
    result = run("check", example / "train", example / "test", "--format", "json", "--select", "BAL")
    assert [Path(report["dataset"]["root"]).name for report in json.loads(result.stdout)] == ["train", "test"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere: no such file or folder"),
        ([".", "--select", "BAL01x"], "no rule is called 'BAL01x'"),
        ([".", "--select", "class-too-smal"], "did you mean 'class-too-small'"),
        ([".", "--set", "BAL001.min_image=5"], "did you mean 'min_images'"),
        ([".", "--set", "BAL001"], "RULE.OPTION=VALUE"),
        ([".", "--profile", "recomended"], "did you mean 'recommended'"),
        ([".", "--jobs", "0"], "--jobs"),
        ([".", "--scheduler", "tcp://127.0.0.1:1"], "needs a --backend: dask, ray or spark"),
        ([".", "--backend", "dask", "--scheduler", "tcp://127.0.0.1:1", "--jobs", "2"], "--jobs counts workers"),
        ([".", "--backend", "dask", "--scheduler", "nonsense"], "nonsense is no Dask scheduler: missing port number"),
        ([".", "--format", "xml"], "--format"),
        ([".", "--report", "sarrif=x"], "no format is called 'sarrif'; did you mean 'sarif'"),
        ([".", "--report", "sarif"], "--report sarif: write it as FORMAT=FILE"),
        ([".", "--config", "missing.toml"], "missing.toml"),
        ([".", "--no-such-option"], "--no-such-option"),
    ],
)
def test_what_cannot_run_says_so_in_one_line(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "1.jpg").write_bytes(b"x")
    result = run("check", *arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_configuration_is_found_upward_from_the_dataset(example: Path, tmp_path: Path) -> None:
    import shutil

    data = tmp_path / "repository" / "data"
    shutil.copytree(example, data)
    (tmp_path / "repository" / "datalint.toml").write_text(
        'select = ["BAL001"]\n[rules.class-too-small]\nmin_images = 3'
    )
    report = check_json(data, cwd=tmp_path)
    assert [rule["code"] for rule in report["rules"]] == ["BAL001"]
    assert report["findings"] == [] or all(f["values"]["min_images"] == 3 for f in report["findings"])
    assert len(check_json(data, "--set", "BAL001.min_images=100000")["findings"]) == len(report["dataset"]["labels"])
    (tmp_path / "repository" / "datalint.toml").unlink()
    (tmp_path / "repository" / "pyproject.toml").write_text('[tool.datalint]\nselect = ["BAL002"]\n')
    assert [rule["code"] for rule in check_json(data)["rules"]] == ["BAL002"]


def test_rules_of_the_repository_work_without_packaging(example: Path, tmp_path: Path) -> None:
    import shutil

    data = tmp_path / "data"
    shutil.copytree(example, data)
    (tmp_path / "lint").mkdir()
    (tmp_path / "lint" / "shoes-among-us.sql").write_text(HEADER + "SELECT label FROM classes WHERE label = 'shoes'\n")
    (tmp_path / "datalint.toml").write_text('rule-paths = ["lint"]\nselect = ["USR"]\n')
    report = check_json(data)
    assert [(finding["code"], finding["label"]) for finding in report["findings"]] == [("USR001", "shoes")]


def test_a_rule_that_fails_loses_no_result_of_the_others(example: Path, tmp_path: Path) -> None:
    import shutil

    data = tmp_path / "data"
    shutil.copytree(example, data)
    (tmp_path / "slow-rule.sql").write_text(
        HEADER + "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) AS label FROM r\n"
    )
    (tmp_path / "datalint.toml").write_text('rule-paths = ["."]\n[limits]\nrule-seconds = 1\n')
    result = run("check", data, "--format", "json", "--select", "INT003,USR001")
    assert result.returncode == 2
    assert "USR001" in result.stderr
    assert "stopped after 1 s" in result.stderr
    report = json.loads(result.stdout)
    jsonschema.validate(report, schema())
    assert {rule["code"]: rule["status"] for rule in report["rules"]} == {"INT003": "found", "USR001": "not-evaluated"}


def test_hostile_names_cannot_write_to_the_terminal(tmp_path: Path, make_image: Callable[..., Path]) -> None:
    for name in ("\x1b[31mred", "new\nline", "\u202efdp", "caf\udce9"):
        make_image(tmp_path / name / "a.jpg", size=(64, 64), seed=1)
        make_image(tmp_path / name / "b.jpg", size=(64, 64), seed=1)
    out = run("check", tmp_path, "--show", "0").stdout
    assert all(c.isprintable() or c == "\n" for c in out)
    assert "caf\\xe9" in out.replace("\\\\", "\\")
    assert check_json(tmp_path)["dataset"]["images"] == 8


def test_balance_rules_open_no_image(tmp_path: Path) -> None:
    for label in ("cat", "dog"):
        (tmp_path / label).mkdir()
        for number in range(50):
            (tmp_path / label / f"{number}.jpg").touch()
    hook = (
        "import sys; opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(args[0]) if event == 'open' else None)\n"
        "from datalint.cli import run\n"
        f"status = run(['check', {str(tmp_path)!r}, '--select', 'BAL', '--quiet'])\n"
        "print(status, sum(str(name).endswith('.jpg') for name in opened), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", hook], capture_output=True, text=True, check=True)
    assert result.stderr == "0 0\n"


@pytest.mark.skipif(os.name == "nt", reason="interrupting a process differs on Windows")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_ends_the_run_at_once(tmp_path: Path, make_image: Callable[..., Path], jobs: str) -> None:
    first = make_image(tmp_path / "cat" / "0.png", size=(1500, 1500), seed=1, format="PNG")
    for number in range(1, 600):
        (tmp_path / "cat" / f"{number}.png").symlink_to(first)
    (tmp_path / "dog").symlink_to(tmp_path / "cat", target_is_directory=True)
    process = subprocess.Popen(
        [*DATALINT, "check", str(tmp_path), "--jobs", jobs],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(3)
    assert process.poll() is None, "the run ended before it could be interrupted"
    started = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    _out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert time.monotonic() - started < 5
    assert "Traceback" not in err
    assert err.splitlines()[-1] == "datalint: interrupted"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 'x' AS label FROM range(length(repeat('x', 3000000000)))",
        "SELECT 'x' AS label FROM samples LIMIT levenshtein(repeat('a', 400000), repeat('b', 400000))",
    ],
    ids=["memory", "time"],
)
def test_reading_a_rule_computes_nothing_without_limits(tmp_path: Path, query: str) -> None:
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "1.jpg").touch()
    (tmp_path / "greedy-rule.sql").write_text(HEADER + query + "\n")
    (tmp_path / "datalint.toml").write_text('rule-paths = ["."]\n[limits]\nrule-seconds = 1\nrule-memory = 200\n')
    started = time.monotonic()
    result = run("check", tmp_path)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert time.monotonic() - started < 30


def test_a_rule_cannot_find_out_about_files_outside(tmp_path: Path, make_image: Callable[..., Path]) -> None:
    secret = tmp_path / "secret.txt"
    for number in range(2):
        make_image(tmp_path / "data" / f"class{number}" / "1.png", seed=number)
    (tmp_path / "spying-rule.sql").write_text(HEADER + f"SELECT 'x' AS label, '{secret}' AS path\n")
    (tmp_path / "datalint.toml").write_text('rule-paths = ["."]\nselect = ["USR001"]\n')
    fingerprints = set()
    for content in ("one", "two"):
        secret.write_text(content)
        fingerprints.add(check_json(tmp_path / "data")["findings"][0]["fingerprint"])
    assert len(fingerprints) == 1


@pytest.mark.parametrize("selection", [("--select", ""), ("--ignore", "ALL")])
def test_a_selection_of_nothing_does_not_pass(example: Path, selection: tuple[str, str]) -> None:
    result = run("check", example, *selection)
    assert result.returncode == 2
    assert "no rule is selected" in result.stderr


@pytest.mark.parametrize(
    ("file", "text", "status"),
    [
        ("datalint.toml", 'exclude = ["!"]', 2),
        ("pyproject.toml", "tool = 3", 0),
        ("pyproject.toml", "[tool]\ndatalint = 3", 2),
        ("pyproject.toml", "[broken", 0),
        ("pyproject.toml", "[tool.datalint\n", 2),
    ],
)
def test_odd_files_around_the_dataset_bring_no_traceback(tmp_path: Path, file: str, text: str, status: int) -> None:
    for label in ("cat", "dog"):
        (tmp_path / label).mkdir()
        (tmp_path / label / "1.jpg").touch()
    (tmp_path / file).write_text(text)
    result = run("check", tmp_path, "--select", "LAY002")
    assert "Traceback" not in result.stderr
    assert result.returncode == status
