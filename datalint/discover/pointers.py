"""Recognise files that stand for content which was not pulled."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datalint.storage import Storage

_LFS_MAGIC = b"version https://git-lfs.github.com/spec/"
_LARGEST_POINTER = 1024  # bytes; the git-lfs specification allows no larger pointer


def pointer_kind(storage: Storage, path: str, is_image: bool) -> tuple[int | None, str | None]:
    """Return the size in bytes and ``git-lfs``, ``dvc`` or None; the size is None for a dangling link.

    Only small files that should be images are opened. A ``.dvc`` file is a pointer where the content
    that it tracks, a file or a folder, is not there.
    """
    size = storage.size(path)
    if size is None:
        return None, None
    stem, extension = os.path.splitext(path)
    if extension == ".dvc":
        return size, None if storage.size(stem) is not None else "dvc"
    if is_image and 0 < size <= _LARGEST_POINTER:
        try:
            with storage.open(path) as file:
                if file.read(len(_LFS_MAGIC)) == _LFS_MAGIC:
                    return size, "git-lfs"
        except OSError:
            pass  # measuring it says why it cannot be read
    return size, None
