"""Datasets in memory: arrays, lists of images, and the dataset objects of torch, Keras, TensorFlow and Hugging Face."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.discover.array_samples import Collected, Stack, spread_rows
from datalint.discover.listing import Reading
from datalint.discover.pairing import split_of
from datalint.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_IMAGE_KEYS = ("image", "images", "img", "x", "pixel_values", "data")
_LOOKED_AT = 64  # images that the range of values is found by
_LABEL_KEYS = ("label", "labels", "y", "target", "targets", "class", "fine_label")


class InMemory(NamedTuple):
    """What is checked in place of a path.

    A pair ``(X, y)``, images alone, a mapping with images and labels, a dataset object; or a mapping of such by split.
    """

    arrays: Any


class _Part(NamedTuple):
    """One split."""

    images: Any
    """An array, or a list of images, or None where ``get`` gives them out."""
    labels: Any = None
    names: tuple[str, ...] = ()
    length: int = 0
    get: Callable[[int], Any] | None = None


def read(arrays: Any) -> Reading:
    """Read arrays or dataset objects. Raises DatasetError where they hold no images."""
    collected = Collected()
    for split, value in _splits(arrays).items():
        name = split or "images"
        role = split_of([split])[1] if split else None
        part = _part(value, name)
        stack = _stack(part, name, split, role, collected)
        labels = None if part.labels is None else _labels(part.labels)
        collected.add(stack, labels, f"labels of {name}", part.names)
    return Reading(
        "arrays",
        "arrays in memory",
        collected.samples,
        collected.notices,
        faults=collected.faults,
        multi_label=collected.multi_label,
        positional=True,
    )


def _splits(arrays: Any) -> dict[str | None, Any]:
    if isinstance(arrays, Mapping):
        if not arrays:
            raise DatasetError("arrays: there is nothing in the mapping")
        if _key(arrays, _IMAGE_KEYS) is None:
            return {str(split): value for split, value in arrays.items()}
    return {None: arrays}


def _part(value: Any, name: str) -> _Part:
    """Take images and labels out of whatever holds them."""
    if isinstance(value, tuple) and len(value) == 2:
        return _Part(value[0], value[1])
    if isinstance(value, Mapping):
        image = _key(value, _IMAGE_KEYS)
        if image is None:
            raise DatasetError(f"{name}: no images found under any of {', '.join(_IMAGE_KEYS)}")
        label = _key(value, _LABEL_KEYS)
        return _Part(value[image], None if label is None else value[label])
    if hasattr(value, "features") and hasattr(value, "column_names"):
        return _table(value, name)
    if hasattr(value, "as_numpy_iterator") or hasattr(value, "element_spec"):
        return _gathered(value.as_numpy_iterator(), _names(value))
    if hasattr(value, "shape") or isinstance(value, list):
        return _Part(value)
    if hasattr(value, "__getitem__") and hasattr(value, "__len__"):
        return _map_style(value)
    if hasattr(value, "__iter__"):
        return _gathered(iter(value), _names(value))
    raise DatasetError(f"{name}: {type(value).__name__} is no array and no dataset; give (images, labels)")


def _table(value: Any, name: str) -> _Part:
    """A dataset with named columns, one of which holds images."""
    image = _key(value.features, _IMAGE_KEYS) or next(
        (column for column, feature in value.features.items() if type(feature).__name__ == "Image"), None
    )
    if image is None:
        raise DatasetError(f"{name}: no column of images among {', '.join(value.column_names)}")
    label = _key(value.features, _LABEL_KEYS) or next(
        (column for column, feature in value.features.items() if type(feature).__name__ == "ClassLabel"), None
    )
    names = tuple(getattr(value.features[label], "names", None) or ()) if label else ()
    labels = value[label] if label else None
    return _Part(None, labels, names, len(value), lambda row: value[row][image])


def _map_style(value: Any) -> _Part:
    """A dataset that gives (image, label) by number, or a batch of them."""
    first = value[0] if len(value) else None
    image, _ = _item(first)
    if len(getattr(image, "shape", ())) == 4:
        return _gathered((value[number] for number in range(len(value))), _names(value))
    labels = next((getattr(value, name) for name in ("targets", "labels") if hasattr(value, name)), None)
    if labels is None and hasattr(value, "samples"):
        labels = [sample[1] for sample in value.samples]
    if labels is None and _item(first)[1] is not None:
        labels = [_item(value[number])[1] for number in range(len(value))]
    return _Part(None, labels, _names(value), len(value), lambda row: _item(value[row])[0])


def _gathered(items: Iterable[Any], names: tuple[str, ...]) -> _Part:
    """Take all items out of what can only be gone through."""
    images: list[Any] = []
    labels: list[Any] = []
    for item in items:
        image, label = _item(item)
        batch = len(getattr(image, "shape", ())) == 4
        images += list(image) if batch else [image]
        if label is not None:
            labels += list(label) if batch else [label]
    return _Part(images, labels or None, names)


def _item(item: Any) -> tuple[Any, Any]:
    if isinstance(item, Mapping):
        image, label = _key(item, _IMAGE_KEYS), _key(item, _LABEL_KEYS)
        return (None if image is None else item[image]), (None if label is None else item[label])
    if isinstance(item, tuple | list) and len(item) >= 2:
        return item[0], item[1]
    return item, None


def _names(value: Any) -> tuple[str, ...]:
    names = getattr(value, "classes", None) or getattr(value, "class_names", None) or ()
    return tuple(map(str, names)) if all(isinstance(name, str) for name in names) else ()


def _key(mapping: Mapping[Any, Any], known: tuple[str, ...]) -> Any:
    lower = {str(key).lower(): key for key in mapping}
    return next((lower[name] for name in known if name in lower), None)


def _stack(part: _Part, name: str, split: str | None, role: str | None, collected: Collected) -> Stack:
    from datalint.storage.arrays import interpret, shape_problem
    from datalint.storage.memory import ArrayRows, ObjectItems, as_array

    if part.get is not None or isinstance(part.images, list):
        get, length = (part.images.__getitem__, len(part.images)) if part.get is None else (part.get, part.length)
        bounds = _bounds(get, length, name, collected)
        return Stack(name, name, length, ObjectItems(get, bounds), int, split, role)
    array = as_array(part.images)
    if problem := shape_problem(array.shape, array.dtype):
        raise DatasetError(f"{name} {problem}")
    plain = array.dtype == "uint8" or array.dtype == "bool" or not len(array)
    rows = slice(0, 0) if plain else spread_rows(len(array), array.nbytes // len(array))
    interpretation = interpret(array.shape, array[rows])
    if interpretation.notice:
        collected.notices.append(f"{name} is {interpretation.notice}")
    return Stack(name, name, len(array), ArrayRows(interpretation), array.__getitem__, split, role)


def _bounds(get: Callable[[int], Any], length: int, name: str, collected: Collected) -> tuple[float, float] | None:
    """Find the range of values over some of the images; None where they are Pillow images or bytes from 0 to 255."""
    import numpy as np

    from datalint.storage.arrays import interpret
    from datalint.storage.memory import as_array

    values = []
    for row in np.linspace(0, length - 1, min(length, _LOOKED_AT), dtype=np.int64).tolist():
        try:
            array = as_array(get(row))
        except Exception:  # measuring it says why it cannot be had
            continue
        if array.dtype != np.uint8 and array.dtype.kind in "iuf":
            values.append(array.ravel())
    if not values:
        return None
    interpretation = interpret((1, 1, 1), np.concatenate(values))
    collected.notices.append(f"{name} is {interpretation.notice}")
    return interpretation.low, interpretation.high


def _labels(labels: Any) -> Any:
    from datalint.storage.memory import as_array

    if isinstance(labels, list | tuple):
        labels = [as_array(label) if hasattr(label, "shape") else label for label in labels]
    return as_array(labels)
