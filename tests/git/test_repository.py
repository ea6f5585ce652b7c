"""Which repository, and which index, a folder belongs to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from repositories import make_repository

from datalint.errors import GitError, NoRepositoryError
from datalint.git import find_repository, read_index

if TYPE_CHECKING:
    from pathlib import Path

    from repositories import Repository


def test_a_folder_that_is_no_more_is_still_of_its_repository(repository: Repository) -> None:
    found = find_repository(str(repository.path / "gone" / "deeper"))
    assert found.top == str(repository.path)
    assert found.inside(str(repository.path / "gone" / "deeper")) == "gone/deeper"
    assert found.inside(str(repository.path)) == ""
    with pytest.raises(GitError, match="outside"):
        found.inside(str(repository.path.parent))


def test_no_repository_and_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoRepositoryError, match="no git repository"):
        find_repository(str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoRepositoryError, match="not installed"):
        find_repository(str(tmp_path))


def test_a_bare_repository_has_no_files(tmp_path: Path) -> None:
    make_repository(tmp_path / "one").git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
    with pytest.raises(GitError, match="work tree"):
        find_repository(str(tmp_path / "bare"))


def test_the_complaint_of_git_is_one_line(repository: Repository) -> None:
    (repository.path / ".git" / "config").write_text("[core\nbroken")
    with pytest.raises(GitError) as caught:
        find_repository(str(repository.path))
    assert "config" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_worktree_shares_what_is_stored(repository: Repository, tmp_path: Path) -> None:
    repository.commit()
    repository.git("worktree", "add", "--quiet", str(tmp_path / "other"))
    found = find_repository(str(tmp_path / "other"))
    assert (found.top, found.common) == (str(tmp_path / "other"), str(repository.path / ".git"))
    assert found.index_file == str(repository.path / ".git" / "worktrees" / "other" / "index")


def test_a_hook_says_which_index(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.add("data/a.jpg", "a")
    (repository.path / ".git" / "index").rename(repository.path / ".git" / "temporary")
    repository.add("data/b.jpg", "b")
    other = make_repository(tmp_path / "other")
    other.add("data/c.jpg", "c")
    monkeypatch.chdir(repository.path)
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/temporary")

    def staged(folder: Path) -> list[str]:
        return list(read_index(find_repository(str(folder)), "data").blobs)

    assert staged(repository.path / "data") == ["a.jpg"]
    monkeypatch.chdir(tmp_path)  # nothing is said about this folder's repository any more
    assert staged(repository.path / "data") == ["b.jpg"]
    monkeypatch.chdir(repository.path)
    assert staged(other.path / "data") == ["c.jpg"], "a dataset elsewhere has an index of its own"


def test_a_hook_says_which_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = make_repository(tmp_path / "files")
    (files.path / ".git").rename(tmp_path / "elsewhere")
    (files.path / "a.jpg").write_bytes(b"a")
    files.git("add", "a.jpg", GIT_DIR=str(tmp_path / "elsewhere"))
    monkeypatch.chdir(files.path)
    monkeypatch.setenv("GIT_DIR", os.path.join("..", "elsewhere"))
    found = find_repository(str(files.path / "data"))
    assert found.top == str(files.path)
    assert list(read_index(found, "").blobs) == ["a.jpg"]
