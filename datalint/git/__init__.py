"""What git knows of a folder: the staged tree, its blobs, what changed, attributes. Knows nothing about images."""

from __future__ import annotations

from datalint.git.attributes import Attributes, attributes
from datalint.git.blobs import Blobs
from datalint.git.changes import Lines, base_of, changed_files, changed_lines, new_blobs
from datalint.git.index import Entries, follow, read_index
from datalint.git.lfs import LARGEST_POINTER, LfsPointer, is_lfs_pointer, lfs_folder, lfs_object, lfs_pointer
from datalint.git.repository import Repository, find_repository
from datalint.git.state import GitState, git_state

__all__ = [
    "LARGEST_POINTER",
    "Attributes",
    "Blobs",
    "Entries",
    "GitState",
    "LfsPointer",
    "Lines",
    "Repository",
    "attributes",
    "base_of",
    "changed_files",
    "changed_lines",
    "find_repository",
    "follow",
    "git_state",
    "is_lfs_pointer",
    "lfs_folder",
    "lfs_object",
    "lfs_pointer",
    "new_blobs",
    "read_index",
]
