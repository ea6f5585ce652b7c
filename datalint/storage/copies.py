"""Files that are somewhere else, copied to this machine for libraries that want a path."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import IO, Any


class LocalCopies:
    """Copies of files, each made once, that go away with this object; a pickle of it has none."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._made: dict[str, str] = {}

    def open(self, path: str) -> IO[bytes]:
        """Open a file for reading. Raises OSError."""
        raise NotImplementedError

    def local(self, path: str) -> str:
        """Return where a copy of the file lies. Raises OSError."""
        if path not in self._made:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="datalint-", ignore_cleanup_errors=True)
            target = os.path.join(self._folder.name, str(len(self._made)), os.path.basename(path) or "file")
            os.makedirs(os.path.dirname(target))
            with self.open(path) as source, open(target, "wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
            self._made[path] = target
        return self._made[path]

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_folder": None, "_made": {}}
