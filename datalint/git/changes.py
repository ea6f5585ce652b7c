"""What changed: between a commit and the staged tree, or the working tree."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from datalint.errors import GitError

if TYPE_CHECKING:
    from datalint.git.repository import Repository

_NAMES = ("--name-only", "-z", "--no-renames", "--no-ext-diff")
_HUNK = re.compile(rb"^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.M)


class Lines(NamedTuple):
    """The lines of a text file that changed, counted from 1."""

    ranges: tuple[tuple[int, int], ...]
    """First and last line, as the file is now; in order."""
    replaced: bool
    """Whether lines of before are gone, or are others now."""


def base_of(repository: Repository, revision: str) -> str | None:
    """Return the commit that changes are counted from; None before the first one. Raises GitError.

    That is where HEAD's history parted from that of ``revision``: what others did there since is no change here.
    """
    try:
        said = repository.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if revision == "HEAD":
            return os.fsdecode(said).strip()
    except GitError:
        if revision == "HEAD":
            return None
        raise GitError(f"--since: {revision!r} is no commit of this repository; fetch it, or name another") from None
    try:
        return os.fsdecode(repository.git("merge-base", "--", revision, "HEAD")).split()[0]
    except (GitError, IndexError):
        raise GitError(
            f"--since: HEAD and {revision!r} have no common history here; where the clone is shallow, "
            "`git fetch --unshallow` gets the rest"
        ) from None


def changed_files(repository: Repository, base: str | None, staged: bool) -> frozenset[str]:
    """Return the files in which the staged tree, or the working tree with what is untracked, differs from a commit.

    Paths are relative to the top, as Python decodes file names; a file that was renamed is there by both names. None
    for ``base`` is before the first commit. Raises GitError.
    """
    names = [] if base is None else [base]
    said = b""
    if staged or base is None:
        said += repository.git("diff", "--cached", *_NAMES, *names)
    if not staged:
        said += repository.git("diff", *_NAMES, *names)
        said += repository.git("ls-files", "--others", "--exclude-standard", "-z")
    return frozenset(os.fsdecode(said).split("\0")) - {""}


def changed_lines(repository: Repository, base: str | None, staged: bool, path: str) -> Lines | None:
    """Return the lines of a file that changed since a commit; None where it is new, or not text. Raises GitError."""
    if base is None:
        return None
    cached = ["--cached"] if staged else []
    plain = ("--unified=0", "--no-color", "--no-ext-diff", "--no-textconv")
    said = repository.git("diff", *cached, *plain, base, "--", path)
    if b"\n--- /dev/null\n" in said:
        return None
    hunks = [tuple(1 if number is None else int(number) for number in match.groups()) for match in _HUNK.finditer(said)]
    if not hunks:
        return None
    ranges = tuple((start, start + count - 1) for _, start, count in hunks if count)
    return Lines(ranges, any(before for before, _, _ in hunks))


def new_blobs(repository: Repository, base: str | None) -> frozenset[str]:
    """Return the staged blobs that stand for no file of a commit that was changed or removed since. Raises GitError.

    So a file that was only moved is none of them.
    """
    names = [] if base is None else [base]
    said = repository.git("diff", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff", *names)
    about = [field.split(" ") for field in os.fsdecode(said).split("\0")[:-1:2]]
    before, after = ({line[column] for line in about} for column in (2, 3))
    return frozenset(after - before - {"0" * 40, "0" * 64})  # which stands for no blob
