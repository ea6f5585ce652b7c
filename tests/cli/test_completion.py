"""What shells complete, by a real bash; zsh and fish get a script of their own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rule_files import HEADER

REPOSITORY = Path(__file__).resolve().parent.parent.parent
LINES = dict(
    re.findall(
        r"^\| (bash|zsh|fish)[^|]*\| `(.*?)` \| `~",
        (REPOSITORY / "README.md").read_text(encoding="utf-8").replace(r"\|", "\0"),
        re.M,
    )
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the program in bin/, as a shell finds it."""
    program = tmp_path / "bin" / "datalint"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m datalint "$@"\n')
    program.chmod(0o755)
    return tmp_path


def bash(project: Path, script: str) -> str:
    if shutil.which("bash") is None:
        pytest.skip("there is no bash, so nothing was completed")
    path = f"{project / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(REPOSITORY)}
    result = subprocess.run(
        ["bash", "--norc", "-c", script], capture_output=True, text=True, timeout=120, cwd=project, env=environment
    )
    assert (result.returncode, result.stderr) == (0, ""), result.stderr
    return result.stdout


def completed(project: Path, *words: str) -> list[str]:
    """Return what bash completes the last of the words to, with what README says in its start-up file."""
    script = "\n".join(
        [
            LINES["bash"],
            "complete -p datalint > /dev/null || exit 1",
            f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; COMPREPLY=()",
            "_datalint_completion datalint",
            "printf '%s\\n' \"${COMPREPLY[@]}\"",
        ]
    )
    return bash(project, script).split()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("datalint sh", ["show"]),
        ("datalint check data --explain-t", ["--explain-timing"]),
        ("datalint check data --format ma", ["markdown"]),
        ("datalint check data --select DUP00", ["DUP001", "DUP002", "DUP003", "DUP004", "DUP005"]),
        ("datalint check data --select BAL,bl", ["BAL,blurry-image", "BAL,blank-image"]),
        ("datalint check data --ignore bi", ["BIA", *(f"BIA00{number}" for number in range(1, 9))]),
        ("datalint check data --profile h", ["handbook", "hook"]),
        ("datalint show data --layout web", ["webdataset"]),
        ("datalint explain near-duplicate-a", ["near-duplicate-across-splits"]),
        ("datalint tables dup", ["duplicates", "duplicate_groups"]),
        ("datalint check data --select nothing-like-it", []),
    ],
)
def test_bash_completes(project: Path, line: str, expected: list[str]) -> None:
    assert completed(project, *line.split()) == expected


def test_rules_of_the_project_are_completed_and_mistakes_are_silent(project: Path) -> None:
    (project / "lint").mkdir()
    (project / "lint" / "a-rule-of-ours.sql").write_text(HEADER + "SELECT label FROM classes")
    (project / "lint" / "broken.sql").write_text("no rule")
    (project / "datalint.toml").write_text('rule-paths = ["lint"]\n')
    assert completed(project, "datalint", "explain", "USR") == ["USR001"]
    (project / "datalint.toml").write_text("no toml")
    assert completed(project, "datalint", "explain", "BIA001") == ["BIA001"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_their_script(project: Path, shell: str) -> None:
    assert LINES.keys() == {"bash", "zsh", "fish"}
    made = re.search(r"_DATALINT_COMPLETE=\w+ datalint", LINES[shell])
    assert made is not None
    script = bash(project, made[0])
    assert f"{shell}_complete" in script and "datalint" in script
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True)
