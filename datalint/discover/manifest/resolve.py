"""From the name of an image in a manifest to the files that it means."""

from __future__ import annotations

import posixpath
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from datalint.storage.fetch import is_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from datalint.discover.tree import Folder


class _Index(NamedTuple):
    paths: set[str]
    by_name: dict[str, list[str]]
    by_stem: dict[str, list[str]]
    without_extension: dict[str, str]


class Files:
    """The images of a tree, to be found by the names that manifests have for them."""

    def __init__(self, tree: Callable[[], Folder]) -> None:
        """``tree`` is read when the first name is looked for: URLs need none."""
        self._tree = tree

    @property
    def paths(self) -> set[str]:
        return self._index.paths

    @cached_property
    def _index(self) -> _Index:
        index = _Index(set(), {}, {}, {})
        for folder in self._tree().walk():
            for name in folder.images:
                path = folder.join(name)
                index.paths.add(path)
                index.by_name.setdefault(name, []).append(path)
                index.by_stem.setdefault(_stem(name), []).append(path)
                index.without_extension.setdefault(_stem(path), path)
        return index

    def find(self, name: str, base: str, prefer: str | None = None) -> list[str]:
        """Return the images that a name means; ``base`` is the manifest's folder.

        A path is looked for below the manifest's folder, then below the root, then without its first parts, which may
        be those of another machine. A bare name means all files of that name, in whatever folder; where one of the
        folders is called ``prefer`` (as the manifest is), those in it only. An extension may be missing.
        """
        name = name.strip().replace("\\", "/")
        if not name or is_url(name):
            return []
        plain = posixpath.normpath(name)
        parts = [part for part in plain.split("/") if part]
        for start in range(len(parts)):
            tail = "/".join(parts[start:])
            if start == len(parts) - 1 and start > 0:
                break  # a bare name is too little of a path
            for candidate in (posixpath.normpath(posixpath.join(base, tail)), tail):
                found = candidate if candidate in self.paths else self._index.without_extension.get(candidate)
                if found is not None:
                    return [found]
        if not parts:
            return []
        last = parts[-1]
        matches = self._index.by_name.get(last) or self._index.by_stem.get(last, [])
        if len(parts) > 1:  # the folders of another machine; only a name that is unique can be trusted
            return matches if len(matches) == 1 else []
        preferred = [path for path in matches if prefer and prefer in path.split("/")[:-1]]
        return preferred or matches


def _stem(path: str) -> str:
    stem, dot, extension = path.rpartition(".")
    return stem if dot and "/" not in extension else path
