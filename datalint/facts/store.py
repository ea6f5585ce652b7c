"""The tables of one run, in DuckDB."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datalint.errors import DatalintError, did_you_mean
from datalint.facts.schema import schema_sql

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    import duckdb
    import numpy as np

    from datalint.facts.thumbnails import ThumbnailFile
    from datalint.model import Columns, Tables


class Facts:
    """Tables as ``schema.sql`` describes them, empty until filled; after :meth:`lock` closed to all else.

    They are held in memory, and beyond the engine's limit (most of what there is) in a temporary folder; or in a file.
    """

    def __init__(self, file: Path | None = None, thumbnails: Path | None = None) -> None:
        """Begin empty tables, in a new file if one is given; ``thumbnails`` is the file that those go into."""
        self._thumbnails = thumbnails
        self._connect(file, read_only=False)
        self.run(schema_sql())

    @classmethod
    def opened(cls, file: Path, thumbnails: Path | None, read_only: bool = True) -> Facts:
        """Open tables of an earlier run. Raises duckdb.Error."""
        facts = cls.__new__(cls)
        facts._thumbnails = thumbnails
        facts._connect(file, read_only)
        return facts

    def _connect(self, file: Path | None, read_only: bool) -> None:
        import duckdb

        self._file = file if read_only else None
        self._aside: list[str] = []
        # A file that is only read is attached: several tables can then be open at once in one process.
        self.connection: duckdb.DuckDBPyConnection = duckdb.connect(
            ":memory:" if file is None or read_only else str(file),
            config={
                "temp_directory": os.path.join(tempfile.gettempdir(), f"datalint-{uuid.uuid4().hex}"),
                "threads": 1,  # most tables are small, and threads that wait for work cost more than they do
                "python_enable_replacements": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        if file is not None and read_only:
            try:
                self.run(f"ATTACH {quoted(file)} AS snapshot (READ_ONLY); USE snapshot")
            except duckdb.Error:
                self.connection.close()
                raise

    @cached_property
    def thumbnails(self) -> ThumbnailFile:
        """Where the thumbnails are."""
        from datalint.facts.thumbnails import ThumbnailFile

        return ThumbnailFile(self._thumbnails)

    def use_thumbnails(self, file: Path) -> None:
        """Take thumbnails from a file."""
        self._thumbnails = file

    def thumbnails_of(self, sample_ids: Sequence[int]) -> np.ndarray[Any, Any]:
        """Return the thumbnails of samples, uint8[n, 32, 32, 3]; black where there are none."""
        import numpy as np

        from datalint.facts.thumbnails import SHAPE

        wanted = ", ".join(str(int(sample_id)) for sample_id in (-1, *sample_ids))
        slots = dict(self.run(f"SELECT sample_id, slot FROM thumbnails WHERE sample_id IN ({wanted})"))
        there = len(self.thumbnails)  # somebody may have emptied the cache
        known = [place for place, sample_id in enumerate(sample_ids) if slots.get(sample_id, there) < there]
        images = np.zeros((len(sample_ids), *SHAPE), np.uint8)
        images[known] = self.thumbnails.at(np.array([slots[sample_ids[place]] for place in known], np.int64))[...]
        return images

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

    def insert_aside(self, table: str, columns: Columns) -> None:
        """Append rows to a table that is not kept from run to run: where this is an earlier run's, beside it."""
        if self._file is not None:
            self.run(f"CREATE TEMP TABLE {table} AS SELECT * FROM {table} LIMIT 0")
            self._aside.append(table)
        self.insert(table, columns)

    def replace_aside(self, table: str, columns: Columns) -> None:
        """Let a table hold these rows and no others, beside an earlier run's; no columns stand for no rows."""
        if self._file is None:
            self.run(f"DELETE FROM {table}")
        else:
            self.run(f"CREATE TEMP TABLE {table} AS SELECT * FROM {table} LIMIT 0")
            self._aside.append(table)
        if columns:
            self.insert(table, columns)

    def insert_measured(self, batch: Tables, tables: Collection[str]) -> None:
        """Append those rows of a measured batch whose tables are wanted, all or none; thumbnails go into their file."""
        self.run("BEGIN")
        for table, columns in batch.items():
            if table not in tables or not len(columns["sample_id"]):
                continue
            if table == "thumbnails":
                columns = {"sample_id": columns["sample_id"], "slot": self.thumbnails.append(columns["rgb"])}
            self.insert(table, columns)
        self.run("COMMIT")

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

    def renew(self, sample_ids: Collection[int], made: Callable[[Any], Columns]) -> None:
        """Make columns of ``pixels`` anew, for some samples, of their thumbnails (uint8[n, 32, 32, 3])."""
        import numpy as np

        from datalint.facts.thumbnails import batches

        where = self.columns("SELECT sample_id, slot FROM thumbnails ORDER BY sample_id")
        chosen = np.isin(where["sample_id"], np.fromiter(sample_ids, np.int32, len(sample_ids)))
        ids, stored = where["sample_id"][chosen], self.thumbnails.at(where["slot"][chosen])
        for some in batches(len(ids)):
            columns = made(stored[some])
            self.connection.register("incoming", {"sample_id": ids[some], **columns})
            values = ", ".join(f"{name} = incoming.{name}" for name in columns)
            self.run(f"UPDATE pixels SET {values} FROM incoming WHERE pixels.sample_id = incoming.sample_id")
            self.connection.unregister("incoming")

    def columns(self, sql: str) -> dict[str, np.ndarray[Any, Any]]:
        """Return the result of a query of our own, column by column (masked where NULL)."""
        return self.connection.execute(sql).fetchnumpy()

    @contextmanager
    def saved(self) -> Iterator[Path]:
        """Yield a database file with all tables and views, for another process to read."""
        if self._file is not None and not self._aside:
            yield self._file
            return
        with tempfile.TemporaryDirectory(prefix="datalint-") as folder:
            file = Path(folder) / "facts.duckdb"
            if self._file is not None:
                shutil.copyfile(self._file, file)
            self.run(f"ATTACH {quoted(file)} AS saved")
            if self._file is None:
                self.run(f"COPY FROM DATABASE {self._name} TO saved")
            for table in self._aside:
                self.run(f"DELETE FROM saved.{table}")
                self.run(f"INSERT INTO saved.{table} SELECT * FROM temp.{table}")
            self.run("DETACH saved")
            yield file

    @property
    def _name(self) -> str:
        name: str = self.run("SELECT current_database()")[0][0]
        return '"' + name.replace('"', '""') + '"'

    def close(self) -> None:
        """Write everything and let go of the file."""
        self.connection.close()
        if "thumbnails" in self.__dict__:
            self.thumbnails.close()

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
        known = [
            row[0] for row in self.run("SELECT table_name FROM information_schema.tables WHERE table_schema = 'main'")
        ]
        if name not in known:
            raise DatalintError(f"no table {name!r}{did_you_mean(name, known)}; known: {', '.join(sorted(known))}")
        return self.connection.table(name)


def quoted(value: object) -> str:
    """Write text as SQL does."""
    return "'" + str(value).replace("'", "''") + "'"
