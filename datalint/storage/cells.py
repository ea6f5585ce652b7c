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

    def contents(self, keys: Sequence[Span], whole: bool = True) -> Iterator[Content]:
        try:
            file = self._storage.open(self._path)
        except OSError as error:
            yield from (Unavailable(error.strerror or "cannot be read") for _ in keys)
            return
        with file:
            for key in keys:
                file.seek(key.start)
                try:
                    yield as_pixels(self._cells(file.read(key.length)))
                except (ValueError, KeyError, IndexError, OSError, OverflowError) as error:
                    yield Unavailable(f"its pixels are not readable: {error}")

    def sizes(self, keys: Sequence[Span]) -> list[int]:
        return [key.length for key in keys]

    def position(self, key: Span) -> tuple[str, int]:
        return self._path, key.start


def as_pixels(cells: Sequence[Any]) -> Pixels:
    """Make an image of nested lists, or of numbers in a row whose count is a square, or three. Raises ValueError."""
    values = _values(cells[0]) if len(cells) == 1 else np.array([float(cell) for cell in cells])
    if values.ndim == 1:
        values = _square(values)
    if values.ndim not in (2, 3) or 0 in values.shape:
        raise ValueError(f"the shape {' x '.join(map(str, values.shape))} is none of an image")
    low, high = float(values.min()), float(values.max())
    if not (low >= 0 and high <= 65535):
        raise ValueError(f"values from {low:g} to {high:g}; 0 to 255 was expected")
    if high <= 1 and values.dtype.kind == "f" and not np.all(np.isin(values, (0, 1))):
        return Pixels(values.astype(np.float32), 0, 1)
    if high <= 255:
        return Pixels(values.astype(np.uint8), 0, 255)
    return Pixels(values.astype(np.uint16), 0, 65535)


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
