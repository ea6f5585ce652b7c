"""By what a change of anything that git knows shows, without asking git."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, NamedTuple

from datalint.git.command import LOCATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

_IN_GIT = ("HEAD", "index", "config", "packed-refs", "logs/HEAD", "info/attributes", "reftable/tables.list")


class GitState(NamedTuple):
    """The files that decide what git says of a folder, as they are."""

    digest: str
    """Hexadecimal; empty outside of repositories."""
    newest: int
    """When the last of them changed, ns since 1970."""


def git_state(folder: str) -> GitState:
    """Look at the repository above a folder, its attributes there, and the settings of git."""
    states = []
    for file in _files(os.path.realpath(folder)):
        try:
            status = os.stat(file)
        except OSError:
            continue
        states.append((file, status.st_size, status.st_mtime_ns, status.st_ctime_ns))
    if not states:
        return GitState("", 0)
    located = [os.environ.get(name) for name in (*LOCATIONS, "GIT_CONFIG_GLOBAL")]
    text = repr((located, states)).encode("utf-8", "surrogateescape")
    return GitState(hashlib.sha256(text).hexdigest(), max(max(state[2:]) for state in states))


def _files(folder: str) -> Iterator[str]:
    """Name the files; none where no folder above is a repository's."""
    above = []
    while not os.path.lexists(os.path.join(folder, ".git")):
        above.append(folder)
        if os.path.dirname(folder) == folder:
            return
        folder = os.path.dirname(folder)
    private = _private(os.path.join(folder, ".git"))
    yield from (os.path.join(path, ".gitattributes") for path in [*above, folder])
    for place in {private, _common(private), os.environ.get("GIT_DIR", private)}:
        yield from (os.path.join(place, name) for name in _IN_GIT)
        yield os.path.join(_common(private), _line(os.path.join(place, "HEAD")).removeprefix("ref: "))
    yield os.environ.get("GIT_INDEX_FILE", "")
    home = os.path.expanduser("~")
    settings = os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    yield from (os.path.join(settings, "git", name) for name in ("config", "attributes"))
    yield os.environ.get("GIT_CONFIG_GLOBAL", "")
    yield from (os.path.join(home, ".gitconfig"), "/etc/gitconfig", "/etc/gitattributes")


def _private(git: str) -> str:
    """Follow the file that stands for the folder in worktrees and submodules."""
    if os.path.isdir(git):
        return git
    return os.path.join(os.path.dirname(git), _line(git).removeprefix("gitdir: "))


def _common(private: str) -> str:
    """Return what worktrees share."""
    return os.path.join(private, _line(os.path.join(private, "commondir")))


def _line(file: str) -> str:
    try:
        with open(file, encoding="utf-8", errors="surrogateescape") as text:
            return text.readline().rstrip("\n")
    except OSError:
        return ""
