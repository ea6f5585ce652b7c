"""The staged tree, as ``git ls-files`` lists it."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING, NamedTuple

from datalint.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datalint.git.repository import Repository

_FILE, _LINK, _SUBMODULE = "100", "120", "160"
_EMPTY = (
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)
"""The empty blob: also what stands in the index for a file that is only intended to be added."""
_MOST_LINKS = 40  # that lead to one another, as the kernel counts


class Entries(NamedTuple):
    """What is staged below a folder; paths are relative to it, as Python decodes file names."""

    blobs: dict[str, str]
    """The blob of each file, in order of path."""
    links: dict[str, str]
    """The blob of each symbolic link, which holds its target."""
    submodules: tuple[str, ...]


def read_index(repository: Repository, folder: str) -> Entries:
    """List what is staged below a folder, which is relative to the top (``''`` for all). Raises GitError.

    Files that are only intended to be added (``git add -N``) are left out, as a commit leaves them out.
    """
    below = ["--", f"{folder}/"] if folder else []
    entries = parse_entries(repository.git("ls-files", "--stage", "-z", *below), folder)
    if any(blob in _EMPTY for blob in entries.blobs.values()):
        added = repository.git("diff-files", "--name-only", "-z", "--diff-filter=A", *below)
        for path in os.fsdecode(added).split("\0"):
            entries.blobs.pop(path[len(folder) + 1 :] if folder else path, None)
    return entries


def parse_entries(listing: bytes, folder: str = "") -> Entries:
    """Read what ``git ls-files --stage -z`` printed: ``mode blob stage<tab>path``, of which all but the path are of
    one width. Raises GitError where files are in conflict.
    """
    lines = os.fsdecode(listing).split("\0")
    lines.pop()
    if not lines:
        return Entries({}, {}, ())
    tab = lines[0].index("\t")
    start = tab + 1 + (len(folder) + 1 if folder else 0)
    unmerged = sorted({line[start:] for line in lines if line[tab - 1] != "0"})
    if unmerged:
        count = "1 file is" if len(unmerged) == 1 else f"{len(unmerged):,} files are"
        raise GitError(f"{count} in conflict ({unmerged[0]}); resolve that and `git add` what is right")
    kinds: dict[str, dict[str, str]] = {_FILE: {}, _LINK: {}, _SUBMODULE: {}}
    for line in lines:
        kinds[line[:3]][line[start:]] = line[7 : tab - 2]
    return Entries(kinds[_FILE], kinds[_LINK], tuple(kinds[_SUBMODULE]))


def follow(path: str, targets: Mapping[str, str], files: Mapping[str, str]) -> str | None:
    """Return the staged file that a link leads to; None where it leads to none below the folder."""
    for _ in range(_MOST_LINKS):
        if path not in targets:
            return path if path in files else None
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), targets[path]))
    return None
