"""What DVC tracks and was not pulled, in all the ways in which it is written down, and broken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import datalint
from datalint.discover import Options, discover
from datalint.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = "ab" + "c" * 30
FOLDER = f"outs:\n- md5: {DIGEST}.dir\n  nfiles: 2\n  path: photos\n"
LOCK = f"schema: '2.0'\nstages:\n  get:\n    cmd: get\n    outs:\n    - path: photos\n      md5: {DIGEST}.dir\n"


def make(root: Path, **files: str) -> Path:
    for name, text in files.items():
        file = root / name.replace("__", "/").replace("_DOT_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def cache(root: Path, *names: object, md5: object = "a" * 32, older: bool = False) -> None:
    folder = root / ".dvc/cache" / ("" if older else "files/md5") / DIGEST[:2]
    folder.mkdir(parents=True)
    entries = [{"md5": md5, "relpath": name} for name in names]
    (folder / f"{DIGEST[2:]}.dir").write_text(json.dumps(entries))


def paths(root: Path, *exclude: str) -> list[str]:
    return [sample.path for sample in discover(root, Options(exclude=exclude)).samples]


@pytest.mark.parametrize(
    ("files", "folder"),
    [
        ({"photos_DOT_dvc": FOLDER}, "photos"),
        ({"dvc_DOT_lock": LOCK}, "photos"),
        ({"any_DOT_dvc": FOLDER.replace("photos", "sets/photos")}, "sets/photos"),
        ({"any_DOT_dvc": FOLDER + "wdir: sets\n"}, "sets/photos"),
        ({"photos_DOT_dvc": FOLDER, "dvc_DOT_lock": LOCK}, "photos"),
    ],
)
@pytest.mark.parametrize("older", [True, False])
def test_a_tracked_folder_is_listed(tmp_path: Path, files: dict[str, str], folder: str, older: bool) -> None:
    cache(tmp_path, "cat/1.jpg", "dog/2.jpg", "labels.csv", older=older)
    make(tmp_path, **files)
    assert paths(tmp_path) == [f"{folder}/cat/1.jpg", f"{folder}/dog/2.jpg"], "no manifest that cannot be opened"
    assert paths(tmp_path, "cat/") == [f"{folder}/dog/2.jpg"]
    found = discover(tmp_path).files()
    assert found is not None
    digests = dict(zip(found["path"], found["content_digest"], strict=True))
    assert digests[f"{folder}/cat/1.jpg"] == "md5:" + "a" * 32


def test_tracked_images_join_those_that_are_there(tmp_path: Path) -> None:
    tracked = "".join(f"- md5: {'b' * 32}\n  size: 7\n  path: {name}.jpg\n" for name in (1, 2))
    make(tmp_path, cat__1_DOT_jpg="", cat__all_DOT_dvc="outs:\n" + tracked, dog__3_DOT_jpg="")
    assert paths(tmp_path) == ["cat/1.jpg", "cat/2.jpg", "dog/3.jpg"]
    found = discover(tmp_path).files()
    assert found is not None
    pointers = {path: digest for path, digest in zip(found["path"], found["content_digest"], strict=True) if digest}
    assert pointers == {"cat/2.jpg": "md5:" + "b" * 32}


@pytest.mark.parametrize(
    "name",
    ["../../x.jpg", "/etc/x.jpg", "a\0.jpg", "\ud800.jpg", "a/" * 5000 + "1.jpg", "", 7, None, "n" * 5000 + ".jpg"],
)
def test_a_listing_names_only_what_a_folder_can_hold(tmp_path: Path, name: object) -> None:
    cache(tmp_path, "cat/1.jpg", name)
    make(tmp_path, photos_DOT_dvc=FOLDER)
    report = datalint.check(tmp_path, {"select": ["INT004", "DUP001"]})
    assert report.dataset.images in (1, 2)
    assert all(not path.startswith(("/", "..")) for path in paths(tmp_path))


@pytest.mark.parametrize(
    "text",
    [
        'outs: !!int ""',
        "outs: !!timestamp x",
        "[" * 100_000,
        f"outs:\n- md5: {'a' * 32}\n  size: {'9' * 40}\n  path: 1.jpg\n",
        f'outs:\n- md5: {DIGEST}.dir\n  path: "a\\0b"\n',
        f"outs:\n- md5: {DIGEST}.dir\n  path: ../..\n",
        "outs: [1, {}, {path: x}, {md5: y}]",
        "stages: [1]",
    ],
)
def test_a_broken_file_is_no_traceback(tmp_path: Path, text: str) -> None:
    make(tmp_path, cat__1_DOT_jpg_DOT_dvc=text, dog__2_DOT_jpg="", data_DOT_dvc=text, dvc_DOT_lock=text)
    found = discover(tmp_path).files()
    assert found is not None
    assert dict(zip(found["path"], found["pointer"], strict=True))["cat/1.jpg.dvc"] == "dvc"


def test_with_nothing_but_an_unknown_folder_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"photos/ is tracked by DVC and not pulled: 2 files .*run `dvc pull`"):
        discover(make(tmp_path, photos_DOT_dvc=FOLDER))


@pytest.mark.parametrize(
    ("extra", "end", "known"),
    [
        ("", "\n", True),
        ("", "\r\n", True),
        ("ext-0-x sha256:" + "b" * 64 + "\n", "\n", False),
        ("", "\nrubbish\n", False),
    ],
)
def test_a_git_lfs_pointer_is_read_strictly(tmp_path: Path, extra: str, end: str, known: bool) -> None:
    text = f"version https://git-lfs.github.com/spec/v1\n{extra}oid sha256:{'a' * 64}\nsize 5{end}"
    make(tmp_path, cat__1_DOT_jpg=text, dog__1_DOT_jpg="")
    found = discover(tmp_path).files()
    assert found is not None
    assert found["pointer"][0] == "git-lfs"
    assert (found["content_digest"][0] == "a" * 64) is known
