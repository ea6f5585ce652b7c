"""Recognise files that stand for content which was not pulled, and what they say about it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datalint.storage import Storage

_LFS_MAGIC = b"version https://git-lfs.github.com/spec/"
_LARGEST_POINTER = 1024  # bytes; the git-lfs specification allows no larger pointer
_LARGEST_DVC_FILE = 1 << 20
_OID = re.compile(rb"^oid sha256:([0-9a-f]{64})$", re.M)
_SIZE = re.compile(rb"^size (\d{1,18})$", re.M)


class Pointer(NamedTuple):
    """What stands for a file that is not there."""

    kind: str
    """``git-lfs`` or ``dvc``."""
    digest: str | None = None
    """Of the content: its SHA-256, hexadecimal, or ``md5:`` and its MD5."""
    size: int | None = None
    """Of the content, in bytes."""


def pointer_of(storage: Storage, path: str, is_image: bool) -> tuple[int | None, Pointer | None]:
    """Return a file's size in bytes, and what it points to where it is a pointer; the size is None for a dangling link.

    Only small files that should be images are opened. A ``.dvc`` file is a pointer where the content
    that it tracks, a file or a folder, is not there.
    """
    size = storage.size(path)
    if size is None:
        return None, None
    stem, extension = os.path.splitext(path)
    if extension == ".dvc":
        return size, None if storage.size(stem) is not None else _dvc_pointer(storage, path)
    if is_image and 0 < size <= _LARGEST_POINTER:
        text = _read(storage, path, _LARGEST_POINTER)
        if text.startswith(_LFS_MAGIC):
            oid, length = _OID.search(text), _SIZE.search(text)
            return size, Pointer("git-lfs", oid[1].decode() if oid else None, int(length[1]) if length else None)
    return size, None


def dvc_outputs(storage: Storage, path: str) -> list[dict[str, Any]]:
    """Return what a ``.dvc`` file tracks: mappings with ``path`` and ``md5``; none where it is broken."""
    import yaml

    try:
        document = yaml.safe_load(_read(storage, path, _LARGEST_DVC_FILE))
    except (yaml.YAMLError, ValueError, RecursionError):
        return []
    outputs = document.get("outs") if isinstance(document, dict) else None
    return [out for out in outputs if isinstance(out, dict)] if isinstance(outputs, list) else []


def _dvc_pointer(storage: Storage, path: str) -> Pointer:
    out = next(iter(dvc_outputs(storage, path)), {})
    digest, size = str(out.get("md5", "")), out.get("size")
    known = re.fullmatch("[0-9a-f]{32}", digest) is not None
    return Pointer("dvc", f"md5:{digest}" if known else None, size if isinstance(size, int) and size >= 0 else None)


def _read(storage: Storage, path: str, size: int) -> bytes:
    try:
        with storage.open(path) as file:
            return file.read(size)
    except OSError:
        return b""  # measuring it says why it cannot be read
