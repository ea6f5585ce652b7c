"""Parquet: images in a column, as bytes or as Hugging Face's struct of bytes and path; or paths to images beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.discover.listing import Fault, ManifestRow, Reading, Sample
from datalint.discover.manifest.columns import find_roles
from datalint.discover.manifest.resolve import Files
from datalint.discover.manifest.several import find_separator, labels_of
from datalint.discover.pairing import split_of
from datalint.errors import DatasetError
from datalint.storage.fetch import is_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datalint.discover.listing import Found

_EXTENSION = ".parquet"
_ROWS = 4096
_MOST_FAULTS = 100


class _Table(NamedTuple):
    """A Parquet file, by its schema."""

    path: str
    local: str
    rows: int
    columns: dict[str, str]
    """SQL types by name."""
    image: str | None
    """The column with the bytes of images."""
    names: dict[str, list[str]]
    """Names of the classes that the numbers of a column stand for."""

    @property
    def data(self) -> str:
        """The SQL expression for the bytes of an image."""
        column = _quoted(self.image or "")
        return f"{column}.bytes" if self.columns[self.image or ""].startswith("STRUCT") else column

    @property
    def file_name(self) -> str | None:
        """The SQL expression for the file name of an image."""
        kind = self.columns[self.image or ""]
        return f"{_quoted(self.image or '')}.path" if kind.startswith("STRUCT") and "path" in kind else None


def recognise(found: Found) -> Reading | None:
    """Read the dataset if it is a Parquet file, or a folder of such with no images of its own."""
    files = _files(found)
    if not files:
        return None
    if found.focus is None and found.tree.images_below and not all(_lists_images(found, path) for path in files[:3]):
        return None
    return _read(found, files)


def read(found: Found) -> Reading:
    """Read all Parquet files."""
    files = _files(found)
    if not files:
        raise DatasetError("no .parquet file found")
    return _read(found, files)


def _files(found: Found) -> list[str]:
    if found.focus is not None:
        return [found.focus] if found.focus.lower().endswith(_EXTENSION) else []
    return [f.join(name) for f in found.tree.walk() for name in f.files if name.lower().endswith(_EXTENSION)]


def _lists_images(found: Found, path: str) -> bool:
    """Tell whether a file beside images lists them."""
    table = _open(found, path)
    if isinstance(table, Fault) or table.image is not None:
        return False
    files = Files(lambda: found.tree)
    rows = _rows_of(table, limit=200)
    base = path.rpartition("/")[0]
    roles = find_roles(rows, lambda name: bool(files.find(name, base)), found.options.columns) if rows else None
    return roles is not None and any(files.find(str(row.get(roles.image or "")), base) for row in rows)


def _read(found: Found, paths: list[str]) -> Reading:
    samples: list[Sample] = []
    rows: list[ManifestRow] = []
    faults: list[Fault] = []
    several = False
    embedded = False
    for path in paths:
        table = _open(found, path)
        if isinstance(table, Fault):
            faults.append(table)
            continue
        embedded |= table.image is not None
        several |= _add(found, table, samples, rows, faults)
    if not samples and found.focus is not None and faults:
        raise DatasetError(faults[0].reason)
    name = paths[0] if len(paths) == 1 else f"{len(paths)} files"
    return Reading(
        "parquet",
        f"Parquet {name}",
        samples,
        (),
        manifests=paths,
        rows=rows,
        faults=faults[:_MOST_FAULTS],
        multi_label=several,
        positional=embedded,
    )


def _open(found: Found, path: str) -> _Table | Fault:
    import duckdb

    from datalint.storage.parquet import open_parquet

    connection = open_parquet()
    try:
        local = found.storage.local(path)
        described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [local]).fetchall()
        count = connection.execute("SELECT count(*) FROM read_parquet(?)", [local]).fetchall()[0][0]
        pairs = connection.execute("SELECT decode(key), decode(value) FROM parquet_kv_metadata(?)", [local]).fetchall()
    except (duckdb.Error, OSError) as error:
        reason = (str(error).splitlines() or ["damaged"])[0]
        return Fault(path, "damaged", f"cannot be read as Parquet: {reason}")
    columns = {row[0]: row[1] for row in described}
    bytes_ = [
        n for n, kind in columns.items() if kind == "BLOB" or (kind.startswith("STRUCT") and "bytes BLOB" in kind)
    ]
    named = [name for name in bytes_ if name.lower() in ("image", "img", "picture", "photo", "bytes")]
    return _Table(path, local, count, columns, next(iter((*named, *bytes_)), None), _class_names(dict(pairs)))


def _class_names(pairs: dict[str, str]) -> dict[str, list[str]]:
    """Read the names of classes from what Hugging Face's datasets write into a file."""
    try:
        features = json.loads(pairs.get("huggingface", "{}")).get("info", {}).get("features", {})
    except ValueError:
        return {}
    return {
        name: [str(one) for one in feature["names"]]
        for name, feature in features.items()
        if isinstance(feature, dict) and feature.get("_type") == "ClassLabel" and feature.get("names")
    }


def _rows_of(table: _Table, limit: int | None = None) -> list[dict[str, Any]]:
    return [row for piece in _pieces(table, limit) for row in piece]


def _pieces(table: _Table, limit: int | None = None) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows without the images, some at a time."""
    from datalint.storage.parquet import open_parquet

    plain = [name for name, kind in table.columns.items() if name != table.image and "BLOB" not in kind]
    listed = ", ".join(map(_quoted, plain)) or "NULL"
    bound = f" LIMIT {limit}" if limit else ""
    connection = open_parquet()
    connection.execute(f"SELECT {listed} FROM read_parquet(?){bound}", [table.local])
    while piece := connection.fetchmany(_ROWS):
        yield [dict(zip(plain, row, strict=False)) for row in piece]


def _add(found: Found, table: _Table, samples: list[Sample], rows: list[ManifestRow], faults: list[Fault]) -> bool:
    """Add the images of a file; return whether they can have several labels."""
    from datalint.storage.parquet import ParquetImages

    files = Files(lambda: found.tree)
    base = table.path.rpartition("/")[0]
    head = _rows_of(table, limit=1000)
    try:
        matches = (lambda name: False) if table.image else (lambda name: bool(files.find(name, base)))
        roles = find_roles(head, matches, found.options.columns)
    except DatasetError as error:
        faults.append(Fault(table.path, "row", str(error)))
        return False
    if table.image is None and roles.image is None:
        held = ", ".join(f"{name} {kind}" for name, kind in table.columns.items())
        faults.append(Fault(table.path, "no-image", f"has no column of images or paths; it has {held}"[:300]))
        return False
    split, role = split_of((*table.path.replace("-", "/").replace(".", "/").replace("_", "/").split("/"),))
    names = table.names.get(roles.label or "") or list(found.options.label_names)
    separator = find_separator([row.get(roles.label or "") for row in head])
    source = None
    if table.image is not None:
        import os

        row_bytes = os.path.getsize(table.local) // max(1, table.rows)
        source = ParquetImages(table.local, table.data, table.file_name, table.rows, row_bytes)
    several = False
    number = -1
    for piece in _pieces(table):
        for row in piece:
            number += 1
            position = f"{table.path}[{number}]"
            labels: tuple[str, ...] = ()
            try:
                value = row.get(roles.label) if roles.label else None
                value = None if names and value == -1 else value  # as Hugging Face writes "unknown"
                labels = labels_of(value, separator, names)
            except ValueError as error:
                faults.append(Fault(table.path, "label", str(error), f"row {number}"))
            several |= len(labels) > 1
            own = (str(row[roles.split]), None) if roles.split and row.get(roles.split) else (split, role)
            if own[1] is None and own[0]:
                own = (own[0], split_of([own[0]])[1])
            about = {
                name: str(value)
                for name, value in row.items()
                if name not in roles.used and isinstance(value, str | int | float) and value != ""
            }
            if source is not None:
                samples.append(Sample(position, source, number, *own, labels, about))
                rows.append(ManifestRow(position, position, position, labels, own[0]))
                continue
            name = str(row.get(roles.image or "") or "")
            paths = [name] if is_url(name) else files.find(name, base)
            samples += [Sample(path, found.holder(path), path, *own, labels, about) for path in paths]
            rows += [ManifestRow(position, name, path, labels, own[0]) for path in (*paths,) or (None,)]
    return several


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
