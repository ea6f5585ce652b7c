"""Where the cache keeps what: the folder, the file of one dataset in it, and the files that all datasets share.

::

    datasets/*.duckdb      the tables of a dataset (``snapshot``); ``.partial`` while they are filled
    datasets/*.report      what was told of it (``repeating``)
    contents-*.duckdb      what was measured of every content (``contents``)
    thumbnails-*.bin       thumbnails (``thumbnails``)
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.facts.schema import schema_sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

FINISHED, PARTIAL = ".duckdb", ".partial"
_PATTERNS = (
    "datasets/*.duckdb",
    "datasets/*.partial",
    "datasets/*.wal",
    "datasets/*.report",
    "datasets/*.new",
    "contents-*.duckdb*",
    "thumbnails-*.bin",
)


class Reader(NamedTuple):
    """All but the files themselves that the tables of a dataset depend on."""

    root: str
    """Absolute path, as Python decodes file names."""
    options: Any
    """How it is read: something whose representation is equal for equal options."""
    pixel_limit: int
    tables: frozenset[str]
    """To be filled."""
    measured: Mapping[str, Any]
    """Versions of what measures, by what it measures or decodes."""
    versions: Mapping[str, Any]
    """Versions of all other code that fills them."""


class Shelf:
    """The files of one dataset, as it is read."""

    def __init__(self, folder: Path, reader: Reader) -> None:
        self._folder = folder
        self._dataset = dataset_name(reader.root, reader.options)
        self._name = f"{self._dataset}-{_short(sorted(reader.tables))[:8]}"
        self._reader = reader

    def partial(self) -> Path:
        """Name a new file for the tables of this run. Raises OSError where there is no place for it."""
        self._datasets.mkdir(parents=True, exist_ok=True)
        return self._datasets / f"{self._name}.{uuid.uuid4().hex[:8]}{PARTIAL}"

    def remove_former(self, earlier: Sequence[Path]) -> None:
        """Remove those of earlier snapshots that hold the same tables; whoever reads them goes on reading them.

        No name is used twice, and none is removed that another run has finished meanwhile.
        """
        for file in earlier:
            if file.suffix == FINISHED and file.name.startswith(self._name):
                with suppress(OSError):  # Windows does not remove what somebody reads
                    file.unlink()

    def snapshots(self, suffix: str) -> list[Path]:
        """Name the snapshots of this dataset, those with the same tables first."""
        files = self._datasets.glob(f"{self._dataset}-*{suffix}")
        return sorted(files, key=lambda file: (not file.name.startswith(self._name), -_modified(file)))

    def sweep(self, in_use: Callable[[Path], bool]) -> None:
        """Remove what runs that were killed have left behind; ``in_use`` tells whether a run still fills a file."""
        for file in self._datasets.glob(f"{self._dataset}-*{PARTIAL}*"):
            partial = file.with_name(file.name.removesuffix(".wal"))
            if not (partial.is_file() and in_use(partial)):
                with suppress(OSError):
                    file.unlink()

    @cached_property
    def thumbnails(self) -> Path:
        """Where thumbnails go; the name changes with every file that is begun, since slots are of one file."""
        existing = sorted(self._folder.glob("thumbnails-*.bin"))
        return existing[0] if existing else new_thumbnails(self._folder)

    @property
    def store(self) -> Path:
        """Where the measurements of every content are."""
        return self._folder / store_name(self.measured, self.thumbnails.name)

    @cached_property
    def measured(self) -> dict[str, Any]:
        """The versions of all that decides what is measured of an image."""
        return {**self._reader.measured, "schema": _short([schema_sql()])}

    @property
    def _datasets(self) -> Path:
        return datasets_folder(self._folder)


def datasets_folder(cache: Path) -> Path:
    """Return where the tables of datasets are kept."""
    return cache / "datasets"


def dataset_name(dataset: str | os.PathLike[str], options: Any) -> str:
    """Name a dataset by where it is and how it is read (``options`` that are equal where their representation is)."""
    return _short([os.path.abspath(os.fsdecode(dataset)), repr(options)])


def store_name(measured: Mapping[str, Any], thumbnails: str) -> str:
    """Name the store of contents: one for each state of what is measured, and for the file of their thumbnails."""
    return f"contents-{_short([sorted(measured.items()), thumbnails])[:12]}.duckdb"


def new_thumbnails(cache: Path) -> Path:
    """Name a new file for thumbnails."""
    return cache / f"thumbnails-{uuid.uuid4().hex[:8]}.bin"


def cache_files(cache: Path) -> Iterator[Path]:
    """Name all files of the cache, and no others."""
    return (file for pattern in _PATTERNS for file in sorted(cache.glob(pattern)))


def _modified(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:  # another process has just removed it
        return 0.0


def _short(values: Sequence[Any]) -> str:
    text = json.dumps(values)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:24]
