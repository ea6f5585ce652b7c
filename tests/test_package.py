"""Every way to install datalint brings its rules along."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
RULES = {str(file.relative_to(REPOSITORY)) for file in (REPOSITORY / "rules").rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(REPOSITORY)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return folder


def test_there_are_rules_and_no_code_among_them() -> None:
    assert any(name.endswith(".sql") for name in RULES)
    assert {Path(name).suffix for name in RULES} == {".sql", ".toml"}


def test_the_wheel_holds_the_rules_and_the_data_files(built: Path) -> None:
    names = zipfile.ZipFile(next(built.glob("*.whl"))).namelist()
    assert {name.removeprefix("datalint/") for name in names if name.startswith("datalint/rules/")} == RULES
    assert {"datalint/facts/schema.sql", "datalint/report/report.schema.json", "datalint/py.typed"} <= set(names)
    assert {f"datalint/report/page/report.{kind}" for kind in ("html", "css", "js")} <= set(names)
    assert all(name.startswith(("datalint/", "datalint_images-")) for name in names)


def test_the_sdist_holds_the_rules(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert names >= RULES


def test_the_wheel_finds_its_rules_once_unpacked(built: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(next(built.glob("*.whl"))).extractall(tmp_path)
    code = "import datalint, datalint.judge.rulebook as r; print(datalint.__file__); print(r.shipped_folder())"
    result = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.splitlines() == [str(tmp_path / "datalint/__init__.py"), str(tmp_path / "datalint/rules")]


def test_no_merge_is_left_half_done() -> None:
    """Tools look at code; nothing else looks at prose."""
    rooms = ("datalint", "rules", "tests", "docs", "benchmarks")
    texts = {".md", ".sql", ".toml", ".py", ".html", ".css", ".js", ".json"}
    files = [*REPOSITORY.glob("*.*"), *(file for room in rooms for file in (REPOSITORY / room).rglob("*.*"))]
    marks = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
    read = {file.name: file.read_text(encoding="utf-8") for file in files if file.suffix in texts}
    assert {"README.md", "schema.sql", "recommended.toml"} <= read.keys()
    assert not [name for name, text in read.items() if marks.search(text)]
