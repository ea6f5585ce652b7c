"""Records in JSON, also where it is written as Python prints lists: with single quotes."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.discover.roles import split_roles

if TYPE_CHECKING:
    from collections.abc import Iterator

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[\s,]*")
_MARK = re.compile(r"[\[{]|[\]}]|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.S)
_NO_JSON = "is no valid JSON"
NO_OBJECT = "is no JSON object; {...} with one key a column was expected"


class Element(NamedTuple):
    """One value of an array."""

    start: int
    end: int
    """Where its characters are."""
    value: Any
    problem: str | None = None


def parse(text: str) -> Any:
    """Read JSON, also with single quotes. Raises ValueError."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except ValueError as error:
        if "'" not in text[:1000]:
            place = getattr(error, "lineno", 1)
            raise ValueError(f"{_NO_JSON} (line {place})" if place > 1 else _NO_JSON) from None
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        raise ValueError(_NO_JSON) from None


def elements(text: str) -> Iterator[Element]:
    """Yield the values of a text that is an array. Raises ValueError where the array does not end."""
    place = text.index("[") + 1
    while True:
        space = _SPACE.match(text, place)
        place = space.end() if space else place
        if text.startswith("]", place):
            return
        if place >= len(text):
            raise ValueError("ends before its closing bracket; what comes before is read")
        try:
            value, end = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            end = max(_end(text, place), place + 1)
            try:
                yield Element(place, end, parse(text[place:end]))
            except ValueError as error:
                yield Element(place, end, None, str(error))
        else:
            yield Element(place, end, value)
        place = end


def records_in(value: Any) -> list[Any]:
    """Find the list of records in a JSON object. Raises ValueError."""
    if not isinstance(value, dict):
        raise ValueError("is no list of records; [{...}, ...] was expected")
    lists = {name: item for name, item in value.items() if isinstance(item, list)}
    of_records = {name: items for name, items in lists.items() if items and all(isinstance(i, dict) for i in items)}
    if of_records and len(of_records) == len(value) and len(split_roles(value)) == len(value):
        return [{"split": name, **item} for name, items in of_records.items() for item in items]
    if of_records and len(value) <= 5:
        return next(iter(of_records.values()))  # {"images": [{...}, ...]}
    if lists and len(lists) == len(value) and all(isinstance(name, str) for items in lists.values() for name in items):
        return [{"file": name, "label": label} for label, names in value.items() for name in names]
    if value and all(isinstance(item, str | int | float) for item in value.values()):
        return [{"file": name, "label": label} for name, label in value.items()]
    raise ValueError("is no list of records; [{...}, ...] was expected")


def _end(text: str, start: int) -> int:
    """Find where the value that begins here ends: by its brackets and quotes."""
    depth = 0
    for mark in _MARK.finditer(text, start):
        character = mark[0][0]
        if character in "[{":
            depth += 1
        elif character in "]}":
            depth -= 1
            if depth <= 0:
                return mark.end() if depth == 0 else mark.start()
        elif depth == 0:
            return mark.end()
    return len(text)
