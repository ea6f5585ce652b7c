"""Folders that DVC tracks and that were not pulled: their files are known where DVC's cache has the listing."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from datalint.discover.pointers import Pointer, dvc_outputs
from datalint.discover.tree import Folder, count_below, tree_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datalint.storage import Storage

_LARGEST_LISTING = 1 << 30


def add_unpulled(storage: Storage, tree: Folder, exclude: Sequence[str]) -> tuple[dict[str, Pointer], list[str]]:
    """Add to the tree the files of tracked folders that are not there; return what is known of them, and notices."""
    pointers: dict[str, Pointer] = {}
    notices = []
    for folder in list(tree.walk()):
        for name in folder.files:
            if not name.endswith(".dvc") or folder.join(name.removesuffix(".dvc")) in _images(folder):
                continue
            for out in dvc_outputs(storage, folder.join(name)):
                path = folder.join(str(out.get("path", "")))
                digest = str(out.get("md5", ""))
                if not digest.endswith(".dir") or storage.size(path) is not None or "/" in str(out.get("path")):
                    continue
                listing = _listing(storage.root, digest.removesuffix(".dir"))
                if listing is None:
                    count = f"{out['nfiles']:,} files" if isinstance(out.get("nfiles"), int) else "its files"
                    notices.append(f"{path}/ is tracked by DVC and not pulled: {count} unknown here; run `dvc pull`")
                    continue
                below = tree_of(listing, exclude, path)
                folder.folders.append(below)
                folder.folders.sort(key=lambda child: child.name)
                pointers |= {f"{path}/{file}": Pointer("dvc", f"md5:{md5}") for file, md5 in listing.items()}
    if pointers:
        count_below(list(tree.walk()))
    return pointers, notices


def _images(folder: Folder) -> set[str]:
    """Return the images, without the extension of those that are ``.dvc`` files."""
    return {folder.join(name.removesuffix(".dvc")) for name in folder.images}


def _listing(root: str, digest: str) -> dict[str, str] | None:
    """Find the listing of a folder in the nearest DVC cache: MD5s by path relative to the folder."""
    if not re.fullmatch("[0-9a-f]{32}", digest):
        return None
    for place in (Path(root), *Path(root).parents):
        for cache in (place / ".dvc/cache/files/md5", place / ".dvc/cache"):
            file = cache / digest[:2] / f"{digest[2:]}.dir"
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
    plain = {
        str(entry["relpath"]): str(entry["md5"])
        for entry in entries
        if isinstance(entry, dict) and "relpath" in entry and "md5" in entry
    }
    return {path: md5 for path, md5 in plain.items() if not path.startswith("/") and ".." not in path.split("/")}
