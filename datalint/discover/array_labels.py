"""Labels that come as arrays: numbers, names, one-hot and multi-hot rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

_MOST_FAULTS = 100


class Labels(NamedTuple):
    """What an array of labels says, a row an image."""

    labels: list[tuple[str, ...]]
    multi_label: bool
    faults: list[tuple[int, str]]
    """Rows that say nothing, and why."""
    notice: str | None = None


def read_labels(values: np.ndarray[Any, Any], names: Sequence[str] = ()) -> Labels:
    """Read labels; those that are numbers stand for ``names`` where there are any. Raises ValueError for no labels."""
    import numpy as np

    if values.ndim == 2 and 1 in values.shape:
        values = values.reshape(-1)
    if values.ndim == 1:
        return _single([_plain(value) for value in values.tolist()], names)
    if values.ndim != 2 or values.dtype.kind not in "buif":
        raise ValueError(
            f"has the shape {' x '.join(map(str, values.shape))}; a label, or one column a class, was expected"
        )
    columns = list(names) if len(names) == values.shape[1] else [str(n) for n in range(values.shape[1])]
    if np.isin(values, (0, 1)).all():
        rows = [tuple(columns[c] for c in np.flatnonzero(row)) for row in values]
        counts = values.astype(np.int64).sum(axis=1)
        multi = bool((counts > 1).any())
        faults = [] if multi else [(int(row), "has no 1 in its row") for row in np.flatnonzero(counts == 0)]
        return Labels(rows, multi, faults[:_MOST_FAULTS])
    if values.dtype.kind == "f" and np.all(values >= 0) and np.allclose(values.sum(axis=1), 1, atol=1e-3):
        chosen: list[tuple[str, ...]] = [(columns[c],) for c in values.argmax(axis=1)]
        return Labels(chosen, False, [], "the labels are shares of several classes; the largest was taken")
    raise ValueError("has several columns that are neither 0 or 1 nor shares of 1")


def _single(values: list[Any], names: Sequence[str]) -> Labels:
    labels: list[tuple[str, ...]] = []
    faults: list[tuple[int, str]] = []
    for row, value in enumerate(values):
        label: tuple[str, ...] = ()
        if names and isinstance(value, int) and not 0 <= value < len(names):
            faults.append((row, f"is {value}; there are {len(names)} classes, numbered from 0"))
        elif names and isinstance(value, int):
            label = (names[value],)
        elif value is None or value == "":
            faults.append((row, "is empty"))
        else:
            label = (str(value),)
        labels.append(label)
    if len(faults) > _MOST_FAULTS:
        more = len(faults) - _MOST_FAULTS
        row, reason = faults[_MOST_FAULTS]
        faults = [*faults[:_MOST_FAULTS], (row, f"{reason}; so are {more:,} in all from here on")]
    return Labels(labels, False, faults)


def _plain(value: Any) -> Any:
    """Return an int, a string, or None for what is not a number."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").rstrip("\0")
    if isinstance(value, float):
        return None if value != value else int(value) if value.is_integer() else str(value)
    if isinstance(value, bool):
        return int(value)
    return value if isinstance(value, int) else str(value)
