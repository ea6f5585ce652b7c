"""Pascal VOC: an XML file an image, with an ``object`` for every box."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from datalint.discover.listing import Fault
from datalint.storage import Encoded

if TYPE_CHECKING:
    from datalint.discover.listing import Found

_LARGEST = 16 << 20  # bytes of one file


def read_voc(found: Found, faults: list[Fault]) -> dict[str, Counter[str]]:
    """Count the objects of each image, by its path."""
    images: dict[str, list[str]] = {}
    files = []
    for folder in found.tree.walk():
        for name in folder.images:
            images.setdefault(name.rpartition(".")[0], []).append(folder.join(name))
        files += [folder.join(name) for name in folder.files if name.lower().endswith(".xml")]
    counts: dict[str, Counter[str]] = {}
    for path, content in zip(files, found.storage.contents(files), strict=True):
        if not isinstance(content, Encoded):
            faults.append(Fault(path, "damaged", "cannot be read"))
            continue
        with content.file:
            text = content.file.read(_LARGEST)
        try:
            labels = _labels(text)
        except (ElementTree.ParseError, ValueError) as error:
            faults.append(Fault(path, "damaged", f"is no VOC annotation: {error}"))
            continue
        for image in _nearest(images.get(path.rpartition("/")[2].rpartition(".")[0], []), path):
            counts[image] = Counter(labels)
    return counts


def _labels(text: bytes) -> list[str]:
    if b"<!ENTITY" in text:
        raise ValueError("it defines entities, which no annotation needs")
    root = ElementTree.fromstring(text)
    return [(item.findtext("name") or "").strip() or "(no name)" for item in root.iter("object")]


def _nearest(images: list[str], path: str) -> list[str]:
    """Of images with one name in several folders, choose that which shares most of the annotation's path."""
    own = set(path.split("/"))
    return [max(images, key=lambda image: len(own.intersection(image.split("/"))))] if images else []
