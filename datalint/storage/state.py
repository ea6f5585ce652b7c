"""What the system says about files without opening them, by which a change shows.

As git's index does it: a file whose size and times are what they were is taken for the same, unless it changed so
shortly before it was looked at that another change could have left the same times.
"""

from __future__ import annotations

import hashlib
import os
import time
from array import array
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

GRAIN_NS = 2_000_000_000
"""Times of files may be this coarse: FAT's are two seconds."""


_BLOB = -2  # in place of the size, where a name of the content stands for times
_FIELDS = 4  # numbers of a state
_DIGITS = 15  # of that name, 60 bits; as a time, they are long ago


class FileState(NamedTuple):
    """A file as it was before it was read."""

    bytes: int
    modified: int
    """Time of the last change of its content, ns."""
    changed: int
    """Time of the last change of its content or of what the system knows about it, ns; on Windows, of its creation."""
    inode: int
    """Number of the file in its file system: folders can change places without a file in them being touched."""

    @classmethod
    def of(cls, status: os.stat_result) -> FileState:
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, _inode(status))

    @classmethod
    def at(cls, location: str) -> FileState | None:
        """Look at a file; None where there is none."""
        try:
            return cls.of(os.stat(location))
        except OSError:
            return None


def _inode(status: os.stat_result) -> int:
    return status.st_ino & (1 << 63) - 1


class Changes(NamedTuple):
    """How files differ from those that were there before; paths are relative to the root."""

    added: list[str]
    removed: list[str]
    touched: list[str]
    """Those that may hold something else."""
    resized: set[str]
    """Those of them that do, by their size."""
    same_names: bool
    """Whether the names of files and folders are what they were, in the same order."""


class TreeState:
    """All files below a folder as they were; of 100,000 files it must cost little more than asking the system."""

    def __init__(self, root: str) -> None:
        self._below = root.rstrip(os.sep) + os.sep
        self.taken = time.time_ns()
        """Time just before the first file was looked at, ns since 1970."""
        self._names: list[str] = []
        self._folders: list[str] = []
        self._numbers = array("q")

    def add(self, path: str, state: FileState | tuple[int, int, int, int]) -> None:
        """Add a file, by its path relative to the root, with ``/``."""
        self._names.append(path)
        self._numbers.extend(state)

    def add_folder(self, path: str) -> None:
        """Add a folder; an empty one can be a class."""
        self._folders.append(path)

    def digest(self) -> str:
        """Return a digest that is equal for equal names and states in equal order, hexadecimal."""
        names, numbers = self.packed()
        digest = hashlib.sha256(names)
        digest.update(numbers)
        return digest.hexdigest()

    def packed(self) -> tuple[bytes, bytes]:
        """Return the names and the states, to be kept."""
        names = "\0".join([*self._folders, "", *self._names])
        return names.encode("utf-8", "surrogateescape"), self._numbers.tobytes()

    def changes(self, names: bytes, numbers: bytes, taken: int) -> Changes:
        """Compare with a tree that was ``packed`` and looked at from ``taken`` on (ns since 1970)."""
        import numpy as np

        now, before = (np.frombuffer(packed, np.int64).reshape(-1, _FIELDS) for packed in (self._numbers, numbers))
        earlier = names.decode("utf-8", "surrogateescape").split("\0")[-len(before) :] if len(before) else []
        place = {name: row for row, name in enumerate(earlier)}
        where = np.fromiter((place.get(name, -1) for name in self._names), np.int64, len(self._names))
        common = np.flatnonzero(where >= 0)
        states = before[where[common]]
        unsettled = states[:, 1:3].max(axis=1, initial=0) >= taken - GRAIN_NS
        touched = common[np.any(states != now[common], axis=1) | unsettled]
        resized = common[states[:, 0] != now[common, 0]]
        return Changes(
            added=[self._names[row] for row in np.flatnonzero(where < 0)],
            removed=[] if len(common) == len(earlier) else sorted({*earlier} - {*self._names}),
            touched=[self._names[row] for row in touched],
            resized={self._names[row] for row in resized},
            same_names=self.packed()[0] == names,
        )

    def __len__(self) -> int:
        """Count the files."""
        return len(self._names)

    @property
    def settled(self) -> bool:
        """Whether any later change of a file must show in its times."""
        newest = max(max(self._numbers[1::_FIELDS], default=0), max(self._numbers[2::_FIELDS], default=0))
        return newest < self.taken - GRAIN_NS

    def known(self, location: str) -> FileState | None:
        """Return the state of a file below the root; None for one that is elsewhere, or was not there."""
        if not location.startswith(self._below):
            return None
        path = location[len(self._below) :]
        number = self._by_name.get(path if os.sep == "/" else path.replace(os.sep, "/"))
        return None if number is None else FileState(*self._numbers[_FIELDS * number : _FIELDS * (number + 1)])

    @cached_property
    def _by_name(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self._names)}


def tree_state(root: str, skipped: Callable[[str], bool]) -> TreeState:
    """Look at all files below a folder, links followed; entries whose name is ``skipped`` are passed over.

    Raises OSError for a folder that cannot be read.
    """
    state = TreeState(root)
    linked: set[tuple[int, int]] = set()
    pending = [""]
    while pending:
        folder = pending.pop()
        prefix = f"{folder}/" if folder else ""
        with os.scandir(os.path.join(root, folder)) as entries:
            for entry in entries:
                if skipped(entry.name):
                    continue
                path = prefix + entry.name
                if not _is_folder(entry):
                    state.add(path, _state(entry))
                elif not entry.is_symlink() or _is_new(entry, linked):
                    state.add_folder(path)
                    pending.append(path)
    return state


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle
        return False


def _state(entry: os.DirEntry[str]) -> tuple[int, int, int, int]:
    try:
        status = entry.stat()
    except OSError:  # a link that leads nowhere
        return -1, 0, 0, 0
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, _inode(status)


def _is_new(entry: os.DirEntry[str], linked: set[tuple[int, int]]) -> bool:
    """Tell whether a link leads to a folder that no other link led to, and note it; so there is no circle."""
    status = entry.stat()
    identity = (status.st_dev, status.st_ino)
    if identity in linked:
        return False
    linked.add(identity)
    return True


def file_state(location: str) -> TreeState:
    """Look at one file alone. Raises OSError."""
    state = TreeState(os.path.dirname(location))
    state.add(os.path.basename(location), FileState.of(os.stat(location)))
    return state


def blobs_state(root: str, blobs: Mapping[str, str], folders: Sequence[str] = ()) -> TreeState:
    """Describe files by what names their contents for ever, hexadecimal digits behind a colon or alone."""
    state = TreeState(root)
    for path in folders:
        state.add_folder(path)
    for path, name in blobs.items():
        digits = name.rpartition(":")[2]
        state.add(path, (_BLOB, int(digits[:_DIGITS], 16), int(digits[_DIGITS : 2 * _DIGITS], 16), 0))
    return state
