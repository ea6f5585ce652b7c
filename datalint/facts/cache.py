"""Measurements kept from run to run: a file's state leads to its content, and its content to what was measured.

Like git's index, the cache trusts a file whose path, size and times are what they were, unless it changed within the
clock's grain of being recorded. Measurements are kept by content, so copies of a file need not be measured twice. The
extension of the file's name counts as well: it is part of the measured header.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.errors import DatalintError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    import numpy as np

    from datalint.facts.store import Facts
    from datalint.model import Tables

_FILE = "measurements-{version}.duckdb"
_MEASURED = ("headers", "pixels", "thumbnails")
_GRAIN_NS = 2_000_000_000  # of file times: FAT's is two seconds
_PATIENCE = 1.0  # seconds to wait for another process


class FileState(NamedTuple):
    """A file as it was before it was read."""

    sample_id: int
    location: str
    """Absolute path."""
    suffix: str
    """The extension of its name, lower case."""
    bytes: int
    modified: int
    """Time of the last change of its content, ns."""
    changed: int
    """Time of the last change of its content or of what the system knows about it, ns."""


class Cache:
    """The cache file, attached to the tables of a run until :meth:`close`."""

    def __init__(self, facts: Facts, folder: Path, version: int) -> None:
        """Open or make the cache; one that is broken is begun anew. Raises OSError with a text for people."""
        import duckdb

        folder.mkdir(parents=True, exist_ok=True)
        file = folder / _FILE.format(version=version)
        self._facts = facts
        patience = time.monotonic() + _PATIENCE
        begun_anew = False
        while True:
            try:
                facts.run(f"ATTACH '{str(file).replace(chr(39), chr(39) * 2)}' AS kept")
                self._make_tables()
                return
            except duckdb.Error as error:
                if "lock" in str(error).lower():
                    if time.monotonic() > patience:
                        raise OSError(f"{file} is in use by another process") from None
                    time.sleep(0.05)
                elif begun_anew or not file.is_file():
                    raise OSError(f"{file}: {error}") from None
                else:
                    begun_anew = True
                    for broken in (file, file.with_name(file.name + ".wal")):
                        broken.unlink(missing_ok=True)

    def recall(self, states: Sequence[FileState], tables: Collection[str], pixel_limit: int) -> set[int]:
        """Fill those of the tables that are wanted for files that are as they were; return their sample_ids.

        Images with more pixels than the limit are left out, as if they had never been decoded.
        """
        if not states:
            return set()
        self._register(states)
        try:
            self._facts.run(
                f"""CREATE TEMP TABLE recalled AS
                SELECT asked.sample_id, digest, suffix FROM asked JOIN kept.files AS known USING (location, suffix)
                    JOIN kept.headers AS measured USING (digest, suffix)
                WHERE (asked.bytes, asked.modified, asked.changed) = (known.bytes, known.modified, known.changed)
                    AND known.recorded - known.changed > {_GRAIN_NS}
                    AND CAST(width AS UBIGINT) * height <= {pixel_limit}"""
            )
            for table in sorted({*_MEASURED} & {*tables}):
                self._facts.run(
                    f"""INSERT INTO {table} BY NAME
                    SELECT recalled.sample_id, found.* EXCLUDE (digest, suffix)
                    FROM recalled JOIN kept.{table} AS found USING (digest, suffix)"""
                )
            return {sample_id for (sample_id,) in self._facts.run("SELECT sample_id FROM recalled")}
        finally:
            self._facts.run("DROP TABLE IF EXISTS recalled")
            self._facts.connection.unregister("asked")

    def keep(self, batch: Tables, states: Mapping[int, FileState]) -> None:
        """Keep what was measured of files whose state is known."""
        digests = dict(zip(batch["pixels"]["sample_id"].tolist(), batch["pixels"]["content_digest"], strict=True))
        known = [states[number] for number in digests if number in states]
        if not known:
            return
        self._register(known, [digests[state.sample_id] for state in known])
        try:
            for table in _MEASURED:
                self._facts.connection.register("incoming", dict(batch[table]))
                self._facts.run(
                    f"""INSERT OR IGNORE INTO kept.{table} BY NAME
                    SELECT DISTINCT ON (digest, suffix) digest, suffix, incoming.* EXCLUDE (sample_id)
                    FROM incoming JOIN asked USING (sample_id)"""
                )
                self._facts.connection.unregister("incoming")
            self._facts.run(
                f"""INSERT OR REPLACE INTO kept.files BY NAME
                SELECT DISTINCT ON (location)
                    location, suffix, bytes, modified, changed, {time.time_ns()} AS recorded, digest
                FROM asked"""
            )
        finally:
            self._facts.connection.unregister("asked")

    @staticmethod
    def counts(file: Path) -> tuple[int, int]:
        """Count the files and the contents that a cache knows. Raises DatalintError."""
        import duckdb

        try:
            with duckdb.connect(str(file), read_only=True) as kept:
                row = kept.execute("SELECT (SELECT count(*) FROM files), (SELECT count(*) FROM pixels)").fetchone()
        except duckdb.Error as error:
            raise DatalintError(f"{file}: {error}") from None
        assert row is not None
        return row[0], row[1]

    def close(self) -> None:
        """Let go of the file."""
        self._facts.run("DETACH kept")

    def _register(self, states: Sequence[FileState], digests: Sequence[str] | None = None) -> None:
        import numpy as np

        columns: dict[str, np.ndarray[Any, Any]] = {}
        for name, values in zip(FileState._fields, zip(*states, strict=True), strict=True):
            columns[name] = np.array(values, object if name in ("location", "suffix") else np.int64)
        if digests is not None:
            columns["digest"] = np.array(digests, object)
        self._facts.connection.register("asked", columns)

    def _make_tables(self) -> None:
        self._facts.run(
            """CREATE TABLE IF NOT EXISTS kept.files (
                location VARCHAR PRIMARY KEY, suffix VARCHAR, bytes BIGINT, modified BIGINT, changed BIGINT,
                recorded BIGINT, digest VARCHAR
            )"""
        )
        for table in _MEASURED:
            columns = self._facts.run(
                f"SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = '{table}' "
                "AND database_name = 'memory' AND column_name <> 'sample_id' ORDER BY column_index"
            )
            text = ", ".join(f"{name} {kind}" for name, kind in columns)
            self._facts.run(
                f"CREATE TABLE IF NOT EXISTS kept.{table} (digest VARCHAR, suffix VARCHAR, {text}, "
                "PRIMARY KEY (digest, suffix))"
            )
