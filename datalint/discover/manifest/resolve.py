"""From the name of an image in a manifest to the files that it means."""

from __future__ import annotations

import posixpath
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from datalint.discover.roles import split_roles
from datalint.discover.tree import is_image
from datalint.storage import LocalFiles
from datalint.storage.fetch import is_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from datalint.discover.tree import Folder
    from datalint.storage import Storage


class _Index(NamedTuple):
    paths: set[str]
    by_name: dict[str, list[str]]
    by_stem: dict[str, list[str]]
    without_extension: dict[str, str]


class Files:
    """The images of a tree, to be found by the names that manifests have for them."""

    def __init__(self, tree: Callable[[], Folder], storage: Storage | None = None) -> None:
        """``tree`` is read when the first name is looked for: URLs need none.

        In files of this machine, ``storage``, a path may lead out of the tree.
        """
        self._tree = tree
        self._outside = storage if isinstance(storage, LocalFiles) else None

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
        be those of another machine. A bare name means all files of that name, in whatever folder; where some of the
        folders are of the split ``prefer`` (which the manifest is of), those in them only. An extension may be missing.
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
        if self._is_outside(path := posixpath.join(base, name)):
            return [posixpath.normpath(path)]
        last = parts[-1]
        matches = self._index.by_name.get(last) or self._index.by_stem.get(last, [])
        if len(parts) > 1:  # the folders of another machine; only a name that is unique can be trusted
            return matches if len(matches) == 1 else []
        if len(matches) < 2 or not (role := _role(prefer or "")):
            return matches
        return [path for path in matches if role in folder_roles(path)] or matches

    def _is_outside(self, path: str) -> bool:
        """Tell whether there is such an image on this machine, out of the tree."""
        if self._outside is None or not (leads_out(path) or path.startswith("/")):
            return False
        return is_image(posixpath.basename(path), set()) and self._outside.size(path) is not None


def leads_out(path: str) -> bool:
    """Tell whether a path relative to the root leads out of it."""
    return posixpath.normpath(path).startswith("../")


def folder_roles(path: str) -> set[str | None]:
    """Return what the folders on a path are for, by their names."""
    return {_role(part) for part in path.split("/")[:-1]}


@lru_cache(maxsize=1024)
def _role(name: str) -> str | None:
    return split_roles([name]).get(name)


def _stem(path: str) -> str:
    stem, dot, extension = path.rpartition(".")
    return stem if dot and "/" not in extension else path
