"""The staged tree, with all that git puts into an index."""

from __future__ import annotations

import hashlib
import os
import random
from typing import TYPE_CHECKING

import pytest
from repositories import make_repository

from datalint.errors import GitError
from datalint.git import find_repository, read_index
from datalint.git.index import parse_entries

if TYPE_CHECKING:
    from pathlib import Path

    from repositories import Repository

    from datalint.git import Entries


def entries(repository: Repository, folder: str = "") -> Entries:
    return read_index(find_repository(str(repository.path)), folder)


def blob(content: bytes) -> str:
    """The id that git gives a content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def test_files_of_a_folder_by_their_blobs(repository: Repository) -> None:
    repository.add("data/cat/1.jpg", "one")
    repository.add("data/2.jpg", "two")
    repository.add("database/3.jpg", "three")
    repository.write("data/not-added.jpg", "four")
    assert entries(repository, "data").blobs == {"2.jpg": blob(b"two"), "cat/1.jpg": blob(b"one")}
    assert list(entries(repository).blobs) == ["data/2.jpg", "data/cat/1.jpg", "database/3.jpg"]
    assert entries(repository, "data/2.jpg").blobs == {}, "a file is no folder"
    assert entries(repository, "no*").blobs == {}, "a name is no pattern"


def test_an_empty_index(repository: Repository) -> None:
    assert entries(repository).blobs == {}


def test_names_of_all_kinds_survive(repository: Repository) -> None:
    generator = random.Random(5)
    alphabet = [bytes([byte]) for byte in range(1, 256) if byte != ord("/")]
    names = {b"".join(generator.choices(alphabet, k=generator.randint(3, 12))) for _ in range(200)}
    names |= {
        b"two\nlines.jpg",
        b" space .jpg",
        b"tab\there",
        b'"quoted"',
        b"\xff\xfe",
        "Ä/ö.jpg".encode(),
        b"*",
        b":(top)x",
    }
    for name in names:
        file = os.path.join(os.fsencode(repository.path), b"data", name)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "wb") as opened:
            opened.write(name)
    repository.git("-c", "core.autocrlf=false", "add", ".")
    assert entries(repository, "data").blobs == {os.fsdecode(name): blob(name) for name in names}


def test_longer_ids_are_read_as_well() -> None:
    listing = b"100644 " + b"ab" * 32 + b" 0\tdata/a.jpg\0" + b"120000 " + b"cd" * 32 + b" 0\tdata/b.jpg\0"
    found = parse_entries(listing, "data")
    assert found.blobs == {"a.jpg": "ab" * 32}
    assert found.links == {"b.jpg": "cd" * 32}


def test_what_is_only_intended_to_be_added_is_not_there(repository: Repository) -> None:
    repository.add("data/empty.jpg", "")
    repository.write("data/later.jpg", "later")
    repository.git("add", "--intent-to-add", "data/later.jpg")
    assert list(entries(repository, "data").blobs) == ["empty.jpg"]
    assert list(entries(repository).blobs) == ["data/empty.jpg"]


def test_a_conflict_is_told(repository: Repository) -> None:
    repository.add("data/a.jpg", "before")
    repository.commit()
    repository.part("other", ("data/a.jpg", "theirs"), ("data/a.jpg", "ours"))
    repository.git("merge", "other", ok=False)
    with pytest.raises(GitError, match=r"1 file is in conflict \(a.jpg\); resolve that"):
        entries(repository, "data")


def test_links_and_submodules_are_no_files(repository: Repository, tmp_path: Path) -> None:
    other = make_repository(tmp_path / "other")
    other.add("x.jpg", "x")
    other.commit()
    repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.path), "data/sub")
    (repository.path / "data" / "link.jpg").symlink_to("a.jpg")
    repository.git("add", "data/link.jpg")
    found = entries(repository, "data")
    assert (found.blobs, found.links, found.submodules) == ({}, {"link.jpg": blob(b"a.jpg")}, ("sub",))
    assert list(read_index(find_repository(str(repository.path / "data" / "sub")), "").blobs) == ["x.jpg"]


def test_a_sparse_checkout_is_staged_in_full(repository: Repository) -> None:
    repository.add("data/cat/1.jpg", "one")
    repository.add("data/dog/2.jpg", "two")
    repository.commit()
    repository.git("sparse-checkout", "set", "--cone", "--sparse-index", "data/cat")
    assert not (repository.path / "data" / "dog").exists()
    assert list(entries(repository, "data").blobs) == ["cat/1.jpg", "dog/2.jpg"]
