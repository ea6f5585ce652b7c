"""Thumbnails, in a file beside the tables: those of a million images take 3 GB, which no table need hold."""

from __future__ import annotations

import os
import tempfile
from functools import partial
from typing import IO, TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Array: TypeAlias = "np.ndarray[Any, Any]"

SHAPE = (32, 32, 3)
BYTES = 32 * 32 * 3
"""Of one thumbnail, row by row."""

_BATCH = 1024


def batches(count: int) -> Iterator[slice]:
    """Cut so many thumbnails into as many as are best handled at a time."""
    return (slice(start, min(start + _BATCH, count)) for start in range(0, count, _BATCH))


class ThumbnailFile:
    """A file of thumbnails that only grows; several processes may append to it at once."""

    def __init__(self, file: Path | None = None) -> None:
        """Open or make the file; without one, a temporary file that goes away with this. Raises OSError."""
        # Appending moves to the end first, so that what two processes write never lies in one place.
        made: Any = tempfile.TemporaryFile if file is None else partial(open, file)
        self._file: IO[bytes] = made(mode="ab+", buffering=0)

    def append(self, thumbnails: Array) -> Array:
        """Add thumbnails, uint8[n, 3072]; returns their slots, int64[n]. Raises OSError."""
        data = np.ascontiguousarray(thumbnails).tobytes()
        start = self._write(data)
        while start % BYTES:  # a process was killed while it wrote
            self._write(bytes(-(start + len(data)) % BYTES))
            start = self._write(data)
        return start // BYTES + np.arange(len(thumbnails), dtype=np.int64)

    def at(self, slots: Array) -> StoredThumbnails:
        """Return the thumbnails in slots (int64[n])."""
        return StoredThumbnails([(self._mapped(), slots)])

    def __len__(self) -> int:
        """Count the slots that are filled."""
        return os.fstat(self._file.fileno()).st_size // BYTES

    def close(self) -> None:
        self._file.close()

    def _mapped(self) -> Array:
        count = len(self)
        if not count:
            return np.empty((0, *SHAPE), np.uint8)
        return np.memmap(self._file, np.uint8, "r", shape=(count, *SHAPE))

    def _write(self, data: bytes) -> int:
        """Append bytes; returns where they begin."""
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]
        return self._file.tell() - len(data)


class StoredThumbnails:
    """Thumbnails that are read when they are looked at; indexed by row like an array, uint8[n, 32, 32, 3]."""

    def __init__(self, parts: Sequence[tuple[Array, Array]]) -> None:
        """Take files as arrays, each with the slots that count, int64."""
        self._parts = parts
        self._starts = np.cumsum([0, *(len(slots) for _, slots in parts)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def __getitem__(self, rows: Any) -> Array:
        if len(self._parts) == 1:
            stored, slots = self._parts[0]
            return np.asarray(stored[slots[rows]])
        rows = np.asarray(rows)
        found = np.empty((*rows.shape, *SHAPE), np.uint8)
        for (stored, slots), start, stop in zip(self._parts, self._starts, self._starts[1:], strict=False):
            inside = (rows >= start) & (rows < stop)
            found[inside] = stored[slots[rows[inside] - start]]
        return found

    def followed_by(self, other: StoredThumbnails) -> StoredThumbnails:
        """Return these and then the other's."""
        return StoredThumbnails([*self._parts, *other._parts])
