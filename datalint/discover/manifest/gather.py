"""Samples out of the records of manifests."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.discover.listing import Fault, ManifestRow, Reading, Sample
from datalint.discover.manifest.candidates import is_submission
from datalint.discover.manifest.columns import Roles, is_true
from datalint.discover.manifest.pixels import RecordCells
from datalint.discover.manifest.readable import at_most, attributes_of, place_of, readable_records
from datalint.discover.manifest.resolve import folder_roles, leads_out
from datalint.discover.manifest.several import find_separator, labels_of
from datalint.discover.manifest.splits import folder_splits, roles_of, split_in
from datalint.discover.manifest.supplement import extras
from datalint.discover.roles import split_roles
from datalint.storage import LocalFiles, TextCells
from datalint.storage.cells import Span
from datalint.storage.fetch import is_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from datalint.discover.listing import Found
    from datalint.discover.manifest.records import Manifest, Record
    from datalint.discover.manifest.resolve import Files

_SAMPLED = 20  # images, for the range of their values


class _Said(NamedTuple):
    """What one record says about one image."""

    path: str
    source: Any
    key: Any
    split: str | None
    labels: tuple[str, ...]
    attributes: Mapping[str, str]


class _Entry(NamedTuple):
    """A record with the images that it means."""

    record: Record
    name: str
    paths: Sequence[str]
    split: str | None
    label: Any
    """The cell as it stands; of columns that are a class each, a tuple of those that say yes."""


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

    def add(self, manifest: Manifest, roles: Roles) -> bool:
        """Read a manifest; one that lists again what others have listed is left out, and false is returned."""
        submission = is_submission(manifest.path)
        split = "test" if submission else split_in(manifest.path)
        faults: list[Fault] = []
        source = self._cells(manifest, roles)
        entries = [*self._entries(manifest, roles, split, faults)]
        separator = None if submission or roles.hot else self._separator(entry.label for entry in entries)
        said: list[_Said] = []
        rows: list[ManifestRow] = []
        for record, name, paths, own, cell in entries:
            try:
                labels = () if submission else cell if roles.hot else self._labels(cell, separator)
            except ValueError as error:
                faults.append(Fault(manifest.path, "label", str(error), place_of(record)))
                labels = ()
            position = manifest.place(record)
            about = {} if submission else record.values
            for path in paths:
                key = path if source is None else Span(*record.span)
                said.append(_Said(path, source or self._found.holder(path), key, own, labels, about))
            rows += [ManifestRow(position, name, path, labels, own) for path in paths or (None,)]
        if self._said and _repeats(self._said, said, rows):
            if not submission:
                self.notices.append(f"{manifest.path} lists the images of {self._manifests[0]} again and was left out")
            return False
        if source is not None:
            spans = [one.key for one in said]
            assumed = source.find_range(spans[:: max(1, len(spans) // _SAMPLED)])
            self.notices += [f"{manifest.path}: {assumed}"] if assumed else []
        self._positional &= source is not None
        self._said += said
        self._rows += rows
        self._faults += at_most(faults, manifest.path)
        self._manifests.append(manifest.path)
        self._multi_label |= any(len(one.labels) > 1 for one in said)
        return True

    def supplement(self, manifest: Manifest, roles: Roles) -> None:
        """Add what a manifest without labels says about the images that others list."""
        about = extras(manifest, roles, self._files)
        self._said = [
            one._replace(split=one.split or extra.split, attributes={**one.attributes, **extra.attributes})
            if (extra := about.get(one.path))
            else one
            for one in self._said
        ]
        self._rows = [
            row._replace(split=row.split or extra.split) if (extra := about.get(row.path or "")) else row
            for row in self._rows
        ]
        self._manifests.append(manifest.path)

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
            self._said += [_Said(path, self._found.holder(path), path, folder.name, (), {}) for path in paths]
            self.notices.append(
                f"no manifest lists the images in {folder.path}/; they were read as an unlabelled split"
            )

    def reading(self, description: str, notices: list[str]) -> Reading:
        """Put the samples together: one for each image in each split."""
        said, rows = self._with_folder_splits()
        roles = roles_of({one.split for one in said if one.split})
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

    def _entries(self, manifest: Manifest, roles: Roles, split: str | None, faults: list[Fault]) -> Iterator[_Entry]:
        """Yield the records that can be read; of their values, the attributes are kept."""
        base = manifest.path.rpartition("/")[0]
        for record in readable_records(manifest, faults):
            values = record.values
            own = (str(values.get(roles.split) or "") or None) if roles.split else split
            label: Any = values.get(roles.label) if roles.label else None
            if roles.hot:
                label = tuple(column for column in roles.hot if is_true(values.get(column)))
            slim = record._replace(values=attributes_of(values, roles))
            position = manifest.place(record)
            if roles.pixels:
                yield _Entry(slim, position, (position,), own, label)
                continue
            name = str(values.get(roles.image or "", "")).strip()
            if not name:
                faults.append(Fault(manifest.path, "row", f"names no image in column {roles.image}", place_of(record)))
                continue
            paths = [name] if is_url(name) else self._files.find(name, base, prefer=own)
            if not paths and leads_out(posixpath.join(base, name)) and not isinstance(self._found.storage, LocalFiles):
                reason = f"names a path that leads out of the dataset, {name}; it is not read"
                faults.append(Fault(manifest.path, "escape", reason, place_of(record)))
                continue
            if is_submission(manifest.path):  # what it asks for is no image to train on
                paths = [path for path in paths if "train" not in folder_roles(path)]
            yield _Entry(slim, name, paths, own, label)

    def _cells(self, manifest: Manifest, roles: Roles) -> TextCells | None:
        if not roles.pixels:
            return None
        cells = RecordCells(manifest.dialect, manifest.encoding, roles.pixels)
        return TextCells(self._found.storage, manifest.path, cells)

    def _separator(self, cells: Iterator[Any]) -> str | None:
        return self._found.options.label_separator or find_separator(cells)

    def _labels(self, cell: Any, separator: str | None) -> tuple[str, ...]:
        return labels_of(cell, separator, self._found.options.label_names)

    def _with_folder_splits(self) -> tuple[list[_Said], list[ManifestRow]]:
        """Take the splits from the folders, where no manifest says them and a folder is one by its name."""
        if any(one.split for one in self._said):
            return self._said, self._rows
        splits = folder_splits({one.path for one in self._said if not is_url(one.path)})
        said = [one._replace(split=splits.get(one.path)) for one in self._said]
        return said, [row._replace(split=splits.get(row.path or "")) for row in self._rows]


def _repeats(said: Sequence[_Said], more: Sequence[_Said], rows: Sequence[ManifestRow]) -> bool:
    """Tell whether most rows of a further manifest are about images that are listed already, in the same split."""
    before = {(one.path, one.split) for one in said}
    return 2 * sum((one.path, one.split) in before for one in more) > len(rows)
