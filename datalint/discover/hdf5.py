"""HDF5: arrays of images with arrays of labels, or a group a class; the files of a folder are one dataset."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from datalint.discover.array_samples import Collected, Stack, spread_rows
from datalint.discover.listing import Fault, Reading, Sample
from datalint.discover.pairing import Array, class_names_array, pair, split_of
from datalint.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datalint.discover.listing import Found
    from datalint.storage.arrays import Interpretation

_EXTENSIONS = (".h5", ".hdf5", ".he5", ".hdf")


def recognise(found: Found) -> Reading | None:
    """Read the dataset if it is an HDF5 file, or a folder of such with no images of its own."""
    files = _files(found)
    if not files or (found.focus is None and found.tree.images_below):
        return None
    return _read(found, files)


def read(found: Found) -> Reading:
    """Read all HDF5 files, whatever else there is."""
    files = [found.focus] if found.focus else _files(found)
    if not files:
        raise DatasetError(f"no HDF5 file found ({', '.join(_EXTENSIONS)})")
    return _read(found, files)


def _files(found: Found) -> list[str]:
    if found.focus is not None:
        return [found.focus] if found.focus.lower().endswith(_EXTENSIONS) else []
    return [f.join(name) for f in found.tree.walk() for name in f.files if name.lower().endswith(_EXTENSIONS)]


def _read(found: Found, files: list[str]) -> Reading:
    collected = Collected()
    for path in files:
        try:
            _read_file(found, path, collected)
        except (OSError, RuntimeError, ValueError, KeyError, TypeError) as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            collected.faults.append(Fault(path, "damaged", f"cannot be read as HDF5: {reason}"))
    if not collected.samples and found.focus is not None and collected.faults:
        fault = collected.faults[0]
        raise DatasetError(": ".join(part for part in (fault.place, fault.reason) if part))
    return Reading(
        "hdf5",
        "HDF5" if len(files) == 1 else f"HDF5, {len(files)} files",
        collected.samples,
        collected.notices,
        manifests=files,
        faults=collected.faults,
        multi_label=collected.multi_label,
        positional=True,
    )


def _read_file(found: Found, path: str, collected: Collected) -> None:
    import h5py

    from datalint.storage.hdf5 import Cell, HDF5Images

    local = found.storage.local(path)
    before = len(collected.samples)
    with h5py.File(local, "r") as file:
        datasets = dict(_datasets(file))
        arrays = {name: Array(item.shape, _kind(item)) for name, item in datasets.items()}
        names = _class_names(datasets, arrays) or list(found.options.label_names)
        interpretations: dict[str, Interpretation | None] = {}
        in_groups = {name for name in datasets if _class_path(file, name) and not _is_pair(name, datasets)}
        pairs = pair({name: array for name, array in arrays.items() if name not in in_groups}, _stem(path))
        for one in pairs:
            images = datasets[one.images]
            problem = _interpret(images, f"{path}:{one.images}", interpretations, collected)
            if problem:
                collected.faults.append(Fault(path, "row", problem, one.images))
                continue
            source = HDF5Images(local, interpretations, _row_bytes(images))
            stack = Stack(f"{path}:{one.images}", path, len(images), source, _cell(one.images), one.split, one.role)
            labels = None if one.labels is None else datasets[one.labels][()]
            collected.add(stack, labels, one.labels or "", names)
        for name in sorted(in_groups):
            dataset = datasets[name]
            split, role, label = _of_group(file, name, _stem(path))
            single = _is_single(dataset)
            if not _encoded(dataset) and single is None:
                continue
            problem = _interpret(dataset, f"{path}:{name}", interpretations, collected, bool(single))
            if problem:
                continue
            source = HDF5Images(local, interpretations, _row_bytes(dataset, bool(single)))
            rows = [None] if single else range(len(dataset))
            collected.samples += [
                Sample(
                    f"{path}:{name}" + ("" if row is None else f"[{row}]"),
                    source,
                    Cell(name, row),
                    split,
                    role,
                    (label,) if label else (),
                )
                for row in rows
            ]
    if len(collected.samples) == before and not any(fault.file == path for fault in collected.faults):
        held = ", ".join(f"{name} {array.shape}" for name, array in [*arrays.items()][:4]) or "nothing"
        reason = f"holds no array of images (N x H x W or N x H x W x C); it holds {held}"
        collected.faults.append(Fault(path, "no-image", reason))


def _cell(dataset: str) -> Any:
    from datalint.storage.hdf5 import Cell

    return lambda row: Cell(dataset, row)


def _datasets(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield all datasets below a group; a link that leads nowhere or to another file is left out."""
    import h5py

    for name in group:
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            continue
        item = group[name]
        if isinstance(item, h5py.Group):
            yield from _datasets(item, f"{prefix}{name}/")
        elif isinstance(item, h5py.Dataset) and item.shape is not None:
            yield f"{prefix}{name}", item


def _kind(dataset: Any) -> str:
    import h5py

    return "S" if h5py.check_string_dtype(dataset.dtype) else str(dataset.dtype.kind)


def _encoded(dataset: Any) -> bool:
    """Tell whether a dataset holds the bytes of image files, a row each."""
    import h5py

    return h5py.check_vlen_dtype(dataset.dtype) is not None and len(dataset.shape) == 1


def _is_single(dataset: Any) -> bool | None:
    """Tell whether a dataset in a class group is one image, or (false) many; None where it is none."""
    shape = dataset.shape
    if _encoded(dataset):
        return False
    if dataset.dtype.kind not in "buif" or not 2 <= len(shape) <= 4:
        return None
    return len(shape) == 2 or (len(shape) == 3 and shape[2] in (1, 3, 4))


def _is_pair(name: str, datasets: dict[str, Any]) -> bool:
    """Tell whether a dataset has labels beside it in its group."""
    group = name.rpartition("/")[0]
    beside = {other: Array(d.shape, _kind(d)) for other, d in datasets.items() if other.rpartition("/")[0] == group}
    return any(one.labels and name in (one.images, one.labels) for one in pair(beside)) or name == class_names_array(
        beside
    )


def _class_path(file: Any, name: str) -> list[str]:
    """Return the names of the groups that a dataset is in; a ``label`` or ``name`` attribute goes before a name."""
    path, group = [], file
    for part in name.split("/")[:-1]:
        group = group[part]
        given = group.attrs.get("label", group.attrs.get("name"))
        path.append(_text(given) if given is not None else part)
    return path


def _of_group(file: Any, name: str, stem: str) -> tuple[str | None, str | None, str | None]:
    """Return split, role and label of a dataset in a class group."""
    levels = _class_path(file, name)
    split, role = split_of([*levels[:1], *levels[-1:]] if len(levels) > 1 else ())
    levels = [level for level in levels if level != split]
    if split is None:
        split, role = split_of(re.split(r"[^A-Za-z0-9]+", stem))
    return split, role, "/".join(levels) or None


def _class_names(datasets: dict[str, Any], arrays: dict[str, Array]) -> list[str]:
    name = class_names_array(arrays)
    return [_text(value) for value in datasets[name][()].tolist()] if name else []


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace").rstrip("\0") if isinstance(value, bytes) else str(value)


def _interpret(
    dataset: Any, name: str, known: dict[str, Interpretation | None], collected: Collected, single: bool = False
) -> str | None:
    """Find out how a dataset is to be read; return what is wrong with it, if anything is."""
    import numpy as np

    from datalint.storage.arrays import interpret, shape_problem

    key = name.partition(":")[2]
    if _encoded(dataset):
        known[key] = None
        return None
    shape = (1, *dataset.shape) if single else dataset.shape
    if problem := shape_problem(shape, dataset.dtype):
        return problem
    plain = dataset.dtype in (np.uint8, np.bool_) or 0 in shape
    values = np.empty(0, dataset.dtype)
    if not plain:
        values = dataset[()] if single else dataset[spread_rows(len(dataset), _row_bytes(dataset))]
    known[key] = interpretation = interpret(shape, values)
    if interpretation.notice:
        notice = f"{name} is {interpretation.notice}"
        if not single or not collected.notices:
            collected.notices.append(notice)
    return None


def _row_bytes(dataset: Any, single: bool = False) -> int:
    count = 1
    for side in dataset.shape if single else dataset.shape[1:]:
        count *= side
    return int(count * dataset.dtype.itemsize)


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]
