"""Files in a folder of this machine."""

from __future__ import annotations

import io
import os
import stat
from typing import IO, TYPE_CHECKING

from datalint.storage.content import Content, Encoded, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A file beyond that is decoded from disk; hardly one is an image within the pixel limit.
_IN_MEMORY = 64 << 20
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class LocalFiles:
    """The files below a folder, by their paths relative to it."""

    portable = True

    def __init__(self, root: str) -> None:
        self.root = root

    def contents(self, keys: Sequence[str], whole: bool = True) -> Iterator[Content]:
        for key in keys:
            try:
                file, size = _open(self.local(key))
            except OSError as error:
                yield Unavailable(error.strerror or type(error).__name__)
                continue
            if not whole or size > _IN_MEMORY:
                yield Encoded(io.BufferedReader(file), None, key)
                continue
            try:
                with file:
                    data = file.readall()
            except OSError as error:
                yield Unavailable(error.strerror or type(error).__name__)
            else:
                yield Encoded.of(data, key)

    def sizes(self, keys: Sequence[str]) -> list[int]:
        return [self.size(key) or 0 for key in keys]

    def location(self, key: str) -> str | None:
        return self.local(key)

    def position(self, key: str) -> tuple[str, int]:
        return "", 0

    def size(self, path: str) -> int | None:
        try:
            return os.stat(self.local(path)).st_size
        except OSError:
            return None

    def open(self, path: str) -> IO[bytes]:
        return io.BufferedReader(_open(self.local(path))[0])

    def local(self, path: str) -> str:
        return os.path.join(self.root, path)


def _open(location: str) -> tuple[io.FileIO, int]:
    """Open a regular file; a named pipe would wait for a writer."""
    file = io.FileIO(os.open(location, _FLAGS))
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        file.close()
        raise OSError(None, "not a regular file")
    return file, status.st_size
