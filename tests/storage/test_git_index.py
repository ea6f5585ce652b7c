"""The staged tree as a storage."""

from __future__ import annotations

import pickle
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from datalint.errors import GitError
from datalint.storage import Encoded, IndexFiles, Unavailable

if TYPE_CHECKING:
    from repositories import Repository


def read(files: IndexFiles, *names: str) -> list[bytes | str]:
    return [
        content.file.read() if isinstance(content, Encoded) else content.reason
        for content in files.contents(names)
        if isinstance(content, Encoded | Unavailable)
    ]


def test_what_is_staged_and_not_what_lies_there(repository: Repository) -> None:
    repository.add("data/cat/a.jpg", b"staged")
    repository.add("data/b.jpg", b"x" * 5000)
    repository.write("data/cat/a.jpg", "edited since")
    (repository.path / "data" / "b.jpg").unlink()
    files = IndexFiles(str(repository.path / "data"))
    assert files.names == ["b.jpg", "cat/a.jpg"]
    assert read(files, "cat/a.jpg", "b.jpg", "none.jpg") == [b"staged", b"x" * 5000, "not staged"]
    assert [files.size(name) for name in ("cat/a.jpg", "b.jpg", "none.jpg")] == [6, 5000, None]
    assert read(files, "cat/a.jpg") == [b"staged"], "also when it was read for its size"
    assert files.blob("b.jpg") == repository.git("rev-parse", ":data/b.jpg").strip()
    assert Path(files.local("b.jpg")).read_bytes() == b"x" * 5000
    with pytest.raises(OSError, match="not staged"):
        files.open("none.jpg")
    other = pickle.loads(pickle.dumps(files))
    assert len(pickle.dumps(files)) < 1000, "a worker process lists the tree itself"
    assert read(other, "cat/a.jpg") == [b"staged"]


def test_pointers_of_git_lfs(repository: Repository) -> None:
    content = b"image" * 1000
    digest = repository.add_pointer("here.jpg", content, pulled=True)
    repository.add_pointer("away.jpg", b"other" * 1000, pulled=False)
    files = IndexFiles(str(repository.path))
    assert read(files, "here.jpg") == [content], "before any size was asked for"
    assert files.size("here.jpg") == 5000
    with files.open("here.jpg") as file:
        assert file.read() == content
    (header,) = files.contents(["here.jpg"], whole=False)
    assert isinstance(header, Encoded)
    assert header.name == "here.jpg"
    header.file.close()
    assert files.blob("here.jpg") == f"sha256:{digest}"
    (pointer,) = read(files, "away.jpg")
    assert isinstance(pointer, bytes)
    assert pointer.startswith(b"version https://git-lfs")
    assert files.size("away.jpg") == len(pointer)
    assert files.blob("away.jpg") == repository.git("rev-parse", ":away.jpg").strip()


def test_another_place_for_the_contents_of_git_lfs(repository: Repository, tmp_path: Path) -> None:
    digest = repository.add_pointer("a.jpg", b"image", pulled=True)
    (repository.path / ".git" / "lfs").rename(tmp_path / "store")
    repository.git("config", "lfs.storage", str(tmp_path / "store"))
    assert IndexFiles(str(repository.path)).blob("a.jpg") == f"sha256:{digest}"


def test_links_are_the_files_that_they_lead_to(repository: Repository) -> None:
    repository.add("data/cat/a.jpg", "a")
    for name, target in {
        "again.jpg": "cat/a.jpg",
        "cat/chain.jpg": "../again.jpg",
        "folder": "cat",
        "out.jpg": "../../elsewhere.jpg",
        "circle.jpg": "circle.jpg",
    }.items():
        (repository.path / "data" / name).symlink_to(target)
    repository.git("add", "data")
    files = IndexFiles(str(repository.path / "data"))
    assert sorted(files.names) == ["again.jpg", "cat/a.jpg", "cat/chain.jpg", "circle.jpg", "out.jpg"]
    assert list(files.regular) == ["cat/a.jpg"]
    assert read(files, "again.jpg", "cat/chain.jpg") == [b"a", b"a"]
    assert read(files, "out.jpg") == ["a link to ../../elsewhere.jpg, which is not staged below this folder"]


def test_a_blob_that_is_not_in_this_clone(repository: Repository) -> None:
    repository.add("a.jpg", "a" * 5000)
    repository.add("b.jpg", "b" * 5000)
    name = repository.git("rev-parse", ":a.jpg").strip()
    (repository.path / ".git" / "objects" / name[:2] / name[2:]).unlink()
    files = IndexFiles(str(repository.path))
    assert read(files, "a.jpg", "b.jpg") == ["its blob is not in this clone", b"b" * 5000]
    assert [files.size(name) for name in files.names] == [None, 5000]


def test_git_that_dies_takes_one_image_with_it(repository: Repository) -> None:
    repository.add("a.jpg", "a" * 5000)
    files = IndexFiles(str(repository.path))
    assert read(files, "a.jpg") == [b"a" * 5000]
    process = files._tree._content._process
    assert process is not None
    process.kill()
    process.wait()
    assert read(files, "a.jpg", "a.jpg") == ["git cat-file has ended", b"a" * 5000]


def test_no_process_is_left(repository: Repository) -> None:
    repository.add("a.jpg", "a" * 5000)
    files = IndexFiles(str(repository.path))
    read(files, "a.jpg")
    process = files._tree._content._process
    assert process is not None
    threads = threading.active_count()
    del files
    assert process.poll() is not None
    assert threading.active_count() == threads


def test_outside_of_a_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="no git repository"):
        IndexFiles(str(tmp_path))
