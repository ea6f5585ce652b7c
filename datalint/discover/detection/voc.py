"""Pascal VOC: an XML file an image, with an ``object`` for every box."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NoReturn
from xml.etree import ElementTree

from datalint.discover.detection.annotations import Annotations, Images, listed_splits, texts
from datalint.discover.listing import Fault

if TYPE_CHECKING:
    from datalint.discover.listing import Found


class _Builder(ElementTree.TreeBuilder):
    """Refuses documents that declare their type: with it come entities, which can unfold to any size."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> NoReturn:
        raise ValueError("it declares a document type, which no annotation needs")


def read_voc(found: Found) -> Annotations:
    """Count the objects of each image; ``ImageSets/Main`` says which split it belongs to."""
    images = Images(found)
    files, lists = [], []
    for folder in found.tree.walk():
        files += [folder.join(name) for name in folder.files if name.lower().endswith(".xml")]
        if folder.path.lower().endswith("imagesets/main"):
            lists += [folder.join(name) for name in folder.files if name.lower().endswith(".txt")]
    faults: list[Fault] = []
    objects: dict[str, Counter[str]] = {}
    for path, text in texts(found, files, faults):
        try:
            names = _names(text)
        except (ElementTree.ParseError, ValueError, LookupError) as error:
            faults.append(Fault(path, "damaged", f"is no VOC annotation: {error}"))
            continue
        faults += [Fault(path, "label", "has no name", f"object {n}") for n, name in enumerate(names, 1) if not name]
        for image in images.claimed_by(path):
            objects[image] = Counter(filter(None, names))
    splits = listed_splits(found, lists, images, faults)
    return Annotations(objects, splits, [*files, *lists], faults)


def _names(text: bytes) -> list[str]:
    """Return the class of each object; empty where it has none. Raises ParseError, ValueError and LookupError."""
    root = ElementTree.fromstring(text, ElementTree.XMLParser(target=_Builder()))
    if root.tag != "annotation":
        raise ValueError(f"its root is {root.tag[:40]}, annotation was expected")
    return [(item.findtext("name") or "").strip() for item in root.iter("object")]
