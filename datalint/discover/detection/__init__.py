"""Object-detection datasets: boxes in place of class folders. The boxes are counted by class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datalint.discover.detection.annotations import Annotations, at_most
from datalint.discover.detection.coco import coco_files, read_coco
from datalint.discover.detection.voc import read_voc
from datalint.discover.detection.yolo import CLASS_FILES, has_boxes, read_yolo
from datalint.discover.listing import ObjectCount, Place, Reading, samples_in
from datalint.discover.roles import split_roles
from datalint.discover.tree import split_suffix

if TYPE_CHECKING:
    from datalint.discover.listing import Found
    from datalint.discover.tree import Folder

_READERS = {"VOC": read_voc, "COCO": read_coco, "YOLO": read_yolo}


def recognise(found: Found) -> Reading | None:
    """Read the dataset if annotations for most of its images lie where VOC, COCO or YOLO put them."""
    kind = _kind(found) if found.focus is None else None
    return _reading(found, kind) if kind else None


def read(found: Found) -> Reading:
    """Read the dataset as one for detection, whatever its annotations look like."""
    return recognise(found) or _reading(found, None)


def _reading(found: Found, kind: str | None) -> Reading:
    annotations = _READERS[kind](found) if kind else Annotations({}, {}, (), ())
    places = []
    for folder in found.tree.walk():
        if folder.images:
            split, role = _split(folder)
            places.append(Place(folder, split, role))
    roles = split_roles({split for splits in annotations.splits.values() for split in splits})
    samples = []
    for sample in samples_in(found.storage, places):
        if sample.split is None and sample.path in annotations.splits:
            splits = annotations.splits[sample.path]
            samples += [sample._replace(split=split, role=roles.get(split)) for split in splits]
        else:
            samples.append(sample)
    objects = annotations.objects
    counts = [
        ObjectCount(path, label, number)
        for path in dict.fromkeys(sample.path for sample in samples)
        for label, number in sorted(objects.get(path, {}).items())
    ]
    what = kind or "unknown annotations"
    notices = [f"this is a detection dataset ({what}): rules about classes count annotated objects"]
    without = sum(sample.path not in objects for sample in samples) if kind else 0
    if 0 < without < len(samples):
        notices.append(f"{without:,} of {len(samples):,} images have no annotations")
    unlisted = sum(sample.split is None for sample in samples)
    if 0 < unlisted < len(samples):
        notices.append(f"{unlisted:,} of {len(samples):,} images are in no split")
    return Reading(
        "detection",
        f"detection dataset ({what})",
        samples,
        notices,
        places=places,
        manifests=sorted({*annotations.files}),
        faults=at_most(annotations.faults),
        objects=counts,
    )


def _kind(found: Found) -> str | None:
    folders = [*found.tree.walk()]
    images = [split_suffix(name.removesuffix(".dvc"))[0] for folder in folders for name in folder.images]
    if images and coco_files(found):
        return "COCO"
    if 2 * _annotated(images, folders, ".xml") > len(images):
        return "VOC"
    labels = [folder for folder in folders if "labels" in folder.path.lower().split("/")]
    described = any(CLASS_FILES & set(folder.files) for folder in folders)
    if 2 * _annotated(images, folders if described else labels, ".txt") > len(images) and has_boxes(found):
        return "YOLO"
    return None


def _annotated(images: list[str], folders: list[Folder], extension: str) -> int:
    """Count the images that have a file of their name with the extension in one of the folders."""
    names = (name for folder in folders for name in folder.files if name.lower().endswith(extension))
    stems = {split_suffix(name)[0] for name in names}
    return sum(stem in stems for stem in images) if stems else 0


def _split(folder: Folder) -> tuple[str | None, str | None]:
    roles = {part: role for part in folder.path.split("/") for role in split_roles([part]).values()}
    return next(iter(roles.items()), (None, None))
