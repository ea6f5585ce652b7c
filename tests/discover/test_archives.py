"""Archives: read as they lie, and broken in every way without ending the run."""

from __future__ import annotations

import io
import pickle
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from conftest import photo, png
from layouts import WRITERS, Item

import datalint
from datalint.discover import Options, discover
from datalint.discover.targets import expand_braces
from datalint.errors import DatasetError
from datalint.storage import ArchiveFiles, Encoded, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from datalint.discover import Listing


def write_tar(path: Path, members: dict[str, bytes], mode: Any = "w") -> Path:
    with tarfile.open(path, mode) as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def write_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def paths(listing: Listing) -> list[str]:
    return [sample.path for sample in listing.samples]


@pytest.mark.parametrize("write", [write_tar, write_zip])
@pytest.mark.parametrize("bad", ["../up.png", "/etc/up.png", "C:/up.png", "cat/../../up.png"])
def test_a_member_that_leads_out_is_refused(tmp_path: Path, write: Callable[..., Path], bad: str) -> None:
    file = write(tmp_path / "data.archive", {"cat/1.png": png(), bad: png(1), "dog/1.png": png(2)})
    file = file.rename(tmp_path / ("data.tar" if write is write_tar else "data.zip"))
    report = datalint.check(file, {"select": ["INT"]})
    assert report.dataset.images == 2
    (finding,) = report.findings
    assert finding.code == "INT007"
    assert bad in finding.message and "leads out of the archive" in finding.message


def test_links_in_a_tar(tmp_path: Path) -> None:
    file = tmp_path / "data.tar"
    with tarfile.open(file, "w") as archive:
        member = tarfile.TarInfo("cat/1.png")
        member.size = len(png())
        archive.addfile(member, io.BytesIO(png()))
        for name, target in (("cat/2.png", "1.png"), ("cat/3.png", "../../../etc/passwd")):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, target
            archive.addfile(link)
    listing = discover(file)
    assert paths(listing) == ["cat/1.png", "cat/2.png"]
    assert [fault.kind for fault in listing.reading.faults] == ["escape"]


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_truncated_tar_keeps_what_can_be_read(tmp_path: Path, mode: str) -> None:
    file = write_tar(tmp_path / "data.tar", {f"cat/{n}.png": png(n) for n in range(20)}, mode)
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * 0.6)])
    report = datalint.check(file, {"select": ["INT"]})
    assert 5 < report.dataset.images < 20
    assert any("cut off or damaged" in finding.message for finding in report.findings)


@pytest.mark.parametrize("name", ["data.zip", "data.tar", "data.tar.gz"])
def test_what_is_no_archive_says_so_in_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"<html>404</html>" * 50)
    with pytest.raises(DatasetError, match="no archive that can be read"):
        discover(tmp_path / name)


def test_damaged_members_cost_themselves_only(tmp_path: Path) -> None:
    file = write_zip(tmp_path / "data.zip", {f"cat/{n}.png": png(n) for n in range(4)})
    data = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        place = archive.getinfo("cat/2.png").header_offset + 60
    data[place] ^= 0xFF
    file.write_bytes(data)
    report = datalint.check(file, {"select": ["INT001"]})
    assert [finding.paths for finding in report.findings] == [("cat/2.png",)]


def test_sources_can_be_sent_to_workers(tmp_path: Path) -> None:
    file = write_tar(tmp_path / "data.tar", {"cat/1.png": png()})
    archive = pickle.loads(pickle.dumps(ArchiveFiles(str(file))))
    image, missing = archive.contents(["cat/1.png", "cat/9.png"])
    assert isinstance(image, Encoded) and image.data == png()
    assert isinstance(missing, Unavailable)


def test_archives_in_a_folder_are_read_as_folders(tmp_path: Path) -> None:
    write_zip(tmp_path / "train.zip", {"cat/1.png": png(), "dog/1.png": png(1)})
    write_tar(tmp_path / "test.tar", {"cat/2.png": png(2), "dog/2.png": png(3)})
    listing = discover(tmp_path)
    assert {(s.path, s.split, s.labels) for s in listing.samples} == {
        ("train.zip/cat/1.png", "train", ("cat",)),
        ("train.zip/dog/1.png", "train", ("dog",)),
        ("test.tar/cat/2.png", "test", ("cat",)),
        ("test.tar/dog/2.png", "test", ("dog",)),
    }


def test_an_archive_beside_images_is_left_alone(tmp_path: Path, make_image: Callable[..., Path]) -> None:
    make_image(tmp_path / "cat" / "1.png")
    write_zip(tmp_path / "download.zip", {"cat/1.png": png()})
    assert paths(discover(tmp_path)) == ["cat/1.png"]


def test_patterns_name_shards(tmp_path: Path) -> None:
    for number in range(3):
        members = {f"{number}{n}.{kind}": data for n in range(2) for kind, data in (("png", png(n)), ("cls", b"7"))}
        write_tar(tmp_path / f"train-{number:03}.tar", members)
    listing = discover(tmp_path / "train-{000..003}.tar")
    assert listing.reading.layout == "webdataset"
    assert len(listing.samples) == 6
    assert {sample.split for sample in listing.samples} == {"train"}
    assert [(fault.file, fault.kind) for fault in listing.reading.faults] == [("train-003.tar", "damaged")]
    assert len(discover(tmp_path / "train-*.tar").samples) == 6
    with pytest.raises(DatasetError, match="no file matches"):
        discover(tmp_path / "val-{000..003}.tar")


def test_braces() -> None:
    assert expand_braces("a{00..02}-{x,y}") == ["a00-x", "a00-y", "a01-x", "a01-y", "a02-x", "a02-y"]
    with pytest.raises(DatasetError, match=r"the pattern names 1,000,000,001 files"):
        expand_braces("{0..1000000000}")


def test_litter_and_ignored_members_are_left_out(tmp_path: Path) -> None:
    members = {"cat/1.png": png(), "__MACOSX/cat/._1.png": b"x", "raw/2.png": png(1), ".datalintignore": b"raw/\n"}
    assert paths(discover(write_zip(tmp_path / "data.zip", members))) == ["cat/1.png"]
    write_zip(tmp_path / "more.zip", {"cat/1.png": png(), "dog/2.png": png(1)})
    assert paths(discover(tmp_path / "more.zip", Options(exclude=("dog/",)))) == ["cat/1.png"]


def test_labels_beside_images_of_one_key(tmp_path: Path) -> None:
    members = {
        "a/001.png": png(),
        "a/001.json": b'{"label": "cat", "camera": 3, "box": [1, 2]}',
        "a/002.left.png": png(1),
        "a/002.right.png": png(2),
        "a/002.cls": b"dog\n",
        "a/003.png": png(3),
        "a/003.cls": b"\xff\xfe",
        "a/004.png": png(4),
        "a/004.json": b"{",
    }
    listing = discover(write_tar(tmp_path / "x.tar", members), Options(layout="webdataset"))
    assert {s.path: (s.labels, dict(s.attributes)) for s in listing.samples} == {
        "a/001.png": (("cat",), {"camera": "3"}),
        "a/002.left.png": (("dog",), {}),
        "a/002.right.png": (("dog",), {}),
        "a/003.png": ((), {}),
        "a/004.png": ((), {}),
    }
    assert sorted(fault.reason for fault in listing.reading.faults) == [
        "is no UTF-8 text; a label was expected",
        "is no valid JSON",
    ]


def test_containers_in_archives_are_read(tmp_path: Path) -> None:
    items = [Item(s, c, f"{s}{c}", np.asarray(photo((9, 9), 0))) for s in ("train", "test") for c in "ab"]
    for layout in ("hdf5-sets", "csv", "npz"):
        folder = tmp_path / layout
        folder.mkdir()
        WRITERS[layout](items, folder)
        file = tmp_path / f"{layout}.zip"
        with zipfile.ZipFile(file, "w") as archive:
            for one in folder.rglob("*.*"):
                archive.write(one, one.relative_to(folder))
        report = datalint.check(file, {"select": ["INT001"]})
        assert report.dataset.images == 4, layout
        assert report.dataset.splits == {"train": 2, "test": 2}
        assert not report.findings
