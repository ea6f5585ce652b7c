"""Discover: from what a person points at to rows of the listing tables. Knows layouts, and nothing about pixels."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from datalint.discover import (
    detection,
    file_names,
    folders,
    hdf5,
    label_files,
    manifest,
    memory,
    npz,
    parquet,
    webdataset,
)
from datalint.discover.augmented import augmented_rows
from datalint.discover.listing import Columns as ManifestColumns
from datalint.discover.listing import Found, Layout, Options, Reading
from datalint.discover.litter import IGNORE_FILE
from datalint.discover.memory import InMemory
from datalint.discover.pickles import REFUSAL, find_pickle
from datalint.discover.tables import (
    attribute_rows,
    fault_rows,
    file_rows,
    folder_rows,
    manifest_rows,
    object_rows,
    sample_order,
    sample_rows,
)
from datalint.discover.targets import find
from datalint.discover.tree import is_image_name
from datalint.discover.whereabouts import files_of, storage_of
from datalint.errors import ConfigError, DatasetError, did_you_mean
from datalint.model import escape_name
from datalint.storage import ImageRef

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from datalint.discover.listing import Sample
    from datalint.model import Columns, Tables
    from datalint.storage import Storage

__all__ = [
    "IGNORE_FILE",
    "LAYOUTS",
    "InMemory",
    "Listing",
    "ManifestColumns",
    "Options",
    "discover",
    "files_of",
    "is_image_name",
    "storage_of",
]

LAYOUTS: dict[str, Layout] = {
    "detection": Layout(detection.read, detection.recognise, "boxes in VOC, COCO or YOLO annotations"),
    "webdataset": Layout(webdataset.read, webdataset.recognise, "files of one key are one sample, in tar shards"),
    "manifest": Layout(manifest.read, manifest.recognise, "a CSV, TSV, JSON or text file that lists the images"),
    "parquet": Layout(parquet.read, parquet.recognise, "images or paths in Parquet files"),
    "hdf5": Layout(hdf5.read, hdf5.recognise, "arrays or groups in HDF5 files"),
    "npz": Layout(npz.read, npz.recognise, "arrays in NPZ or NPY files"),
    "label-files": Layout(label_files.read, label_files.recognise, "a folder of images and one of label files"),
    "file-names": Layout(file_names.read, file_names.recognise, "labels in the names of files"),
    "class-folders": Layout(folders.read_class_folders, folders.recognise, "a folder a class"),
    "split-folders": Layout(folders.read_split_folders, None, "class folders in a folder a split"),
    "hierarchy": Layout(folders.read_hierarchy, None, "class folders in class folders"),
    "flat": Layout(folders.read_flat, None, "images without labels"),
}
"""Every layout that can be forced. The first that recognises a dataset reads it."""

_BY_FOLDER = ("class-folders", "split-folders", "hierarchy", "flat")


class Listing:
    """A dataset by its names: nothing of an image has been read, except where it is a cell of a manifest."""

    def __init__(self, name: str, root: str, reading: Reading, found: Found | None, level: int | None = None) -> None:
        self.name = name
        """The dataset as a headline names it; escaped."""
        self.root = root
        """Absolute path or URL of what was given; escaped."""
        self.reading = reading
        self._found = found
        self._level = level
        self._order = sample_order(reading)
        self._of_log: list[str] = []

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person should know about how the dataset was understood; escaped."""
        scanning = self._found.notices if self._found else []
        return tuple(map(escape_name, (*self.reading.notices, *scanning, *self._of_log)))

    @property
    def self_contained(self) -> bool:
        """Whether nothing but the files below the root decides what is listed."""
        if self._found is None or self._found.unpulled:
            return False
        missing = (row.name for row in self.reading.rows if row.path is None)
        return not any(os.path.isabs(name) or ".." in name for name in missing)

    @property
    def storage(self) -> Storage | None:
        """Where the files are that paths name; None for a dataset that is not in files."""
        return self._found.storage if self._found else None

    @cached_property
    def samples(self) -> list[Sample]:
        """The samples in order of sample_id."""
        return [self.reading.samples[position] for position in self._order]

    def images(self) -> tuple[list[ImageRef], dict[int, int]]:
        """Return each image once, in the order that is best for reading, and which samples are of the same image.

        The mapping leads from the sample_id of a further sample to that which the image is measured for.
        """
        measured: dict[str, int] = {}
        images, twins = [], {}
        for number, sample in enumerate(self.samples):
            first = measured.setdefault(sample.path, number)
            if first == number:
                images.append(ImageRef(number, sample.source, sample.key))
            else:
                twins[number] = first
        sources = {id(image.source): number for number, image in enumerate(images)}
        images.sort(key=lambda image: (sources[id(image.source)], *image.source.position(image.key)))
        return images, twins

    def tables(self) -> Tables:
        """Rows of the tables that take names alone."""
        return {
            "samples": sample_rows(self.samples, self._level),
            "attributes": attribute_rows(self.samples),
            "manifest_rows": manifest_rows(self.reading, self.samples, self._level),
            "objects": object_rows(self.reading, self.samples),
            **self.tables_of_folders(),
        }

    def tables_of_folders(self) -> Tables:
        """Rows of the tables that have few: what is said of folders, and what is wrong."""
        return {"folders": folder_rows(self.reading, self._level), "faults": fault_rows(self.reading)}

    def files(self, only: Collection[str] | None = None) -> Columns | None:
        """Look at every file: its size, and the first bytes of small ones. None for a dataset that is not in files.

        With ``only``, look at those of some paths, as Python decodes file names.
        """
        return file_rows(self._found, self.reading, self._level, only) if self._found else None

    def augmented(self) -> Columns:
        """Rows of ``augmented``; they are read from a log, which takes a moment. Adds to the notices."""
        if self._found is None:
            return {}
        rows, self._of_log = augmented_rows(self._found)
        return rows

    @property
    def by_folder(self) -> bool:
        """Whether the folder of an image alone decides what is said of it."""
        reading = self.reading
        return reading.layout in _BY_FOLDER and not (reading.manifests or reading.rows or reading.copies)

    def places(self) -> set[tuple[str, str | None, str | None, str | None]]:
        """Return the folders of images, with the split, the role and the label of those, as in ``samples``."""
        one_of = {sample.path.rpartition("/")[0]: sample for sample in self.samples}
        rows = sample_rows([sample._replace(path=folder) for folder, sample in one_of.items()], self._level)
        return set(zip(*(rows[name].tolist() for name in ("path", "split", "role", "label")), strict=True))

    def sample_rows(self, numbers: Sequence[int]) -> Columns:
        """Rows of ``samples`` for some of them, by their sample_ids."""
        import numpy as np

        rows = sample_rows([self.samples[number] for number in numbers], self._level)
        return {**rows, "sample_id": np.array(numbers, np.int32)}


def discover(dataset: str | os.PathLike[str] | InMemory, options: Options | None = None) -> Listing:
    """List the samples of a dataset.

    Raises DatasetError where there is no dataset, ConfigError for an unknown layout.
    """
    options = options or Options()
    name = options.layout
    if name is not None and name not in LAYOUTS:
        raise ConfigError(f"unknown layout {name!r}{did_you_mean(name, LAYOUTS)}; known: {', '.join(LAYOUTS)}")
    if isinstance(dataset, InMemory):
        return Listing("arrays", "arrays", memory.read(dataset.arrays), None, options.level)
    shown = escape_name(os.fsdecode(dataset))
    try:
        found = find(dataset, options)
        reading = LAYOUTS[name].read(found) if name else _recognised(found)
    except DatasetError as error:
        raise DatasetError(f"{shown}: {error}") from None
    reading = reading._replace(faults=(*found.faults, *reading.faults))
    if not reading.samples:
        reading = reading._replace(description="no image", notices=())
    if not reading.samples and not reading.faults:
        raise DatasetError(f"{shown}: {_no_image(found)}")
    root = found.storage.root if found.focus is None else f"{found.storage.root.rstrip('/')}/{found.focus}"
    last = root.rstrip("/").rpartition("/")[2]
    return Listing(escape_name(last if found.focus else last + "/"), escape_name(root), reading, found, options.level)


def _recognised(found: Found) -> Reading:
    for layout in LAYOUTS.values():
        reading = layout.recognise(found) if layout.recognise else None
        if reading is not None:
            return reading
    if found.faults:
        return Reading("flat", "no image", (), ())
    if find_pickle(found):
        raise DatasetError(REFUSAL)
    raise DatasetError("is no file that datalint can read a dataset from; give the folder that holds the images")


def _no_image(found: Found) -> str:
    if pickle := find_pickle(found):
        return f"{escape_name(pickle)} {REFUSAL}"
    tree = found.tree
    names = [name for folder in tree.walk() for name in folder.files]
    if not names:
        return "no image found: the folder is empty"
    kinds = sorted({os.path.splitext(name)[1].lower() or "no extension" for name in names})
    more = ", ..." if len(kinds) > 5 else ""
    why = "".join(f"; {escape_name(notice)}" for notice in found.notices[:5])
    return f"no image found among {len(names):,} files ({', '.join(kinds[:5])}{more}){why}"
