"""``datalint lock`` and the rule that holds a dataset to it, through real processes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from repositories import make_repository

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

DATALINT = [sys.executable, "-m", "datalint"]
LEAK = "train/pants/7eb1dd4c-e663-468d-b8ec-fb2d277ad499.jpg"


@pytest.fixture
def datalint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run datalint in a folder of its own, with a cache of its own."""
    monkeypatch.setenv("DATALINT_CACHE_DIR", str(tmp_path / "cache"))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*DATALINT, *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=300)

    return run


@pytest.fixture
def data(tmp_path: Path, example: Path) -> Path:
    """The example without its leak."""
    folder = Path(shutil.copytree(example, tmp_path / "data"))
    (folder / LEAK).unlink()
    return folder


CHECK = ("check", "data", "--select", "SPL006")


def test_a_frozen_set_may_be_renamed_and_nothing_else(datalint: Run, data: Path) -> None:
    done = datalint("lock", "data")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "38 images of test, validation frozen in data/datalint.lock\n"
    assert datalint(*CHECK).returncode == 0
    first = min((data / "test/dress").iterdir())
    renamed = first.rename(first.with_name("renamed.jpg"))
    shutil.copy(min((data / "train/dress").iterdir()), data / "train/dress/more.jpg")
    assert datalint(*CHECK).returncode == 0, "names and training are free"

    moved = renamed.rename(data / "test/pants/renamed.jpg")
    for _ in range(2):  # the second time from the cache
        relabelled = datalint(*CHECK)
        assert relabelled.returncode == 1
        assert "was labelled dress, is labelled pants" in relabelled.stdout
    assert datalint("lock", "data").returncode == 0
    assert datalint(*CHECK).returncode == 0, "the lock changed, so what was kept of the last report does not hold"
    moved.unlink()
    assert "was removed from test" in datalint(*CHECK).stdout
    (data / "datalint.lock").unlink()
    assert "no lock freezes the evaluation set" in datalint(*CHECK).stdout


def test_a_leak_of_today_is_told_when_the_set_is_frozen(datalint: Run, data: Path, example: Path) -> None:
    shutil.copy(example / LEAK, data / LEAK)
    done = datalint("lock", "data")
    assert done.stdout.endswith(
        "frozen in data/datalint.lock\n1 of them are in training too, which SPL006 will report\n"
    )
    assert f"is in training too\n  ({LEAK})" in datalint(*CHECK).stdout


def test_what_is_staged_is_held_against_the_lock_that_is_staged(datalint: Run, data: Path, tmp_path: Path) -> None:
    repository = make_repository(tmp_path)
    assert datalint("lock", "data").returncode == 0
    repository.git("add", "data")
    repository.commit()
    gone = min((data / "test/dress").iterdir())
    gone.unlink()
    assert datalint(*CHECK, "--staged").returncode == 0
    repository.git("add", "--all", "data")
    assert datalint(*CHECK, "--staged", "--changed-only").returncode == 1
    assert datalint("lock", "data").returncode == 0
    assert datalint(*CHECK, "--staged").returncode == 1, "the lock is not staged"
    repository.git("add", "data/datalint.lock")
    assert datalint(*CHECK, "--staged").returncode == 0
    repository.commit()

    lines = (data / "datalint.lock").read_text().splitlines(keepends=True)
    (data / "datalint.lock").write_text("".join(lines[:-1]))
    loosened = datalint(*CHECK, "--changed-only")
    assert loosened.returncode == 1, "a lock that changed can make a finding of what did not"
    assert "was added to" in loosened.stdout


def test_a_lock_can_be_elsewhere(datalint: Run, data: Path, tmp_path: Path) -> None:
    (tmp_path / "datalint.toml").write_text('lock = "frozen/data.lock"\nselect = ["SPL006"]\n')
    missing = datalint("check", "data")
    assert missing.returncode == 2
    assert "frozen/data.lock: the lock that is configured is not there" in missing.stderr
    (tmp_path / "frozen").mkdir()
    assert datalint("lock", "data").returncode == 0
    assert (tmp_path / "frozen" / "data.lock").is_file()
    assert datalint("check", "data").returncode == 0


def test_a_dataset_in_one_file_has_its_lock_beside_it(datalint: Run, data: Path, tmp_path: Path) -> None:
    shutil.make_archive(str(data), "zip", tmp_path, "data")
    assert datalint("lock", "data.zip").stdout.endswith(" frozen in data.zip.lock\n")
    assert datalint("check", "data.zip", "--select", "SPL006").returncode == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "data/datalint.lock:1: is no lock of this version of datalint"),
        ('{"datalint": "lock", "version": 2}\n', "data/datalint.lock:1: is no lock of this version"),
        ('{"datalint": "lock", "version": 1}\n<<<<<<< ours\n', "data/datalint.lock:2: is no row of a lock"),
        ('{"datalint": "lock", "version": 1}\n["aa", 3, "cat", "p"]\n', "data/datalint.lock:2: is no row of a lock"),
        (
            '{"datalint": "lock", "version": 1}\n["aa", "test", "cat", "test/a.jpg"]\n',
            "data/datalint.lock: none of the 1 images of this lock is in the dataset",
        ),
        (None, "data/datalint.lock: is no lock of datalint: no UTF-8 text"),
    ],
)
def test_a_broken_lock_is_refused(datalint: Run, data: Path, text: str | None, message: str) -> None:
    (data / "datalint.lock").write_bytes(b"\xff" if text is None else text.encode())
    result = datalint(*CHECK)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1), result.stderr
    assert message in result.stderr


def test_there_must_be_something_to_freeze(datalint: Run, data: Path) -> None:
    result = datalint("lock", "data/train")
    assert (result.returncode, result.stderr) == (
        2,
        "datalint: data/train: there is no validation or test split to freeze\n",
    )
    url = datalint("lock", "http://127.0.0.1:1/x")
    assert (url.returncode, url.stderr.count("\n")) == (2, 1)
