"""Between git and the findings: what a change of files touches of a dataset."""

from __future__ import annotations

import os
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint import git
from datalint.discover import IGNORE_FILE, is_image_name
from datalint.errors import DatasetError, GitError
from datalint.findings import Touched
from datalint.model import escape_name
from datalint.storage import IndexFiles, LocalFiles, MountedFiles, is_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from datalint.discover import Listing
    from datalint.facts import Facts

_SIDECARS = (".txt", ".xml", ".json", ".cls")  # in which the labels of one image can be


class Changes(NamedTuple):
    """The files that changed since a commit, in the terms of one dataset."""

    repository: git.Repository
    base: str | None
    staged: bool
    folder: str
    """Relative to the top: what the dataset's paths are relative to."""
    paths: frozenset[str]
    """Relative to the top."""

    def below(self) -> Iterator[str]:
        """Yield the paths of the dataset's files, relative to its root; ``''`` where it is one file."""
        start = f"{self.folder}/" if self.folder else ""
        for path in self.paths:
            if path.startswith(start):
                yield path[len(start) :]
            elif path == self.folder:
                yield ""


def find_changes(dataset: Any, listing: Listing, since: str) -> Changes:
    """Ask git what changed since a commit around a dataset. Raises DatasetError where git cannot say it."""
    if not isinstance(dataset, str | os.PathLike) or is_url(os.fsdecode(dataset)):
        raise DatasetError(f"{listing.root}: only what lies in a git repository can be compared with a commit")
    storage = listing.storage
    held = isinstance(storage, LocalFiles | IndexFiles | MountedFiles)
    location = storage.root if storage and held else os.path.abspath(os.fsdecode(dataset))  # of an archive
    staged = isinstance(storage, IndexFiles)
    try:
        repository = git.find_repository(location)
        base = git.base_of(repository, since)
        paths = git.changed_files(repository, base, staged)
        return Changes(repository, base, staged, repository.inside(location), paths)
    except GitError as error:
        raise DatasetError(f"{listing.root}: {error}") from None


def touched(facts: Facts, listing: Listing, changed: Changes, deciding: Iterable[Path]) -> Touched:
    """Find the images that a change touches; the listing tables are filled. Raises GitError.

    ``deciding`` are files that decide what any finding is, such as the configuration.
    """
    raw = frozenset(changed.below())
    names = frozenset(map(escape_name, raw))
    if raw & {"", IGNORE_FILE} or "dvc.lock" in map(os.path.basename, raw):
        return Touched(names, everything=True)
    if any(_holds(changed, file) for file in deciding):
        return Touched(names, everything=True)
    manifests = sorted(raw.intersection(listing.reading.manifests))
    rows = [_rows(facts, changed, path) for path in manifests]
    found = _samples(facts, names, [number for row in rows if row for number in row.samples])
    if any(
        row is None and not _understood(escape_name(path), found) for path, row in zip(manifests, rows, strict=True)
    ):
        return Touched(names, everything=True)
    return Touched(
        paths=names.union(found.paths, _tracked_by_dvc(names), *(row.missing for row in rows if row)),
        places=found.places,
        removed=frozenset(filter(is_image_name, names - found.paths)),
        any_class=any(row.replaced for row in rows if row),
    )


class _Rows(NamedTuple):
    """The rows of a manifest that changed."""

    samples: list[int]
    """Their sample_ids."""
    missing: list[str]
    """Images that they name and that are not there."""
    replaced: bool
    """Whether rows of before are gone, or are others now."""


def _rows(facts: Facts, changed: Changes, path: str) -> _Rows | None:
    """Find the rows of a manifest in which lines changed; None where that cannot be told, or its header changed."""
    sql = "SELECT position, sample_id, name FROM manifest_rows WHERE starts_with(position, $file || ':')"
    rows = [(int(position.rpartition(":")[2]), *row) for position, *row in _query(facts, sql, file=escape_name(path))]
    top = f"{changed.folder}/{path}" if changed.folder else path
    lines = git.changed_lines(changed.repository, changed.base, changed.staged, top) if rows else None
    starts = sorted({row[0] for row in rows})
    if lines is None or any(first < starts[0] for first, _ in lines.ranges):
        return None
    changed_starts = {
        start
        for first, last in lines.ranges  # the first line of a range can be one of a record that began before it
        for start in starts[bisect_right(starts, first) - 1 : bisect_right(starts, last)]
    }
    here = [row for row in rows if row[0] in changed_starts]
    ids = [number for _, number, _ in here if number is not None]
    return _Rows(ids, [name for _, number, name in here if number is None], lines.replaced)


class _Samples(NamedTuple):
    """Samples that a change touches."""

    paths: frozenset[str]
    places: frozenset[tuple[str | None, str | None]]
    """Their labels and splits."""


def _samples(facts: Facts, names: frozenset[str], numbers: Sequence[int]) -> _Samples:
    """Find the samples of files that changed, in archives that did, with label files that did, and by sample_id."""
    others = [name for name in names if not is_image_name(name)]
    rows = _query(
        facts,
        r"""SELECT sample_id, path, split FROM samples
        WHERE path IN (SELECT unnest($names)) OR sample_id IN (SELECT unnest($numbers))
            OR regexp_extract(path, '([^/]*?)(\.[^./]*)?$', 1) IN (SELECT unnest($stems))
            OR list_bool_or(list_transform($holders, lambda name: starts_with(path, name)))""",
        names=list(names),
        numbers=list(numbers),
        stems=[_stem(name) for name in others if name.lower().endswith(_SIDECARS)],
        holders=[name + mark for name in {*others, *_tracked_by_dvc(names)} for mark in "/["],
    )
    ids = [row[0] for row in rows]
    places = _query(facts, "SELECT DISTINCT label, split FROM sample_labels WHERE sample_id IN $ids", ids=ids)
    splits = {(None, row[2]) for row in rows}
    return _Samples(frozenset(row[1] for row in rows), frozenset({*places, *splits}))


def _understood(manifest: str, found: _Samples) -> bool:
    """Tell whether the samples that a manifest speaks of are known to be touched: those that it holds or belongs to."""
    return any(
        path.startswith((f"{manifest}[", f"{manifest}/")) or _stem(path) == _stem(manifest) for path in found.paths
    )


def _tracked_by_dvc(names: Iterable[str]) -> set[str]:
    """Return the files and folders that ``.dvc`` files stand for."""
    return {name.removesuffix(".dvc") for name in names if name.endswith(".dvc")}


def _holds(changed: Changes, file: Path) -> bool:
    """Tell whether a file changed that may lie outside of the dataset."""
    top = changed.repository.top
    return os.path.relpath(os.path.realpath(file), top).replace(os.sep, "/") in changed.paths


def _stem(path: str) -> str:
    return os.path.splitext(path.rpartition("/")[2])[0]


def _query(facts: Facts, sql: str, **values: Any) -> list[Any]:
    rows: list[Any] = facts.connection.execute(sql, values).fetchall()
    return rows
