"""The bytes of a file, read once where they fit in memory."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from typing import IO, NamedTuple

# A file beyond that is decoded from disk; hardly one is an image within the pixel limit.
_IN_MEMORY = 64 << 20
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class Bytes(NamedTuple):
    """An open file for Pillow. Close :attr:`file` at the end."""

    file: IO[bytes]
    data: bytes | None
    """All of it, when it was read into memory."""

    def head(self, size: int) -> bytes:
        """Return the first bytes."""
        if self.data is not None:
            return self.data[:size]
        position = self.file.tell()  # some plugins decode from where they stopped
        self.file.seek(0)
        head = self.file.read(size)
        self.file.seek(position)
        return head

    def digest(self) -> str:
        """Return the SHA-256 of all bytes, hexadecimal."""
        if self.data is not None:
            return hashlib.sha256(self.data).hexdigest()
        digest = hashlib.sha256()
        self.file.seek(0)
        while piece := self.file.read(1 << 20):
            digest.update(piece)
        return digest.hexdigest()


def read_file(location: str) -> Bytes:
    """Read a file, or open it when it is very large. Raises OSError, also for what is no regular file."""
    file, size = _open(location)
    if size > _IN_MEMORY:
        return Bytes(io.BufferedReader(file), None)
    with file:
        data = file.readall()
    return Bytes(io.BytesIO(data), data)


def open_regular(location: str) -> io.FileIO:
    """Open a regular file; a named pipe would wait for a writer. Raises OSError."""
    return _open(location)[0]


def _open(location: str) -> tuple[io.FileIO, int]:
    file = io.FileIO(os.open(location, _FLAGS))
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        file.close()
        raise OSError(None, "not a regular file")
    return file, status.st_size


def file_digest(location: str) -> str | None:
    """Return the SHA-256 of a file's bytes, hexadecimal; None when it cannot be read."""
    try:
        with open_regular(location) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
