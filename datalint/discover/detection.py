"""Object-detection datasets: boxes instead of class folders. Recognised, so that class rules stay out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from datalint.discover.listing import Place, Reading
from datalint.discover.roles import split_roles

if TYPE_CHECKING:
    from datalint.discover.tree import Folder


def recognise(tree: Folder) -> Reading | None:
    """Read the tree if annotation files lie where VOC, COCO or YOLO put them."""
    kind = next((_kind(folder) for folder in tree.walk() if _kind(folder)), None)
    return _reading(tree, kind) if kind else None


def read(tree: Folder) -> Reading:
    """Read the tree as a detection dataset, whatever its annotations look like."""
    return recognise(tree) or _reading(tree, "unknown annotations")


def _reading(tree: Folder, kind: str) -> Reading:
    places = []
    for folder in tree.walk():
        if folder.images:
            split, role = _split(folder)
            places.append(Place(folder, split, role))
    notice = f"this is a detection dataset ({kind}): image rules run, rules about classes do not apply"
    return Reading("detection", f"detection dataset ({kind})", places, [], [notice])


def _kind(folder: Folder) -> str | None:
    names = {child.name.lower(): child for child in folder.folders}
    if "jpegimages" in names and _has(names.get("annotations"), ".xml"):
        return "VOC"
    if _has(names.get("annotations"), ".json") and folder.branches:
        return "COCO"
    if "_annotations.coco.json" in folder.files:
        return "COCO"
    if "images" in names and _has(names.get("labels"), ".txt"):
        return "YOLO"
    stems = {os.path.splitext(name)[0] for name in folder.images}
    if len(stems) > 1:
        if 2 * len(stems & _stems(folder, ".xml")) > len(stems):
            return "VOC"
        described = {"classes.txt", "obj.names", "data.yaml"} & set(folder.files)
        if described and 2 * len(stems & _stems(folder, ".txt")) > len(stems):
            return "YOLO"
    return None


def _has(folder: Folder | None, extension: str) -> bool:
    """Tell whether files with the extension, and no images, are below the folder."""
    if folder is None or folder.images_below:
        return False
    return any(name.lower().endswith(extension) for child in folder.walk() for name in child.files)


def _stems(folder: Folder, extension: str) -> set[str]:
    return {os.path.splitext(name)[0] for name in folder.files if name.lower().endswith(extension)}


def _split(folder: Folder) -> tuple[str | None, str | None]:
    roles = {part: role for part in folder.path.split("/") for role in split_roles([part]).values()}
    return next(iter(roles.items()), (None, None))
