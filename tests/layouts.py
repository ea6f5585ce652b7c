"""One small dataset written in every layout that datalint reads.

A writer takes images and an empty folder and says what to check, and by which path each image is known there.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    Array = np.ndarray[Any, Any]


class Item(NamedTuple):
    """An image of the dataset."""

    split: str
    label: str
    name: str
    """File name without extension; unique in the dataset."""
    pixels: Array
    """uint8, H x W x 3."""

    @property
    def png(self) -> bytes:
        file = io.BytesIO()
        Image.fromarray(self.pixels).save(file, "PNG")
        return file.getvalue()


class Written(NamedTuple):
    """A dataset as it was written."""

    target: Any
    """What to check: a path, or arrays."""
    paths: list[str]
    """The samples' paths, in the order of the items."""


def folders(items: Sequence[Item], root: Path) -> Written:
    paths = [f"{item.split}/{item.label}/{item.name}.png" for item in items]
    _write_images(items, root, paths)
    return Written(root, paths)


def comma_separated(items: Sequence[Item], root: Path) -> Written:
    paths = _flat(items, root)
    with (root / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        _write_rows(csv.writer(file), items, paths)
    return Written(root, paths)


def tab_separated(items: Sequence[Item], root: Path) -> Written:
    paths = _flat(items, root)
    with (root / "labels.tsv").open("w", newline="", encoding="utf-8") as file:
        _write_rows(csv.writer(file, delimiter="\t"), items, paths)
    return Written(root, paths)


def json_array(items: Sequence[Item], root: Path) -> Written:
    paths = _flat(items, root)
    (root / "labels.json").write_text(json.dumps(_records(items, paths, "location")), encoding="utf-8")
    return Written(root, paths)


def json_lines(items: Sequence[Item], root: Path) -> Written:
    paths = _flat(items, root)
    lines = [json.dumps(record) + "\n" for record in _records(items, paths, "path")]
    (root / "labels.jsonl").write_text("".join(lines), encoding="utf-8")
    return Written(root, paths)


def image_folder(items: Sequence[Item], root: Path) -> Written:
    """As Hugging Face's imagefolder wants it: a ``metadata.csv`` in the folder of each split."""
    paths = [f"{item.split}/{item.name}.png" for item in items]
    _write_images(items, root, paths)
    for split, members in _by_split(items).items():
        with (root / split / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["file_name", "label"])
            writer.writerows([f"{item.name}.png", item.label] for item in members)
    return Written(root, paths)


def parquet(items: Sequence[Item], root: Path) -> Written:
    import pyarrow as pa
    import pyarrow.parquet as pq

    places = {}
    for split, members in _by_split(items).items():
        table = pa.table(
            {
                "image": [{"bytes": item.png, "path": f"{item.name}.png"} for item in members],
                "label": [item.label for item in members],
            }
        )
        pq.write_table(table, root / f"{split}-00000-of-00001.parquet", row_group_size=50)
        places |= {id(item): f"{split}-00000-of-00001.parquet[{n}]" for n, item in enumerate(members)}
    return Written(root, [places[id(item)] for item in items])


def hdf5_pairs(items: Sequence[Item], root: Path) -> Written:
    """One file with ``X_train``, ``y_train``, ``X_test`` ...; labels are strings."""
    import h5py

    places = {}
    with h5py.File(root / "data.h5", "w") as file:
        for split, members in _by_split(items).items():
            file.create_dataset(
                f"X_{split}", data=_stack(members), chunks=(min(7, len(members)), *members[0].pixels.shape)
            )
            file.create_dataset(f"y_{split}", data=[item.label.encode() for item in members])
            places |= {id(item): f"data.h5:X_{split}[{n}]" for n, item in enumerate(members)}
    return Written(root / "data.h5", [places[id(item)] for item in items])


def hdf5_sets(items: Sequence[Item], root: Path) -> Written:
    """A file a split with ``train_set_x``, ``train_set_y`` and ``list_classes``; labels are numbers."""
    import h5py

    classes = sorted({item.label for item in items})
    places = {}
    for split, members in _by_split(items).items():
        with h5py.File(root / f"{split}.h5", "w") as file:
            file.create_dataset(f"{split}_set_x", data=_stack(members), compression="gzip")
            file.create_dataset(f"{split}_set_y", data=[[classes.index(item.label) for item in members]])
            file.create_dataset("list_classes", data=[name.encode() for name in classes])
        places |= {id(item): f"{split}.h5:{split}_set_x[{n}]" for n, item in enumerate(members)}
    return Written(root, [places[id(item)] for item in items])


def hdf5_groups(items: Sequence[Item], root: Path) -> Written:
    """A group a split, in it a group a class with a ``label`` attribute."""
    import h5py

    places = {}
    with h5py.File(root / "data.hdf5", "w") as file:
        for split, members in _by_split(items).items():
            for number, label in enumerate(sorted({item.label for item in members})):
                group = file.create_group(f"{split}/class_{number}")
                group.attrs["label"] = label
                those = [item for item in members if item.label == label]
                group.create_dataset("images", data=_stack(those))
                name = f"data.hdf5:{split}/class_{number}/images"
                places |= {id(item): f"{name}[{n}]" for n, item in enumerate(those)}
    return Written(root / "data.hdf5", [places[id(item)] for item in items])


def npz(items: Sequence[Item], root: Path) -> Written:
    arrays, places = {}, {}
    for split, members in _by_split(items).items():
        arrays[f"x_{split}"] = _stack(members)
        arrays[f"y_{split}"] = np.array([item.label for item in members])
        places |= {id(item): f"data.npz:x_{split}[{n}]" for n, item in enumerate(members)}
    np.savez(root / "data.npz", **arrays)
    return Written(root / "data.npz", [places[id(item)] for item in items])


def npy(items: Sequence[Item], root: Path) -> Written:
    places = {}
    for split, members in _by_split(items).items():
        np.save(root / f"x_{split}.npy", _stack(members))
        np.save(root / f"y_{split}.npy", np.array([item.label for item in members]))
        places |= {id(item): f"x_{split}.npy[{n}]" for n, item in enumerate(members)}
    return Written(root, [places[id(item)] for item in items])


def arrays(items: Sequence[Item], root: Path) -> Written:
    made: dict[str, tuple[Array, list[str]]] = {}
    places = {}
    for split, members in _by_split(items).items():
        made[split] = _stack(members), [item.label for item in members]
        places |= {id(item): f"{split}[{n}]" for n, item in enumerate(members)}
    return Written(made, [places[id(item)] for item in items])


def zipped(items: Sequence[Item], root: Path) -> Written:
    written = folders(items, root / "data")
    with zipfile.ZipFile(root / "data.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in written.paths:
            archive.write(root / "data" / path, path)
    shutil.rmtree(root / "data")
    return Written(root / "data.zip", written.paths)


def tar(items: Sequence[Item], root: Path) -> Written:
    return _tarred(items, root, "data.tar", "w")


def tar_gz(items: Sequence[Item], root: Path) -> Written:
    return _tarred(items, root, "data.tar.gz", "w:gz")


def webdataset(items: Sequence[Item], root: Path) -> Written:
    places = {}
    for split, members in _by_split(items).items():
        name = f"{split}-000000.tar"
        with tarfile.open(root / name, "w") as archive:
            for item in members:
                _add(archive, f"{item.name}.png", item.png)
                _add(archive, f"{item.name}.cls", item.label.encode())
        places |= {id(item): f"{name}/{item.name}.png" for item in members}
    return Written(root, [places[id(item)] for item in items])


WRITERS: dict[str, Callable[[Sequence[Item], Path], Written]] = {
    "folders": folders,
    "csv": comma_separated,
    "tsv": tab_separated,
    "json": json_array,
    "jsonl": json_lines,
    "image-folder": image_folder,
    "parquet": parquet,
    "hdf5-pairs": hdf5_pairs,
    "hdf5-sets": hdf5_sets,
    "hdf5-groups": hdf5_groups,
    "npz": npz,
    "npy": npy,
    "arrays": arrays,
    "zip": zipped,
    "tar": tar,
    "tar.gz": tar_gz,
    "webdataset": webdataset,
}


def _flat(items: Sequence[Item], root: Path) -> list[str]:
    paths = [f"images/{item.name}.png" for item in items]
    _write_images(items, root, paths)
    return paths


def _write_images(items: Sequence[Item], root: Path, paths: Sequence[str]) -> None:
    for item, path in zip(items, paths, strict=True):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(item.png)


def _write_rows(writer: Any, items: Sequence[Item], paths: Sequence[str]) -> None:
    writer.writerow(["filename", "label", "split"])
    writer.writerows([path, item.label, item.split] for item, path in zip(items, paths, strict=True))


def _records(items: Sequence[Item], paths: Sequence[str], key: str) -> list[dict[str, str]]:
    return [{"label": item.label, key: path, "split": item.split} for item, path in zip(items, paths, strict=True)]


def _by_split(items: Iterable[Item]) -> dict[str, list[Item]]:
    splits: dict[str, list[Item]] = {}
    for item in items:
        splits.setdefault(item.split, []).append(item)
    return splits


def _stack(items: Sequence[Item]) -> Array:
    return np.stack([item.pixels for item in items])


def _tarred(items: Sequence[Item], root: Path, name: str, mode: Any) -> Written:
    paths = [f"{item.split}/{item.label}/{item.name}.png" for item in items]
    with tarfile.open(root / name, mode) as archive:
        for item, path in zip(items, paths, strict=True):
            _add(archive, path, item.png)
    return Written(root / name, paths)


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))
