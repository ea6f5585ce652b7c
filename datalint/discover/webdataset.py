"""WebDataset: files that share a key are one sample (``000.jpg``, ``000.cls``, ``000.json``), in shards or loose."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.discover.listing import Fault, Reading, Sample
from datalint.discover.roles import split_roles
from datalint.errors import DatasetError
from datalint.storage import Encoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from datalint.discover.listing import Found
    from datalint.discover.tree import Folder
    from datalint.storage import Storage

_LABEL_KEYS = ("label", "class", "cls", "category", "target", "class_name", "label_name")
_LONGEST_LABEL = 200  # characters; what is longer is a caption


class _Said(NamedTuple):
    """What stands beside an image."""

    label: str | None = None
    attributes: Mapping[str, str] = {}


def recognise(found: Found) -> Reading | None:
    """Read the dataset if most of its images have a ``.cls``, or a ``.json`` with a label, of the same key."""
    if found.focus is not None:
        return None
    beside = _beside(found.tree)
    labelled = sum(any(name.endswith((".cls", ".json")) for name in names) for names in beside.values())
    if not labelled or 2 * labelled < found.tree.images_below:
        return None
    reading = _read(found, beside)
    return reading if 2 * sum(bool(sample.labels) for sample in reading.samples) > len(reading.samples) else None


def read(found: Found) -> Reading:
    """Take images for samples by their keys, labelled or not."""
    if found.focus is not None:
        raise DatasetError("is a file; WebDataset is read from a tar archive or a folder of them")
    return _read(found, _beside(found.tree))


def _read(found: Found, beside: dict[str, list[str]]) -> Reading:
    wanted = {path for paths in beside.values() for path in paths}
    texts, faults = _texts(found.storage, wanted)
    said: dict[str, _Said] = {}
    for path, text in texts.items():
        try:
            said[path] = _parsed(path, text)
        except ValueError as error:
            faults.append(_fault(path, str(error)))
    samples = []
    for folder in found.tree.walk():
        split, role = _split(folder)
        for name in folder.images:
            path = folder.join(name)
            parts = [said[other] for other in beside.get(path, ()) if other in said]
            label = next((part.label for part in parts if part.label is not None), None)
            attributes = {key: value for part in parts for key, value in part.attributes.items()}
            labels = () if label is None else (label,)
            samples.append(Sample(path, found.storage, path, split, role, labels, attributes))
    shards = len(getattr(found.storage, "mounts", ()))
    where = f" in {shards} shards" if shards > 1 else ""
    return Reading("webdataset", f"WebDataset{where}", samples, (), faults=faults)


def _beside(tree: Folder) -> dict[str, list[str]]:
    """Map each image to the files of its key that can say something about it, ``.cls`` first."""
    found = {}
    for folder in tree.walk():
        by_key: dict[str, list[str]] = {}
        for name in folder.files:
            if name.endswith((".cls", ".json", ".txt")):
                by_key.setdefault(_key(name), []).append(folder.join(name))
        for name in folder.images if by_key else ():
            found[folder.join(name)] = sorted(by_key.get(_key(name), ()), key=lambda path: os.path.splitext(path)[1])
    return found


def _key(name: str) -> str:
    return name.partition(".")[0]


def _texts(storage: Storage, paths: Iterable[str]) -> tuple[dict[str, str], list[Fault]]:
    """Read small text files, in the order in which they lie."""
    ordered = sorted(paths, key=storage.position)
    texts, faults = {}, []
    for path, content in zip(ordered, storage.contents(ordered), strict=True):
        if not isinstance(content, Encoded):
            faults.append(_fault(path, "cannot be read"))
            continue
        with content.file:
            try:
                texts[path] = content.file.read().decode("utf-8").strip()
            except UnicodeDecodeError:
                faults.append(_fault(path, "is no UTF-8 text; a label was expected"))
    return texts, faults


def _parsed(path: str, text: str) -> _Said:
    if path.endswith(".json"):
        return _from_json(text)
    if path.endswith(".txt"):  # a caption, which is no label
        return _Said(None, {"txt": text} if 0 < len(text) <= _LONGEST_LABEL else {})
    if not text or len(text) > _LONGEST_LABEL or "\n" in text:
        raise ValueError("holds no label; one short line was expected")
    return _Said(text)


def _from_json(text: str) -> _Said:
    try:
        record: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("is no valid JSON") from None
    if not isinstance(record, dict):
        return _Said()
    scalars = {str(k): _plain(v) for k, v in record.items() if isinstance(v, str | int | float) and v != ""}
    name = next((key for key in _LABEL_KEYS if key in scalars), None)
    return _Said(scalars.pop(name) if name else None, scalars)


def _plain(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _split(folder: Folder) -> tuple[str | None, str | None]:
    """Find the split in the name of a shard (``imagenet-val-000.tar``) or of a folder."""
    for part in folder.path.split("/"):
        stem = part.partition(".")[0]
        for word in stem.replace("_", "-").split("-"):
            if role := split_roles([word]).get(word):
                return word, role
    return None, None


def _fault(path: str, reason: str) -> Fault:
    file, _, member = path.rpartition("/")
    return Fault(file or path, "label", reason, f"member {member}" if file else None)
