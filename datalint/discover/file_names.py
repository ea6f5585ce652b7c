"""Labels in the names of files that lie in no class folders: ``cat.0.jpg``, ``dog_12.png``."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from datalint.discover.listing import Reading, Sample
from datalint.discover.roles import split_roles
from datalint.errors import DatasetError

if TYPE_CHECKING:
    from datalint.discover.listing import Found
    from datalint.discover.tree import Folder

_NUMBERED = re.compile(r"(?P<label>[^\W\d_](?:[\w -]*[^\W\d_])?)(?P<separator>[._ -])(?P<number>\d+)\.\w+$")
_CAMERA = frozenset(
    """
    image images img imgs pic picture photo photos frame frames dsc dscn dscf imag pict screenshot scan file page tile
    crop sample untitled p pxl vid video mvi gopr capture snapshot webcam cam test train val valid validation
    """.split()
)
_MATCHING, _FEWEST = 0.95, 5  # share of the names, and images a label on average, that make it no accident
_FIELD = re.compile(r"\{(label|number|split)\}|\*")
_PARTS = {"label": r"(?P<label>.+?)", "number": r"\d+", "split": r"(?P<split>[^\W_]+)", "*": r".*?"}


def recognise(found: Found) -> Reading | None:
    """Read labels from the names where these are surely a word and a number, or as the pattern given has it."""
    if found.options.label_pattern is not None:
        return read(found)
    if found.focus is not None or not found.tree.images_below:
        return None
    folders = [folder for folder in found.tree.walk() if folder.images]
    roles = split_roles(folder.name for folder in folders)
    if len(folders) > 1 and len(roles) < len({folder.name for folder in folders}):
        return None  # the folders say more
    folders = [folder for folder in folders if not _is_unlabelled(folder, _NUMBERED)]
    matches = [_NUMBERED.match(name) for folder in folders for name in folder.images]
    labels = Counter(match["label"].lower() for match in matches if match)
    separators = {match["separator"] for match in matches if match}
    sure = sum(labels.values()) >= _MATCHING * len(matches) and len(separators) == 1
    if not sure or len(labels) < 2 or len(matches) < _FEWEST * len(labels) or labels.keys() & _CAMERA:
        return None
    return _reading(found, _NUMBERED, f"{{label}}{separators.pop()}{{number}}")


def read(found: Found) -> Reading:
    """Read labels from the names by the pattern given, or by a word before a number."""
    if found.focus is not None:
        raise DatasetError("is a file; labels in file names are those of a folder of images")
    pattern = found.options.label_pattern
    if pattern is None:
        return _reading(found, _NUMBERED, "{label}.{number}")
    return _reading(found, _compiled(pattern), pattern)


def _compiled(pattern: str) -> re.Pattern[str]:
    if pattern.count("{label}") != 1 or pattern.count("{split}") > 1:
        raise DatasetError(
            f"the label pattern {pattern!r} must hold {{label}} once; {{number}}, {{split}} and * may be there"
        )
    pieces, end = [], 0
    for field in _FIELD.finditer(pattern):
        pieces += [re.escape(pattern[end : field.start()]), _PARTS[field[1] or "*"]]
        end = field.end()
    return re.compile("".join(pieces) + re.escape(pattern[end:]) + "$")


def _reading(found: Found, expression: re.Pattern[str], shown: str) -> Reading:
    samples, unlabelled, unmatched = [], [], []
    folders = [folder for folder in found.tree.walk() if folder.images]
    roles = split_roles(folder.name for folder in folders)
    for folder in folders:
        if "/" not in shown and _is_unlabelled(folder, expression):
            paths = map(folder.join, folder.images)
            unlabelled += [Sample(path, found.storage, path, folder.name, "test") for path in paths]
            continue
        for name in folder.images:
            path = folder.join(name)
            match = expression.match(path if "/" in shown else name)
            if match is None:
                unmatched.append(path)
                continue
            split = match.groupdict().get("split") or (folder.name if folder.name in roles else None)
            role = split_roles([split]).get(split) if split else None
            samples.append(Sample(path, found.storage, path, split, role, (match["label"],)))
    if not samples:
        raise DatasetError(f"no file name is like {shown!r}; one is {unmatched[0] if unmatched else 'missing'}")
    notices = [f"the label was read from the file names: {shown}"]
    if unmatched:
        notices.append(f"{len(unmatched):,} images have other names and were left out: {unmatched[0]}")
    if unlabelled:
        notices.append(f"{len(unlabelled):,} images to test on have no label in their names: {unlabelled[0].path}")
    return Reading("file-names", "labels in file names", samples + unlabelled, notices)


def _is_unlabelled(folder: Folder, expression: re.Pattern[str]) -> bool:
    """Tell whether a folder is one for testing, and no name in it holds a label."""
    role = split_roles([folder.name]).get(folder.name)
    return role == "test" and not any(map(expression.match, folder.images))
