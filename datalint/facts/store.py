"""The tables of one run, in DuckDB."""

from __future__ import annotations

import os
import tempfile
import uuid
from typing import TYPE_CHECKING, Any

from datalint.errors import DatalintError, did_you_mean
from datalint.facts.schema import schema_sql

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb
    import numpy as np

    from datalint.model import Columns

_PIECE = 2048  # rows; as many as the engine handles at a time


class Facts:
    """Tables as ``schema.sql`` describes them, empty until filled; after :meth:`lock` closed to all else.

    They are held in memory, and beyond the engine's limit (most of what there is) in a temporary folder.
    """

    def __init__(self) -> None:
        import duckdb

        self.connection: duckdb.DuckDBPyConnection = duckdb.connect(
            ":memory:",
            config={
                "temp_directory": os.path.join(tempfile.gettempdir(), f"datalint-{uuid.uuid4().hex}"),
                "threads": 1,  # most tables are small, and threads that wait for work cost more than they do
                "python_enable_replacements": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        self.run(schema_sql())

    def run(self, sql: str) -> list[Any]:
        """Run a statement of our own and return its rows."""
        rows: list[Any] = self.connection.execute(sql).fetchall()
        return rows

    def insert(self, table: str, columns: Columns) -> None:
        """Append rows, given column by column; columns that are not named are NULL."""
        names = ", ".join(columns)
        self.connection.register("incoming", dict(columns))
        try:
            self.run(f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming")
        finally:
            self.connection.unregister("incoming")

    def repeat(self, table: str, twins: Columns) -> None:
        """Give each ``sample_id`` of ``twins`` the row of the table that the sample ``of`` has."""
        self.connection.register("twins", dict(twins))
        try:
            self.run(
                f"INSERT INTO {table} BY NAME SELECT twins.sample_id, {table}.* EXCLUDE (sample_id) "
                f"FROM twins JOIN {table} ON {table}.sample_id = twins.of"
            )
        finally:
            self.connection.unregister("twins")

    def columns(self, sql: str) -> dict[str, np.ndarray[Any, Any]]:
        """Return the result of a query of our own, column by column (masked where NULL)."""
        return self.connection.execute(sql).fetchnumpy()

    def blobs(self, sql: str, keys: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return blobs of one length in the order of their keys, uint8[n, length].

        The query returns keys, all of which are among the ascending ``keys``, and blobs; they are copied piece
        by piece, so that large ones are in memory once.
        """
        import numpy as np

        result = self.connection.execute(sql)
        blobs = np.empty((len(keys), 0), np.uint8)
        while piece := result.fetchmany(_PIECE):
            block = np.frombuffer(b"".join(blob for _, blob in piece), np.uint8).reshape(len(piece), -1)
            if not blobs.size:
                blobs = np.empty((len(keys), block.shape[1]), np.uint8)
            blobs[np.searchsorted(keys, [key for key, _ in piece])] = block
        return blobs

    def save(self, file: Path) -> None:
        """Write a copy of all tables and views to a new database file."""
        self.run(f"ATTACH '{str(file).replace(chr(39), chr(39) * 2)}' AS saved")
        self.run("COPY FROM DATABASE memory TO saved")
        self.run("DETACH saved")

    def use_threads(self, number: int) -> None:
        """Let a query run on several threads, which pays for large tables."""
        self.run(f"SET threads = {number}")

    def lock(self) -> None:
        """Close the connection to files, the network and further settings, for good; doing it again is fine."""
        if self.run("SELECT current_setting('lock_configuration')") == [(True,)]:
            return
        self.run("SET enable_external_access = false")
        self.run("SET lock_configuration = true")

    def table(self, name: str) -> duckdb.DuckDBPyRelation:
        """Return a table or view as a DuckDB relation (``.df()``, ``.arrow()``, ``.fetchall()``)."""
        known = [row[0] for row in self.run("SELECT table_name FROM information_schema.tables")]
        if name not in known:
            raise DatalintError(f"no table {name!r}{did_you_mean(name, known)}; known: {', '.join(sorted(known))}")
        return self.connection.table(name)
