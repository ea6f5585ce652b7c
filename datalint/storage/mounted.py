"""Several storages seen as one: archives in a folder, each as if it were a folder itself."""

from __future__ import annotations

from itertools import groupby
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from datalint.storage.content import Content, Storage


class MountedFiles:
    """The files of a storage, and below some of its paths those of others (``train.zip/cat/1.jpg``)."""

    portable = True

    def __init__(self, base: Storage, mounts: Mapping[str, Storage]) -> None:
        self.root = base.root
        self._base = base
        self.mounts = mounts

    def contents(self, keys: Sequence[str], whole: bool = True) -> Iterator[Content]:
        located = (self._locate(key) for key in keys)
        for _, members in groupby(located, key=lambda place: id(place[0])):
            group = list(members)
            yield from group[0][0].contents([path for _, path in group], whole)

    def sizes(self, keys: Sequence[str]) -> list[int]:
        return [self.size(key) or 0 for key in keys]

    def location(self, key: str) -> str | None:
        storage, path = self._locate(key)
        return storage.location(path)

    def position(self, key: str) -> tuple[str, int]:
        storage, path = self._locate(key)
        return storage.position(path)

    def size(self, path: str) -> int | None:
        storage, inner = self._locate(path)
        return storage.size(inner)

    def open(self, path: str) -> IO[bytes]:
        storage, inner = self._locate(path)
        return storage.open(inner)

    def local(self, path: str) -> str:
        storage, inner = self._locate(path)
        return storage.local(inner)

    def _locate(self, path: str) -> tuple[Storage, str]:
        end = path.find("/")
        while end >= 0:
            storage = self.mounts.get(path[:end])
            if storage is not None:
                return storage, path[end + 1 :]
            end = path.find("/", end + 1)
        return self._base, path
