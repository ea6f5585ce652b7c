"""Many thumbnails, a few at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    Array: TypeAlias = "np.ndarray[Any, Any]"

_TOGETHER = 128
"""Images whose pixels stay in the processor's cache."""


def in_parts(described: Callable[[Array], dict[str, Array]], rgb: Array) -> dict[str, Array]:
    """Return the columns that ``described`` makes of thumbnails, uint8[n, 32, 32, 3]; n values in each."""
    parts = [described(rgb[start : start + _TOGETHER]) for start in range(0, len(rgb), _TOGETHER)] or [described(rgb)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
