"""Where the time of a run goes: stages in their order, and nothing kept from run to run."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from datalint.cli.writing import timing_lines
from datalint.timing import Timings, untimed

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "datalint", "check", *map(str, arguments), "--fail-on", "never"]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300)


def stages(text: str) -> list[str]:
    """Return the names of the stages, without rules."""
    lines = [re.fullmatch(r" *(\d+\.\d\d)  (.+)", line) for line in text.splitlines()[1:]]
    assert all(lines), text
    return [line[2] for line in lines if line is not None and not line[2].startswith(" ")]


def test_stages_follow_their_order_and_parts_their_stage() -> None:
    timings = Timings()
    for number in range(2):
        with timings.stage("judge"):
            with timings.stage(f"rule {number}"):
                pass
            with timings.stage("rule"):
                pass
        with timings.stage("report"):
            pass
    taken = [(one.name, one.depth) for one in timings.taken()]
    assert taken == [("judge", 0), ("rule 0", 1), ("rule", 1), ("rule 1", 1), ("report", 0)]
    judge, *parts, _ = timings.taken()
    assert sum(part.seconds for part in parts) <= judge.seconds <= timings.total()
    assert next(iter(timing_lines(timings))) == "seconds  where"


def test_a_stage_that_fails_is_over() -> None:
    timings = Timings()
    with pytest.raises(OSError), timings.stage("measure"):
        raise OSError
    with timings.stage("judge"):
        pass
    assert [one.depth for one in timings.taken()] == [0, 0]
    with untimed("nothing"):
        pass


def test_a_run_says_where_its_time_went(example: Path, tmp_path: Path) -> None:
    options = (example, "--select", "INT,DUP,SPL,BIA", "--cache-dir", tmp_path / "cache")
    plain = run(*options)
    assert plain.stderr == ""
    told = run(example, "--select", "INT,DUP,SPL,BIA", "--explain-timing", "--no-cache", "--report",
               f"html={tmp_path / 'report.html'}")  # fmt: skip
    assert told.returncode == 0
    assert [line for line in told.stdout.splitlines() if "images in" not in line] == [
        line for line in plain.stdout.splitlines() if "images in" not in line
    ]
    assert stages(told.stderr) == [
        "look for the report of the last run",
        "read rules",
        "look for tables of the last run",
        "discover",
        "list files",
        "measure",
        "relate: duplicates",
        "relate: near_duplicates",
        "relate: background",
        "relate: file_traits",
        "keep tables",
        "judge",
        "identify findings",
        "report: text",
        "report: html",
        "all else",
        "in all",
    ]
    seconds = [float(line.split()[0]) for line in told.stderr.splitlines()[1:] if line[9] != " "]
    assert sum(seconds[:-1]) == pytest.approx(seconds[-1], abs=0.01 * len(seconds))
    quicker = re.search(r"^ +\d+\.\d\d    (\d+) quicker$", told.stderr, re.M)
    slow = re.findall(r"^ +\d+\.\d\d    [A-Z]{3}\d{3} ", told.stderr, re.M)
    rules = re.search(r"(\d+) rules", told.stdout)
    assert rules is not None
    assert len(slow) + (int(quicker[1]) if quicker else 0) == int(rules[1])
