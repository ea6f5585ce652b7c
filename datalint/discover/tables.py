"""Turn a reading into rows of the listing tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from datalint.discover.pointers import pointer_of
from datalint.discover.tree import split_suffix
from datalint.model import escape_name

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from datalint.discover.listing import Found, Place, Reading, Sample
    from datalint.discover.tree import Folder
    from datalint.model import Columns

_NO_POINTER = (None, None, None)


def sample_order(reading: Reading) -> list[int]:
    """Return the positions of ``reading.samples`` in order of sample_id."""
    order = list(range(len(reading.samples)))
    if not reading.positional:
        paths = [(escape_name(sample.path), sample.split or "") for sample in reading.samples]
        order.sort(key=paths.__getitem__)
    return order


def sample_rows(samples: Sequence[Sample], level: int | None) -> Columns:
    """Rows of ``samples``; ``sample_id`` counts from 0. Labels are cut to ``level`` levels."""
    labels = [_labels(sample, level) for sample in samples]
    return {
        "sample_id": np.arange(len(samples), dtype=np.int32),
        "path": _objects([escape_name(sample.path) for sample in samples]),
        "split": _objects([_escaped(sample.split) for sample in samples]),
        "role": _objects([sample.role for sample in samples]),
        "label": _objects(["|".join(names) if names else None for names in labels]),
        "labels": _objects(labels),
        "levels": _objects([names[0].split("/") if len(names) == 1 else None for names in labels]),
    }


def attribute_rows(samples: Sequence[Sample]) -> Columns:
    """Rows of ``attributes``."""
    rows = [(number, *item) for number, sample in enumerate(samples) for item in sample.attributes.items()]
    ids, names, values = zip(*rows, strict=True) if rows else ((), (), ())
    return {
        "sample_id": np.array(ids, dtype=np.int32),
        "name": _objects([escape_name(name) for name in names]),
        "value": _objects([escape_name(value) for value in values]),
    }


def manifest_rows(reading: Reading, samples: Sequence[Sample], level: int | None) -> Columns:
    """Rows of ``manifest_rows``, in order of the manifests."""
    ids: dict[tuple[str, str | None], int] = {}
    for number, sample in enumerate(samples):
        ids.setdefault((sample.path, sample.split), number)
    found = [None if row.path is None else ids.get((row.path, row.split)) for row in reading.rows]
    labels = [_labels(row, level) for row in reading.rows]
    return {
        "row": np.arange(len(reading.rows), dtype=np.int32),
        "position": _objects([escape_name(row.position) for row in reading.rows]),
        "name": _objects([escape_name(row.name) for row in reading.rows]),
        "sample_id": np.ma.masked_array([n or 0 for n in found], [n is None for n in found], dtype=np.int32),
        "split": _objects([_escaped(row.split) for row in reading.rows]),
        "label": _objects(["|".join(names) if names else None for names in labels]),
    }


def fault_rows(reading: Reading) -> Columns:
    """Rows of ``faults``."""
    return {
        "file": _objects([escape_name(fault.file) for fault in reading.faults]),
        "place": _objects([_escaped(fault.place) for fault in reading.faults]),
        "kind": _objects([fault.kind for fault in reading.faults]),
        "reason": _objects([escape_name(fault.reason) for fault in reading.faults]),
    }


def object_rows(reading: Reading, samples: Sequence[Sample]) -> Columns:
    """Rows of ``objects``."""
    ids: dict[str, list[int]] = {}
    for number, sample in enumerate(samples):
        ids.setdefault(sample.path, []).append(number)
    rows = [(number, count) for count in reading.objects for number in ids[count.path]]
    return {
        "sample_id": np.array([number for number, _ in rows], dtype=np.int32),
        "label": _objects([escape_name(count.label) for _, count in rows]),
        "objects": np.array([count.objects for _, count in rows], dtype=np.int32),
    }


def folder_rows(reading: Reading, level: int | None) -> Columns:
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
        "label": _objects([_cut(escape_name(place.label or ""), level) for place in classes] + none),
        "images": np.array(
            [len(place.folder.images) for place in classes] + [copy.folder.images_below for copy in copies],
            dtype=np.int32,
        ),
        "copy_of": _objects([None] * len(classes) + [escape_name(copy.original.path) for copy in copies]),
    }


def file_rows(found: Found, reading: Reading, level: int | None, only: Collection[str] | None = None) -> Columns:
    """Rows of ``files``: every file outside the copies, with its size and whether it is a pointer.

    With ``only``, those of some paths.
    """
    places = {place.folder.path: place for place in reading.places}
    copies = {copy.folder.path for copy in reading.copies}
    manifests = set(reading.manifests)
    rows: list[tuple[Any, ...]] = []
    within = None if only is None else {path.rpartition("/")[0] for path in only}
    stack: list[tuple[Folder, Place | None]] = [(found.tree, None)]
    while stack:
        folder, inherited = stack.pop()
        if folder.path in copies:
            continue
        place = places.get(folder.path, inherited)
        stack.extend((child, place) for child in folder.folders)
        if within is not None and folder.path not in within:
            continue
        images = set(folder.images)
        listed = {child.path for child in folder.folders}
        for name in folder.files:
            path = folder.join(name)
            if only is not None and path not in only:
                continue
            size, pointer = pointer_of(found.storage, path, name in images)
            pointer = pointer or found.pointers.get(path)
            if pointer and path.removesuffix(".dvc") in listed:  # what it tracks is listed file by file
                pointer = None
            extension = split_suffix(name)[1].lower()
            kind = "other" if name not in images else "pointer" if extension == ".dvc" else "image"
            split, label = (place.split, place.label) if place else (None, None)
            kind = "manifest" if path in manifests else kind
            said = pointer or _NO_POINTER
            rows.append((path, folder.path, kind, split, label, extension, size, *said))
    rows.sort(key=lambda row: row[0])
    columns = zip(*rows, strict=True) if rows else [()] * 10
    paths, parents, kinds, splits, labels, extensions, sizes, pointers, digests, contents = columns
    return {
        "path": _objects([escape_name(name) for name in paths]),
        "folder": _objects([escape_name(name) for name in parents]),
        "kind": _objects(kinds),
        "split": _objects([_escaped(name) for name in splits]),
        "label": _objects([None if name is None else _cut(escape_name(name), level) for name in labels]),
        "extension": _objects([escape_name(name) for name in extensions]),
        "bytes": _numbers(sizes),
        "pointer": _objects(pointers),
        "content_digest": _objects(digests),
        "content_bytes": _numbers(contents),
    }


def _numbers(values: Sequence[int | None]) -> np.ndarray[Any, Any]:
    return np.ma.masked_array([value or 0 for value in values], [value is None for value in values], dtype=np.uint64)


def _labels(item: Any, level: int | None) -> list[str]:
    names = [escape_name(name) for name in item.labels]
    names = [_cut(name, level) for name in names]
    return sorted(set(names)) if len(names) > 1 else names


def _cut(label: str, level: int | None) -> str:
    """Leave so many levels of a label, from the top."""
    return label if level is None else "/".join(label.split("/")[:level])


def _escaped(name: str | None) -> str | None:
    return None if name is None else escape_name(name)


def _objects(values: Sequence[Any]) -> np.ndarray[Any, Any]:
    return np.fromiter(values, dtype=object, count=len(values))
