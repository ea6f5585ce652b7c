"""``datalint query`` and ``datalint diff`` through real processes."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from repositories import Repository

DATALINT = [sys.executable, "-m", "datalint"]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [*DATALINT, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300)


def test_a_query_is_answered_as_table_csv_and_json(example: Path) -> None:
    sql = "SELECT label, total, total > 20 AS large, NULL AS nothing FROM classes ORDER BY total DESC, label LIMIT 2;"
    table = run("query", sql, example)
    assert table.returncode == 0
    assert table.stdout.split() == "label total large nothing t-shirt 42 true pants 26 true".split()
    rows = list(csv.reader(run("query", sql, example, "--format", "csv").stdout.splitlines()))
    assert rows == [["label", "total", "large", "nothing"], ["t-shirt", "42", "true", ""], ["pants", "26", "true", ""]]
    answer = json.loads(run("query", sql, example, "--format", "json").stdout)
    assert answer[0] == {"label": "t-shirt", "total": 42, "large": True, "nothing": None}


def test_pixels_are_measured_for_a_query_that_reads_them(example: Path) -> None:
    sql = "SELECT count(*) AS n, min(brightness) AS low, labels AS l, 1 AS n FROM pixels JOIN samples USING (sample_id)"
    (row,) = json.loads(
        run("query", f"{sql} GROUP BY ALL ORDER BY l LIMIT 1 -- the end", example, "--format", "json").stdout
    )
    assert row["n"] == 16 and row["n_1"] == 1 and row["l"] == ["dress"]
    assert 0 < row["low"] < 1


def test_no_row_still_has_columns(example: Path) -> None:
    assert (
        run("query", "SELECT path, label FROM samples WHERE false", example, "--format", "csv").stdout == "path,label\n"
    )
    assert json.loads(run("query", "SELECT path FROM samples WHERE false", example, "--format", "json").stdout) == []


def test_names_are_hostile(tmp_path: Path, make_image: object) -> None:
    make_image(tmp_path / "data" / "a\x1b[31m" / 'x,\n"y.png')  # type: ignore[operator]
    make_image(tmp_path / "data" / "b" / "=1+1.png", seed=1)  # type: ignore[operator]
    shown = run("query", "SELECT path FROM samples ORDER BY path", tmp_path / "data")
    assert "\x1b" not in shown.stdout and 'a\\x1b[31m/x,\\n"y.png' in shown.stdout
    listed = run("query", "SELECT path FROM samples ORDER BY path", tmp_path / "data", "--format", "csv").stdout
    assert [row[0] for row in csv.reader(listed.splitlines(keepends=True))] == [
        "path",
        'a\x1b[31m/x,\n"y.png',
        "b/=1+1.png",
    ]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT * FROM smples", "query:1: no table 'smples'; did you mean 'samples'?"),
        ("SELECT pth FROM samples", "query:1: Binder Error: Referenced column"),
        ("SELECT 1\nFROM samples WHERE", "query:2: syntax error"),
        ("COPY samples TO '/tmp/stolen'", "one SELECT is expected"),
        ("SELECT 1; SELECT 2", "one SELECT is expected, not 2 statements"),
        ("WITH d AS (DELETE FROM samples RETURNING *) SELECT * FROM d", "a query only reads"),
        ("SELECT * FROM read_text('/etc/passwd')", "the function read_text() is refused"),
        ("SELECT 1) ; DROP TABLE samples; SELECT (1", "query:1: syntax error"),
        ("SELECT $x", "$x is the option of a rule"),
        ("SELECT * FROM contamination", "is filled by `datalint check --against`"),
        ("SELECT a.path FROM samples a, samples b, samples c", "more than 100,000 rows"),
    ],
)
def test_a_query_that_cannot_be_carried_out_is_told_in_one_line(example: Path, sql: str, message: str) -> None:
    result = run("query", sql, example)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1), result.stderr
    assert message in result.stderr


def test_the_limits_of_the_configuration_apply(tmp_path: Path, example: Path) -> None:
    (tmp_path / "datalint.toml").write_text("[limits]\nrule-seconds = 0.5\n")
    sql = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3"
    result = run("query", sql, example, "--config", tmp_path / "datalint.toml")
    assert result.returncode == 2
    assert "stopped after 0.5 s" in result.stderr


def test_the_difference_of_two_reports(tmp_path: Path, example: Path) -> None:
    data = Path(shutil.copytree(example, tmp_path / "data"))
    check = ("check", data, "--select", "SPL001,DUP001,INT", "--format", "json", "--output")
    run(*check, tmp_path / "old.json")
    same = run("diff", tmp_path / "old.json", tmp_path / "old.json")
    assert same.returncode == 0
    assert same.stdout.splitlines()[1:] == ["findings new: none", "findings fixed: none"]

    (data / "train/pants/7eb1dd4c-e663-468d-b8ec-fb2d277ad499.jpg").unlink()
    for folder in data.glob("*/skirt"):
        shutil.rmtree(folder)
    shutil.copytree(data / "validation/dress", data / "train/gown")
    run(*check, tmp_path / "new.json")
    told = run("diff", tmp_path / "old.json", tmp_path / "new.json").stdout
    assert len(told.splitlines()) <= 24, "one screen"
    assert told.startswith("118 to 115 images (-3) · ")
    assert "classes gained: gown (2)\nclasses lost: skirt (4)\nclasses changed: pants 26 to 25 (-4%)\n" in told
    assert "findings fixed: 1 (SPL001)\n  error SPL001 One image in test, train" in told
    plain = json.loads(run("diff", tmp_path / "old.json", tmp_path / "new.json", "--format", "json").stdout)
    assert plain["lost"] == [{"name": "skirt", "old": 4, "new": 0}]
    assert [finding["code"] for finding in plain["fixed"]] == ["SPL001"]

    wrong = run("diff", tmp_path / "old.json", data / "LICENSE")
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)


def test_the_difference_of_two_commits(repository: Repository, example: Path, tmp_path: Path) -> None:
    shutil.copytree(example, repository.path / "data")
    repository.git("add", ".")
    repository.commit()
    for image in (repository.path / "data").glob("*/skirt/*.jpg"):
        Image.new("RGB", (900, 300), "white").save(image)
    (repository.path / "data/train/pants/7eb1dd4c-e663-468d-b8ec-fb2d277ad499.jpg").unlink()
    repository.git("add", ".")
    repository.commit()
    shutil.rmtree(repository.path / "data" / "train")  # which is not committed
    cache = ("--cache-dir", tmp_path / "cache")
    result = run("diff", "--revisions", "HEAD~", "HEAD", repository.path / "data", "--select", "SPL,QUA", *cache)
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert len(lines) <= 24, "one screen"
    assert lines[0].startswith("118 to 117 images (-1) · ")
    assert "classes changed: pants 26 to 25 (-4%)" in lines
    assert re.search(r"^brightness moved by [1-4]\.\d% \(median: ", result.stdout, re.M)
    assert re.search(
        r"^longer side in pixels moved by [1-4]\.\d% \(median: 256 to 511 as before\)$", result.stdout, re.M
    )
    assert "  error SPL001 One image in test, train" in result.stdout.partition("findings fixed: ")[2]
    status = repository.git("status", "--porcelain")
    assert {line[:2] for line in status.splitlines()} == {" D"}, "neither index nor working tree is touched"
    plain = json.loads(run("diff", "--revisions", "HEAD~", "HEAD", repository.path / "data", "--format", "json",
                           "--select", "SPL,QUA", *cache).stdout)  # fmt: skip
    assert [shift["name"] for shift in plain["shifts"]] == ["brightness", "longer_side_in_pixels", "width_to_height"]


def test_the_difference_of_commits_with_mistakes(repository: Repository, make_image: Callable[..., Path]) -> None:
    make_image(repository.path / "data" / "a" / "1.png")
    repository.git("add", ".")
    repository.commit()
    data = repository.path / "data"
    for arguments, message in [
        (("--revisions", "nothing", "HEAD", data), "at nothing: "),
        (("--revisions", "--version", "HEAD", data), "at --version: "),
        (("--revisions", "HEAD", "HEAD", data, data), "give a single PATH"),
        (("--revisions", "HEAD", "HEAD", repository.path.parent), "is in no git repository"),
        (("--revisions", "HEAD", "HEAD", repository.path / "other"), "nothing is staged there"),
        (("old.json",), "give two reports, OLD and NEW"),
        (("old.json", "new.json", "--select", "DUP"), "--select is for --revisions"),
        (("--revisions", "HEAD", "HEAD", data, "--select", "NONE"), "no rule is called 'NONE'"),
    ]:
        result = run("diff", *arguments)
        assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1), result.stderr
        assert message in result.stderr
