"""Turn a reading of a tree into rows of the tables ``samples``, ``folders`` and ``files``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from datalint.discover.pointers import pointer_kind
from datalint.model import escape_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datalint.discover.listing import Place, Reading
    from datalint.discover.tree import Folder
    from datalint.model import Columns


def sample_rows(reading: Reading) -> Columns:
    """Rows of ``samples``, in order of path; ``sample_id`` counts from 0."""
    rows = sorted(
        (escape_name(place.folder.join(name)), place) for place in reading.places for name in place.folder.images
    )
    paths, places = [path for path, _ in rows], [place for _, place in rows]
    labels = [_escaped(place.label) for place in places]
    return {
        "sample_id": np.arange(len(rows), dtype=np.int32),
        "path": _objects(paths),
        "split": _objects([_escaped(place.split) for place in places]),
        "role": _objects([place.role for place in places]),
        "label": _objects(labels),
        "levels": _objects([label.split("/") if label is not None else None for label in labels]),
    }


def folder_rows(reading: Reading) -> Columns:
    """Rows of ``folders``: the class folders, then the copies."""
    classes = [place for place in reading.places if place.label is not None]
    copies = reading.copies
    none = [None] * len(copies)
    paths = [place.folder.path for place in classes] + [copy.folder.path for copy in copies]
    return {
        "path": _objects([escape_name(path) for path in paths]),
        "kind": _objects(["class"] * len(classes) + ["copy"] * len(copies)),
        "split": _objects([_escaped(place.split) for place in classes] + none),
        "role": _objects([place.role for place in classes] + none),
        "label": _objects([_escaped(place.label) for place in classes] + none),
        "images": np.array(
            [len(place.folder.images) for place in classes] + [copy.folder.images_below for copy in copies],
            dtype=np.int32,
        ),
        "copy_of": _objects([None] * len(classes) + [escape_name(copy.original.path) for copy in copies]),
    }


def file_rows(root: str, tree: Folder, reading: Reading) -> Columns:
    """Rows of ``files``: every file outside the copies, with its size and whether it is a pointer."""
    places = {place.folder.path: place for place in reading.places}
    copies = {copy.folder.path for copy in reading.copies}
    rows: list[tuple[Any, ...]] = []
    stack: list[tuple[Folder, Place | None]] = [(tree, None)]
    while stack:
        folder, inherited = stack.pop()
        if folder.path in copies:
            continue
        place = places.get(folder.path, inherited)
        images = set(folder.images)
        for name in folder.files:
            path = folder.join(name)
            size, pointer = pointer_kind(os.path.join(root, path), name in images)
            extension = os.path.splitext(name)[1].lower()
            kind = "other" if name not in images else "pointer" if extension == ".dvc" else "image"
            split, label = (place.split, place.label) if place else (None, None)
            rows.append((path, folder.path, kind, split, label, extension, size, pointer))
        stack.extend((child, place) for child in folder.folders)
    rows.sort(key=lambda row: row[0])
    paths, parents, kinds, splits, labels, extensions, sizes, pointers = zip(*rows, strict=True) if rows else [()] * 8
    return {
        "path": _objects([escape_name(name) for name in paths]),
        "folder": _objects([escape_name(name) for name in parents]),
        "kind": _objects(kinds),
        "split": _objects([_escaped(name) for name in splits]),
        "label": _objects([_escaped(name) for name in labels]),
        "extension": _objects([escape_name(name) for name in extensions]),
        "bytes": np.ma.masked_array([size or 0 for size in sizes], [s is None for s in sizes], dtype=np.uint64),
        "pointer": _objects(pointers),
    }


def _escaped(name: str | None) -> str | None:
    return None if name is None else escape_name(name)


def _objects(values: Sequence[Any]) -> np.ndarray[Any, Any]:
    return np.fromiter(values, dtype=object, count=len(values))
