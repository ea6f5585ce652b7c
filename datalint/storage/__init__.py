"""Where images are: files on disk or staged in git, members of archives, URLs, rows of arrays.

Knows neither layouts nor statistics. An :class:`ImageSource` hands out the contents of images by key; a
:class:`Storage` is one that holds named files, so that a layout can be read from it wherever it lies.
"""

from __future__ import annotations

from datalint.storage.archive import ArchiveFiles, is_archive_name
from datalint.storage.cells import TextCells
from datalint.storage.content import Content, Encoded, ImageRef, ImageSource, Lazily, Pixels, Storage, Unavailable
from datalint.storage.fetch import is_url
from datalint.storage.git_index import IndexFiles
from datalint.storage.local import LocalFiles
from datalint.storage.mounted import MountedFiles
from datalint.storage.state import FileState, TreeState, blobs_state, file_state, tree_state

__all__ = [
    "ArchiveFiles",
    "Content",
    "Encoded",
    "FileState",
    "ImageRef",
    "ImageSource",
    "IndexFiles",
    "Lazily",
    "LocalFiles",
    "MountedFiles",
    "Pixels",
    "Storage",
    "TextCells",
    "TreeState",
    "Unavailable",
    "blobs_state",
    "file_state",
    "is_archive_name",
    "is_url",
    "tree_state",
]
