"""Samples out of the records of manifests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.discover.listing import Fault, ManifestRow, Reading, Sample
from datalint.discover.manifest.columns import Roles, is_true
from datalint.discover.manifest.pixels import RecordCells
from datalint.discover.manifest.several import find_separator, labels_of
from datalint.discover.roles import split_roles
from datalint.storage import TextCells
from datalint.storage.cells import Span
from datalint.storage.fetch import is_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datalint.discover.listing import Found
    from datalint.discover.manifest.records import Manifest, Record
    from datalint.discover.manifest.resolve import Files

_MOST_FAULTS = 100


class _Said(NamedTuple):
    """What one record says about one image."""

    path: str
    source: Any
    key: Any
    split: str | None
    labels: tuple[str, ...]
    attributes: dict[str, str]


class Gathered:
    """What the manifests of a dataset say, put together."""

    def __init__(self, found: Found, files: Files) -> None:
        self.notices: list[str] = []
        self._found = found
        self._files = files
        self._said: list[_Said] = []
        self._rows: list[ManifestRow] = []
        self._faults: list[Fault] = []
        self._manifests: list[str] = []
        self._multi_label = False
        self._positional = True

    def add(self, manifest: Manifest, roles: Roles, submission: bool) -> bool:
        """Read a manifest; one that lists again what others have listed is left out, and false is returned."""
        name = manifest.path.rpartition("/")[2].rpartition(".")[0]
        split = "test" if submission else _split_in(manifest.path)
        separator = None if roles.label is None else self._separator(manifest, roles.label)
        said: list[_Said] = []
        rows: list[ManifestRow] = []
        faults: list[Fault] = []
        source = self._cells(manifest, roles)
        for record in _records(manifest, faults):
            if record.problem:
                faults.append(Fault(manifest.path, "row", record.problem, _place(record)))
                continue
            try:
                labels = () if submission else self._labels(record, roles, separator)
            except ValueError as error:
                faults.append(Fault(manifest.path, "label", str(error), _place(record)))
                labels = ()
            own = split if roles.split is None else str(record.values.get(roles.split) or "") or None
            attributes = {
                column: str(value)
                for column, value in record.values.items()
                if column not in roles.used and value not in (None, "") and not column.lower().startswith("unnamed")
            }
            position = manifest.place(record)
            if source is not None:
                key = Span(*record.span)
                said.append(_Said(position, source, key, own, labels, attributes))
                rows.append(ManifestRow(position, position, position, labels, own))
                continue
            image = str(record.values.get(roles.image, "") if roles.image is not None else "").strip()
            if not image:
                faults.append(Fault(manifest.path, "row", f"names no image in column {roles.image}", _place(record)))
                continue
            found = self._find(image, manifest.path, name)
            said += [_Said(path, place, path, own, labels, attributes) for path, place in found]
            rows += [ManifestRow(position, image, path, labels, own) for path, _ in found]
            if not found:
                rows.append(ManifestRow(position, image, None, labels, own))
        if self._said and not submission and _repeats(self._said, said):
            self.notices.append(f"{manifest.path} lists the images of {self._manifests[0]} again and was left out")
            return False
        self._positional &= source is not None
        self._said += said
        self._rows += rows
        self._faults += _at_most(faults, manifest.path)
        self._manifests.append(manifest.path)
        self._multi_label |= bool(separator) or (bool(roles.hot) and any(len(one.labels) > 1 for one in said))
        self._multi_label |= any(len(one.labels) > 1 for one in said)
        return True

    def add_unlabelled_test(self) -> None:
        """Take the images of a folder that is a test by its name, and that no manifest lists, for unlabelled ones."""
        if any(is_url(one.path) for one in self._said):
            return
        listed = {one.path for one in self._said}
        for folder in self._found.tree.walk():
            role = split_roles([folder.name]).get(folder.name)
            paths = [folder.join(name) for name in folder.images]
            if role != "test" or not paths or listed.intersection(paths):
                continue
            storage = self._found.storage
            self._said += [_Said(path, storage, path, folder.name, (), {}) for path in paths]
            self.notices.append(
                f"no manifest lists the images in {folder.path}/; they were read as an unlabelled split"
            )

    def reading(self, description: str, notices: list[str]) -> Reading:
        """Put the samples together: one for each image in each split."""
        said, rows = self._with_folder_splits()
        roles = split_roles({one.split for one in said if one.split})
        lone = {one.split for one in said if one.split} - roles.keys()
        if len(lone) == 1 and "train" not in roles.values() and roles:
            roles = {**roles, lone.pop() or "": "train"}
        merged: dict[tuple[str, str | None], _Said] = {}
        for one in said:
            before = merged.get((one.path, one.split))
            if before is not None:
                labels = tuple(dict.fromkeys((*before.labels, *one.labels)))
                one = before._replace(labels=labels, attributes={**before.attributes, **one.attributes})
            merged[one.path, one.split] = one
        several = sum(len(one.labels) > 1 for one in merged.values())
        samples = [
            Sample(s.path, s.source, s.key, s.split, roles.get(s.split or ""), s.labels, s.attributes)
            for s in merged.values()
        ]
        return Reading(
            "manifest",
            description,
            samples,
            notices,
            manifests=self._manifests,
            rows=rows,
            faults=self._faults,
            multi_label=self._multi_label or 2 * several > len(samples),
            positional=self._positional,
        )

    def _find(self, image: str, manifest: str, name: str) -> list[tuple[str, Any]]:
        base = manifest.rpartition("/")[0]
        paths = [image] if is_url(image) else self._files.find(image, base, prefer=name)
        return [(path, self._found.holder(path)) for path in paths]

    def _cells(self, manifest: Manifest, roles: Roles) -> TextCells | None:
        if not roles.pixels:
            return None
        cells = RecordCells(manifest.dialect, manifest.encoding, roles.pixels)
        return TextCells(self._found.storage, manifest.path, cells)

    def _separator(self, manifest: Manifest, column: str) -> str | None:
        given = self._found.options.label_separator
        return given or find_separator([record.values.get(column) for record in _records(manifest, [])])

    def _labels(self, record: Record, roles: Roles, separator: str | None) -> tuple[str, ...]:
        names = self._found.options.label_names
        if roles.hot:
            return tuple(column for column in roles.hot if is_true(record.values.get(column)))
        return () if roles.label is None else labels_of(record.values.get(roles.label), separator, names)

    def _with_folder_splits(self) -> tuple[list[_Said], list[ManifestRow]]:
        """Take the splits from the folders, where no manifest says them and a folder is one by its name."""
        paths = {one.path for one in self._said if one.split is None and not is_url(one.path)}
        if any(one.split for one in self._said) or not paths:
            return self._said, self._rows
        tops = {path: path.split("/")[0] for path in paths if "/" in path}
        if len(set(tops.values())) < 2 or not split_roles(set(tops.values())):
            return self._said, self._rows
        said = [one._replace(split=tops.get(one.path)) for one in self._said]
        return said, [row._replace(split=tops.get(row.path or "")) for row in self._rows]


def _records(manifest: Manifest, faults: list[Fault]) -> Sequence[Record]:
    """Read all records; what ends the reading is a fault of the whole file."""
    records: list[Record] = []
    try:
        records.extend(manifest.records())
    except (ValueError, OSError) as error:
        faults.append(Fault(manifest.path, "damaged", str(error)))
    return records


def _split_in(path: str) -> str | None:
    """Find the split in the name of a manifest (``train.csv``), or of a folder that it lies in."""
    stem = path.rpartition(".")[0]
    for part in reversed(stem.split("/")):
        for name in (part, *part.replace("-", "_").split("_")):
            if name in split_roles([name]):
                return name
    return None


def _repeats(said: Sequence[_Said], more: Sequence[_Said]) -> bool:
    """Tell whether most images of a further manifest are listed already, in the same split."""
    before = {(one.path, one.split) for one in said}
    return 2 * sum((one.path, one.split) in before for one in more) > len(more)


def _place(record: Record) -> str:
    return f"record {record.place}" if record.place.startswith("[") else f"line {record.place}"


def _at_most(faults: list[Fault], path: str) -> list[Fault]:
    more = len(faults) - _MOST_FAULTS
    if more <= 0:
        return faults
    return [*faults[:_MOST_FAULTS], Fault(path, "row", f"has {more:,} further rows that cannot be read")]
