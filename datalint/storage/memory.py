"""Images in the memory of this process: rows of arrays, and items of dataset objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from datalint.storage.arrays import interpret, shape_problem
from datalint.storage.content import Content, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from datalint.storage.arrays import Interpretation

Array: TypeAlias = "np.ndarray[Any, Any]"


class ArrayRows:
    """Rows of one array; the keys are the rows themselves, so that a worker gets no more than it measures."""

    portable = True

    def __init__(self, interpretation: Interpretation) -> None:
        self._interpretation = interpretation

    def contents(self, keys: Sequence[Array], whole: bool = True) -> Iterator[Content]:
        return map(self._interpretation.pixels, keys)

    def sizes(self, keys: Sequence[Array]) -> list[int]:
        return [key.nbytes for key in keys]

    def location(self, key: Array) -> str | None:
        return None

    def position(self, key: Array) -> tuple[str, int]:
        return "", 0


class ObjectItems:
    """Images that an object gives out by number, each of its own shape."""

    portable = False

    def __init__(self, get: Callable[[int], Any], bounds: tuple[float, float] | None) -> None:
        self._get = get
        self._bounds = bounds
        """The values of black and white, of images that are not bytes from 0 to 255."""

    def contents(self, keys: Sequence[int], whole: bool = True) -> Iterator[Content]:
        for key in keys:
            try:
                yield as_pixels(self._get(key), self._bounds)
            except Exception as error:  # whatever the object's own code raises
                yield Unavailable((str(error).splitlines() or [type(error).__name__])[0])

    def sizes(self, keys: Sequence[int]) -> list[int]:
        return [0] * len(keys)

    def location(self, key: int) -> str | None:
        return None

    def position(self, key: int) -> tuple[str, int]:
        return "", key


def as_pixels(image: Any, bounds: tuple[float, float] | None) -> Content:
    """Take one image of any kind: a Pillow image, a tensor or an array."""
    array = as_array(image)
    problem = shape_problem((1, *array.shape), array.dtype)
    if problem:
        return Unavailable(problem)
    interpretation = interpret((1, *array.shape), array[:0])
    if bounds and array.dtype not in (np.uint8, np.bool_):
        interpretation = interpretation._replace(low=bounds[0], high=bounds[1])
    return interpretation.pixels(array)


def as_array(value: Any) -> Array:
    """Turn what a library calls an image, or a stack of images or labels, into an array."""
    if getattr(value, "mode", None) in ("P", "PA", "CMYK", "YCbCr", "HSV", "LAB") and hasattr(value, "convert"):
        value = value.convert("RGB")
    for method in ("detach", "cpu"):  # of tensors that are on a device, or that remember how they came about
        if callable(getattr(value, method, None)):
            value = getattr(value, method)()
    return np.asarray(value)
