"""Which column of a manifest holds the image, the label, the split and the pixels."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.discover.manifest.names import IMAGE_NAMES, LABEL_NAMES, PIXEL_NAMES, SPLIT_NAMES, plain
from datalint.errors import DatasetError, did_you_mean
from datalint.storage.fetch import is_url

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datalint.discover.listing import Columns

_FEWEST_PIXELS = 16
_LOOKED_AT = 20  # rows, for pixels
_INDEX = re.compile(r"(unnamed:? ?\d*|index|)$", re.I)
_PIXEL_COLUMN = re.compile(r"(pixel|px|p|x|v|f|feature|col)?[_ ]?\d+([x_]\d+)?$", re.I)
_ROWS = re.compile(r"\]\s*,\s*\[")
_TRUE = frozenset(("1", "1.0", "true"))
_FALSE = frozenset(("0", "0.0", "-1", "false", ""))
_MOST_NAMED = 20
_FEW = 10  # classes
_FEW_ROWS = 20
_UNIQUE = 0.9  # of the values of a column are distinct: it is no label


class Roles(NamedTuple):
    """The columns by what they hold."""

    image: str | None
    label: str | None
    split: str | None
    hot: tuple[str, ...] = ()
    """Columns that are a class each, with 1 where an image is of it."""
    pixels: tuple[str, ...] = ()
    """One column of cells that hold all pixels, or a column a pixel."""
    guessed: str | None = None
    """What was not known by its name, in words."""

    @property
    def labelled(self) -> bool:
        return self.label is not None or bool(self.hot)

    @property
    def used(self) -> set[str]:
        named = {name for name in (self.image, self.label, self.split) if name is not None}
        return {*named, *self.hot, *self.pixels}


class MissingColumnError(DatasetError):
    """The configuration names a column that a manifest does not have."""


def find_roles(rows: Sequence[dict[str, Any]], matches: Callable[[str], bool], given: Columns) -> Roles:
    """Find the columns by name, and by what is in some rows.

    ``matches`` tells whether a value is the name of an image. Raises MissingColumnError.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    for name in (given.image, given.split, *given.label):
        if name is not None and name not in names:
            raise MissingColumnError(f"has no column {name!r}{did_you_mean(name, names)}; there are {_listed(names)}")
    pixels = _pixels(rows, names)
    image = given.image or _image(rows, [name for name in names if name not in pixels], matches)
    rest = [name for name in names if name != image and name not in pixels and not _INDEX.match(name)]
    split = given.split or _split(rows, rest)
    rest = [name for name in rest if name != split]
    if given.label:
        one = given.label[0] if len(given.label) == 1 else None
        return Roles(image, one, split, () if one else given.label, pixels)
    label = _named_label(rows, rest)
    if label is not None:
        return Roles(image, label, split, (), pixels)
    hot = tuple(name for name in rest if _is_hot(rows, name))
    if len(hot) >= 3:
        return Roles(image, None, split, hot, pixels, f"{len(hot)} columns of 0 and 1 were taken for labels")
    label = rest[0] if rest and names == ["1", "2"] else _categorical(rows, rest)
    if label is None and len(rest) == 1 and rest[0].isdigit():
        label = rest[0]  # a list of images, each with a word
    return Roles(image, label, split, (), pixels, _guess(image, label, names))


def is_true(value: Any) -> bool:
    """Tell whether a cell of a column that is a class says yes."""
    return str(value).strip().lower() in _TRUE


def _first(known: Sequence[str], names: Sequence[str]) -> str | None:
    by_plain = {plain(name): name for name in reversed(names)}
    return next((by_plain[name] for name in known if name in by_plain), None)


def _image(rows: Sequence[dict[str, Any]], names: Sequence[str], matches: Callable[[str], bool]) -> str | None:
    """Take the column whose values are images most often; of equals the one with the better name."""
    best, chosen = 0.0, None
    ordered = sorted(names, key=lambda name: IMAGE_NAMES.index(plain(name)) if plain(name) in IMAGE_NAMES else 99)
    for name in ordered:
        values = [row[name] for row in rows if isinstance(row.get(name), str | int) and str(row[name]).strip()]
        share = sum(is_url(str(value)) or matches(str(value)) for value in values) / len(rows) if values else 0.0
        if share > best + 0.01:
            best, chosen = share, name
    if chosen is None:
        texts = [name for name in ordered if any(isinstance(row.get(name), str) for row in rows)]
        return next((name for name in texts if plain(name) in IMAGE_NAMES[:-2]), None)
    return chosen


def _split(rows: Sequence[dict[str, Any]], names: Sequence[str]) -> str | None:
    name = _first(SPLIT_NAMES, names)
    if name is None:
        return None
    distinct = {str(row.get(name)) for row in rows}
    return name if len(distinct) <= 20 else None


def _pixels(rows: Sequence[dict[str, Any]], names: Sequence[str]) -> tuple[str, ...]:
    """Find the pixels: cells of many numbers, or very many columns of numbers."""
    for name in sorted(names, key=lambda name: plain(name) not in PIXEL_NAMES):
        values = [row.get(name) for row in rows[:_LOOKED_AT]]
        holding = sum(_holds_pixels(value) for value in values)
        if 2 * holding > len(values) or (holding and plain(name) == "pixels"):
            return (name,)
    columns = tuple(name for name in names if _PIXEL_COLUMN.match(name))
    if len(columns) >= 64 and all(_is_byte(rows[0].get(name)) for name in columns):
        size = len(columns)
        labels = {name for name in columns[:1] if not _is_square(size) and _is_square(size - 1)}
        return tuple(name for name in columns if name not in labels)
    return ()


def _is_square(size: int) -> bool:
    return any(round((size / c) ** 0.5) ** 2 * c == size for c in (1, 3) if size % c == 0)


def _holds_pixels(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) > 1 and isinstance(value[0], list)
    if not isinstance(value, str):
        return False
    if value.lstrip().startswith("[") and "]" in value:
        nested = value.lstrip().startswith("[[") or _ROWS.search(value) is not None
        return nested or value.count(",") + value.count(" ") >= _FEWEST_PIXELS
    words = value.split(None, 64)
    return len(words) >= _FEWEST_PIXELS and all(word.isdigit() for word in words[:64])


def _is_byte(value: Any) -> bool:
    try:
        return 0 <= float(value) <= 255
    except (TypeError, ValueError):
        return False


def _is_hot(rows: Sequence[dict[str, Any]], name: str) -> bool:
    values = {str(row.get(name)).strip().lower() for row in rows}
    return values <= {*_TRUE, *_FALSE} and values != {""}


def _named_label(rows: Sequence[dict[str, Any]], names: Sequence[str]) -> str | None:
    """Take the best of the names that labels go by; one whose values recur wins over one that is an identifier."""
    by_plain = {plain(name): name for name in reversed(names)}
    known = [by_plain[name] for name in LABEL_NAMES if name in by_plain]
    return next((name for name in known if _distinct(rows, name) <= _UNIQUE * len(rows)), known[0] if known else None)


def _categorical(rows: Sequence[dict[str, Any]], names: Sequence[str]) -> str | None:
    """Take the first column with few distinct values, or else that with the fewest, as long as they recur."""
    most = len(rows) * (_UNIQUE if len(rows) >= _FEW_ROWS else 1)  # few images can all be of different classes
    plausible = {name: count for name in names if 1 < (count := _distinct(rows, name)) <= most}
    few = [name for name, count in plausible.items() if count <= _FEW]
    if few:
        return few[0]
    return min(plausible, key=plausible.__getitem__, default=None)


def _distinct(rows: Sequence[dict[str, Any]], name: str) -> int:
    """Count the distinct values of a column; one that holds records has as many as there are rows."""
    values = [row.get(name) for row in rows]
    if any(isinstance(value, dict) for value in values):
        return len(rows)
    return len({json.dumps(value, sort_keys=True) for value in values if value not in (None, "")})


def _guess(image: str | None, label: str | None, names: Sequence[str]) -> str | None:
    """Say what was taken for the label where no name says it."""
    if label is None:
        return None
    if not label.isdigit():
        return f"column {label!r} was taken for the label"
    if len(names) == 2:
        return None  # an image and a label, as lists are written
    first = f"column {image} for the image and " if image and image.isdigit() else ""
    return f"there is no header: {first}column {label} was taken for the label"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
