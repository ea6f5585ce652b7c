"""The lines of a text file whose encoding nobody has written down."""

from __future__ import annotations

import codecs
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BLOCK = 1 << 20  # bytes


class Line(NamedTuple):
    """A line of a file, with where its bytes are."""

    number: int
    """Counting from 1."""
    start: int
    length: int
    text: str
    """Without the line's end."""
    strange: bool
    """Whether it is not in the encoding of the lines before; it was read as Windows-1252."""


class Encoding:
    """UTF-8 or UTF-16 by its byte order mark, else UTF-8 as long as everything is, else Windows-1252."""

    def __init__(self, head: bytes) -> None:
        """``head`` is how the file begins."""
        self.mark, self.name = next(((bom, name) for bom, name in _BOMS if head.startswith(bom)), (b"", "utf-8"))
        self._proven = bool(self.mark)
        """Whether something was read that only this encoding explains."""
        if not self.mark:
            self.decode(_whole_characters(head))

    def decode(self, data: bytes) -> tuple[str, bool]:
        """Decode whole lines; tell whether they were in another encoding than those before."""
        try:
            text = data.removeprefix(self.mark).decode(self.name)
        except UnicodeDecodeError:
            if not self._proven:  # all was ASCII so far
                self.name = "cp1252"
            return _western(data), self._proven
        self._proven |= not data.isascii()
        return text, False

    def lines(self, file: IO[bytes]) -> Iterator[Line]:
        """Yield the lines of a file that is open at its beginning."""
        start = 0
        for number, data in enumerate(self._raw(file), 1):
            text, strange = self.decode(data)
            yield Line(number, start, len(data), text.rstrip("\r\n"), strange)
            start += len(data)

    def _raw(self, file: IO[bytes]) -> Iterator[bytes]:
        if not self.name.startswith("utf-16"):
            yield from file
            return
        end = "\n".encode(self.name)
        rest = b""
        while block := file.read(_BLOCK):
            rest += block
            first = 0
            place = rest.find(end)
            while place >= 0:
                if place % 2 == 0:
                    yield rest[first : place + 2]
                    first = place + 2
                place = rest.find(end, place + 1)
            rest = rest[first:]
        if rest:
            yield rest


def _whole_characters(head: bytes) -> bytes:
    """Cut off a character of UTF-8 that the end of the head cuts in two."""
    for size in range(1, min(4, len(head) + 1)):
        if head[-size] >= 0xC0:
            return head[:-size]
    return head


def _western(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")
