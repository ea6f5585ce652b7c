"""Images in the datasets of HDF5 files: a row each, or a dataset each."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from datalint.storage.content import Content, Encoded, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datalint.storage.arrays import Interpretation

_BLOCK = 8 << 20  # bytes that are read at a time
_LARGEST_CHUNK = 64 << 20


class Cell(NamedTuple):
    """Where an image is in an HDF5 file."""

    dataset: str
    row: int | None
    """None where the dataset is one image."""


class HDF5Images:
    """Images in an HDF5 file of this machine, by :class:`Cell`."""

    portable = True

    def __init__(self, file: str, interpretations: dict[str, Interpretation | None], row_bytes: int) -> None:
        self._file = file
        self._interpretations = interpretations
        """By dataset; None for one that holds encoded images."""
        self._row_bytes = row_bytes

    def contents(self, keys: Sequence[Cell], whole: bool = True) -> Iterator[Content]:
        import h5py

        try:
            file = h5py.File(self._file, "r")
        except OSError as error:
            yield from (Unavailable(str(error).splitlines()[0]) for _ in keys)
            return
        with file:
            for name, members in groupby(keys, key=lambda key: key.dataset):
                yield from self._of_dataset(file[name], name, list(members))

    def sizes(self, keys: Sequence[Cell]) -> list[int]:
        return [self._row_bytes] * len(keys)

    def location(self, key: Cell) -> str | None:
        return self._file

    def position(self, key: Cell) -> tuple[str, int]:
        return key.dataset, key.row or 0

    def _of_dataset(self, dataset: Any, name: str, cells: list[Cell]) -> Iterator[Content]:
        interpretation = self._interpretations[name]
        if cells[0].row is None:
            yield from (_content(dataset, (), interpretation) for _ in cells)
            return
        rows = [cell.row for cell in cells if cell.row is not None]
        for _, members in groupby(rows, key=lambda row: row // self._rows_at_once(dataset)):
            block = list(members)
            first = block[0]
            try:
                values = dataset[first : block[-1] + 1]
            except (OSError, RuntimeError, ValueError):  # a damaged chunk should cost its own images only
                yield from (_content(dataset, row, interpretation) for row in block)
            else:
                yield from (_content(values, row - first, interpretation) for row in block)

    def _rows_at_once(self, dataset: Any) -> int:
        """Return how many rows to read together: whole chunks where there are any, since part of one costs as much."""
        rows = max(1, _BLOCK // max(1, self._row_bytes))
        if dataset.chunks and dataset.chunks[0] * self._row_bytes <= _LARGEST_CHUNK:
            chunk: int = dataset.chunks[0]
            return max(chunk, rows - rows % chunk)
        return rows


def _content(rows: Any, row: Any, interpretation: Interpretation | None) -> Content:
    try:
        values = np.asarray(rows[row])
    except (OSError, RuntimeError, ValueError) as error:
        return Unavailable(f"damaged: {str(error).splitlines()[0]}")
    if interpretation is None:
        return Encoded.of(values.astype(np.uint8).tobytes(), "")
    return interpretation.pixels(values)
