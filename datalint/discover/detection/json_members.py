"""A large JSON object, read piece by piece: what is in memory is one element of one of its arrays."""

from __future__ import annotations

import codecs
import json
import re
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 1 << 20  # bytes
_LARGEST = 64 << 20  # characters of one element
_SPACE = re.compile(r"[ \t\n\r]*")


def members(file: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """Yield the members of an object by name; one that is an array is yielded element by element.

    Raises ValueError where the text stops being JSON, after what comes before, and OSError.
    """
    text = _Text(file)
    text.expect("{")
    if text.peek() == "}":
        return
    while True:
        name = text.value()
        if not isinstance(name, str):
            raise ValueError("is no valid JSON")
        text.expect(":")
        if text.peek() == "[":
            text.expect("[")
            while text.peek() != "]":
                yield name, text.value()
                if text.peek() != "]":
                    text.expect(",")
            text.expect("]")
        else:
            yield name, text.value()
        if text.peek() == "}":
            return
        text.expect(",")


class _Text:
    """The characters of a file, as far as they are needed."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._decoder = json.JSONDecoder()
        self._text = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """Return the next character that is no space; empty at the end."""
        while True:
            space = _SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def expect(self, character: str) -> None:
        if self.peek() != character:
            raise ValueError("is no valid JSON" if self._text[self._at :] else "ends too early")
        self._at += 1

    def value(self) -> Any:
        """Decode the value that is next."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise ValueError("is nested too deeply") from None
            except ValueError:
                if not self._more():
                    raise ValueError("is no valid JSON, or ends too early") from None
            else:
                if end < len(self._text) or not self._more():  # a number could go on
                    self._at = end
                    return value

    def _more(self) -> bool:
        """Read on, as much again as is waiting; tell whether there was anything."""
        if self._ended:
            return False
        rest = self._text[self._at :]
        if len(rest) > _LARGEST:
            raise ValueError("is no valid JSON, or has an element of more than 64 MB")
        data = self._file.read(max(_PIECE, len(rest)))
        self._ended = not data
        self._text, self._at = rest + self._decode(data, final=self._ended), 0
        return not self._ended
