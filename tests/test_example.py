"""The shipped example holds the faults that its README lists, and can be made again."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import datalint

if TYPE_CHECKING:
    from pathlib import Path

    from datalint.model import Report


@pytest.fixture(scope="module")
def report(example: Path) -> Report:
    return datalint.check(example, config={})


def table(example: Path) -> dict[str, list[str]]:
    """Read the paths by rule from the table of the README."""
    text = (example.parent / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| .* \| (.*) \| (.*) \|$", text, re.M)
    return {rule: re.findall(r"`(.+?)`", paths) for paths, rule in rows if "`" in paths}


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_every_fault_is_found_where_the_readme_says(example: Path, report: Report) -> None:
    listed = table(example)
    assert len(listed) > 14
    for rule, paths in listed.items():
        assert all((example / path).exists() for path in paths)
        found = [finding for finding in report.findings if finding.code == rule]
        if rule.startswith("none"):
            assert not {path for finding in report.findings for path in finding.paths} & {*paths}
        elif rule.startswith("BAL"):
            assert [f"train/{finding.label}" for finding in found] == paths
        elif rule == "FMT001":
            assert len(found) == 1
            modes = report.table("samples").join(report.table("headers"), "sample_id").filter("mode = 'L'")
            assert modes.project("path").fetchall() == [(path,) for path in paths]
        else:
            assert [{*finding.paths} for finding in found] == [{*paths}], rule


def test_rules_that_find_no_planted_fault_speak_of_the_whole_set_only(example: Path, report: Report) -> None:
    others = {finding.code for finding in report.findings} - table(example).keys()
    assert others <= {"BAL001", "BAL003", "BAL005", "FMT004", "SPL004", "SPL007", "VAR004", "VAR006"}


def test_the_example_is_small(example: Path) -> None:
    assert sum(map(len, files(example.parent).values())) < 3_000_000


def test_making_it_again_makes_the_same(example: Path, shared_datasets: Path, tmp_path: Path) -> None:
    """Names, faults and the untouched photos; how Pillow compresses the others is its own affair."""
    script, readme = example.parent / "make_clothing.py", example.parent / "README.md"
    (tmp_path / "README.md").write_bytes(readme.read_bytes())
    sources = [shared_datasets / "clothing_split", shared_datasets / "clothing_unbalanced"]
    subprocess.run([sys.executable, script, *sources, "--out", tmp_path / "clothing"], check=True)
    assert (tmp_path / "README.md").read_text() == readme.read_text()
    made, shipped = files(tmp_path / "clothing"), files(example)
    assert {*made} == {*shipped} - {"LICENSE"}
    same = sum(content == shipped[path] for path, content in made.items())
    assert same > 0.3 * len(made)
