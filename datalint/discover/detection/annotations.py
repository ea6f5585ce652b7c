"""What the readers of annotations have in common: which images they are of, and what came of reading them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from datalint.discover.listing import Fault
from datalint.discover.roles import split_roles
from datalint.storage import Encoded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from datalint.discover.listing import Found

LARGEST = 16 << 20
"""Bytes of one text that is read."""

_MOST_FAULTS = 100  # of a kind
_WORDS = re.compile(r"[/_.\- ]+")


class Annotations(NamedTuple):
    """The annotations of a dataset."""

    objects: Mapping[str, Counter[str]]
    """How many objects of each class there are, by the path of every annotated image."""
    splits: Mapping[str, Sequence[str]]
    """Splits by the path of an image, where files say so."""
    files: Sequence[str]
    """Where it was read, by path."""
    faults: Sequence[Fault]


class Images:
    """The images of a dataset, to be found by file name or its stem."""

    def __init__(self, found: Found) -> None:
        self._paths: dict[str, list[str]] = {}
        self._claims: dict[str, int] = {}
        for folder in found.tree.walk():
            for image in folder.images:
                name = image.removesuffix(".dvc")
                for key in {name, stem(name)}:
                    self._paths.setdefault(key, []).append(folder.join(image))

    def __contains__(self, key: str) -> bool:
        return key in self._paths

    def nearest(self, key: str, place: str) -> list[str]:
        """Return those of the images called so whose paths have most words in common with that of ``place``."""
        paths = self._paths.get(key, [])
        if len(paths) < 2:
            return paths
        shared = [_shared(path, place) for path in paths]
        return [path for path, words in zip(paths, shared, strict=True) if words == max(shared)]

    def claimed_by(self, annotation: str) -> list[str]:
        """Return the images that an annotation file is of by its name, and no other that is nearer."""
        mine = []
        for path in self.nearest(stem(annotation), annotation):
            words = _shared(path, annotation)
            if words >= self._claims.get(path, 0):
                self._claims[path] = words
                mine.append(path)
        return mine


def stem(path: str) -> str:
    """Return the file name without folders and extension."""
    return path.rpartition("/")[2].rpartition(".")[0]


def texts(found: Found, paths: Sequence[str], faults: list[Fault]) -> Iterator[tuple[str, bytes]]:
    """Yield the files with their content; one that cannot be read is a fault."""
    for path, content in zip(paths, found.storage.contents(paths), strict=True):
        problem = "cannot be read"
        if isinstance(content, Encoded):
            try:
                with content.file:
                    text = content.file.read(LARGEST + 1)
            except OSError:
                pass
            else:
                if len(text) <= LARGEST:
                    yield path, text
                    continue
                problem = f"has more than {LARGEST:,} bytes"
        faults.append(Fault(path, "damaged", problem))


def listed_splits(found: Found, paths: Sequence[str], images: Images, faults: list[Fault]) -> dict[str, list[str]]:
    """Read text files of an image a line, each named for its split; return the splits of every image."""
    roles = split_roles(map(stem, paths))
    parts = {name for name in roles if not re.fullmatch(r"train[ _-]?val", name, re.I)}
    names = parts if {roles[name] for name in parts} & {"train", "validation"} else set(roles)
    splits: dict[str, list[str]] = {}
    for path, text in texts(found, [path for path in paths if stem(path) in names], faults):
        lines = [line.strip() for line in text.decode("utf-8", "replace").splitlines() if line.strip()]
        missing = []
        for line in lines:
            key = next((key for key in _keys(line) if key in images), None)
            if key is None:
                missing.append(line)
                continue
            for image in images.nearest(key, f"{path}/{line}"):
                if stem(path) not in splits.setdefault(image, []):
                    splits[image].append(stem(path))
        if 0 < len(missing) < len(lines):  # otherwise it is no list of these images
            reason = f"lists {len(missing):,} images that are not there, {missing[0][:200]} the first"
            faults.append(Fault(path, "row", reason))
    return splits


def _keys(line: str) -> Iterator[str]:
    """Yield what a line may mean: an image's name with or without extension, or the first word of several."""
    name = line.replace("\\", "/").rpartition("/")[2]
    yield name
    yield name.split()[0] if name.split() else name


def at_most(faults: Sequence[Fault]) -> list[Fault]:
    """Keep the first faults of each kind, and say how many more there are."""
    counts: Counter[str] = Counter()
    kept = []
    for fault in faults:
        counts[fault.kind] += 1
        if counts[fault.kind] <= _MOST_FAULTS:
            kept.append(fault)
    last = {fault.kind: fault.file for fault in kept}
    more = {kind: count - _MOST_FAULTS for kind, count in counts.items() if count > _MOST_FAULTS}
    reasons = {kind: f"and other annotation files have {count:,} further faults" for kind, count in more.items()}
    return kept + [Fault(last[kind], kind, reason) for kind, reason in reasons.items()]


def _shared(path: str, place: str) -> int:
    return len({*_WORDS.split(path.lower())} & {*_WORDS.split(place.lower())})
