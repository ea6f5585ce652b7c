"""Images and labels in parallel folders: ``images/0001.jpg`` and ``labels/0001.txt``; masks are no class."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from datalint.discover import folders
from datalint.discover.copies import without
from datalint.discover.listing import Fault, Found, Place, Reading, Sample, samples_in
from datalint.discover.masks import find_masks
from datalint.discover.pairing import split_of
from datalint.errors import DatasetError
from datalint.storage import Encoded

if TYPE_CHECKING:
    from datalint.discover.tree import Folder

_LABELS = re.compile(r"(labels?|classes|targets?|annotations?|y)$", re.I)
_EXTENSIONS = (".txt", ".cls", ".json", ".label")
_LONGEST = 100  # characters of a label
_LOOKED_AT = 20


def recognise(found: Found) -> Reading | None:
    """Read the dataset if most of its images have a file with one label beside them in a folder of labels."""
    if found.focus is not None or not found.tree.images_below:
        return None
    pairs = _pairs(found.tree)
    if 2 * len(pairs) > found.tree.images_below:
        some = [_label(found, path) for path in list(pairs.values())[:_LOOKED_AT]]
        if all(isinstance(label, str) for label in some):
            return _reading(found, pairs)
    return _without_masks(found)


def read(found: Found) -> Reading:
    """Read the labels from files of the images' names."""
    pairs = _pairs(found.tree) if found.focus is None else {}
    if not pairs:
        raise DatasetError("no label files found: labels/NAME.txt for images/NAME.jpg")
    return _reading(found, pairs)


def _pairs(tree: Folder) -> dict[str, str]:
    """Map images to files of their stem in a folder of labels."""
    labels: dict[str, list[str]] = {}
    for folder in tree.walk():
        if _LABELS.match(folder.name) or any(_LABELS.match(part) for part in folder.path.split("/")):
            for name in folder.files:
                if name.lower().endswith(_EXTENSIONS):
                    labels.setdefault(name.rpartition(".")[0], []).append(folder.join(name))
    pairs = {}
    for folder in tree.walk() if labels else ():
        for name in folder.images:
            files = labels.get(name.rpartition(".")[0], [])
            if files:  # of several the one in the same split
                own = set(folder.path.split("/"))
                pairs[folder.join(name)] = max(files, key=lambda path: len(own.intersection(path.split("/"))))
    return pairs


def _label(found: Found, path: str) -> str | Fault:
    (content,) = found.storage.contents([path])
    if not isinstance(content, Encoded):
        return Fault(path, "label", "cannot be read")
    with content.file:
        text = content.file.read(4096).decode("utf-8", "replace").strip()
    if path.lower().endswith(".json"):
        try:
            value = json.loads(text)
        except ValueError:
            return Fault(path, "label", "is no valid JSON")
        names = ("label", "class", "category", "name")
        value = next((value[name] for name in names if name in value), None) if isinstance(value, dict) else value
        text = str(value) if isinstance(value, str | int) else ""
    if not text or len(text) > _LONGEST or "\n" in text or len(text.split()) > 4:
        return Fault(path, "label", "holds no label; one short line was expected")
    return text


def _reading(found: Found, pairs: dict[str, str]) -> Reading:
    samples, faults = [], []
    for folder in found.tree.walk():
        split, role = split_of(folder.path.split("/"))
        for name in folder.images:
            path = folder.join(name)
            label = _label(found, pairs[path]) if path in pairs else None
            if isinstance(label, Fault):
                faults.append(label)
            labels = (label,) if isinstance(label, str) else ()
            samples.append(Sample(path, found.storage, path, split, role, labels))
    unlabelled = found.tree.images_below - len(pairs)
    notices = [f"{unlabelled:,} images have no label file"] if unlabelled else []
    manifests = list(pairs.values())
    return Reading("label-files", "images with label files", samples, notices, manifests=manifests, faults=faults)


def _without_masks(found: Found) -> Reading | None:
    """Read the folders as if those of masks were not there."""
    masks = find_masks(found.tree)
    if not masks:
        return None
    tree = without(found.tree, masks)
    reading = folders.recognise(Found(found.storage, found.options, lambda: (tree, [])))
    notices = [
        f"{one.folder.path}/ holds masks of the images in {one.original.path}/ and was left out" for one in masks
    ]
    if reading is None or len({sample.labels for sample in reading.samples}) > 1:
        return reading and reading._replace(notices=[*notices, *reading.notices])
    places = [Place(folder, *split_of(folder.path.split("/"))) for folder in tree.walk() if folder.images]
    return Reading("flat", "images without labels", samples_in(found.storage, places), notices, places=places)
