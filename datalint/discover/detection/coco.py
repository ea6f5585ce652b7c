"""COCO: one JSON file a split, with lists of images, categories and annotations."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from datalint.discover.detection.annotations import Annotations, Images, stem
from datalint.discover.detection.json_members import members
from datalint.discover.listing import Fault
from datalint.discover.roles import split_roles

if TYPE_CHECKING:
    from collections.abc import Callable

    from datalint.discover.listing import Found
    from datalint.storage import Storage

# In order of preference: the same objects can be annotated with boxes, key points and masks.
_KINDS = ("instances", "person_keypoints", "stuff", "panoptic", "captions")
_NAMED = re.compile(rf"({'|'.join(_KINDS)})_(.*)\.json", re.I)
_EXPORTED = "_annotations.coco.json"
_LOOKED_AT, _HEAD = 20, 4096  # files, bytes of each
_OPENING = re.compile(rb'\s*\{\s*"(?:info|licenses|images|annotations|categories|type)"\s*:')


def coco_files(found: Found) -> list[str]:
    """Find the files that are named as COCO's are, or begin like them and hold boxes; one for the same objects."""
    named: dict[str, list[tuple[int, str]]] = {}
    exported, others = [], []
    for folder in found.tree.walk():
        for name in folder.files:
            match = _NAMED.fullmatch(name) if folder.name.lower() == "annotations" else None
            if match:
                place = folder.join(match[2].lower())
                named.setdefault(place, []).append((_KINDS.index(match[1].lower()), folder.join(name)))
            elif name == _EXPORTED:
                exported.append(folder.join(name))
            elif name.lower().endswith(".json"):
                others.append(folder.join(name))
    if named or exported:
        return [*exported, *(min(files)[1] for files in named.values())]
    return [path for path in others if _holds_boxes(found.storage, path)] if len(others) <= _LOOKED_AT else []


def read_coco(found: Found) -> Annotations:
    """Count the objects of each image; the name of its file says which split it belongs to."""
    images = Images(found)
    files = coco_files(found)
    objects: dict[str, Counter[str]] = {}
    splits: dict[str, list[str]] = {}
    faults: list[Fault] = []
    for path in files:
        document = _Document(path, images)
        try:
            with found.storage.open(path) as file:
                for name, value in members(file):
                    document.take(name, value)
        except ValueError as error:
            faults.append(Fault(path, "damaged", f"{error}; what comes before is read"))
        except OSError:
            faults.append(Fault(path, "damaged", "cannot be read"))
        for image, counts in document.objects().items():
            objects[image] = objects.get(image, Counter()) | counts  # a file of all may repeat that of a split
        faults += document.faults()
        if split := split_name(path):
            for image in document.listed():
                if split not in splits.setdefault(image, []):
                    splits[image].append(split)
    return Annotations(objects, splits, files, faults)


def split_name(path: str) -> str | None:
    """Return the split that a file is named for: ``train2017`` of ``instances_train2017.json``."""
    match = _NAMED.fullmatch(path.rpartition("/")[2])
    name = match[2] if match else stem(path)
    return name if split_roles([name]) else None


class _Document:
    """What one file says, whatever the order in which it does."""

    def __init__(self, path: str, images: Images) -> None:
        self._path = path
        self._images = images
        self._categories: dict[int | str, str] = {}
        self._paths: dict[int | str, list[str]] = {}
        self._missing: list[str] = []
        self._counts: Counter[tuple[int | str | None, int | str | None]] = Counter()
        self._malformed: Counter[str] = Counter()

    def take(self, name: str, value: Any) -> None:
        takers: dict[str, Callable[[dict[str, Any]], bool]] = {
            "images": self._image,
            "categories": self._category,
            "annotations": self._annotation,
        }
        if name in takers and not (isinstance(value, dict) and takers[name](value)):
            self._malformed[name] += 1

    def listed(self) -> list[str]:
        """Return the paths of the images that it lists and that are there."""
        return [path for paths in self._paths.values() for path in paths]

    def objects(self) -> dict[str, Counter[str]]:
        counts: dict[str, Counter[str]] = {path: Counter() for path in self.listed()}
        for (image, category), number in self._counts.items():
            if category in self._categories:
                for path in self._paths.get(image, ()) if image is not None else ():
                    counts[path][self._categories[category]] += number
        return counts

    def faults(self) -> list[Fault]:
        found = [
            Fault(self._path, "row", f"has {number:,} {name} that lack what they take or hold something else")
            for name, number in self._malformed.items()
        ]
        if self._missing:
            reason = f"lists {len(self._missing):,} images that are not there, {self._missing[0][:200]} the first"
            found.append(Fault(self._path, "row", reason))
        unknown = sum(number for (_, category), number in self._counts.items() if category not in self._categories)
        if unknown and self._categories:
            reason = f"has {unknown:,} annotations of no category; there are {len(self._categories)} categories"
            found.append(Fault(self._path, "label", reason))
        strays = sum(number for (image, _), number in self._counts.items() if image not in self._paths)
        if strays:
            found.append(Fault(self._path, "row", f"has {strays:,} annotations of images that it does not list"))
        return found

    def _image(self, item: dict[str, Any]) -> bool:
        key, name = _key(item.get("id")), item.get("file_name")
        if key is None or not isinstance(name, str):
            return False
        place = name.replace("\\", "/")
        paths = self._images.nearest(place.rpartition("/")[2], f"{self._path}/{place}")
        self._paths[key] = paths
        if not paths:
            self._missing.append(name)
        return True

    def _category(self, item: dict[str, Any]) -> bool:
        key, name = _key(item.get("id")), item.get("name")
        if key is None or not isinstance(name, str | int):
            return False
        self._categories[key] = str(name).strip() or str(key)
        return True

    def _annotation(self, item: dict[str, Any]) -> bool:
        image = _key(item.get("image_id"))
        parts = item.get("segments_info")  # of a panoptic annotation, which is one an image
        for part in parts if isinstance(parts, list) else [item]:
            if isinstance(part, dict) and ("category_id" in part or "caption" not in part):
                self._counts[image, _key(part.get("category_id"))] += 1
        return image is not None


def _key(value: Any) -> int | str | None:
    return value if isinstance(value, int | str) else None


def _holds_boxes(storage: Storage, path: str) -> bool:
    """Tell whether a file begins like one of COCO and holds annotations with boxes."""
    wanted = {b'"annotations"', b'"image_id"', b'"bbox"'}
    try:
        with storage.open(path) as file:
            piece = file.read(_HEAD)
            if not _OPENING.match(piece.removeprefix(b"\xef\xbb\xbf")):
                return False
            while piece and wanted:
                wanted -= {word for word in wanted if word in piece}
                end = piece[-20:]
                read = file.read(1 << 20)
                piece = end + read if read else b""
    except OSError:
        return False
    return not wanted
