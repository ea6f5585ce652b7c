"""``datalint cache``, and where the cache is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

import datalint
from datalint.facts import Facts, housekeeping
from datalint.storage import state

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def data(tmp_path: Path, make_image: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(state, "GRAIN_NS", -1)
    monkeypatch.delenv("DATALINT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    for name in ("data", "other"):
        for number in range(6):
            make_image(tmp_path / name / f"class{number % 2}" / f"{number}.png", seed=number + (name == "other") * 3)
    return tmp_path / "data"


def cache(*arguments: str) -> str:
    run = subprocess.run([sys.executable, "-m", "datalint", "cache", *arguments], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="the user's folder for caches is named by other variables")
def test_the_cache_is_in_the_folder_of_the_user(data: Path, tmp_path: Path) -> None:
    datalint.check(data)
    assert (tmp_path / "home/datalint/datasets").is_dir()
    assert re.search(rf"folder +{tmp_path}/home/datalint\n", cache("info"))


def test_the_cache_is_where_the_configuration_says(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data / "datalint.toml").write_text('cache-dir = ".datalint"\n')
    datalint.check(data)
    assert (data / ".datalint/datasets").is_dir()
    assert not (tmp_path / "home").exists()
    monkeypatch.setenv("DATALINT_CACHE_DIR", str(tmp_path / "named"))
    datalint.check(data, cache=False)
    assert not (tmp_path / "named").exists()
    datalint.check(data)
    assert (tmp_path / "named/datasets").is_dir()
    datalint.check(data, cache=tmp_path / "given")
    assert (tmp_path / "given/datasets").is_dir()


def test_info_prune_and_clean(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cache"
    (folder / "mine").mkdir(parents=True)
    for dataset in (data, tmp_path / "other"):
        datalint.check(dataset, cache=folder)
    place = ("--cache-dir", str(folder))
    told = cache("info", *place)
    assert re.search(r"contents +9\n", told), "three images are in both"
    assert f"{data}: 6 images" in told and f"{tmp_path / 'other'}: 6 images" in told
    shutil.rmtree(tmp_path / "other")
    assert cache("prune", *place).startswith("1 dataset and ")
    told = cache("info", *place)
    assert re.search(r"contents +6\n", told)
    assert "other" not in told

    measured = []
    real = datalint.pipeline.measure.measure_pixels
    monkeypatch.setattr(datalint.pipeline.measure, "measure_pixels", lambda i, o: measured.extend(i) or real(i, o))
    plain = datalint.check(data, cache=False)
    assert len(measured) == 6
    warm = datalint.check(data, {"select": ["DUP", "INT"]}, cache=folder)
    assert len(measured) == 6, "what is kept is still of use"
    assert warm.table("near_pairs").fetchall() == plain.table("near_pairs").fetchall()

    assert re.match("[12] datasets? and ", cache("prune", "--days", "0", *place))
    assert re.search(r"contents +0\n", cache("info", *place))
    cache("clean", *place)
    assert [entry.name for entry in folder.iterdir()] == ["mine"]


def thumbnails(folder: Path) -> list[bytes]:
    """The only file of thumbnails, as the only dataset sees it."""
    (file,) = folder.glob("thumbnails-*.bin")
    (tables,) = (folder / "datasets").glob("*.duckdb")
    facts = Facts.opened(tables, file)
    slots = facts.columns("SELECT slot FROM thumbnails ORDER BY sample_id")["slot"]
    seen = [rgb.tobytes() for rgb in facts.thumbnails.at(slots)[:]]
    facts.close()
    return seen


def test_prune_keeps_thumbnails_of_what_stays(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    run = [sys.executable, "-m", "datalint", "check", "--cache-dir", str(folder)]
    subprocess.run([*run, str(tmp_path / "other")], stdout=subprocess.DEVNULL, check=False)
    subprocess.run([*run, str(data)], stdout=subprocess.DEVNULL, check=False)
    (old,) = folder.glob("thumbnails-*.bin")
    size = old.stat().st_size
    shutil.rmtree(tmp_path / "other")
    (gone,) = (one.file for one in housekeeping.datasets(folder) if one.root.endswith("other"))
    gone.rename(tmp_path / "aside")
    before = thumbnails(folder)
    (tmp_path / "aside").rename(gone)
    assert housekeeping.prune(folder, time.time() - 60) == 1
    assert thumbnails(folder) == before
    (new,) = folder.glob("thumbnails-*.bin")
    assert new.stat().st_size == 6 * 3072 < size


def test_no_cache_to_speak_of(monkeypatch: pytest.MonkeyPatch) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "datalint", "cache", "info"],
        capture_output=True,
        text=True,
        env={**os.environ, "DATALINT_CACHE_DIR": ""},
    )
    assert run.returncode == 2
    assert run.stderr == "datalint: there is no cache: the variable DATALINT_CACHE_DIR is empty\n"
