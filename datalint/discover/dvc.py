"""Images that DVC tracks and that were not pulled: those of a folder are known where DVC's cache has its listing."""

from __future__ import annotations

import json
import os
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

from datalint.discover.pointers import Output, Pointer, dvc_outputs
from datalint.discover.tree import count_below, is_image, tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datalint.discover.tree import Folder
    from datalint.storage import Storage

_LARGEST_LISTING = 1 << 30
_MOST_LEVELS = 100


def add_unpulled(storage: Storage, tree: Folder, exclude: Sequence[str]) -> tuple[dict[str, Pointer], list[str]]:
    """Add to the tree the images that are tracked and not there; return what is known of them, and notices.

    One with a ``.dvc`` file of its name is not added: that file stands for it.
    """
    known: dict[str, Pointer] = {}
    notices = []
    for path, out in _missing(storage, tree):
        if not out.folder:
            known[path] = Pointer("dvc", f"md5:{out.md5}", out.size)
            continue
        listing = _listing(storage.root, out.md5)
        if listing is None:
            count = "its files" if out.files is None else "1 file" if out.files == 1 else f"{out.files:,} files"
            notices.append(f"{path}/ is tracked by DVC and not pulled: {count} unknown here; run `dvc pull`")
        else:
            known |= {f"{path}/{name}": Pointer("dvc", f"md5:{md5}") for name, md5 in listing.items()}
    below = tree_of([path for path in known if is_image(path, {path})], exclude)
    pointers = {path: known[path] for folder in below.walk() for path in map(folder.join, folder.images)}
    if pointers:
        _merge(tree, below)
        count_below(list(tree.walk()))
    return pointers, list(dict.fromkeys(notices))


def _missing(storage: Storage, tree: Folder) -> Iterator[tuple[str, Output]]:
    """Yield what is tracked and lies nowhere, with its path."""
    for folder in list(tree.walk()):
        images = set(folder.images)
        for name in folder.files:
            if (name.endswith(".dvc") and name not in images) or name == "dvc.lock":
                for out in dvc_outputs(storage, folder.join(name)):
                    path = posixpath.normpath(posixpath.join(folder.path, out.path))
                    if _inside(path) and storage.size(path) is None:
                        yield path, out


def _inside(path: str) -> bool:
    """Tell whether a path stays below the folder that it is relative to, and is one that a file can have."""
    steps = path.split("/")
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return not path.startswith("/") and ".." not in steps and len(steps) <= _MOST_LEVELS and "\0" not in path


def _merge(tree: Folder, other: Folder) -> None:
    """Add the folders and files of another tree."""
    known = {folder.name: folder for folder in tree.folders}
    tree.files = sorted({*tree.files, *other.files})
    tree.images = sorted({*tree.images, *other.images})
    for folder in other.folders:
        if folder.name in known:
            _merge(known[folder.name], folder)
        else:
            tree.folders.append(folder)
    tree.folders.sort(key=lambda folder: folder.name)


def _listing(root: str, md5: str) -> dict[str, str] | None:
    """Find the listing of a folder in the nearest DVC cache: MD5s by path relative to the folder."""
    for place in (Path(root), *Path(root).parents):
        for cache in (place / ".dvc/cache/files/md5", place / ".dvc/cache"):
            file = cache / md5[:2] / f"{md5[2:]}.dir"
            if file.is_file():
                return _read(file)
    return None


def _read(file: Path) -> dict[str, str] | None:
    try:
        if os.path.getsize(file) > _LARGEST_LISTING:
            return None
        entries = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(entries, list):
        return None
    pairs = [(entry.get("relpath"), entry.get("md5")) for entry in entries if isinstance(entry, dict)]
    return {
        posixpath.normpath(name): md5
        for name, md5 in pairs
        if isinstance(name, str) and name and _inside(name)
        if isinstance(md5, str) and re.fullmatch("[0-9a-f]{32}", md5)
    }
