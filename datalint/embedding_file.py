"""Read what a user's own network says of the images: embeddings, or probabilities of the classes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from datalint.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np

    Array: TypeAlias = "np.ndarray[Any, Any]"

_VECTORS = ("embeddings", "embedding", "features", "vectors")
_PROBABILITIES = ("probabilities", "pred_probs")
_ROUNDING = 0.01  # by which the sum of a row of probabilities may be off
_ADVICE = "a two-dimensional array of numbers is expected, a row an image"


class Given(NamedTuple):
    """What a user gives beside the images."""

    values: Array
    """float32[n, d]: embeddings; or probabilities of d classes, each row of sum 1."""
    paths: Sequence[str] | None
    """Of the images, as table samples has them; None where rows are in the order of the samples."""
    classes: tuple[str, ...] | None
    """Those that columns are probabilities of; None for embeddings."""
    name: str
    """Where it is from, for messages."""
    columns: tuple[str, ...] | None = None
    """Names of the columns, where these may be classes, which the labels of the dataset decide."""


def read_embeddings(given: Any) -> Given:
    """Read a file; or take an array, or a mapping of arrays with the names that an NPZ file has.

    Raises ConfigError in one line for what cannot be used. Pickles are refused.
    """
    if not isinstance(given, str | os.PathLike):
        arrays = given if isinstance(given, Mapping) else {_VECTORS[0]: given}
        return _from_arrays(arrays, "embeddings", with_paths=False)
    name = os.fspath(given)
    if name.lower().endswith(".parquet"):
        return _from_table(name)
    if not name.lower().endswith((".npy", ".npz")):
        raise ConfigError("embeddings are read from .npy, .npz or .parquet", name)
    import zipfile

    import numpy as np

    try:
        loaded = np.load(name, allow_pickle=False)
        if not name.lower().endswith(".npz"):
            return _checked(loaded, None, None, name)
        with loaded:
            return _from_arrays({key: loaded[key] for key in loaded.files}, name, with_paths=True)
    except OSError as error:
        raise ConfigError(f"the embeddings cannot be read: {error.strerror or 'not an array'}", name) from None
    except (ValueError, EOFError, AttributeError, zipfile.BadZipFile):
        # NumPy refuses arrays of objects, which are pickles, in these words as well.
        text = "the embeddings cannot be read: not an array of numbers or text (pickled objects are refused)"
        raise ConfigError(text, name) from None


def as_probabilities(given: Given, labels: Collection[str]) -> tuple[Array, tuple[str, ...] | None]:
    """Return values and classes: columns that are all named after labels are probabilities if each row's sum is 1."""
    named = given.columns is not None and len(given.columns) > 1 and set(given.columns) <= set(labels)
    if not named or not _sums_to_one(given.values):
        return given.values, given.classes
    return given.values / given.values.sum(1, keepdims=True), given.columns


def _from_arrays(arrays: Mapping[str, Any], name: str, with_paths: bool) -> Given:
    paths = arrays.get("path", arrays.get("paths"))
    if paths is None and with_paths:
        raise ConfigError("there is no array 'path' that names the image of each row", name)
    listed = None if paths is None else _texts(paths)
    values = next((arrays[key] for key in _PROBABILITIES if key in arrays), None)
    if values is not None:
        if "classes" not in arrays:
            raise ConfigError("probabilities need an array 'classes' with the labels that the columns are for", name)
        return _checked(values, listed, tuple(_texts(arrays["classes"])), name)
    values = next((arrays[key] for key in _VECTORS if key in arrays), None)
    if values is None:
        expected = ", ".join((*_VECTORS[:1], *_PROBABILITIES[:1]))
        raise ConfigError(f"there is no array of these names: {expected}", name)
    return _checked(values, listed, None, name)


def _texts(values: Any) -> list[str]:
    """Return an array as texts; bytes are decoded."""
    import numpy as np

    listed = np.asarray(values).ravel().tolist()
    return [os.fsdecode(value) if isinstance(value, bytes) else str(value) for value in listed]


def _from_table(name: str) -> Given:
    """Read column ``path``, and a column of lists, or one a dimension, or one a class: ``p_cat``, ``cat``."""
    import duckdb
    import numpy as np

    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            relation = connection.from_parquet(name)
            kinds = dict(zip(relation.columns, map(str, relation.types), strict=True))
            if "path" not in kinds:
                raise ConfigError("there is no column 'path' that names the image of each row", name)
            columns = relation.fetchnumpy()
    except (duckdb.Error, OSError) as error:
        raise ConfigError(f"the embeddings cannot be read: {str(error).splitlines()[0]}", name) from None
    paths = _texts(columns.pop("path"))
    lists = [column for column, kind in kinds.items() if kind.endswith("]")]
    if lists:
        try:
            return _checked(np.stack([np.ma.filled(row, np.nan) for row in columns[lists[0]]]), paths, None, name)
        except (ValueError, TypeError):
            raise ConfigError(f"the lists of column {lists[0]!r} are not of one length", name) from None
    numbers = [column for column in columns if columns[column].dtype.kind in "fiu"]
    if not numbers:
        raise ConfigError("there is no column of numbers, or of lists of numbers", name)
    values = np.column_stack([np.ma.filled(columns[column].astype(np.float64), np.nan) for column in numbers])
    if all(column.startswith("p_") for column in numbers):
        return _checked(values, paths, tuple(column[2:] for column in numbers), name)
    return _checked(values, paths, None, name)._replace(columns=tuple(numbers))


def _checked(values: Any, paths: Sequence[str] | None, classes: tuple[str, ...] | None, name: str) -> Given:
    import numpy as np

    array = np.asarray(values)
    if array.ndim != 2 or array.dtype.kind not in "fiu" or not array.size:
        shape = " x ".join(map(str, array.shape)) or "a single value"
        raise ConfigError(f"holds {shape} of {array.dtype}; {_ADVICE}", name)
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is told
        array = array.astype(np.float32)
    bad = np.flatnonzero(~np.isfinite(array).all(1))
    if len(bad):
        text = "holds NaN, infinity or what is too large for float32"
        raise ConfigError(f"row {bad[0]} {text} ({len(bad):,} rows do)", name)
    if paths is not None and len(paths) != len(array):
        raise ConfigError(f"there are {len(paths):,} paths and {len(array):,} rows", name)
    if paths is not None and len({*paths}) < len(paths):
        ((twice, _),) = Counter(paths).most_common(1)
        raise ConfigError(f"{twice!r} has several rows", name)
    if classes is not None:
        if len(classes) != array.shape[1] or len({*classes}) < len(classes):
            raise ConfigError(f"there are {len({*classes})} different classes and {array.shape[1]} columns", name)
        if not _sums_to_one(array):
            raise ConfigError("probabilities must be 0 or more and of sum 1 in each row; logits are not", name)
        array = array / array.sum(1, keepdims=True)
    return Given(array, paths, classes, name)


def _sums_to_one(values: Array) -> bool:
    return bool(values.min() >= 0 and abs(values.sum(1) - 1).max() <= _ROUNDING)
