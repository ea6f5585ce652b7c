"""Every block of the README does what it says."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from datalint.config import config_from
from datalint.report import FORMATS

REPOSITORY = Path(__file__).resolve().parent.parent
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
NOTHING_TO_DRAW = "datalint: no finding of family BIA has a picture, so there is no evidence to draw\n"
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.M | re.S)


def blocks(language: str) -> list[Any]:
    found = [text for kind, text in BLOCKS if kind == language]
    return [pytest.param(text, id=text.strip().splitlines()[0][:40]) for text in found]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as a reader of the README stands in: the examples, and a dataset of one's own in data/."""
    monkeypatch.setenv("DATALINT_CACHE_DIR", str(tmp_path / "cache"))
    shutil.copytree(REPOSITORY / "examples", tmp_path / "examples")
    shutil.copytree(REPOSITORY / "examples" / "clothing", tmp_path / "data")
    return tmp_path


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = shlex.split(line, comments=True)
    if Path(words[0]).name == "datalint":
        words[:1] = [sys.executable, "-m", "datalint"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=300)


def without_times(text: str) -> str:
    return re.sub(r"in [\d.]+ s\b", "in N s", text)


def test_every_kind_of_block_is_tested() -> None:
    assert {kind for kind, _ in BLOCKS} == {"console", "sh", "toml", "yaml", "sql", "python"}


@pytest.mark.parametrize("text", blocks("console"))
def test_a_screen_shows_what_the_command_prints(checkout: Path, text: str) -> None:
    command, _, shown = text.removeprefix("$ ").partition("\n")
    assert without_times(run(command, checkout).stdout) == without_times(shown)


@pytest.mark.parametrize("text", blocks("sh"))
def test_commands_run(checkout: Path, text: str) -> None:
    for line in text.strip().splitlines():
        if "venv" in line or "pip install" in line:
            continue  # .ci/run carries these out, in a fresh environment
        result = run(line, checkout)
        assert result.returncode in (0, 1), line + "\n" + result.stderr
        assert result.stderr in ("", NOTHING_TO_DRAW)


def test_the_two_commands_stand_first() -> None:
    first, second = next(text for kind, text in BLOCKS if kind == "sh").strip().splitlines()
    assert first.startswith("python3 -m venv .venv && ") and first.endswith("--fail-on never")
    assert second.endswith("pytest")


@pytest.mark.parametrize("text", blocks("toml"))
def test_configuration_is_valid(checkout: Path, text: str) -> None:
    config_from({key: value for key, value in tomllib.loads(text).items() if key != "rule-paths"})
    if "lint/rules" in text:
        (checkout / "lint/rules").mkdir(parents=True)
    (checkout / "datalint.toml").write_text(text)
    result = run("datalint check data", checkout)
    assert result.returncode in (0, 1), result.stderr


@pytest.mark.parametrize("text", blocks("sql"))
def test_the_rule_works(checkout: Path, text: str) -> None:
    (checkout / "lint").mkdir()
    (checkout / "lint" / "rule-of-the-readme.sql").write_text(text)
    (checkout / "datalint.toml").write_text('rule-paths = ["lint"]\n')
    code = tomllib.loads(text[2:].partition("*/")[0])["code"]
    result = run(f"datalint check data --select {code} --fail-on note", checkout)
    assert result.returncode == 1, result.stderr
    assert "rule-of-the-readme" in result.stdout


@pytest.mark.parametrize("text", blocks("python"))
def test_the_python_example_runs(checkout: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(checkout)
    exec(compile(text, "README.md", "exec"), {})


@pytest.mark.parametrize("text", blocks("yaml"))
def test_yaml_is_valid_and_names_what_exists(text: str) -> None:
    document = yaml.safe_load(text)
    hooks = {hook["id"] for hook in yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())}
    if "repos" in document:
        assert {hook["id"] for repo in document["repos"] for hook in repo["hooks"]} <= hooks
    commands = re.findall(r"datalint check .*", text)
    for command in commands:
        options = re.findall(r"(?<!\S)--?[a-z-]+", command)
        help_text = run("datalint check --help", REPOSITORY).stdout
        assert all(option in help_text for option in options)


def test_recipes_of_ci_write_what_they_hand_over(checkout: Path) -> None:
    recipes = [text for kind, text in BLOCKS if kind == "yaml" and "--report" in text]
    assert len(recipes) == 2
    for text in recipes:
        (command,) = re.findall(r"datalint check .*", text)
        assert run(command, checkout).returncode == 1
        for format_, file in re.findall(r"--report (\w+)=(\S+)", command):
            assert (checkout / file).stat().st_size > 0, format_
            assert text.count(file) > 1, f"{file} is handed over"
            (checkout / file).unlink()


def test_the_table_of_formats_is_complete() -> None:
    table = README.partition("| format | for |")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"^\| `(\w+)` \|", table, re.M)) == sorted(FORMATS)


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if "://" not in target:
            assert (REPOSITORY / target).exists(), target


def test_the_table_of_costs_stands_where_its_benchmark_writes_it() -> None:
    source = (REPOSITORY / "benchmarks" / "speed.py").read_text(encoding="utf-8")
    marks = re.search(r"^MARKS = (.*)$", source, re.M)
    assert marks is not None
    first, last = re.findall(r"<!-- [^>]* -->", marks[1])
    assert README.count(first) == 1 and README.index(first) < README.index(last)
    table = README.partition(first)[2].partition(last)[0].strip().splitlines()
    assert table[0].startswith("| CPU (wall time), times a bare decode |")
    assert table[2].startswith("| datalint |")
