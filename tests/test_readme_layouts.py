"""Every command of the README's table of layouts, on such a dataset."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from conftest import photo
from layouts import Item, folders, npz, parquet, webdataset, zipped

if TYPE_CHECKING:
    from collections.abc import Callable

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")
TABLE = re.findall(r"^\| ([^|]+) \| .* \| `(datalint check [^`]+)` \|$", README, re.M)


def items(labels: tuple[str, ...] = ("cat", "dog"), splits: tuple[str, ...] = ("train", "test")) -> list[Item]:
    """Four images of each class in each split."""
    places = [(split, label, n) for split in splits for label in labels for n in range(4)]
    return [
        Item(split, label, f"{split}-{label}-{n}".replace("/", "-"), np.asarray(photo((32, 32), seed)))
        for seed, (split, label, n) in enumerate(places)
    ]


def rows(file: Path, *records: tuple[Any, ...]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(records)


def images(root: Path, *names: str) -> None:
    for seed, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        photo((32, 32), seed).save(root / name)


def one_folder_a_class(root: Path) -> None:
    images(root / "cats", "persian/1.jpg", "siamese/2.jpg")


def splits(root: Path) -> None:
    folders(items(), root / "data")


def hierarchy(root: Path) -> None:
    images(root / "animals", "cat/persian/1.jpg", "cat/siamese/2.jpg", "dog/poodle/3.jpg")


def comma_separated(root: Path) -> None:
    images(root / "faces", "images/1.jpg", "images/2.jpg")
    rows(
        root / "faces/legend.csv", ("filename", "label", "split"), ("1.jpg", "joy", "train"), ("2.jpg", "fear", "test")
    )


def json_array(root: Path) -> None:
    images(root / "pets", "cat/1.jpg", "dog/1.jpg")
    records = [{"label": name, "location": f"{name}/1.jpg"} for name in ("cat", "dog")]
    (root / "pets/labels.json").write_text(json.dumps(records))


def image_folder(root: Path) -> None:
    images(root / "birds", "train/1.jpg", "train/2.jpg")
    rows(root / "birds/train/metadata.csv", ("file_name", "label"), ("1.jpg", "wren"), ("2.jpg", "owl"))


def parquet_file(root: Path) -> None:
    target = parquet(items(splits=("train",)), root).target
    (target / "train-00000-of-00001.parquet").rename(root / "birds.parquet")


def pixels_in_cells(root: Path) -> None:
    cells = [" ".join(map(str, item.pixels[::2, ::2, 0].ravel())) for item in items()]
    records = [(n % 3, cell, "Training" if n < 12 else "PublicTest") for n, cell in enumerate(cells)]
    rows(root / "fer2013.csv", ("emotion", "pixels", "Usage"), *records)


def hdf5(root: Path) -> None:
    import h5py

    with h5py.File(root / "digits.h5", "w") as file:
        file["X_train"] = np.stack([item.pixels for item in items()])
        file["y_train"] = np.arange(16) % 2


def numpy_archive(root: Path) -> None:
    npz(items(), root).target.rename(root / "digits.npz")


def archive(root: Path) -> None:
    zipped(items(), root)


def shards(root: Path) -> None:
    (root / "shards").mkdir()
    for number in (0, 1):
        folder = root / f"made{number}"
        folder.mkdir()
        webdataset(items(splits=("train",)), folder)
        (folder / "train-000000.tar").rename(root / f"shards/train-{number:03}.tar")


def unpulled(root: Path) -> None:
    for number, label in enumerate(("cat", "dog")):
        file = root / "photos" / label / "1.jpg"
        file.parent.mkdir(parents=True)
        file.write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{number:064x}\nsize 12345\n")


def names(root: Path) -> None:
    images(root / "pets-flat", "cat.0.jpg", "cat.1.jpg", "dog.0.jpg", "dog.1.jpg")


def competition(root: Path) -> None:
    images(root / "dog-breed", "train/a1.jpg", "train/b2.jpg", "test/c3.jpg")
    rows(root / "dog-breed/train.csv", ("id", "breed"), ("a1", "poodle"), ("b2", "boxer"))
    rows(root / "dog-breed/sample_submission.csv", ("id", "poodle", "boxer"), ("c3", 0.5, 0.5))


def several_labels(root: Path) -> None:
    images(root, *(f"scenes/{n}.jpg" for n in range(4)))
    labels = ("beach|sea", "sea", "beach", "city|sea")
    rows(root / "scenes.csv", ("image", "labels"), *((f"scenes/{n}.jpg", label) for n, label in enumerate(labels)))


def boxes(root: Path) -> None:
    images(root / "cells", "JPEGImages/1.jpg", "JPEGImages/2.jpg")
    (root / "cells/Annotations").mkdir()
    for number in (1, 2):
        text = f"<annotation><filename>{number}.jpg</filename><object><name>cell</name></object></annotation>"
        (root / f"cells/Annotations/{number}.xml").write_text(text)


def unlabelled(root: Path) -> None:
    images(root / "unsorted", "1.jpg", "2.jpg")


MAKERS: dict[str, Callable[[Path], None]] = {
    "class folders": one_folder_a_class,
    "splits over class folders, or classes over splits": splits,
    "a hierarchy of classes": hierarchy,
    "CSV, TSV or a list in a text file": comma_separated,
    "JSON, JSON Lines": json_array,
    "Hugging Face's image folder": image_folder,
    "Parquet": parquet_file,
    "pixels in the cells of a CSV": pixels_in_cells,
    "HDF5": hdf5,
    "NPZ, NPY": numpy_archive,
    "an archive of any of these": archive,
    "WebDataset": shards,
    "pointers of git-lfs or DVC": unpulled,
    "labels in the file names": names,
    "a Kaggle competition": competition,
    "several labels an image": several_labels,
    "boxes in VOC, COCO or YOLO": boxes,
    "images without labels": unlabelled,
}


def run(line: str, folder: Path, **environment: str) -> tuple[int, dict[str, Any]]:
    import os

    words = [sys.executable, "-m", *shlex.split(line), "--format", "json", "--fail-on", "never"]
    result = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, timeout=120, env={**os.environ, **environment}
    )
    assert result.stderr == "", result.stderr
    return result.returncode, json.loads(result.stdout)


def test_every_row_is_run() -> None:
    assert {what for what, _ in TABLE} == {*MAKERS, "a server", "a manifest of URLs"}


@pytest.mark.parametrize(("what", "line"), [row for row in TABLE if row[0] in MAKERS], ids=lambda text: text[:40])
def test_the_command_reads_such_a_dataset(what: str, line: str, tmp_path: Path) -> None:
    MAKERS[what](tmp_path)
    status, report = run(line, tmp_path)
    assert status == 0
    assert report["dataset"]["images"] >= 2
    assert bool(report["dataset"]["labels"]) == (what != "images without labels")
    assert not [finding for finding in report["findings"] if finding["code"] in ("INT001", "INT007")]


def test_servers(tmp_path: Path, http_server: Any, s3_server: Any) -> None:
    photos = tmp_path / "photos"
    images(photos, "cat/1.jpg", "dog/2.jpg")
    lines = dict(TABLE)
    shutil.copytree(photos, http_server.folder / "photos")
    url = f"{http_server.url}/photos"
    rows(http_server.folder / "labels.csv", ("url", "label"), (f"{url}/cat/1.jpg", "cat"), (f"{url}/dog/2.jpg", "dog"))
    line = lines["a manifest of URLs"].replace("https://example.org", http_server.url)
    assert run(line, tmp_path)[1]["dataset"]["labels"].keys() == {"cat", "dog"}

    s3_server.upload(photos, "bucket", "data")
    report = run(lines["a server"], tmp_path, **s3_server.environment)[1]
    assert report["dataset"]["labels"].keys() == {"cat", "dog"}
