"""Labels in the names of files, labels in files beside the images, and masks that are neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from datalint.discover import Options, discover
from datalint.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path

    from datalint.discover.listing import Reading


def made(root: Path, *names: str) -> Path:
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8)).save(file)
    return root


def read(path: Path, **options: Any) -> Reading:
    return discover(path, Options(**options)).reading


def labels(reading: Reading) -> set[str]:
    return {label for sample in reading.samples for label in sample.labels}


@pytest.mark.parametrize("separator", [".", "_", "-", " "])
def test_a_word_and_a_number(tmp_path: Path, separator: str) -> None:
    root = made(tmp_path, *(f"{label}{separator}{n}.png" for label in ("cat", "great_dane") for n in range(6)))
    reading = read(root)
    assert reading.layout == "file-names"
    assert labels(reading) == {"cat", "great_dane"}
    assert f"{{label}}{separator}{{number}}" in reading.notices[0]


@pytest.mark.parametrize(
    "names",
    [
        [f"{word}_{n}.png" for word in ("IMG", "DSC") for n in range(8)],
        [f"{word}_1.png" for word in ("paris", "rome", "oslo", "bern", "wien")],
        [f"cat_{n}.png" for n in range(9)],
        [f"cat_{n}.png" for n in range(9)] + ["dog_1.png", "a.png", "b.png"],
    ],
)
def test_where_names_are_no_labels(tmp_path: Path, names: list[str]) -> None:
    assert read(made(tmp_path, *names)).layout == "flat"


def test_an_unlabelled_folder_to_test_on(tmp_path: Path) -> None:
    names = [f"train/{label}.{n}.png" for label in ("cat", "dog") for n in range(6)]
    root = made(tmp_path, *names, *(f"test1/{n}.png" for n in range(1, 5)))
    (root / "sampleSubmission.csv").write_text("id,label\n" + "".join(f"{n},0\n" for n in range(1, 5)))
    reading = read(root)
    assert reading.layout == "file-names"
    assert labels(reading) == {"cat", "dog"}
    assert [sample.role for sample in reading.samples if not sample.labels] == ["test"] * 4


def test_a_pattern(tmp_path: Path) -> None:
    root = made(tmp_path, "train_cat_1.png", "test_dog_2.png", "other.png")
    reading = read(root, label_pattern="{split}_{label}_{number}.png")
    assert [(s.path, s.role, s.labels) for s in reading.samples] == [
        ("test_dog_2.png", "test", ("dog",)),
        ("train_cat_1.png", "train", ("cat",)),
    ]
    assert "1 images have other names" in reading.notices[1]
    with pytest.raises(DatasetError, match="no file name is like"):
        read(root, label_pattern="{label}+{number}.png")


def test_label_files(tmp_path: Path) -> None:
    root = made(tmp_path, *(f"images/{n}.png" for n in range(10)))
    (root / "labels").mkdir()
    for n in range(10):
        (root / f"labels/{n}.txt").write_text("cat\n" if n % 2 else "dog\n")
    reading = read(root)
    assert reading.layout == "label-files"
    assert labels(reading) == {"cat", "dog"}
    (root / "labels/3.txt").write_text("")
    reading = read(root, layout="label-files")
    assert [fault.file for fault in reading.faults] == ["labels/3.txt"]


def test_boxes_are_no_labels(tmp_path: Path) -> None:
    root = made(tmp_path, *(f"images/{n}.png" for n in range(10)))
    (root / "labels").mkdir()
    for n in range(10):
        (root / f"labels/{n}.txt").write_text("" if n < 3 else "0 0.5 0.5 0.1 0.1\n")
    assert read(root).layout == "detection"


def test_masks_are_left_out(tmp_path: Path) -> None:
    reading = read(made(tmp_path, *(f"{kind}/{n}.png" for kind in ("images", "masks") for n in range(9))))
    assert {sample.path.split("/")[0] for sample in reading.samples} == {"images"}
    assert reading.notices[0].startswith("masks/ holds masks of the images in images/")
    (tmp_path / "legend.csv").write_text("image,label\n" + "".join(f"{n}.png,{'ab'[n % 2]}\n" for n in range(9)))
    assert len(read(tmp_path).samples) == 9


def test_masks_in_every_class(tmp_path: Path) -> None:
    names = [f"{label}/{kind}/{n}.png" for label in ("ill", "well") for kind in ("images", "masks") for n in range(5)]
    reading = read(made(tmp_path, *names))
    assert labels(reading) == {"ill", "well"}
    assert len(reading.samples) == 10


def test_people_who_wear_masks(tmp_path: Path) -> None:
    root = made(tmp_path, *(f"{label}/{n}.png" for label in ("mask", "no_mask") for n in range(9)))
    reading = read(root)
    assert reading.layout == "class-folders"
    assert labels(reading) == {"mask", "no_mask"}
