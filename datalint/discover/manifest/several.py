"""Labels of one cell, and whether an image can have several of them."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SEPARATORS = ("|", ";", ",", " ")


def find_separator(values: Iterable[Any]) -> str | None:
    """Find what stands between several labels in a cell: most of the parts are labels elsewhere as well.

    Spaces are in the names of many classes, so of their parts most must be a whole cell elsewhere.
    """
    cells = {value.strip() for value in values if isinstance(value, str) and not value.lstrip().startswith("[")}
    for separator in _SEPARATORS:
        joined = [cell for cell in cells if separator in cell]
        if not joined:
            continue
        uses = Counter(part.strip() for cell in cells for part in cell.split(separator))
        parts = {part.strip() for cell in joined for part in cell.split(separator)}
        recurring = sum(part in cells if separator == " " else uses[part] > 1 for part in parts)
        if all(parts) and 2 * recurring >= len(parts):
            return separator
    return None


def labels_of(value: Any, separator: str | None, names: Sequence[str]) -> tuple[str, ...]:
    """Take the labels out of a cell; numbers stand for ``names`` where there are any. Raises ValueError."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        with suppress(ValueError):
            value = json.loads(value.replace("'", '"'))
    if isinstance(value, list):
        parts = [label for item in value for label in labels_of(item, None, names)]
        return tuple(dict.fromkeys(parts))
    if value is None or value == "" or isinstance(value, dict):
        return ()
    text = _text(value)
    if separator and separator in text:
        return tuple(dict.fromkeys(_named(part.strip(), names) for part in text.split(separator) if part.strip()))
    return (_named(text, names),) if text.strip() else ()


def _named(text: str, names: Sequence[str]) -> str:
    if not names or not text.strip().lstrip("-").isdigit():
        return text
    number = int(text)
    if not 0 <= number < len(names):
        raise ValueError(f"has the label {number}; there are {len(names)} classes, numbered from 0")
    return names[number]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
