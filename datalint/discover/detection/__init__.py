"""Object-detection datasets: boxes in place of class folders. The boxes are counted by class."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from datalint.discover.detection.coco import read_coco
from datalint.discover.detection.voc import read_voc
from datalint.discover.detection.yolo import CLASS_FILES, has_boxes, read_yolo
from datalint.discover.listing import Fault, ObjectCount, Place, Reading, samples_in
from datalint.discover.roles import split_roles

if TYPE_CHECKING:
    from collections import Counter

    from datalint.discover.listing import Found
    from datalint.discover.tree import Folder

_COCO_FILE = re.compile(r"(instances|person_keypoints|stuff|panoptic|captions)_.*\.json$")
_READERS = {"VOC": read_voc, "COCO": read_coco, "YOLO": read_yolo}


def recognise(found: Found) -> Reading | None:
    """Read the dataset if annotations for most of its images lie where VOC, COCO or YOLO put them."""
    kind = _kind(found.tree) if found.focus is None else None
    if kind == "YOLO" and not has_boxes(found):
        return None
    return _reading(found, kind) if kind else None


def read(found: Found) -> Reading:
    """Read the dataset as one for detection, whatever its annotations look like."""
    return recognise(found) or _reading(found, None)


def _reading(found: Found, kind: str | None) -> Reading:
    places = []
    for folder in found.tree.walk():
        if folder.images:
            split, role = _split(folder)
            places.append(Place(folder, split, role))
    samples = samples_in(found.storage, places)
    faults: list[Fault] = []
    objects: dict[str, Counter[str]] = _READERS[kind](found, faults) if kind else {}
    counts = [
        ObjectCount(sample.path, label, number)
        for sample in samples
        for label, number in sorted(objects.get(sample.path, {}).items())
    ]
    what = kind or "unknown annotations"
    notices = [f"this is a detection dataset ({what}): rules about classes count annotated objects"]
    without = sum(sample.path not in objects for sample in samples) if kind else 0
    if 0 < without < len(samples):
        notices.append(f"{without:,} of {len(samples):,} images have no annotations")
    manifests = sorted({*_annotation_files(found.tree, kind)})
    return Reading(
        "detection",
        f"detection dataset ({what})",
        samples,
        notices,
        places=places,
        manifests=manifests,
        faults=faults,
        objects=counts,
    )


def _kind(tree: Folder) -> str | None:
    folders = [*tree.walk()]
    if any("_annotations.coco.json" in folder.files or _has_coco_file(folder) for folder in folders):
        return "COCO"
    images = [os.path.splitext(name)[0] for folder in folders for name in folder.images]
    if 2 * _annotated(images, folders, ".xml") > len(images):
        return "VOC"
    labels = [folder for folder in folders if "labels" in folder.path.lower().split("/")]
    described = any(CLASS_FILES & set(folder.files) for folder in folders)
    if 2 * _annotated(images, folders if described else labels, ".txt") > len(images):
        return "YOLO"
    return None


def _has_coco_file(folder: Folder) -> bool:
    """Tell whether this is a folder ``annotations`` with files that are named as COCO's are."""
    return folder.name.lower() == "annotations" and any(_COCO_FILE.match(name.lower()) for name in folder.files)


def _annotated(images: list[str], folders: list[Folder], extension: str) -> int:
    """Count the images that have a file of their name with the extension in one of the folders."""
    names = (name for folder in folders for name in folder.files if name.lower().endswith(extension))
    stems = {os.path.splitext(name)[0] for name in names}
    return sum(stem in stems for stem in images) if stems else 0


def _annotation_files(tree: Folder, kind: str | None) -> list[str]:
    extension = {"VOC": ".xml", "COCO": ".json", "YOLO": ".txt"}.get(kind or "", "\0")
    return [folder.join(name) for folder in tree.walk() for name in folder.files if name.lower().endswith(extension)]


def _split(folder: Folder) -> tuple[str | None, str | None]:
    roles = {part: role for part in folder.path.split("/") for role in split_roles([part]).values()}
    return next(iter(roles.items()), (None, None))
