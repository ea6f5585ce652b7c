"""YOLO: a text file an image, with a line for every box that begins with the number of its class."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from datalint.discover.listing import Fault
from datalint.storage import Encoded

if TYPE_CHECKING:
    from datalint.discover.listing import Found

CLASS_FILES = frozenset(("classes.txt", "obj.names", "data.yaml", "data.yml", "dataset.yaml"))
_MOST_FAULTS = 100
_LOOKED_AT, _HEAD = 200, 4096  # label files, bytes of each


def has_boxes(found: Found) -> bool:
    """Tell whether the label files hold boxes, or nothing, and not the label of an image."""
    stems = {name.rpartition(".")[0] for folder in found.tree.walk() for name in folder.images}
    texts = [
        folder.join(name) for folder in found.tree.walk() for name in folder.files if name.lower().endswith(".txt")
    ]
    files = [path for path in texts if path.rpartition("/")[2].rpartition(".")[0] in stems][:_LOOKED_AT]
    others = 0
    for content in found.storage.contents(files):
        if isinstance(content, Encoded):
            with content.file:
                lines = content.file.read(_HEAD).decode("utf-8", "replace").splitlines()
            if any(len(line.split()) >= 5 and line.split()[0].isdigit() for line in lines):
                return True
            others += any(map(str.strip, lines))
    return not others


def read_yolo(found: Found, faults: list[Fault]) -> dict[str, Counter[str]]:
    """Count the objects of each image, by its path."""
    names = _class_names(found)
    images: dict[str, list[str]] = {}
    files = []
    for folder in found.tree.walk():
        for name in folder.images:
            images.setdefault(name.rpartition(".")[0], []).append(folder.join(name))
        files += [folder.join(name) for name in folder.files if name.lower().endswith(".txt")]
    files = [path for path in files if path.rpartition("/")[2].rpartition(".")[0] in images]
    counts: dict[str, Counter[str]] = {}
    for path, content in zip(files, found.storage.contents(files), strict=True):
        if not isinstance(content, Encoded):
            faults.append(Fault(path, "damaged", "cannot be read"))
            continue
        with content.file:
            text = content.file.read().decode("utf-8", "replace")
        own = set(path.split("/"))
        known = images[path.rpartition("/")[2].rpartition(".")[0]]
        image = max(known, key=lambda one: len(own.intersection(one.split("/"))))
        counts[image] = Counter(_labels(text, path, names, faults))
    return counts


def _labels(text: str, path: str, names: list[str], faults: list[Fault]) -> list[str]:
    labels = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words:
            continue
        problem = None
        if not words[0].isdigit() or len(words) < 5:
            problem = "is no box; a class and at least four numbers were expected"
        elif names and int(words[0]) >= len(names):
            problem = f"has the class {words[0]}; there are {len(names)}, numbered from 0"
        if problem is None:
            labels.append(names[int(words[0])] if names else words[0])
        elif len(faults) < _MOST_FAULTS:
            faults.append(Fault(path, "label", problem, f"line {number}"))
    return labels


def _class_names(found: Found) -> list[str]:
    import yaml

    for folder in found.tree.walk():
        for name in sorted(CLASS_FILES.intersection(folder.files)):
            try:
                with found.storage.open(folder.join(name)) as file:
                    text = file.read(1 << 20).decode("utf-8", "replace")
                if not name.endswith(("yaml", "yml")):
                    return [line.strip() for line in text.splitlines() if line.strip()]
                document = yaml.safe_load(text)
            except (OSError, ValueError, yaml.YAMLError, RecursionError):
                continue
            names = document.get("names") if isinstance(document, dict) else None
            if isinstance(names, dict):
                return [str(names[key]) for key in sorted(names)]
            if isinstance(names, list):
                return [str(one) for one in names]
    return []
