"""Which files of a tree may be manifests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datalint.discover.tree import Folder

_EXTENSIONS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".lst")
_MOST = 40  # in one folder
_MOST_IN_ALL = 200
_NONE = re.compile(
    r"(requirements|readme|licen[cs]e|notice|changelog|authors|citation|package|tsconfig|poetry"
    r"|augment-log|predictions?|preds?|results?|outputs?|logs?|history|metrics|scores)\b.*",
    re.I,
)


def candidates(tree: Folder) -> list[str]:
    """Return the files that may be manifests, those nearest to the root first.

    Files that belong to one image, by their stem, are none; where there are very many of a kind in a folder, they are
    one for every image as well.
    """
    by_depth: dict[int, list[str]] = {}
    for folder in tree.walk():
        stems = {name.rpartition(".")[0] for name in folder.images}
        texts = [
            name
            for name in folder.files
            if is_candidate_name(name) and name.rpartition(".")[0] not in stems and not _NONE.match(name)
        ]
        if texts and len(texts) <= _MOST:
            by_depth.setdefault(folder.path.count("/") + bool(folder.path), []).extend(map(folder.join, texts))
    found: list[str] = []
    for depth in sorted(by_depth):
        if len(found) + len(by_depth[depth]) > _MOST_IN_ALL:
            break  # all of a level or none: a manifest in every class folder
        found += sorted(by_depth[depth], key=lambda path: (not path.lower().endswith((".csv", ".tsv", ".jsonl")), path))
    return found


def is_candidate_name(name: str) -> bool:
    return name.lower().endswith(_EXTENSIONS)


def is_submission(path: str) -> bool:
    """Tell whether a file is a form to be filled in: its labels mean nothing."""
    return "submission" in path.rpartition("/")[2].lower()
