"""Samples of arrays: what HDF5 files, NPZ files and arrays in memory have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.discover.array_labels import read_labels
from datalint.discover.listing import Fault, Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from datalint.storage import ImageSource

SAMPLED_BYTES = 64 << 20
"""As much of an array as is looked at to find the range of its values."""


class Stack(NamedTuple):
    """Images in one array, a row each."""

    name: str
    """``train.h5:X_train``; the samples' paths are that with the row in brackets."""
    file: str
    rows: int
    source: ImageSource
    key: Callable[[int], Any]
    """The source's key for a row."""
    split: str | None = None
    role: str | None = None


class Collected:
    """What has been read so far."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self.faults: list[Fault] = []
        self.notices: list[str] = []
        self.multi_label = False

    def add(self, stack: Stack, labels: np.ndarray[Any, Any] | None, named: str, names: Sequence[str]) -> None:
        """Take the rows for samples; ``labels`` is an array called ``named``, numbering ``names`` if there are any."""
        given: list[tuple[str, ...]] = []
        count = stack.rows
        if labels is not None:
            try:
                read = read_labels(labels, names)
            except ValueError as error:
                self.faults.append(Fault(stack.file, "label", str(error), named))
            else:
                given = read.labels
                self.multi_label |= read.multi_label
                self.faults += [Fault(stack.file, "label", why, f"{named}[{row}]") for row, why in read.faults]
                self.notices += [f"{named}: {read.notice}"] if read.notice else []
                if len(given) != count:
                    reason = (
                        f"has {count:,} rows, its labels {named} have {len(given):,}; only the common part is judged"
                    )
                    self.faults.append(Fault(stack.file, "length", reason, stack.name.rpartition(":")[2]))
                    count = min(count, len(given))
        self.samples += [
            Sample(
                f"{stack.name}[{row}]",
                stack.source,
                stack.key(row),
                stack.split,
                stack.role,
                given[row] if given else (),
            )
            for row in range(count)
        ]


def spread_rows(rows: int, row_bytes: int) -> np.ndarray[Any, Any]:
    """Choose rows evenly, as many as may be looked at; int64, ascending."""
    import numpy as np

    return np.unique(np.linspace(0, rows - 1, min(rows, max(1, SAMPLED_BYTES // max(1, row_bytes))), dtype=np.int64))
