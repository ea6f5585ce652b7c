"""Images whose pixels are written out as numbers in a text file, a record each."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from datalint.storage.content import Content, Pixels, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from datalint.storage.content import Storage


class Span(NamedTuple):
    """Where a record is in its file, in bytes."""

    start: int
    length: int


class TextCells:
    """Images in the cells of a text file."""

    portable = True

    def __init__(self, storage: Storage, path: str, cells: Callable[[bytes], list[Any]]) -> None:
        """``cells`` takes the bytes of a record and returns the cells that hold pixels."""
        self._storage = storage
        self._path = path
        self._cells = cells
        self._low, self._high = 0.0, 255.0

    def find_range(self, keys: Sequence[Span]) -> str | None:
        """Look at some images for the values of black and white; say what was assumed unless they are bytes."""
        arrays = [content.array for content in self.contents(keys, checked=False) if isinstance(content, Pixels)]
        if not arrays:
            return None
        # The median: one image with a wrong value is one that cannot be read, and no other range.
        least = float(np.median([array.min() for array in arrays]))
        most = float(np.median([array.max() for array in arrays]))
        bits = max(array.max() for array in arrays) <= 1 < least + most + 1
        fractions = bits or any((array != np.rint(array)).any() for array in arrays)
        usual = [(0.0, 1.0), (-1.0, 1.0)] if fractions else []
        usual += [(0.0, 255.0), (0.0, 65535.0), (least, max(most, least + 1))]
        self._low, self._high = next(range_ for range_ in usual if range_[0] <= least and most <= range_[1])
        if (self._low, self._high) == (0.0, 255.0):
            return None
        return f"values from {least:g} to {most:g}: {self._low:g} was taken for black and {self._high:g} for white"

    def contents(self, keys: Sequence[Span], whole: bool = True, checked: bool = True) -> Iterator[Content]:
        try:
            file = self._storage.open(self._path)
        except OSError as error:
            yield from (Unavailable(error.strerror or "cannot be read") for _ in keys)
            return
        with file:
            for key in keys:
                file.seek(key.start)
                try:
                    values = as_image(self._cells(file.read(key.length)))
                    yield self._pixels(values) if checked else Pixels(values, 0, 0)
                except (ValueError, KeyError, IndexError, OSError, OverflowError) as error:
                    yield Unavailable(f"its pixels are not readable: {error}")

    def sizes(self, keys: Sequence[Span]) -> list[int]:
        return [key.length for key in keys]

    def location(self, key: Span) -> str | None:
        return self._storage.location(self._path)

    def position(self, key: Span) -> tuple[str, int]:
        return self._path, key.start

    def _pixels(self, values: np.ndarray[Any, Any]) -> Pixels:
        least, most = float(values.min()), float(values.max())
        if not self._low <= least <= most <= self._high:
            wrong = most if least >= self._low else least
            raise ValueError(f"the value {wrong:g}; {self._low:g} to {self._high:g} was expected")
        kinds = {(0.0, 255.0): np.uint8, (0.0, 65535.0): np.uint16}
        return Pixels(values.astype(kinds.get((self._low, self._high), np.float32)), self._low, self._high)


def as_image(cells: Sequence[Any]) -> np.ndarray[Any, Any]:
    """Make an image of nested lists, or of numbers in a row whose count is a square, or three. Raises ValueError.

    Returns H x W or H x W x C, float64.
    """
    values = _values(cells[0]) if len(cells) == 1 else np.array([float(cell) for cell in cells])
    if values.ndim == 1:
        values = _square(values)
    if values.ndim not in (2, 3) or 0 in values.shape:
        raise ValueError(f"the shape {' x '.join(map(str, values.shape))} is none of an image")
    return values


def _values(cell: Any) -> np.ndarray[Any, Any]:
    if isinstance(cell, str):
        text = cell.strip()
        if text.startswith("["):
            cell = json.loads(_list_text(text))
        else:
            return np.array(re.split(r"[\s,;]+", text), dtype=np.float64)
    try:
        return np.array(cell, dtype=np.float64)
    except (ValueError, TypeError):
        raise ValueError("its rows have different lengths") from None


def _list_text(text: str) -> str:
    """Write nested lists as JSON: a bare cell can lack the outer brackets, and NumPy prints no commas."""
    if "," not in text:
        text = re.sub(r"(?<=[\d\].])\s+(?=[-\d\[.])", ",", text)
    depth, closed = 0, False
    for character in text:
        depth += (character == "[") - (character == "]")
        if closed and character == "[":
            return f"[{text}]"
        closed = closed or depth == 0
    return text


def _square(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    for channels in (1, 3):
        side = round((len(values) / channels) ** 0.5)
        if side * side * channels == len(values):
            return values.reshape((side, side) if channels == 1 else (side, side, 3))
    raise ValueError(f"{len(values)} values; side x side, or three times as many, was expected")
