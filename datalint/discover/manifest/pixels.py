"""From the bytes of a record to its cells of pixels, as worker processes do it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datalint.discover.manifest.dialect import Dialect, split_line
from datalint.discover.manifest.json_text import parse

if TYPE_CHECKING:
    from collections.abc import Sequence


class RecordCells:
    """Take a record's cells of pixels out of its bytes."""

    def __init__(self, dialect: Dialect | None, encoding: str, columns: Sequence[str]) -> None:
        self._dialect = dialect
        self._encoding = encoding
        self._columns = columns

    def __call__(self, data: bytes) -> list[Any]:
        """Return the cells of the columns of pixels. Raises ValueError, KeyError and IndexError."""
        text = data.decode(self._encoding, "replace").removeprefix("\ufeff").strip("\r\n")
        if self._dialect is None:
            record = parse(text.strip())
            return [record[column] for column in self._columns]
        cells = split_line(text, self._dialect)
        header = self._dialect.header or [str(number) for number in range(1, len(cells) + 1)]
        values = dict(zip(header, cells, strict=False))
        return [values[column] for column in self._columns]
