"""Every arrangement of folders that people keep, and the classic mistakes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from datalint.discover import Options, discover
from datalint.errors import ConfigError, DatasetError
from datalint.model import unescape_name

if TYPE_CHECKING:
    from pathlib import Path


def make(root: Path, *names: str) -> Path:
    """Make files that are images by name only: discovery opens none. A name that ends with / is a folder."""
    for name in names:
        path = root / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
    return root


def rows(root: Path, **options: str) -> dict[str, tuple[str | None, str | None]]:
    samples = discover(root, Options(**options)).tables()["samples"]  # type: ignore[arg-type]
    columns = (samples[name] for name in ("path", "split", "label"))
    return {path: (split, label) for path, split, label in zip(*columns, strict=True)}


@pytest.mark.parametrize(
    ("files", "layout", "expected"),
    [
        pytest.param(
            ["cat/1.jpg", "dog/1.PNG"],
            "class-folders",
            {"cat/1.jpg": (None, "cat"), "dog/1.PNG": (None, "dog")},
            id="flat class folders",
        ),
        pytest.param(
            ["Train/cat/1.jpg", "TEST/cat/2.jpg"],
            "split-folders",
            {"Train/cat/1.jpg": ("Train", "cat"), "TEST/cat/2.jpg": ("TEST", "cat")},
            id="splits in any case",
        ),
        pytest.param(
            ["images/1.jpg", "images/2.jpg"],
            "flat",
            {"images/1.jpg": (None, None), "images/2.jpg": (None, None)},
            id="a folder that only says that it holds images",
        ),
        pytest.param(
            ["fold1/cat/1.jpg", "fold_2/cat/2.jpg", "fold_2/dog/3.jpg"],
            "split-folders",
            {
                "fold1/cat/1.jpg": ("fold1", "cat"),
                "fold_2/cat/2.jpg": ("fold_2", "cat"),
                "fold_2/dog/3.jpg": ("fold_2", "dog"),
            },
            id="folds of a cross-validation",
        ),
        pytest.param(
            ["split1/a/1.jpg", "split2/b/2.jpg"],
            "hierarchy",
            {"split1/a/1.jpg": (None, "split1/a"), "split2/b/2.jpg": (None, "split2/b")},
            id="folds without a class in common are levels",
        ),
        pytest.param(
            ["Training/Apple/Rotten/1.jpg", "Test/Apple/Fresh/1.jpg", "Test/Plum/Blue/1.jpg"],
            "hierarchy",
            {
                "Training/Apple/Rotten/1.jpg": ("Training", "Apple/Rotten"),
                "Test/Apple/Fresh/1.jpg": ("Test", "Apple/Fresh"),
                "Test/Plum/Blue/1.jpg": ("Test", "Plum/Blue"),
            },
            id="hierarchy below splits",
        ),
        pytest.param(
            ["cat/persian/1.jpg", "cat/0.jpg", "dog/1.jpg"],
            "hierarchy",
            {"cat/persian/1.jpg": (None, "cat/persian"), "cat/0.jpg": (None, "cat"), "dog/1.jpg": (None, "dog")},
            id="hierarchy of uneven depth",
        ),
        pytest.param(
            ["car/1.jpg", "bus/1.jpg", "train/1.jpg"],
            "class-folders",
            {"car/1.jpg": (None, "car"), "bus/1.jpg": (None, "bus"), "train/1.jpg": (None, "train")},
            id="a class of trains",
        ),
        pytest.param(
            ["seg_train/seg_train/sea/1.jpg", "seg_test/seg_test/sea/1.jpg"],
            "split-folders",
            {
                "seg_train/seg_train/sea/1.jpg": ("seg_train", "sea"),
                "seg_test/seg_test/sea/1.jpg": ("seg_test", "sea"),
            },
            id="splits that repeat themselves",
        ),
        pytest.param(
            ["cat/train/1.jpg", "cat/test/2.jpg", "dog/train/1.jpg", "dog/test/2.jpg"],
            "split-folders",
            {
                "cat/train/1.jpg": ("train", "cat"),
                "cat/test/2.jpg": ("test", "cat"),
                "dog/train/1.jpg": ("train", "dog"),
                "dog/test/2.jpg": ("test", "dog"),
            },
            id="splits below classes",
        ),
        pytest.param(
            ["train/n01/images/1.JPEG", "val/n01/images/1.JPEG", "val/n02/images/1.JPEG"],
            "split-folders",
            {
                "train/n01/images/1.JPEG": ("train", "n01"),
                "val/n01/images/1.JPEG": ("val", "n01"),
                "val/n02/images/1.JPEG": ("val", "n02"),
            },
            id="a last level that says only images",
        ),
        pytest.param(
            ["train/cat/1.jpg", "train/dog/1.jpg", "test/1.jpg"],
            "split-folders",
            {
                "train/cat/1.jpg": ("train", "cat"),
                "train/dog/1.jpg": ("train", "dog"),
                "test/1.jpg": ("test", None),
            },
            id="an unlabelled test split",
        ),
        pytest.param(
            ["train/cat/1.jpg", "val2017/cat/2.jpg", "test_images/cat/3.jpg"],
            "split-folders",
            {
                "train/cat/1.jpg": ("train", "cat"),
                "val2017/cat/2.jpg": ("val2017", "cat"),
                "test_images/cat/3.jpg": ("test_images", "cat"),
            },
            id="names with fillers and numbers",
        ),
    ],
)
def test_an_arrangement_is_understood(
    tmp_path: Path, files: list[str], layout: str, expected: dict[str, tuple[str | None, str | None]]
) -> None:
    make(tmp_path, *files)
    assert rows(tmp_path) == expected
    assert discover(tmp_path).reading.layout == layout


def test_roles_come_from_the_names_of_splits(tmp_path: Path) -> None:
    make(tmp_path, "Training/a/1.jpg", "valid/a/1.jpg", "Evaluation/a/1.jpg")
    samples = discover(tmp_path).tables()["samples"]
    assert dict(zip(samples["split"], samples["role"], strict=False)) == {
        "Training": "train",
        "valid": "validation",
        "Evaluation": "test",
    }


def test_levels_of_a_label_stay_available(tmp_path: Path) -> None:
    make(tmp_path, "Apple/Rotten/1.jpg", "Plum/Blue/1.jpg")
    assert [*discover(tmp_path).tables()["samples"]["levels"]] == [["Apple", "Rotten"], ["Plum", "Blue"]]


@pytest.mark.parametrize(
    ("files", "start", "notice"),
    [
        (["cat/1.jpg", "dog/1.jpg"], "cat", "all images lie in one folder"),
        (["set/v2/cat/1.jpg", "set/v2/dog/1.jpg"], "", "set/v2/ is the only folder with images"),
        (["cat/1.jpg", "dog/1.jpg", "logo.png"], "", "1 image lies at the root beside the class folders"),
        (["train/cat/1.jpg", "test/cat/1.jpg", "train/x.png", "train/y.png"], "", "2 images lie in train/ beside"),
        (["train/1.jpg", "test/1.jpg"], "", "hold no class folders"),
        (["train/cat/1.jpg", "test/"], "", "split folder test/ holds no image"),
        (["a/1.jpg", "b/1.jpg", "all/a/1.jpg", "all/b/1.jpg"], "", "all/ holds the dataset again"),
        (["JPEGImages/1.jpg", "Annotations/1.xml"], "", "detection dataset (VOC)"),
        (["train2017/1.jpg", "annotations/instances_train2017.json"], "", "detection dataset (COCO)"),
        (["train/1.jpg", "train/_annotations.coco.json"], "", "detection dataset (COCO)"),
        (["train/images/1.jpg", "train/labels/1.txt", "data.yaml"], "", "detection dataset (YOLO)"),
    ],
)
def test_a_classic_mistake_is_told_in_words(tmp_path: Path, files: list[str], start: str, notice: str) -> None:
    make(tmp_path, *files)
    notices = discover(tmp_path / start).notices
    assert len(notices) == 1
    assert notice in notices[0]


def test_images_beside_the_classes_are_no_samples(tmp_path: Path) -> None:
    make(tmp_path, "cat/1.jpg", "dog/1.jpg", "logo.png")
    assert rows(tmp_path).keys() == {"cat/1.jpg", "dog/1.jpg"}


def test_a_dataset_inside_itself_is_left_out_and_named(tmp_path: Path) -> None:
    make(tmp_path, "cells/sick/1.png", "cells/well/1.png", "sick/1.png", "well/1.png", "well/2.png")
    listing = discover(tmp_path)
    assert rows(tmp_path).keys() == {"sick/1.png", "well/1.png", "well/2.png"}
    folders = listing.tables()["folders"]
    copies = [i for i, kind in enumerate(folders["kind"]) if kind == "copy"]
    assert [(folders["path"][i], folders["images"][i], folders["copy_of"][i]) for i in copies] == [("cells", 2, "")]


def test_a_level_that_recurs_between_classes_is_no_copy(tmp_path: Path) -> None:
    make(tmp_path, *(f"{species}/{time}/1.jpg" for species in ("cat", "dog", "owl") for time in ("day", "night")))
    listing = discover(tmp_path)
    assert len(listing.tables()["samples"]["path"]) == 6
    assert not listing.reading.copies


def test_an_empty_class_folder_is_a_class_without_images(tmp_path: Path) -> None:
    make(tmp_path, "cat/1.jpg", "dog/1.jpg", "owl/", "docs/readme.txt")
    folders = discover(tmp_path).tables()["folders"]
    assert dict(zip(folders["label"], folders["images"], strict=False)) == {"cat": 1, "dog": 1, "owl": 0}


@pytest.mark.parametrize(
    "litter", [".hidden.jpg", ".git/1.jpg", "__MACOSX/cat/._1.jpg", "cat/.ipynb_checkpoints/1.jpg", "cat/Thumbs.db"]
)
def test_litter_is_skipped(tmp_path: Path, litter: str) -> None:
    make(tmp_path, "cat/1.jpg", "dog/1.jpg", litter)
    listing = discover(tmp_path)
    assert rows(tmp_path).keys() == {"cat/1.jpg", "dog/1.jpg"}
    assert len(listing.files()["path"]) == 2
    assert not listing.notices


def test_ignore_file_has_gitignore_syntax(tmp_path: Path) -> None:
    make(tmp_path, "cat/1.jpg", "cat/tmp_2.jpg", "dog/1.jpg", "raw/1.jpg", "dog/keep/tmp_1.jpg")
    (tmp_path / ".datalintignore").write_text("# comment\ntmp_*\n!dog/keep/tmp_1.jpg\n/raw/\n")
    assert rows(tmp_path).keys() == {"cat/1.jpg", "dog/1.jpg", "dog/keep/tmp_1.jpg"}


def test_exclude_adds_patterns(tmp_path: Path) -> None:
    make(tmp_path, "cat/1.jpg", "dog/1.jpg", "raw/1.jpg")
    assert len(discover(tmp_path, Options(exclude=("raw/",))).tables()["samples"]["path"]) == 2


def test_links_are_followed_once_and_never_in_a_circle(tmp_path: Path) -> None:
    pool = make(tmp_path / "pool", "1.jpg", "2.jpg")
    root = make(tmp_path / "data", "dog/1.jpg")
    (root / "cat").symlink_to(pool, target_is_directory=True)
    (root / "again").symlink_to(pool, target_is_directory=True)
    (root / "dog" / "loop").symlink_to(root, target_is_directory=True)
    (root / "a_dog").symlink_to(root / "dog", target_is_directory=True)
    (root / "dog" / "self.jpg").symlink_to(root / "dog" / "self.jpg")
    (root / "dog" / "2.jpg").symlink_to(pool / "1.jpg")
    assert rows(root).keys() == {"dog/1.jpg", "dog/2.jpg", "dog/self.jpg", "again/1.jpg", "again/2.jpg"}


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "cat/1.jpg", "dog/1.jpg", "owl/1.jpg")
    scandir = os.scandir

    def refuse(path: str) -> Any:  # permissions would not keep root out
        if path.endswith("owl"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert discover(tmp_path).notices == ("folder owl cannot be read: Permission denied; it is left out",)
    assert rows(tmp_path).keys() == {"cat/1.jpg", "dog/1.jpg"}


def test_names_that_are_not_utf8_survive(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(folder)
    with open(folder + b"/1\\2.jpg", "wb"):
        pass
    make(tmp_path, "dog/1.jpg")
    samples = discover(tmp_path).tables()["samples"]
    assert [*samples["path"]] == ["caf\\xe9/1\\\\2.jpg", "dog/1.jpg"]
    assert os.path.exists(os.path.join(os.fspath(tmp_path), unescape_name(samples["path"][0])))


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ("class-folders", {(None, "train"), (None, "test")}),
        ("split-folders", {("train", "cat"), ("test", "cat"), ("test", "dog")}),
        ("hierarchy", {("train", "cat/old"), ("test", "cat"), ("test", "dog")}),
        ("flat", {(None, None)}),
    ],
)
def test_a_layout_can_be_forced(tmp_path: Path, layout: str, expected: set[tuple[str | None, str | None]]) -> None:
    make(tmp_path, "train/cat/old/1.jpg", "test/cat/1.jpg", "test/dog/1.jpg")
    assert {*rows(tmp_path, layout=layout).values()} == expected
    assert discover(tmp_path, Options(layout)).reading.layout == layout


def test_what_cannot_be_read_as_a_dataset_says_why(tmp_path: Path) -> None:
    make(tmp_path, "docs/readme.txt", "docs/table.csv", "empty/", "one.jpg")
    with pytest.raises(DatasetError, match="no such file or folder"):
        discover(tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="is no file that datalint can read"):
        discover(tmp_path / "one.jpg")
    with pytest.raises(DatasetError, match=r"no image found among 2 files \(\.csv, \.txt\)"):
        discover(tmp_path / "docs")
    with pytest.raises(DatasetError, match="the folder is empty"):
        discover(tmp_path / "empty")
    with pytest.raises(ConfigError, match="did you mean 'class-folders'"):
        discover(tmp_path, Options("class-folder"))


def test_pointers_are_recognised(tmp_path: Path) -> None:
    make(tmp_path, "cat/1.jpg", "cat/3.jpg", "cat/3.jpg.dvc", "cat/4.jpg.dvc", "raw.dvc")
    (tmp_path / "cat/2.jpg").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n")
    files = discover(tmp_path).files()
    pointers = dict(zip(files["path"], files["pointer"], strict=False))
    assert pointers == {
        "cat/1.jpg": None,
        "cat/2.jpg": "git-lfs",
        "cat/3.jpg": None,
        "cat/3.jpg.dvc": None,
        "cat/4.jpg.dvc": "dvc",
        "raw.dvc": "dvc",
    }
    assert rows(tmp_path).keys() == {"cat/1.jpg", "cat/2.jpg", "cat/3.jpg", "cat/4.jpg.dvc"}


@pytest.mark.parametrize(
    ("files", "split", "labels"),
    [
        (["cat/cat/1.jpg", "cat/dog/2.jpg", "dog/cat/3.jpg", "dog/dog/4.jpg"], {None}, 4),
        (["1/1/a.jpg", "1/2/a.jpg", "2/1/a.jpg", "2/2/a.jpg", "3/1/a.jpg"], {None}, 5),
        (["trainval/a/1.jpg", "trainval/b/1.jpg", "test/a/1.jpg", "test/b/1.jpg"], {"trainval", "test"}, 2),
        (["train_val/a/1.jpg", "train_val/b/1.jpg", "test/a/1.jpg"], {"train_val", "test"}, 2),
        (["train/a/1.jpg", "train/b/1.jpg", "val/a/1.jpg", "misc/figures/1.jpg"], {"train", "val"}, 2),
        (["cat/1.jpg", "dog/1.jpg", "annotations/info.json"], {None}, 2),
        (["cat/1.jpg", "cat/2.jpg", "dog/1.jpg", "cat/1.xml", "dog/x.xml", "dog/3.jpg"], {None}, 2),
    ],
)
def test_nothing_is_taken_for_what_it_only_resembles(
    tmp_path: Path, files: list[str], split: set[str | None], labels: int
) -> None:
    make(tmp_path, *files)
    samples = discover(tmp_path).tables()["samples"]
    assert {*samples["split"]} == split
    assert len({*samples["label"]}) == labels


def test_a_link_to_a_folder_above_is_not_followed(tmp_path: Path) -> None:
    root = make(tmp_path / "data", "cat/1.jpg", "dog/1.jpg")
    make(tmp_path, "elsewhere/1.jpg")
    (root / "up").symlink_to(tmp_path, target_is_directory=True)
    assert rows(root).keys() == {"cat/1.jpg", "dog/1.jpg"}
    assert "up leads to a folder that holds the dataset" in discover(root).notices[0]
