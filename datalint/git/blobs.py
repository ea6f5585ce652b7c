"""The contents of blobs, from one ``git cat-file`` that stays."""

from __future__ import annotations

import subprocess
import weakref
from typing import TYPE_CHECKING

from datalint.errors import GitError
from datalint.git.command import environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datalint.git.repository import Repository

_LARGEST = 1 << 30  # bytes; no image has more


class Blobs:
    """Blobs of a repository, by their ids."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._process: subprocess.Popen[bytes] | None = None

    def sizes(self, ids: Sequence[str]) -> list[int | None]:
        """Return the size of each blob in bytes; None for one that is not in this clone. Raises GitError."""
        asked = "".join(f"{name}\n" for name in ids).encode()
        answers = self._repository.git("cat-file", "--batch-check=%(objectsize)", "--buffer", given=asked).split(b"\n")
        return [int(answer) if answer.isdigit() else None for answer in answers[: len(ids)]]

    def read_all(self, ids: Sequence[str]) -> Iterator[bytes | None]:
        """Yield the content of many small blobs; None for one that is not in this clone. Raises GitError."""
        asked = "".join(f"{name}\n" for name in ids).encode()
        answers = self._repository.git("cat-file", "--batch", "--buffer", given=asked) if ids else b""
        position = 0
        for _ in ids:
            end = answers.index(b"\n", position)
            size = _size(answers[position:end])
            position = end + 1
            if size is None:
                yield None
            else:
                yield answers[position : position + size]
                position += size + 1

    def read(self, name: str) -> bytes:
        """Return the content of one blob. Raises OSError."""
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(f"{name}\n".encode())
            process.stdin.flush()
            head = process.stdout.readline()
            size = _size(head)
            if size is None and head:
                raise OSError(None, "its blob is not in this clone")
            if size is not None and size > _LARGEST:
                self._end()  # what it is about to send is not wanted
                raise OSError(None, f"{size / 1e9:.1f} GB in one file")
            data = process.stdout.read(size + 1) if size is not None else b""
        except BrokenPipeError:
            data, size = b"", None
        if size is None or len(data) <= size:
            self._end()
            raise OSError(None, "git cat-file has ended")
        return data[:-1]

    def _start(self) -> subprocess.Popen[bytes]:
        repository = self._repository
        try:
            process = subprocess.Popen(
                ["git", "cat-file", "--batch"],
                cwd=repository.top,
                env=environment(dict(repository.located)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise GitError(f"git cannot be run: {error.strerror}") from None
        self._process, self._close = process, weakref.finalize(self, _close, process)
        return process

    def _end(self) -> None:
        if self._process is not None:
            self._process = None
            self._close()


def _size(head: bytes) -> int | None:
    """Read ``<id> blob <size>``; None for ``<id> missing``."""
    last = head.rpartition(b" ")[2].strip()
    return int(last) if last.isdigit() else None


def _close(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()
