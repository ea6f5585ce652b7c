"""What changed: between a commit and the staged tree, or the working tree."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from datalint.errors import GitError

if TYPE_CHECKING:
    from datalint.git.repository import Repository

_NOTHING = re.compile("0+")  # the id that stands for no blob


class Change(NamedTuple):
    """A file whose staged blob is not that of the commit."""

    path: str
    """Relative to the top, as Python decodes file names."""
    before: str | None
    """The blob in the commit; None for a new file."""
    after: str | None
    """The staged blob; None for a file that was removed."""


class Changed(NamedTuple):
    """The files that changed since a commit."""

    base: str
    """The commit, for people: HEAD, or as it was named."""
    paths: frozenset[str]
    """Relative to the top, as Python decodes file names. A file that was renamed is there by both names."""


def changed_since(repository: Repository, revision: str | None, staged: bool) -> Changed:
    """Compare the staged tree, or the working tree with its untracked files, with a commit. Raises GitError.

    That is HEAD, or where HEAD's history parted from that of ``revision``: what others did there since is no change of
    this tree.
    """
    base = _base(repository, revision)
    names = [] if base is None else [base]
    said = repository.git("diff", "--cached", "--name-only", "-z", "--no-renames", "--no-ext-diff", *names)
    if not staged:
        said += repository.git("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", *names)
        said += repository.git("ls-files", "--others", "--exclude-standard", "-z")
    return Changed(revision or "HEAD", frozenset(os.fsdecode(said).split("\0")) - {""})


def staged_changes(repository: Repository, revision: str | None) -> list[Change]:
    """Return what is staged and different from a commit, which is chosen as in :func:`changed_since`."""
    base = _base(repository, revision)
    names = [] if base is None else [base]
    said = repository.git("diff", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff", *names)
    fields = os.fsdecode(said).split("\0")
    changes = []
    for about, path in zip(fields[:-1:2], fields[1::2], strict=True):
        _, _, before, after, _ = about.split(" ")
        changes.append(Change(path, *(None if _NOTHING.fullmatch(blob) else blob for blob in (before, after))))
    return changes


def _base(repository: Repository, revision: str | None) -> str | None:
    """Return the commit to compare with; None before the first commit."""
    if revision is None:
        try:
            return os.fsdecode(repository.git("rev-parse", "--verify", "--quiet", "HEAD^{commit}")).strip()
        except GitError:
            return None
    try:
        repository.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except GitError:
        raise GitError(f"--since: {revision!r} is no commit of this repository; fetch it, or name another") from None
    try:
        return os.fsdecode(repository.git("merge-base", "--", revision, "HEAD")).split()[0]
    except (GitError, IndexError):
        raise GitError(
            f"--since: HEAD and {revision!r} have no common history here; a shallow clone needs more of it: "
            "git fetch --unshallow"
        ) from None
