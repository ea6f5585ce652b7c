"""COCO: one JSON file a split, with lists of images, categories and annotations."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from datalint.discover.listing import Fault

if TYPE_CHECKING:
    from datalint.discover.listing import Found


def read_coco(found: Found, faults: list[Fault]) -> dict[str, Counter[str]]:
    """Count the objects of each image, by its path."""
    images: dict[str, list[str]] = {}
    files = []
    for folder in found.tree.walk():
        for name in folder.images:
            images.setdefault(name, []).append(folder.join(name))
        files += [folder.join(name) for name in folder.files if name.lower().endswith(".json")]
    counts: dict[str, Counter[str]] = {}
    for path in files:
        try:
            with found.storage.open(path) as file:
                document = json.load(file)
        except (OSError, ValueError, RecursionError):
            faults.append(Fault(path, "damaged", "is no valid JSON"))
            continue
        if isinstance(document, dict) and isinstance(document.get("annotations"), list):
            _count(document, path, images, counts, faults)
    return counts


def _count(
    document: dict[str, Any],
    path: str,
    images: dict[str, list[str]],
    counts: dict[str, Counter[str]],
    faults: list[Fault],
) -> None:
    names = {one["id"]: str(one["name"]) for one in _dicts(document, "categories") if "id" in one and "name" in one}
    paths = {}
    for one in _dicts(document, "images"):
        file_name = str(one.get("file_name", ""))
        known = images.get(file_name.replace("\\", "/").rpartition("/")[2], [])
        if known and "id" in one:
            own = {*path.replace("_", "/").replace(".", "/").split("/"), *file_name.split("/")}
            paths[one["id"]] = max(known, key=lambda image: len(own.intersection(image.split("/"))))
            counts.setdefault(paths[one["id"]], Counter())
    unknown = 0
    for one in _dicts(document, "annotations"):
        label = names.get(one.get("category_id"))
        if label is None:
            unknown += 1
        elif one.get("image_id") in paths:
            counts[paths[one["image_id"]]][label] += 1
    if unknown and names:
        reason = f"has {unknown:,} annotations of no category; there are {len(names)} categories"
        faults.append(Fault(path, "label", reason))


def _dicts(document: dict[str, Any], key: str) -> list[dict[str, Any]]:
    items = document.get(key)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
