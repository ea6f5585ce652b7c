"""Recognise files that stand for content which was not pulled, and what they say about it."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.discover.yaml_file import read_yaml
from datalint.git import LARGEST_POINTER, is_lfs_pointer, lfs_pointer

if TYPE_CHECKING:
    from datalint.storage import Storage

_MD5 = re.compile(r"([0-9a-f]{32})(\.dir)?")


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
    if path.endswith(".dvc"):
        return size, None if storage.size(path.removesuffix(".dvc")) is not None else _dvc_pointer(storage, path)
    if is_image and 0 < size <= LARGEST_POINTER:
        text = _read(storage, path, LARGEST_POINTER)
        if is_lfs_pointer(text):
            return size, Pointer("git-lfs", *(lfs_pointer(text) or ()))
    return size, None


class Output(NamedTuple):
    """A file or folder that DVC tracks."""

    path: str
    """Relative to the folder of the file that says so."""
    md5: str
    """Of the file, or of the listing of the folder."""
    folder: bool
    size: int | None
    files: int | None
    """In the folder."""


def dvc_outputs(storage: Storage, path: str) -> list[Output]:
    """Return what a ``.dvc`` file or ``dvc.lock`` tracks; nothing where it is broken."""
    try:
        document = read_yaml(storage, path)
    except (OSError, ValueError):
        return []
    stages = _part(document, "stages", dict) or {}
    above = _part(document, "wdir", str) or ""
    found = []
    for holder in (document, *stages.values()):
        for out in _part(holder, "outs", list) or []:
            name, digest = _part(out, "path", str), _MD5.fullmatch(_part(out, "md5", str) or "")
            if name and digest and "\0" not in above + name:
                place = posixpath.normpath(posixpath.join(above, name))
                numbers = _number(_part(out, "size", str)), _number(_part(out, "nfiles", str))
                found.append(Output(place, digest[1], digest[2] is not None, *numbers))
    return found


def _part(mapping: Any, key: str, kind: type) -> Any:
    """Return an item of a mapping, where that is one and the item is of the kind."""
    item = mapping.get(key) if isinstance(mapping, dict) else None
    return item if isinstance(item, kind) else None


def _number(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch("[0-9]{1,18}", text) else None


def _dvc_pointer(storage: Storage, path: str) -> Pointer:
    outputs = dvc_outputs(storage, path)
    if len(outputs) != 1 or outputs[0].folder:
        return Pointer("dvc")
    return Pointer("dvc", f"md5:{outputs[0].md5}", outputs[0].size)


def _read(storage: Storage, path: str, size: int) -> bytes:
    try:
        with storage.open(path) as file:
            return file.read(size)
    except OSError:
        return b""  # measuring it says why it cannot be read
