"""The records of a manifest in any text format, each with the place where it stands."""

from __future__ import annotations

import csv
import re
from collections import deque
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from datalint.discover.manifest.dialect import Dialect, find_dialect, is_open, split_line
from datalint.discover.manifest.encoding import Encoding, Line
from datalint.discover.manifest.json_text import NO_OBJECT, elements, parse, records_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datalint.storage import Storage

_HEAD = 1 << 16  # bytes
_MOST_LINES = 300  # of one record
_NOWHERE = (0, 0)


class Record(NamedTuple):
    """One row, by column; or what is wrong with it."""

    place: str
    """``12``, the line counting from 1, or ``[11]``, the position in an array counting from 0."""
    values: dict[str, Any]
    span: tuple[int, int]
    """Where its bytes are in the file: start and length; (0, 0) where it is no part of the file as it stands."""
    problem: str | None = None
    misencoded: bool = False
    """Whether it was in another encoding than the records before."""


class Manifest:
    """A text file of records. Reading it again begins at its start."""

    def __init__(self, storage: Storage, path: str) -> None:
        """Look at how the file begins. Raises OSError."""
        self.path = path
        self._storage = storage
        with storage.open(path) as file:
            head = file.read(_HEAD)
        self._encoding = Encoding(head)
        start = head.removeprefix(self._encoding.mark).decode(self.encoding, "replace").lstrip()
        extension = path.rpartition(".")[2].lower()
        self.json = extension in ("json", "jsonl", "ndjson") or start.startswith("[{")
        self.lines = extension in ("jsonl", "ndjson") or (
            extension == "json" and re.match(r"\{[^\n]*\}\s*\n\s*\{", start) is not None
        )
        self.dialect = None if self.json else find_dialect(start, extension)

    @property
    def encoding(self) -> str:
        """Python's name of the encoding."""
        return self._encoding.name

    def records(self) -> Iterator[Record]:
        """Yield the records in order; one that cannot be read has a problem. Raises ValueError and OSError."""
        with self._storage.open(self.path) as file:
            if self.dialect is not None:
                yield from self._delimited(file, self.dialect)
            elif self.lines:
                yield from self._json_lines(file)
            else:
                yield from self._json(file)

    def place(self, record: Record) -> str:
        return f"{self.path}{record.place}" if record.place.startswith("[") else f"{self.path}:{record.place}"

    def _delimited(self, file: IO[bytes], dialect: Dialect) -> Iterator[Record]:
        """Read a table; a record can go over several lines where a quotation mark or a bracket is open."""
        lines = self._encoding.lines(file)
        again: deque[Line] = deque()

        def following() -> Line | None:
            return again.popleft() if again else next(lines, None)

        header_next = dialect.header is not None
        while (line := following()) is not None:
            if not line.text.strip():
                continue
            taken = [line]
            text = line.text
            while is_open(text, dialect) and len(taken) < _MOST_LINES and (more := following()) is not None:
                taken.append(more)
                text = f"{text}\n{more.text}"
            if header_next:
                header_next = False
                continue
            record = _record(text, taken, dialect)
            if record.problem and len(taken) > 1:  # what follows the first line is not at fault
                again.extendleft(reversed(taken[1:]))
                unclosed = "has a quotation mark or bracket that is not closed"
                record = Record(str(line.number), {}, (line.start, line.length), unclosed, line.strange)
            yield record

    def _json_lines(self, file: IO[bytes]) -> Iterator[Record]:
        for line in self._encoding.lines(file):
            if not line.text.strip():
                continue
            span = (line.start, line.length)
            try:
                value = parse(line.text.strip())
            except ValueError as error:
                yield Record(str(line.number), {}, span, str(error), line.strange)
                continue
            values, problem = (value, None) if isinstance(value, dict) else ({}, NO_OBJECT)
            yield Record(str(line.number), values, span, problem, line.strange)

    def _json(self, file: IO[bytes]) -> Iterator[Record]:
        data = file.read().removeprefix(self._encoding.mark)
        text = data.decode(self.encoding, "replace")
        if not text.lstrip().startswith("["):
            for number, value in enumerate(records_in(parse(text))):
                yield _element(number, value, _NOWHERE, None)
            return
        place, start = 0, len(self._encoding.mark)
        for number, element in enumerate(elements(text)):
            start += _bytes(text[place : element.start], self.encoding)
            length = _bytes(text[element.start : element.end], self.encoding)
            yield _element(number, element.value, (start, length), element.problem)
            start, place = start + length, element.end


def _record(text: str, lines: list[Line], dialect: Dialect) -> Record:
    """Make a record of the cells of a row."""
    span = (lines[0].start, sum(line.length for line in lines))
    record = Record(str(lines[0].number), {}, span, misencoded=any(line.strange for line in lines))
    if "\0" in text:
        return record._replace(problem="holds NUL bytes")
    try:
        cells = split_line(text, dialect)
    except csv.Error as error:
        return record._replace(problem=f"cannot be taken apart: {error}")
    if is_open(text, dialect):
        return record._replace(problem="has a quotation mark or bracket that is not closed")
    names = dialect.header or [str(number) for number in range(1, len(cells) + 1)]
    if len(cells) < len(names) or any(cell.strip() for cell in cells[len(names) :]):
        return record._replace(problem=f"has {_fields(len(cells))}, the header has {len(names)}")
    return record._replace(values=dict(zip(names, cells, strict=False)))


def _element(number: int, value: Any, span: tuple[int, int], problem: str | None) -> Record:
    if problem is None and not isinstance(value, dict):
        value, problem = {}, NO_OBJECT
    misencoded = any(isinstance(item, str) and "\ufffd" in item for item in value.values()) if value else False
    return Record(f"[{number}]", value or {}, span, problem, misencoded)


def _bytes(text: str, encoding: str) -> int:
    return len(text) if text.isascii() and encoding == "utf-8" else len(text.encode(encoding, "replace"))


def _fields(number: int) -> str:
    return "1 field" if number == 1 else f"{number} fields"
