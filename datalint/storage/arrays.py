"""How arrays of images are laid out, and which of their values stand for black and for full intensity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.storage.content import Pixels

if TYPE_CHECKING:
    from collections.abc import Sequence

Array: TypeAlias = "np.ndarray[Any, Any]"

_CHANNELS = (1, 3, 4)


class Interpretation(NamedTuple):
    """How the values of an array are read as images."""

    low: float
    high: float
    channels_first: bool
    notice: str | None
    """What was assumed, where it does not go without saying; follows the array's name."""

    def pixels(self, row: Array) -> Pixels:
        """Take one image, H x W, H x W x C or C x H x W."""
        return Pixels(np.moveaxis(row, 0, -1) if self.channels_first else row, self.low, self.high)


def shape_problem(shape: Sequence[int], dtype: np.dtype[Any]) -> str | None:
    """Say why an array cannot hold images, one a row, or return None."""
    if dtype.kind not in "buif":
        return f"holds {dtype}, not numbers"
    if len(shape) not in (3, 4):
        return f"has the shape {_shape(shape)}; images are N x H x W, N x H x W x C or N x C x H x W"
    if len(shape) == 4 and not _channels_first(shape) and shape[3] > 64:
        return f"has the shape {_shape(shape)}, which has no axis of 1 to 64 channels"
    return None


def interpret(shape: Sequence[int], values: Array) -> Interpretation:
    """Find out how an array of a fitting shape is to be read, by its values or an even choice of its rows."""
    first = len(shape) == 4 and _channels_first(shape)
    dtype = values.dtype
    order = f"{dtype} with the channels first" if first else None
    if dtype == np.bool_:
        return Interpretation(0, 1, first, order)
    if dtype == np.uint8:
        return Interpretation(0, 255, first, order)
    finite = values[np.isfinite(values)] if dtype.kind == "f" else values
    least, most = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    low, high = _range(least, most, dtype)
    assumed = f"{dtype} from {_number(least)} to {_number(most)}: {low:g} was taken for black and {high:g} for white"
    return Interpretation(low, high, first, f"{assumed}; the channels are first" if first else assumed)


def _range(least: float, most: float, dtype: np.dtype[Any]) -> tuple[float, float]:
    """Choose the usual range that the values lie in, else that from the least to the greatest."""
    if dtype == np.uint16:
        return 0.0, 255.0 if most <= 255 else 65535.0
    usual = [(0.0, 1.0), (-1.0, 1.0)] if dtype.kind == "f" else []
    usual += [(0.0, 255.0), (0.0, 65535.0)]
    if dtype == np.int8:
        usual = [(-128.0, 127.0)]
    for low, high in usual:
        if low - 1e-6 <= least and most <= high + 1e-6:
            return low, high
    return least, max(most, float(np.nextafter(least, np.inf)))


def _channels_first(shape: Sequence[int]) -> bool:
    return shape[1] in _CHANNELS and shape[3] not in _CHANNELS and min(shape[2:]) > shape[1]


def _shape(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape)) or "of a single value"


def _number(value: float) -> str:
    return f"{value:.3g}"
