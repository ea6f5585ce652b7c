"""Recognise files that stand for content which was not pulled."""

from __future__ import annotations

import os

_LFS_MAGIC = b"version https://git-lfs.github.com/spec/"
_LARGEST_POINTER = 1024  # bytes; the git-lfs specification allows no larger pointer


def pointer_kind(location: str, is_image: bool) -> tuple[int | None, str | None]:
    """Return the size in bytes and ``git-lfs``, ``dvc`` or None; the size is None for a dangling link.

    Only small files that should be images are opened. A ``.dvc`` file is a pointer where the content
    that it tracks, a file or a folder, is not there.
    """
    try:
        size = os.stat(location).st_size
    except OSError:
        return None, None
    stem, extension = os.path.splitext(location)
    if extension == ".dvc":
        return size, None if os.path.lexists(stem) else "dvc"
    if is_image and 0 < size <= _LARGEST_POINTER:
        try:
            with open(location, "rb") as file:
                if file.read(len(_LFS_MAGIC)) == _LFS_MAGIC:
                    return size, "git-lfs"
        except OSError:
            pass  # measuring it says why it cannot be read
    return size, None
