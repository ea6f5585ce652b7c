"""The cache: what did not change is not measured again, and nothing is ever believed that is not so."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from datalint import filling, pipeline, remembering
from datalint.config import config_from
from datalint.facts import cache as cache_module
from datalint.report import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONFIG = {"select": ["INT", "FMT", "DUP", "QUA"]}


@pytest.fixture(autouse=True)
def no_grain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that a test has just written count as old."""
    monkeypatch.setattr(cache_module, "_GRAIN_NS", -1)


@pytest.fixture
def data(tmp_path: Path, make_image: Callable[..., Path]) -> Path:
    for number in range(12):
        make_image(tmp_path / "data" / f"class{number % 2}" / f"{number}.png", seed=number)
    shutil.copy(tmp_path / "data/class0/0.png", tmp_path / "data/class0/copy.png")
    (tmp_path / "data/class0/broken.png").write_bytes(b"no image")
    return tmp_path / "data"


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of all images that are measured, as they are."""
    paths: list[str] = []
    real = filling.measure.measure_pixels

    def noting(images: Any, options: Any) -> Any:
        paths.extend(image.key for image in images)
        return real(images, options)

    monkeypatch.setattr(filling.measure, "measure_pixels", noting)
    return paths


def check(data: Path, cache: Path | None, **config: Any) -> dict[str, Any]:
    report = pipeline.check(str(data), config_from({**CONFIG, **config}), pipeline.Run(1, cache=cache))
    document: dict[str, Any] = json.loads(render(report, "json"))
    return document


def test_a_second_run_measures_only_what_is_broken(data: Path, tmp_path: Path, measured: list[str]) -> None:
    cold = check(data, tmp_path / "cache")
    assert len(measured) == 14
    measured.clear()
    assert check(data, tmp_path / "cache") == cold == check(data, None)
    assert measured[:1] == ["class0/broken.png"]
    assert len(measured) == 1 + 14, "without a cache, all"


def test_what_changed_is_measured_again(data: Path, tmp_path: Path, measured: list[str]) -> None:
    check(data, tmp_path / "cache")
    file = data / "class1/1.png"
    status = file.stat()
    shutil.copy(data / "class1/3.png", file)
    (data / "class1/11.png").unlink()
    shutil.copy(data / "class1/5.png", data / "class1/new.png")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    measured.clear()
    assert check(data, tmp_path / "cache") == check(data, None)
    assert sorted(measured[:3]) == ["class0/broken.png", "class1/1.png", "class1/new.png"]


def test_a_time_that_was_set_back_deceives_nobody(data: Path, tmp_path: Path, measured: list[str]) -> None:
    """Same path, size and time of change of another content: the system's own time tells."""
    check(data, tmp_path / "cache")
    file = data / "class1/1.png"
    status = file.stat()
    data_of = bytearray(file.read_bytes())
    data_of[-20] ^= 1  # in the checksum of the last chunk, or its pixels: another content of the same size
    file.write_bytes(bytes(data_of))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert file.stat().st_size == status.st_size
    measured.clear()
    check(data, tmp_path / "cache")
    assert "class1/1.png" in measured


def test_what_was_written_a_moment_ago_is_not_believed(
    data: Path, tmp_path: Path, measured: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "_GRAIN_NS", 3_600_000_000_000)
    check(data, tmp_path / "cache")
    measured.clear()
    check(data, tmp_path / "cache")
    assert len(measured) == 14


def test_another_version_of_the_measurements_is_not_believed(
    data: Path, tmp_path: Path, measured: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check(data, tmp_path / "cache")
    monkeypatch.setattr(remembering, "VERSION", 999)
    measured.clear()
    check(data, tmp_path / "cache")
    assert len(measured) == 14


def test_a_lower_pixel_limit_holds_for_what_was_measured_before(data: Path, tmp_path: Path) -> None:
    check(data, tmp_path / "cache")
    limited = {"limits": {"pixels": 1000}}
    assert check(data, tmp_path / "cache", **limited) == check(data, None, **limited)


def test_a_broken_cache_is_begun_anew(data: Path, tmp_path: Path, measured: list[str]) -> None:
    check(data, tmp_path / "cache")
    (file,) = (tmp_path / "cache").glob("*.duckdb")
    file.write_bytes(b"this is no database" * 1000)
    assert check(data, tmp_path / "cache") == check(data, None)
    measured.clear()
    check(data, tmp_path / "cache")
    assert measured == ["class0/broken.png"]


def test_a_cache_that_another_process_holds_is_done_without(data: Path, tmp_path: Path) -> None:
    check(data, tmp_path / "cache")
    (file,) = (tmp_path / "cache").glob("*.duckdb")
    hold = f"import duckdb, sys; c = duckdb.connect({str(file)!r}); print(1, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "1\n"
        report = check(data, tmp_path / "cache")
        holder.terminate()
    told = [notice for notice in report["dataset"].pop("notices") if "cache" in notice]
    assert told == [f"measured without the cache: {file} is in use by another process"]
    plain = check(data, None)
    plain["dataset"].pop("notices")
    assert report == plain


def test_a_folder_that_cannot_be_written(data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    report = check(data, tmp_path / "file" / "cache")
    assert "measured without the cache" in report["dataset"]["notices"][-1]


def test_the_command_line(data: Path, tmp_path: Path) -> None:
    def run(*arguments: str, **environment: str) -> str:
        command = [sys.executable, "-m", "datalint", "check", str(data), "--select", "INT", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, check=False)
        assert done.returncode == 1, done.stderr
        return done.stdout

    run("--cache-dir", str(tmp_path / "one"))
    run(DATALINT_CACHE_DIR=str(tmp_path / "two"))
    assert list((tmp_path / "one").glob("*.duckdb"))
    assert list((tmp_path / "two").glob("*.duckdb"))
    assert "from the cache" not in run("--no-cache", "--cache-dir", str(tmp_path / "one"))
    with duckdb.connect(str(next((tmp_path / "one").glob("*.duckdb"))), read_only=True) as kept:
        assert kept.execute("SELECT count(*) FROM files").fetchall() == [(13,)]
        assert kept.execute("SELECT count(*) FROM pixels").fetchall() == [(12,)], "a copy is the same content"


def test_the_cache_is_shown_and_removed(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    check(data, folder)

    def run(command: str) -> subprocess.CompletedProcess[str]:
        arguments = [sys.executable, "-m", "datalint", "cache", command, "--cache-dir", str(folder)]
        return subprocess.run(arguments, capture_output=True, text=True, check=True)

    assert "13 files, 12 contents" in run("info").stdout
    assert "MB removed" in run("clean").stdout
    assert list(folder.iterdir()) == []
    assert run("info").stdout == f"folder  {folder}\n"
