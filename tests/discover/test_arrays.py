"""HDF5, NPZ, NPY and arrays in memory: what is read, what is assumed, and what is wrong."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, ClassVar

import h5py
import numpy as np
import pytest

import datalint
from datalint.discover import InMemory, discover
from datalint.errors import DatasetError
from datalint.storage import Pixels

if TYPE_CHECKING:
    from pathlib import Path

    from datalint.discover import Listing

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (6, 12, 10, 3), dtype=np.uint8)


def labels(listing: Listing) -> list[tuple[str | None, tuple[str, ...]]]:
    return [(sample.split, sample.labels) for sample in listing.samples]


def faults(listing: Listing) -> list[tuple[str, str | None]]:
    return [(fault.kind, fault.place) for fault in listing.reading.faults]


def pixels(listing: Listing) -> list[Pixels]:
    found = []
    for sample in listing.samples:
        (content,) = sample.source.contents([sample.key])
        assert isinstance(content, Pixels)
        found.append(content)
    return found


def hdf5(path: Path, **arrays: Any) -> Path:
    with h5py.File(path, "w") as file:
        for name, values in arrays.items():
            file[name.replace("__", "/")] = values
    return path


@pytest.mark.parametrize(
    "names",
    [("X_train", "y_train"), ("train_images", "train_labels"), ("train_set_x", "train_set_y"), ("trainX", "trainY")],
)
def test_images_and_labels_are_paired_by_their_names(tmp_path: Path, names: tuple[str, str]) -> None:
    for listing in (
        discover(hdf5(tmp_path / "a.h5", **{names[0]: IMAGES, names[1]: np.arange(6) % 2})),
        discover(npz(tmp_path / "a.npz", **{names[0]: IMAGES, names[1]: np.arange(6) % 2})),
    ):
        assert labels(listing) == [("train", (str(n % 2),)) for n in range(6)]


def npz(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


def test_labels_come_in_many_forms(tmp_path: Path) -> None:
    one_hot = np.eye(3)[np.arange(6) % 3]
    multi = np.array([[1, 1, 0]] * 3 + [[0, 0, 1]] * 3)
    names = np.array([b"ant", b"bee", b"cat"])
    forms: list[tuple[Any, list[tuple[str, ...]]]] = [
        ((np.arange(6) % 3)[:, None], [("ant",), ("bee",), ("cat",)] * 2),
        ((np.arange(6) % 3)[None], [("ant",), ("bee",), ("cat",)] * 2),
        (one_hot, [("ant",), ("bee",), ("cat",)] * 2),
        (multi, [("ant", "bee")] * 3 + [("cat",)] * 3),
        (np.array([b"x", b"y"] * 3), [("x",), ("y",)] * 3),
    ]
    for values, expected in forms:
        listing = discover(hdf5(tmp_path / "a.h5", X=IMAGES, y=values, class_names=names))
        assert [sample.labels for sample in listing.samples] == expected
        assert listing.reading.multi_label == (values is multi)


def test_groups_are_classes(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for number, name in enumerate(("cat/persian", "cat/siamese", "dog/poodle")):
            group = file.create_group(name)
            if number == 2:
                group.attrs["label"] = "pudel"
            group["images"] = IMAGES[:2]
            group["single"] = IMAGES[2]
    listing = discover(tmp_path / "a.h5")
    assert {sample.path: sample.labels for sample in listing.samples} == {
        f"a.h5:{group}/{name}": (label,)
        for group, label in (
            ("cat/persian", "cat/persian"),
            ("cat/siamese", "cat/siamese"),
            ("dog/poodle", "dog/pudel"),
        )
        for name in ("images[0]", "images[1]", "single")
    }


def test_lengths_that_differ(tmp_path: Path) -> None:
    listing = discover(hdf5(tmp_path / "a.h5", X_train=IMAGES, y_train=np.zeros(4, int)))
    assert len(listing.samples) == 4
    assert faults(listing) == [("length", "X_train")]
    assert "has 6 rows, its labels y_train have 4" in listing.reading.faults[0].reason


def test_a_label_out_of_range(tmp_path: Path) -> None:
    arrays = {"X": IMAGES, "y": np.array([0, 1, 2, 0, -1, 1]), "list_classes": np.array([b"a", b"b"])}
    listing = discover(hdf5(tmp_path / "a.h5", **arrays))
    assert faults(listing) == [("label", "y[2]"), ("label", "y[4]")]
    assert "is 2; there are 2 classes, numbered from 0" in listing.reading.faults[0].reason
    assert [sample.labels for sample in listing.samples].count(()) == 2


@pytest.mark.parametrize(
    ("values", "bounds", "said"),
    [
        (IMAGES, (0, 255), None),
        (IMAGES.astype(np.float32) / 255, (0, 1), "0 was taken for black and 1 for white"),
        (IMAGES / 127.5 - 1, (-1, 1), "-1 was taken for black and 1 for white"),
        (IMAGES.astype(np.float64), (0, 255), "0 was taken for black and 255 for white"),
        (IMAGES.astype(np.uint16) * 257, (0, 65535), "0 was taken for black and 65535 for white"),
        (np.moveaxis(IMAGES, -1, 1), (0, 255), "channels first"),
    ],
)
def test_what_is_assumed_is_said(tmp_path: Path, values: Any, bounds: tuple[float, float], said: str | None) -> None:
    for listing in (
        discover(hdf5(tmp_path / "a.h5", x_train=values, y_train=np.arange(6))),
        discover(npz(tmp_path / "a.npz", x_train=values, y_train=np.arange(6))),
        discover(InMemory({"train": (values, np.arange(6))})),
    ):
        found = pixels(listing)
        assert {(image.low, image.high) for image in found} == {bounds}
        assert found[0].array.shape == (12, 10, 3)
        assert bool(said) == bool(listing.notices)
        assert not said or said in listing.notices[0]
    scaled = datalint.check(arrays=(values, np.arange(6)), config={"select": ["QUA001"]}).table("pixels")
    plain = datalint.check(arrays=(IMAGES, np.arange(6)), config={"select": ["QUA001"]}).table("pixels")
    columns = "SELECT brightness FROM t ORDER BY sample_id"
    assert scaled.query("t", columns).fetchnumpy()["brightness"] == pytest.approx(
        plain.query("t", columns).fetchnumpy()["brightness"], abs=0.005
    )


def test_loose_npy_files_are_one_dataset(tmp_path: Path) -> None:
    np.save(tmp_path / "x_train.npy", IMAGES)
    np.save(tmp_path / "y_train.npy", np.arange(6))
    np.save(tmp_path / "x_test.npy", np.asfortranarray(IMAGES[:2]))
    np.save(tmp_path / "y_test.npy", np.arange(2))
    listing = discover(tmp_path)
    assert {split for split, _ in labels(listing)} == {"train", "test"}
    by_path = {sample.path: sample for sample in listing.samples}
    sample = by_path["x_test.npy[1]"]
    (content,) = sample.source.contents([sample.key])
    assert isinstance(content, Pixels)
    assert np.array_equal(content.array, IMAGES[1])


def test_compressed_npz_is_read_in_any_order(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", x=IMAGES, y=np.arange(6))
    samples = discover(tmp_path / "a.npz").samples
    for row in (5, 0, 3):
        (content,) = samples[row].source.contents([samples[row].key])
        assert isinstance(content, Pixels) and np.array_equal(content.array, IMAGES[row])


def test_pickles_are_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "data.pkl").write_bytes(pickle.dumps({"x": [1]}))
    for target in (tmp_path, tmp_path / "data.pkl"):
        with pytest.raises(DatasetError, match=r"is a pickle.*numpy\.savez"):
            discover(target)
    (tmp_path / "data.pkl").rename(tmp_path / "data_batch_1")
    with pytest.raises(DatasetError, match="is a pickle"):
        discover(tmp_path)
    np.save(tmp_path / "x.npy", np.array([{"a": 1}], dtype=object))
    report = datalint.check(tmp_path, {"select": ["INT"]})
    assert [finding.code for finding in report.findings] == ["INT008"]


@pytest.mark.parametrize("name", ["a.h5", "a.npz", "a.npy"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.95])
def test_truncated_files_end_in_one_line_or_in_findings(tmp_path: Path, name: str, share: float) -> None:
    file = tmp_path / name
    if name == "a.h5":
        hdf5(file, X_train=IMAGES, y_train=np.arange(6))
    elif name == "a.npz":
        npz(file, x_train=IMAGES, y_train=np.arange(6))
    else:
        np.save(file, IMAGES)
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * share)])
    try:
        report = datalint.check(file, {"select": ["INT"]})
    except DatasetError as error:
        assert "\n" not in str(error)
    else:
        assert report.findings


def test_shapes_that_hold_no_images(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"images are N x H x W"):
        discover(InMemory({"train": (np.zeros(5), np.zeros(5))}))
    with pytest.raises(DatasetError, match="holds no array of images"):
        discover(hdf5(tmp_path / "a.h5", weights=np.zeros((3, 3))))


class Torch:
    """As torch's datasets: (image, label) by number, channels first, ``targets`` and ``classes``."""

    classes = ("ant", "bee")
    targets = (0, 1, 0, 1, 0, 1)
    asked = 0

    def __len__(self) -> int:
        return 6

    def __getitem__(self, row: int) -> tuple[Any, int]:
        self.asked += 1
        return np.moveaxis(IMAGES[row], -1, 0) / 255, self.targets[row]


class ClassLabel:
    names = ("ant", "bee")


class Table:
    """As Hugging Face's datasets: rows by number, columns by name."""

    column_names = ("image", "label")
    features: ClassVar[dict[str, object]] = {"image": object(), "label": ClassLabel()}

    def __len__(self) -> int:
        return 6

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return [0, 1] * 3
        from PIL import Image

        return {"image": Image.fromarray(IMAGES[key]), "label": key % 2}


class Batches:
    """As a ``tf.data`` dataset of batches."""

    class_names = ("ant", "bee")
    element_spec = None

    def as_numpy_iterator(self) -> Any:
        yield IMAGES[:4], np.array([0, 1, 0, 1])
        yield IMAGES[4:], np.array([0, 1])


@pytest.mark.parametrize("dataset", [Torch(), Table(), Batches(), {"train": Table()}])
def test_dataset_objects(dataset: Any) -> None:
    report = datalint.check(arrays=dataset, config={"select": ["INT", "DUP"]})
    assert report.dataset.images == 6
    assert report.dataset.labels.keys() == {"ant", "bee"}
    assert not report.findings


def test_a_broken_item_is_a_finding() -> None:
    class Broken(Torch):
        def __getitem__(self, row: int) -> tuple[Any, int]:
            if row == 3:
                raise OSError("disk on fire")
            return super().__getitem__(row)

    (finding,) = datalint.check(arrays=Broken(), config={"select": ["INT001"]}).findings
    assert finding.paths == ("images[3]",)
    assert "disk on fire" in finding.message


def test_either_a_path_or_arrays() -> None:
    with pytest.raises(TypeError):
        datalint.check()
    with pytest.raises(TypeError):
        datalint.check(".", arrays=IMAGES)
