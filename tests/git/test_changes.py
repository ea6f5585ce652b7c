"""What changed since a commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datalint.errors import GitError
from datalint.git import base_of, changed_files, changed_lines, find_repository, new_blobs, read_index

if TYPE_CHECKING:
    from repositories import Repository


def changed(repository: Repository, revision: str, staged: bool) -> set[str]:
    found = find_repository(str(repository.path))
    return set(changed_files(found, base_of(found, revision), staged))


def test_staged_and_in_the_working_tree(repository: Repository) -> None:
    for name in ("kept", "removed", "edited", "staged"):
        repository.add(name, name)
    assert changed(repository, "HEAD", True) == {"kept", "removed", "edited", "staged"}, "before the first commit"
    repository.commit()
    assert changed(repository, "HEAD", True) == changed(repository, "HEAD", False) == set()
    repository.write("edited", "otherwise")
    repository.add("staged", "otherwise")
    repository.write(".gitignore", "ignored")
    repository.write("ignored", "")
    repository.write("new\nfile", "")
    (repository.path / "removed").unlink()
    assert changed(repository, "HEAD", True) == {"staged"}
    assert changed(repository, "HEAD", False) == {"staged", "edited", "removed", ".gitignore", "new\nfile"}


def test_a_file_that_was_moved_changed_by_both_names(repository: Repository) -> None:
    repository.add("cat/a.jpg", "a")
    repository.commit()
    repository.git("mv", "cat", "dog")
    assert changed(repository, "HEAD", True) == {"cat/a.jpg", "dog/a.jpg"}


def test_a_branch_is_compared_from_where_it_parted(repository: Repository) -> None:
    repository.add("a", "a")
    repository.commit()
    repository.part("work", ("mine", "mine"), ("theirs", "theirs"))
    repository.git("checkout", "--quiet", "work")
    assert changed(repository, "main", False) == changed(repository, "main", True) == {"mine"}


@pytest.mark.parametrize("revision", ["nowhere", "--all", "HEAD..main", ""])
def test_what_is_no_commit_is_told(repository: Repository, revision: str) -> None:
    repository.commit()
    with pytest.raises(GitError, match=r"--since: .* is no commit of this repository"):
        changed(repository, revision, False)


def test_histories_without_a_common_commit_are_told(repository: Repository) -> None:
    repository.commit()
    repository.git("checkout", "--quiet", "--orphan", "other")
    repository.add("a", "a")
    repository.commit()
    with pytest.raises(GitError, match="no common history"):
        changed(repository, "main", False)


def test_lines_that_changed(repository: Repository) -> None:
    repository.add("list.csv", "".join(f"{number}\n" for number in range(1, 21)))
    repository.commit()
    lines = [f"{number}\n" for number in range(1, 21)]
    found = find_repository(str(repository.path))

    def said(*new: str) -> tuple[tuple[tuple[int, int], ...], bool] | None:
        repository.add("list.csv", "".join(new))
        changed = changed_lines(found, base_of(found, "HEAD"), True, "list.csv")
        return None if changed is None else (changed.ranges, changed.replaced)

    assert said(*lines, "a\n", "b\n") == (((21, 22),), False)
    assert said(*lines[:4], "five\n", *lines[5:], "b\n") == (((5, 5), (21, 21)), True)
    assert said(*lines[:4], *lines[5:]) == ((), True)
    assert said("\0binary") is None
    repository.add("new.csv", "a\n")
    assert changed_lines(found, base_of(found, "HEAD"), True, "new.csv") is None


def test_a_blob_that_was_moved_is_not_new(repository: Repository) -> None:
    found = find_repository(str(repository.path))
    repository.add("a.jpg", "a")
    blobs = read_index(found, "").blobs
    assert new_blobs(found, base_of(found, "HEAD")) == {blobs["a.jpg"]}, "before the first commit"
    repository.commit()
    repository.git("mv", "a.jpg", "b.jpg")
    repository.add("c.jpg", "c")
    blobs = read_index(found, "").blobs
    assert new_blobs(found, base_of(found, "HEAD")) == {blobs["c.jpg"]}
