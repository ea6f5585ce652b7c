"""The records of a manifest in any text format, each with the place where it stands."""

from __future__ import annotations

import ast
import codecs
import csv
import json
import re
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from datalint.discover.manifest.dialect import Dialect, find_dialect, split_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datalint.storage import Storage

_HEAD = 1 << 16
_MOST_LINES = 1000  # that an unbalanced quote may swallow
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Record(NamedTuple):
    """One row, by column; or what is wrong with it."""

    place: str
    """``12``, the line counting from 1, or ``[11]``, the position in an array counting from 0."""
    values: dict[str, Any]
    span: tuple[int, int]
    """Where its bytes are in the file: start and length; (0, 0) in a JSON array."""
    problem: str | None = None


class Manifest:
    """A text file of records. Reading it again begins at its start."""

    def __init__(self, storage: Storage, path: str) -> None:
        self.path = path
        self._storage = storage
        with storage.open(path) as file:
            self.head = file.read(_HEAD)
        self.encoding = next((name for bom, name in _BOMS if self.head.startswith(bom)), "utf-8")
        if self.encoding == "utf-8" and not _is_utf8(self.head):
            self.encoding = "cp1252"
        start = self.head.decode(self.encoding, "replace").lstrip()
        extension = path.rpartition(".")[2].lower()
        self.json = extension in ("json", "jsonl", "ndjson") or start.startswith("[{")
        self.lines = extension in ("jsonl", "ndjson") or (
            extension == "json" and re.match(r"\{[^\n]*\}\s*\n\s*\{", start)
        )
        self.dialect = None if self.json else find_dialect(start, extension)

    def records(self) -> Iterator[Record]:
        """Yield the records in order; one that cannot be read has a problem. Raises ValueError and OSError."""
        with self._storage.open(self.path) as file:
            if self.dialect is not None:
                yield from self._delimited(file, self.dialect)
            elif self.lines:
                yield from self._json_lines(file)
            else:
                yield from self._json_array(file)

    def place(self, record: Record) -> str:
        return f"{self.path}{record.place}" if record.place.startswith("[") else f"{self.path}:{record.place}"

    def text(self, data: bytes) -> str:
        """Decode a line; what its encoding does not know is read as Latin-1."""
        try:
            return data.decode(self.encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            return data.decode("latin-1")

    def _lines(self, file: IO[bytes]) -> Iterator[tuple[int, int, bytes]]:
        """Yield number, start and bytes of each line."""
        if self.encoding == "utf-16":  # its line ends are no single bytes
            yield from ((n, 0, line.encode()) for n, line in enumerate(file.read().decode("utf-16").splitlines(), 1))
            self.encoding = "utf-8"
            return
        start = 0
        for number, line in enumerate(file, 1):
            yield number, start, line
            start += len(line)

    def _delimited(self, file: IO[bytes], dialect: Dialect) -> Iterator[Record]:
        header = dialect.header
        skip = header is not None
        for number, start, data in self._logical(file, dialect):
            text = self.text(data).strip("\r\n")
            if not text.strip():
                continue
            if skip:
                skip = False
                continue
            span = (start, len(data))
            try:
                cells = split_line(text, dialect)
            except csv.Error as error:
                yield Record(str(number), {}, span, f"cannot be read: {error}")
                continue
            names = header or [str(n) for n in range(len(cells))]
            if header and len(cells) != len(header):
                extra = cells[len(header) :]
                if len(cells) < len(header) or any(cell.strip() for cell in extra):
                    problem = f"has {_fields(len(cells))}, the header has {len(header)}"
                    yield Record(str(number), {}, span, problem)
                    continue
            if "\0" in text:
                yield Record(str(number), {}, span, "holds NUL bytes")
                continue
            yield Record(str(number), dict(zip(names, cells, strict=False)), span)

    def _logical(self, file: IO[bytes], dialect: Dialect) -> Iterator[tuple[int, int, bytes]]:
        """Join the lines of a cell that has line breaks in quotes."""
        quote = dialect.quote.encode() if dialect.quote else None
        pending: list[bytes] = []
        first = (0, 0)
        for number, start, line in self._lines(file):
            if not pending:
                first = (number, start)
            pending.append(line)
            if quote and sum(piece.count(quote) for piece in pending) % 2 and len(pending) < _MOST_LINES:
                continue
            if len(pending) == _MOST_LINES:  # the quote was none
                position = first[1]
                for offset, piece in enumerate(pending):
                    yield first[0] + offset, position, piece
                    position += len(piece)
            else:
                yield *first, b"".join(pending)
            pending = []
        position = first[1]
        for offset, piece in enumerate(pending):
            yield first[0] + offset, position, piece
            position += len(piece)

    def _json_lines(self, file: IO[bytes]) -> Iterator[Record]:
        for number, start, data in self._lines(file):
            text = self.text(data).strip()
            if not text:
                continue
            span = (start, len(data))
            try:
                value = parse(text)
            except ValueError:
                yield Record(str(number), {}, span, "is no valid JSON")
                continue
            if isinstance(value, dict):
                yield Record(str(number), value, span)
            else:
                yield Record(str(number), {}, span, "is no JSON object; {...} with one key a column was expected")

    def _json_array(self, file: IO[bytes]) -> Iterator[Record]:
        value = _records_in(parse(self.text(file.read())))
        for number, item in enumerate(value):
            if isinstance(item, dict):
                yield Record(f"[{number}]", item, (0, 0))
            else:
                yield Record(f"[{number}]", {}, (0, 0), "is no JSON object; {...} with one key a column was expected")


def parse(text: str) -> Any:
    """Read JSON, also with single quotes. Raises ValueError."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except ValueError as error:
        if "'" not in text[:1000]:
            place = getattr(error, "lineno", None)
            raise ValueError(f"is no valid JSON{f' (line {place})' if place else ''}") from None
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        raise ValueError("is no valid JSON") from None


def _records_in(value: Any) -> list[Any]:
    """Find the list of records in what a JSON file holds. Raises ValueError."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        lists = [item for item in value.values() if isinstance(item, list)]
        if lists and len(value) <= 5 and all(isinstance(item, dict) for item in lists[0]):
            return lists[0]  # {"images": [{...}, ...]}
        if lists and len(lists) == len(value) and all(isinstance(name, str) for items in lists for name in items):
            return [{"file": name, "label": label} for label, names in value.items() for name in names]
        if all(isinstance(item, str | int | float) for item in value.values()):
            return [{"file": name, "label": label} for name, label in value.items()]
    raise ValueError("is no list of records; [{...}, ...] was expected")


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _fields(number: int) -> str:
    return "1 field" if number == 1 else f"{number} fields"
