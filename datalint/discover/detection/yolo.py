"""YOLO: a text file an image, with a line for every box that begins with the number of its class."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from datalint.discover.detection.annotations import Annotations, Images, listed_splits, stem, texts
from datalint.discover.listing import Fault
from datalint.discover.yaml_file import read_yaml
from datalint.storage import Encoded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datalint.discover.listing import Found

CLASS_FILES = frozenset(("classes.txt", "obj.names", "_darknet.labels", "data.yaml", "data.yml", "dataset.yaml"))
_LOOKED_AT, _HEAD = 200, 4096  # label files, bytes of each
_NUMBER = re.compile(r"(\d{1,9})(\.0*)?", re.A)


def has_boxes(found: Found) -> bool:
    """Tell whether the label files hold boxes, or nothing, and not the label of an image."""
    images = Images(found)
    files = [path for path in _texts(found) if stem(path) in images][:_LOOKED_AT]
    others = 0
    for content in found.storage.contents(files):
        if isinstance(content, Encoded):
            with content.file:
                lines = content.file.read(_HEAD).decode("utf-8", "replace").splitlines()
            if any(len(line.split()) >= 5 and _NUMBER.fullmatch(line.split()[0]) for line in lines):
                return True
            others += any(map(str.strip, lines))
    return not others


def read_yolo(found: Found) -> Annotations:
    """Count the objects of each image; lists such as ``train.txt`` say which split it belongs to."""
    images = Images(found)
    faults: list[Fault] = []
    names = _class_names(found, faults)
    files = [path for path in _texts(found) if stem(path) in images]
    objects: dict[str, Counter[str]] = {}
    for path, text in texts(found, files, faults):
        labels = _labels(text.decode("utf-8", "replace"), path, names, faults)
        for image in images.claimed_by(path):
            objects[image] = Counter(labels)
    lists = [path for path in _texts(found) if stem(path) not in images]
    splits = listed_splits(found, lists, images, faults)
    return Annotations(objects, splits, files, faults)


def _texts(found: Found) -> list[str]:
    return [
        folder.join(name)
        for folder in found.tree.walk()
        for name in folder.files
        if name.lower().endswith(".txt") and name not in CLASS_FILES
    ]


def _labels(text: str, path: str, names: Mapping[int, str], faults: list[Fault]) -> list[str]:
    labels = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words:
            continue
        first = _NUMBER.fullmatch(words[0])
        if not first or len(words) < 5 or not all(map(_is_number, words)):
            problem = "is no box; a class and at least four numbers were expected"
            faults.append(Fault(path, "label", problem, f"line {number}"))
        elif names and int(first[1]) not in names:
            problem = f"has the class {first[1]}; there are {len(names)}, numbered from 0"
            faults.append(Fault(path, "label", problem, f"line {number}"))
        else:
            labels.append(names.get(int(first[1]), first[1]))
    return labels


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _class_names(found: Found, faults: list[Fault]) -> dict[int, str]:
    """Return the names of the classes by their number; empty where no file tells them."""
    for folder in found.tree.walk():
        for name in sorted(CLASS_FILES.intersection(folder.files)):
            path = folder.join(name)
            if name.endswith(("yaml", "yml")):
                try:
                    document = read_yaml(found.storage, path)
                except (OSError, ValueError) as error:
                    faults.append(Fault(path, "damaged", getattr(error, "strerror", None) or str(error)))
                    continue
                named = document.get("names") if isinstance(document, dict) else None
            else:
                named = [
                    line.strip()
                    for _, text in texts(found, [path], faults)
                    for line in text.decode("utf-8", "replace").splitlines()
                    if line.strip()
                ]
            pairs = named.items() if isinstance(named, dict) else enumerate(named) if isinstance(named, list) else ()
            names = {int(key): str(value) for key, value in pairs if _NUMBER.fullmatch(str(key))}
            if names:
                return names
    return {}
