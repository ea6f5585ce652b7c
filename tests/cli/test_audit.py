"""``datalint audit``: every rule, a summary, a page."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def audit(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "datalint", "audit", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=300)


def test_it_judges_by_the_handbook_and_writes_a_page(example: Path, tmp_path: Path) -> None:
    result = audit(example, "--no-cache", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (1, "")
    assert "      6  warning  BAL001  class-too-small" in result.stdout
    assert result.stdout.endswith("report: datalint-report.html\n")
    page = (tmp_path / "datalint-report.html").read_text(encoding="utf-8")
    assert "at least 1,000 are expected" in page, "as the handbook has it"
    assert '<img src="data:' in page
    assert "What augmentation could do" in page and "no flip-vertical, no quarter-turn" in page


def test_what_fails_it_and_where_the_page_goes_can_be_said(example: Path, tmp_path: Path) -> None:
    result = audit(example, "--no-cache", "--profile", "hook", "--fail-on", "never", "-o", "my page.html", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "BAL001" not in result.stdout
    assert (tmp_path / "my page.html").is_file()


def test_what_cannot_be_augmented_has_a_page_without_a_plan(example: Path, tmp_path: Path) -> None:
    for number, file in enumerate(sorted((example / "train" / "dress").iterdir())):
        (tmp_path / "unsorted").mkdir(exist_ok=True)
        shutil.copy(file, tmp_path / "unsorted" / f"{number}.jpg")
    result = audit("unsorted", "--no-cache", "--fail-on", "never", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "What augmentation could do" not in (tmp_path / "datalint-report.html").read_text(encoding="utf-8")
