"""Images in a column of Parquet files, read row group by row group."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from datalint.storage.content import Content, Encoded, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ROWS = 16  # fetched at a time
_GAP = 64  # rows over which going on is quicker than beginning anew


class ParquetImages:
    """The images of a column; keys are row numbers from 0."""

    portable = True

    def __init__(self, file: str, data: str, name: str | None, rows: int, row_bytes: int) -> None:
        """``data`` and ``name`` are SQL expressions for the bytes of an image and its file name."""
        self._file = file
        self._columns = f"{data}, {name or 'NULL'}"
        self._rows = rows
        self._row_bytes = row_bytes

    def contents(self, keys: Sequence[int], whole: bool = True) -> Iterator[Content]:
        import duckdb

        reader = _reader(self._file, self._columns)
        for key in keys:
            try:
                data, name = reader.row(key)
            except (duckdb.Error, StopIteration) as error:
                yield Unavailable((str(error).splitlines() or ["damaged"])[0])
                continue
            if data is None:
                yield Unavailable("there are no bytes in its cell")
            else:
                yield Encoded.of(data, name or "")

    def sizes(self, keys: Sequence[int]) -> list[int]:
        return [self._row_bytes] * len(keys)

    def location(self, key: int) -> str | None:
        return self._file

    def position(self, key: int) -> tuple[str, int]:
        return self._file, key


class _Reader:
    """Reads rows going forward; going back begins anew."""

    def __init__(self, file: str, columns: str) -> None:
        self._file = file
        self._columns = columns
        self._next = 0
        self._piece: list[Any] = []
        self._connection: Any = None

    def row(self, number: int) -> Any:
        """Return data and name of a row. Raises duckdb.Error, and StopIteration behind the last."""
        first = self._next - len(self._piece)
        if self._connection is None or not first <= number < self._next + _GAP:
            self._begin(number)
        while number >= self._next:
            self._piece = self._connection.fetchmany(_ROWS)
            if not self._piece:
                raise StopIteration("the file has fewer rows")
            self._next += len(self._piece)
        return self._piece[number - self._next + len(self._piece)]

    def _begin(self, number: int) -> None:
        self._connection = open_parquet()
        sql = f"SELECT {self._columns} FROM read_parquet(?, file_row_number = true) WHERE file_row_number >= ?"
        self._connection.execute(sql, [self._file, number])
        self._next, self._piece = number, []


@lru_cache(maxsize=8)
def _reader(file: str, columns: str) -> _Reader:
    """Keep the place in a file from one batch of a process to the next."""
    return _Reader(file, columns)


def open_parquet() -> Any:
    """Return a connection that reads Parquet, and holds no more of it than a row group at a time."""
    import duckdb

    connection = duckdb.connect(":memory:", config={"threads": 1})
    connection.execute("SET enable_external_file_cache = false")
    connection.execute("SET disable_parquet_prefetching = true")
    connection.execute("SET streaming_buffer_size = '1KB'")
    return connection
