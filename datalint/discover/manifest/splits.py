"""Splits by the names of manifests, of folders and of the values of a column."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from datalint.discover.roles import split_roles

if TYPE_CHECKING:
    from collections.abc import Collection

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def split_in(path: str) -> str | None:
    """Find the split in the name of a manifest (``train.csv``), or of a folder that it lies in."""
    stem = path.rpartition(".")[0]
    for part in reversed(stem.split("/")):
        for name in (part, *part.replace("-", "_").split("_")):
            if name in split_roles([name]):
                return name
    return None


def roles_of(splits: Collection[str]) -> dict[str, str]:
    """Map splits to their roles, also ``PublicTest``; the only other one beside splits for testing is to train on."""
    roles = split_roles(splits)
    for name in splits:
        words = [word.lower() for word in _WORD.findall(name)]
        of_words = set(split_roles(words).values())
        if name not in roles and len(of_words) == 1:
            roles[name] = of_words.pop()
    others = [name for name in splits if name not in roles]
    if roles and len(others) == 1 and "train" not in roles.values():
        roles[others[0]] = "train"
    return roles


def folder_splits(paths: Collection[str]) -> dict[str, str]:
    """Map paths to their splits: the first folders in which they differ, where one of these is a split by its name."""
    folders = {path: path.split("/")[:-1] for path in paths}
    common = len(posixpath.commonprefix(list(folders.values()))) if folders else 0
    tops = {path: parts[common] for path, parts in folders.items() if len(parts) > common}
    names = set(tops.values())
    return tops if len(names) > 1 and split_roles(names) else {}
