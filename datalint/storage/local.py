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
                descriptor, size = _open(self.local(key))
                if whole and size <= _IN_MEMORY:
                    content = Encoded.of(_read(descriptor, size), key)
                else:
                    content = Encoded(io.BufferedReader(io.FileIO(descriptor)), None, key)
            except OSError as error:
                yield Unavailable(error.strerror or type(error).__name__)
            else:
                yield content

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
        return io.BufferedReader(io.FileIO(_open(self.local(path))[0]))

    def local(self, path: str) -> str:
        return os.path.join(self.root, path)


def _open(location: str) -> tuple[int, int]:
    """Open a regular file; a named pipe would wait for a writer. Returns a descriptor and the size."""
    descriptor = os.open(location, _FLAGS)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise OSError(None, "not a regular file")
    return descriptor, status.st_size


def _read(descriptor: int, size: int) -> bytes:
    """Read and close a file of about that size; without a file object, which takes as long as a small file does."""
    try:
        data = os.read(descriptor, size + 1)  # a byte more than there is, so that the end shows
        if len(data) == size:
            return data
        pieces = [data]
        while pieces[-1]:  # it has changed, or the system reads less at a time
            pieces.append(os.read(descriptor, 1 << 20))
        return b"".join(pieces)
    finally:
        os.close(descriptor)
