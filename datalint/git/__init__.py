"""What git knows of a folder: the staged tree, its blobs, what changed, attributes. Knows nothing about images."""

from __future__ import annotations

from datalint.git.attributes import Attributes, attributes
from datalint.git.blobs import Blobs
from datalint.git.changes import Change, Changed, changed_since, staged_changes
from datalint.git.index import Entries, follow, read_index
from datalint.git.lfs import LARGEST_POINTER, LfsPointer, is_lfs_pointer, lfs_folder, lfs_object, lfs_pointer
from datalint.git.repository import Repository, find_repository

__all__ = [
    "LARGEST_POINTER",
    "Attributes",
    "Blobs",
    "Change",
    "Changed",
    "Entries",
    "LfsPointer",
    "Repository",
    "attributes",
    "changed_since",
    "find_repository",
    "follow",
    "is_lfs_pointer",
    "lfs_folder",
    "lfs_object",
    "lfs_pointer",
    "read_index",
    "staged_changes",
]
