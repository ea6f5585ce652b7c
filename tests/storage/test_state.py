"""What the system says about files, by which a change shows."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from datalint.storage import FileState, blobs_state, file_state, tree_state
from datalint.storage.state import GRAIN_NS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def nothing(name: str) -> bool:
    return False


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    for name in ("a/1", "a/2", "b/c/3"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (root / "empty").mkdir()
    return root


def append(root: Path) -> None:
    with open(root / "a/1", "a") as file:
        file.write("x")


def rewrite(root: Path) -> None:
    """Another content of the same size, with the time set back."""
    before = (root / "a/1").stat()
    time.sleep(0.02)
    (root / "a/1").write_text("X/Y")
    os.utime(root / "a/1", ns=(before.st_atime_ns, before.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file grows": append,
    "a file is rewritten": rewrite,
    "a file is new": lambda root: (root / "b/4").write_text(""),
    "a file is gone": lambda root: (root / "b/c/3").unlink(),
    "a file is renamed": lambda root: (root / "a/1").rename(root / "a/one"),
    "two files change places": lambda root: (
        (root / "a/1").rename(root / "x"),
        (root / "a/2").rename(root / "a/1"),
        (root / "x").rename(root / "a/2"),
    ),
    "an empty folder is gone": lambda root: (root / "empty").rmdir(),
    "an empty folder is new": lambda root: (root / "new").mkdir(),
    "a folder is renamed": lambda root: (root / "b").rename(root / "d"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_shows(folder: Path, change: Callable[[Path], object]) -> None:
    before = tree_state(str(folder), nothing).digest()
    assert tree_state(str(folder), nothing).digest() == before
    change(folder)
    assert tree_state(str(folder), nothing).digest() != before


def test_files_are_looked_up_by_where_they_are(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "data2").write_text("beside, with a name that begins alike")
    state = tree_state(str(folder), nothing)
    assert state.known(str(folder / "a/1")) == FileState.at(str(folder / "a/1")) is not None
    assert state.known(str(tmp_path / "data2")) is None
    assert state.known(str(folder / "none")) is None is FileState.at(str(folder / "none"))


def test_names_can_be_passed_over(folder: Path) -> None:
    state = tree_state(str(folder), lambda name: name in ("2", "b"))
    assert [state.known(str(folder / name)) is None for name in ("a/1", "a/2", "b/c/3")] == [False, True, True]


def test_links_are_followed_and_end(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/5").write_text("5")
    (folder / "link").symlink_to(tmp_path / "outside")
    (folder / "round").symlink_to(folder)
    (folder / "nowhere").symlink_to("gone")
    before = tree_state(str(folder), nothing)
    assert before.known(str(folder / "link/5")) == FileState.of((tmp_path / "outside/5").stat())
    assert before.known(str(folder / "nowhere")) == (-1, 0, 0, 0)
    (tmp_path / "outside/5").write_text("55")
    assert tree_state(str(folder), nothing).digest() != before.digest()


def test_what_changed_just_now_is_not_settled(folder: Path) -> None:
    state = tree_state(str(folder), nothing)
    assert not state.settled
    state.taken += 2 * GRAIN_NS + 10**10
    assert state.settled
    assert tree_state(str(folder / "empty"), nothing).settled


def test_one_file_alone(folder: Path) -> None:
    state = file_state(str(folder / "a/1"))
    assert state.known(str(folder / "a/1")) and not state.known(str(folder / "a/2"))


def test_blobs_are_settled_from_the_first() -> None:
    names = {"a": "f" * 40, "b": "sha256:" + "0" * 64, "c": "e" * 64}
    state = blobs_state("/data", names)
    assert state.settled
    assert len({state.known(f"/data/{path}") for path in names}) == 3
    assert state.digest() != blobs_state("/data", {**names, "a": "f" * 29 + "0" * 11}).digest()
