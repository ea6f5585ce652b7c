"""NPZ archives and NPY files: arrays of images with arrays of labels, by their names."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, NamedTuple

from datalint.discover.array_samples import Collected, Stack, spread_rows
from datalint.discover.listing import Fault, Reading
from datalint.discover.pairing import Array, class_names_array, pair
from datalint.discover.pickles import REFUSAL
from datalint.errors import DatasetError

if TYPE_CHECKING:
    from typing import Any

    import numpy as np

    from datalint.discover.listing import Found
    from datalint.storage.npy import NPYHeader


class _Place(NamedTuple):
    """An array in a file."""

    path: str
    """Of the file, in the dataset."""
    local: str
    member: str | None
    """Of an NPZ archive."""
    header: NPYHeader

    def load(self) -> np.ndarray[Any, Any]:
        import numpy as np

        from datalint.storage.npy import open_array

        with open_array(self.local, self.member) as file:
            array: np.ndarray[Any, Any] = np.lib.format.read_array(file, allow_pickle=False)
            return array

    @property
    def shown(self) -> str:
        return self.path if self.member is None else f"{self.path}:{self.member}"


def recognise(found: Found) -> Reading | None:
    """Read the dataset if it is an NPZ or NPY file, or a folder of such with no images of its own."""
    files = _files(found)
    if not files or (found.focus is None and found.tree.images_below):
        return None
    reading = _read(found, files)
    return reading if reading.samples or reading.faults else None


def read(found: Found) -> Reading:
    """Read all NPZ and NPY files, whatever else there is."""
    files = [found.focus] if found.focus else _files(found)
    if not files:
        raise DatasetError("no .npz or .npy file found")
    return _read(found, files)


def _files(found: Found) -> list[str]:
    extensions = (".npz", ".npy")
    if found.focus is not None:
        return [found.focus] if found.focus.lower().endswith(extensions) else []
    return [f.join(name) for f in found.tree.walk() for name in f.files if name.lower().endswith(extensions)]


def _read(found: Found, files: list[str]) -> Reading:
    collected = Collected()
    loose: dict[str, dict[str, _Place]] = {}  # NPY files are arrays with the names of the files
    for path in files:
        folder, _, name = path.rpartition("/")
        places = _places(found, path, collected)
        if path.lower().endswith(".npz"):
            _add(found, places, path, collected)
        else:
            loose.setdefault(folder, {}).update({name.rpartition(".")[0]: place for place in places.values()})
    for folder, places in loose.items():
        _add(found, places, folder, collected)
    if not collected.samples and found.focus is not None and collected.faults:
        fault = collected.faults[0]
        raise DatasetError(": ".join(part for part in (fault.place, fault.reason) if part))
    return Reading(
        "npz",
        "NPZ arrays" if all(path.lower().endswith(".npz") for path in files) else "NPY arrays",
        collected.samples,
        collected.notices,
        manifests=files,
        faults=collected.faults,
        multi_label=collected.multi_label,
        positional=True,
    )


def _places(found: Found, path: str, collected: Collected) -> dict[str, _Place]:
    """Read the headers of the arrays in a file."""
    from datalint.storage.npy import npz_members, open_array, read_npy_header

    places = {}
    try:
        local = found.storage.local(path)
        members = npz_members(local) if path.lower().endswith(".npz") else [None]
        for member in members:
            with open_array(local, member) as file:
                header = read_npy_header(file)
            if header.dtype.hasobject:
                collected.faults.append(Fault(path, "pickle", REFUSAL, member))
            else:
                places[member or ""] = _Place(path, local, member, header)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        collected.faults.append(Fault(path, "damaged", f"cannot be read as arrays: {reason}"))
    return places


def _add(found: Found, places: dict[str, _Place], container: str, collected: Collected) -> None:
    arrays = {name: Array(place.header.shape, place.header.dtype.kind) for name, place in places.items()}
    named = class_names_array(arrays)
    try:
        names = [str(name) for name in places[named].load().tolist()] if named else list(found.options.label_names)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile):
        names = []
    pairs = pair(arrays, container.rpartition("/")[2].partition(".")[0])
    for one in pairs:
        place = places[one.images]
        try:
            stack = _stack(place, one.split, one.role, collected)
            labels = None if one.labels is None else places[one.labels].load()
        except (OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
            reason = f"{one.images} or its labels cannot be read: {str(error) or 'cut off'}"
            collected.faults.append(Fault(place.path, "damaged", reason))
            continue
        collected.add(stack, labels, one.labels or "", names)
    if places and not pairs:
        held = ", ".join(f"{name or 'an array'} {array.shape}" for name, array in [*arrays.items()][:4])
        reason = f"holds no array of images (N x H x W or N x H x W x C); it holds {held}"
        collected.faults.append(Fault(next(iter(places.values())).path, "no-image", reason))


def _stack(place: _Place, split: str | None, role: str | None, collected: Collected) -> Stack:
    """Find out how an array is to be read. Raises ValueError where it cannot hold images."""
    import numpy as np

    from datalint.storage.arrays import interpret, shape_problem
    from datalint.storage.npy import NPYImages

    header = place.header
    if problem := shape_problem(header.shape, header.dtype):
        raise ValueError(problem)
    interpretation = interpret(header.shape, np.empty(0, header.dtype))
    if header.dtype not in (np.uint8, np.bool_):
        source = NPYImages(place.local, place.member, header, interpretation)
        row_bytes = int(np.prod(header.shape[1:], dtype=np.int64)) * header.dtype.itemsize
        values = np.stack([source.row(int(row)) for row in spread_rows(header.shape[0], row_bytes)])
        interpretation = interpret(header.shape, values)
    if interpretation.notice:
        collected.notices.append(f"{place.shown} is {interpretation.notice}")
    source = NPYImages(place.local, place.member, header, interpretation)
    return Stack(place.shown, place.path, header.shape[0], source, int, split, role)
