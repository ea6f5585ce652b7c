"""Files of this machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from datalint.storage import Encoded, LocalFiles

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def read(folder: Path, name: str) -> bytes | None:
    content = next(LocalFiles(str(folder)).contents([name]))
    assert isinstance(content, Encoded)
    assert content.file.read() == content.data
    return content.data


def test_files_are_read_whole_however_little_comes_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "some").write_bytes(bytes(range(100)))
    (tmp_path / "empty").touch()
    real = os.read
    for most in (7, 100, 1000):
        with monkeypatch.context() as patched:
            patched.setattr(os, "read", lambda descriptor, size, most=most: real(descriptor, min(size, most)))
            found = read(tmp_path, "some"), read(tmp_path, "empty")
        assert found == (bytes(range(100)), b"")


def test_a_file_that_has_grown_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "some"
    file.write_bytes(b"1234")
    real = os.read

    def read_late(descriptor: int, size: int) -> bytes:
        file.write_bytes(b"123456789")
        return real(descriptor, size)

    monkeypatch.setattr(os, "read", read_late)
    assert read(tmp_path, "some") == b"123456789"


def test_no_file_stays_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "some").write_bytes(b"1234")
    opened, closed = [], []
    real_open, real_close = os.open, os.close
    monkeypatch.setattr(os, "open", lambda *a, **k: opened.append(real_open(*a, **k)) or opened[-1])
    monkeypatch.setattr(os, "close", lambda descriptor: closed.append(descriptor) or real_close(descriptor))
    list(LocalFiles(str(tmp_path)).contents(["some", ".", "gone"]))
    assert closed == opened
    assert opened
