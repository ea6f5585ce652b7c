"""Pointers of git-lfs, and where the contents lie that were pulled."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from datalint.errors import GitError

if TYPE_CHECKING:
    from datalint.git.repository import Repository

LARGEST_POINTER = 1024
"""Bytes; the git-lfs specification allows no larger pointer."""
_MAGIC = b"version https://git-lfs.github.com/spec/"
# With extensions, the digest would be that of the content as stored, not as checked out.
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\r?\noid sha256:([0-9a-f]{64})\r?\nsize (\d{1,18})(\r?\n)?"
)


class LfsPointer(NamedTuple):
    """What a pointer says about the content that it stands for."""

    digest: str
    """SHA-256, hexadecimal."""
    size: int
    """Bytes."""


def is_lfs_pointer(text: bytes) -> bool:
    """Tell whether a small file is a pointer, of whatever version and with whatever extensions."""
    return text.startswith(_MAGIC)


def lfs_pointer(text: bytes) -> LfsPointer | None:
    """Read a pointer; None for what is none, and for one that says more than the specification's first version."""
    said = _POINTER.fullmatch(text)
    return LfsPointer(said[1].decode(), int(said[2])) if said else None


def lfs_folder(repository: Repository) -> str:
    """Return where git-lfs keeps the contents of a repository."""
    try:
        said = os.fsdecode(repository.git("config", "--type=path", "--get", "lfs.storage")).rstrip("\n")
    except GitError:  # not configured
        said = ""
    return os.path.join(repository.common, said or "lfs", "objects")


def lfs_object(folder: str, digest: str) -> str:
    """Return the file in which a content lies once it was pulled."""
    return os.path.join(folder, digest[:2], digest[2:4], digest)
