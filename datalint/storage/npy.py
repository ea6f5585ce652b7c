"""Images in NPY files, and in the members of NPZ archives: a row each."""

from __future__ import annotations

import os
import zipfile
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np

from datalint.storage.content import Content, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datalint.storage.arrays import Interpretation

_MEMBER = ".npy"


class NPYHeader(NamedTuple):
    """What an array in a file is, by its header."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool
    """Whether the first axis runs fastest, so that a row does not lie in one place."""
    start: int
    """Bytes before the values."""


def read_npy_header(file: IO[bytes]) -> NPYHeader:
    """Read the header of an array. Raises ValueError for what is none."""
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(file)
    return NPYHeader(shape, dtype, fortran, file.tell())


def npz_members(file: str) -> list[str]:
    """Return the names of the arrays in an NPZ archive. Raises OSError and BadZipFile."""
    with zipfile.ZipFile(file) as archive:
        return [name.removesuffix(_MEMBER) for name in archive.namelist() if name.endswith(_MEMBER)]


def open_array(file: str, member: str | None) -> IO[bytes]:
    """Open an NPY file, or a member of an NPZ archive."""
    if member is None:
        return open(file, "rb")
    return zipfile.ZipFile(file).open(member + _MEMBER)


class NPYImages:
    """The rows of an array in an NPY file, or of one in an NPZ archive, of this machine; keys are row numbers."""

    portable = True

    def __init__(self, file: str, member: str | None, header: NPYHeader, interpretation: Interpretation) -> None:
        self._file = file
        self._member = member
        self._header = header
        self._interpretation = interpretation
        self._version = os.stat(file).st_mtime_ns

    def contents(self, keys: Sequence[int], whole: bool = True) -> Iterator[Content]:
        for key in keys:
            try:
                row = self.row(key)
            except (OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
                yield Unavailable(str(error) or "cut off")
            else:
                yield self._interpretation.pixels(row)

    def sizes(self, keys: Sequence[int]) -> list[int]:
        return [self._row_bytes] * len(keys)

    def location(self, key: int) -> str | None:
        return self._file

    def position(self, key: int) -> tuple[str, int]:
        return self._file, key

    def row(self, number: int) -> np.ndarray[Any, Any]:
        """Read one row. Raises OSError, EOFError and ValueError where it is damaged."""
        header = self._header
        if header.fortran:
            whole = _whole(self._file, self._member, self._version)
            return np.asarray(whole[number])
        file = _opened(self._file, self._member, self._version)
        file.seek(header.start + number * self._row_bytes)
        data = file.read(self._row_bytes)
        if len(data) < self._row_bytes:
            raise EOFError("cut off")
        return np.frombuffer(data, header.dtype).reshape(header.shape[1:])

    @property
    def _row_bytes(self) -> int:
        return int(np.prod(self._header.shape[1:], dtype=np.int64)) * self._header.dtype.itemsize


@lru_cache(maxsize=16)
def _opened(file: str, member: str | None, version: int) -> IO[bytes]:
    """Keep arrays open in a process: going on in a compressed one is quick, opening it anew begins at its start."""
    return open_array(file, member)


@lru_cache(maxsize=1)
def _whole(file: str, member: str | None, version: int) -> np.ndarray[Any, Any]:
    """Read an array whose rows do not lie in one place."""
    if member is None:
        mapped: np.ndarray[Any, Any] = np.load(file, mmap_mode="r", allow_pickle=False)
        return mapped
    with open_array(file, member) as opened:
        array: np.ndarray[Any, Any] = np.lib.format.read_array(opened, allow_pickle=False)
        return array
