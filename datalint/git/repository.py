"""Find the repository that holds a folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from datalint.errors import GitError
from datalint.git.command import LOCATIONS, run_git

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Repository(NamedTuple):
    """A repository with a working tree."""

    top: str
    """Absolute path of the working tree; links are resolved."""
    common: str
    """Absolute path of what is ``.git`` in a plain repository; worktrees share one."""
    index_file: str
    """Absolute path of the index; git gives its hooks a temporary one for a partial commit."""
    located: tuple[tuple[str, str], ...] = ()
    """Environment by which git finds it where the working tree alone does not lead there."""

    def git(self, *arguments: str, given: bytes = b"") -> bytes:
        """Run git at the top of the working tree. Raises GitError."""
        return run_git(self.top, arguments, dict(self.located), given)

    def inside(self, path: str) -> str:
        """Return a path relative to the top, with ``/``; ``''`` for the top. Raises GitError where it is not below."""
        relative = os.path.relpath(os.path.realpath(path), self.top).replace(os.sep, "/")
        if relative == ".." or relative.startswith("../"):
            raise GitError(f"is outside of the repository at {self.top}")
        return "" if relative == "." else relative

    def version(self) -> tuple[int, int, int]:
        """Return what is different after the index has changed."""
        try:
            status = os.stat(self.index_file)
        except OSError:  # nothing was ever staged
            return 0, 0, 0
        return status.st_mtime_ns, status.st_size, status.st_ino


def find_repository(folder: str) -> Repository:
    """Return the repository that holds a folder, which need not exist (any more).

    A hook is told in its environment which repository and which index it runs for. That holds for folders of this
    repository; a submodule, and a dataset elsewhere, have a repository of their own. Raises GitError.
    """
    while not os.path.isdir(folder) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    given = {name: os.environ[name] for name in LOCATIONS if name in os.environ}
    hooked = _hooked(given) if given.keys() & {"GIT_DIR", "GIT_INDEX_FILE"} else None
    try:
        own = _repository(folder, {})
    except GitError:
        if hooked and os.path.commonpath([hooked.top, os.path.realpath(folder)]) == hooked.top:
            return hooked
        raise
    return hooked if hooked and hooked.top == own.top else own


def _hooked(given: Mapping[str, str]) -> Repository | None:
    """Return the repository that the environment names, in absolute paths; None where it names none."""
    here = os.getcwd()
    try:
        found = _repository(here, given)
    except GitError:
        return None
    index = os.path.join(found.top, given.get("GIT_INDEX_FILE", found.index_file))
    pinned = {name: os.path.join(here, value) for name, value in given.items() if name == "GIT_OBJECT_DIRECTORY"}
    more = {name: value for name, value in given.items() if name == "GIT_ALTERNATE_OBJECT_DIRECTORIES"}
    if "GIT_DIR" in given:
        pinned |= {"GIT_DIR": os.path.join(here, given["GIT_DIR"]), "GIT_WORK_TREE": found.top}
    located = {**more, **pinned, "GIT_INDEX_FILE": index}
    return found._replace(index_file=index, located=tuple(sorted(located.items())))


def _repository(folder: str, located: Mapping[str, str]) -> Repository:
    wanted: Sequence[str] = ("rev-parse", "--show-toplevel", "--git-common-dir", "--absolute-git-dir")
    lines = os.fsdecode(run_git(folder, wanted, located)).splitlines()
    if len(lines) != 3:
        raise GitError("the path of its repository holds a line break, which git cannot tell apart")
    top, common, own = lines
    common = os.path.normpath(os.path.join(folder, common))
    return Repository(os.path.realpath(top), common, os.path.join(own, "index"))
