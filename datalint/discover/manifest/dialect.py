"""How the rows of a text table are written: delimiter, quotes, header."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import NamedTuple

from datalint.discover.manifest.names import is_known_name, looks_like_image

_LOOKED_AT = 50  # lines
_DELIMITERS = (",", "\t", ";", "|")
_LARGEST_CELL = 1 << 30


class Dialect(NamedTuple):
    """How to take a line apart."""

    delimiter: str | None
    """None for any run of spaces and tabs."""
    quote: str
    brackets: bool
    """Whether cells are lists in brackets, which hold the delimiter too."""
    header: list[str] | None


def find_dialect(text: str, extension: str) -> Dialect:
    """Find out how a table is written from its first lines."""
    lines = [line for line in text.splitlines()[:_LOOKED_AT] if line.strip()]
    if len(lines) > 2 and len(text) > 60_000:
        lines = lines[:-1]  # it may be cut
    brackets = any(re.search(r"(^|[,;\t ])\[\[?\s*-?\d", line) for line in lines) and not any(
        '"[' in line for line in lines
    )
    quote = "'" if _single_quoted(lines) else '"'
    plain = Dialect(None, quote, brackets, None)
    delimiter = "\t" if extension == "tsv" else _delimiter(lines, plain)
    dialect = plain._replace(delimiter=delimiter)
    first = split_line(lines[0], dialect) if lines else []
    return dialect._replace(header=[name.strip() for name in first] if _is_header(first, lines, dialect) else None)


def split_line(line: str, dialect: Dialect) -> list[str]:
    """Take a line apart. Raises csv.Error."""
    if dialect.brackets:
        return _split_at_depth_0(line, dialect.delimiter or ",")
    if dialect.delimiter is None:
        return _split_at_spaces(line)
    csv.field_size_limit(_LARGEST_CELL)
    reader = csv.reader(
        [line], delimiter=dialect.delimiter, quotechar=dialect.quote, skipinitialspace=True, strict=False
    )
    return next(reader, [])


def is_open(text: str, dialect: Dialect) -> bool:
    """Tell whether the row goes on in the next line: a quoted cell or a bracket is open."""
    if dialect.brackets:
        return text.count("[") > text.count("]")
    quote = dialect.quote
    if dialect.delimiter is None or quote not in text:
        return False
    place = 0
    while place >= 0:
        while text.startswith(" ", place):
            place += 1
        if text.startswith(quote, place):
            place += 1
            while (place := text.find(quote, place)) >= 0 and text.startswith(quote, place + 1):
                place += 2
            if place < 0:
                return True
        following = text.find(dialect.delimiter, place)
        place = following + 1 if following >= 0 else -1
    return False


def _split_at_spaces(line: str) -> list[str]:
    """Split at spaces and tabs; a path at the beginning may hold spaces itself, up to the extension of an image."""
    words = line.split()
    if words and "/" in words[0] and not looks_like_image(words[0]):
        ends = (word.end() for word in re.finditer(r"\S+", line))
        end = next((end for end in ends if looks_like_image(line[:end])), None)
        if end is not None:
            return [line[:end].strip(), *line[end:].split()]
    return words


def _single_quoted(lines: list[str]) -> bool:
    """Tell whether cells are in single quotes, as the handbook prints them."""
    opened = sum(bool(re.search(r"(^|[,;\t])\s*'[^',;\t]*'\s*($|[,;\t])", line)) for line in lines)
    return opened > len(lines) / 2 and not any('"' in line for line in lines)


def _delimiter(lines: list[str], dialect: Dialect) -> str | None:
    """Choose the delimiter that takes most lines apart into the same number of cells, at least two."""
    best: tuple[float, int] = (0.0, 0)
    chosen = None
    for delimiter in _DELIMITERS:
        try:
            widths = Counter(len(split_line(line, dialect._replace(delimiter=delimiter))) for line in lines)
        except csv.Error:
            continue
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        if width > 1 and (count / len(lines), width) > best:
            best, chosen = (count / len(lines), width), delimiter
    return chosen if best[0] >= 0.5 else None


def _is_header(first: list[str], lines: list[str], dialect: Dialect) -> bool:
    """Tell whether the first row names the columns."""
    if not first or any(looks_like_image(cell) for cell in first):
        return False
    if any(is_known_name(cell) for cell in first):
        return True
    if len(lines) < 2 or len(set(first)) < len(first) or any(not cell.strip() or _is_number(cell) for cell in first):
        return False
    later = [split_line(line, dialect) for line in lines[1:]]
    return any(looks_like_image(cell) or _is_number(cell) for row in later for cell in row)


def _split_at_depth_0(line: str, delimiter: str) -> list[str]:
    """Split at delimiters outside of brackets and quotes."""
    cells, depth, start, quote = [], 0, 0, ""
    # A list of numbers is stepped over in one go: there are many in an image.
    for mark in re.finditer(rf"\[[^\[\]\"']*\]|[\[\]\"']|{re.escape(delimiter)}", line):
        character = mark[0]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "[":
            depth += 1
        elif character == "]":
            depth -= 1
        elif character == delimiter and depth == 0:
            cells.append(line[start : mark.start()])
            start = mark.end()
    cells.append(line[start:])
    return _joined([cell.strip().strip("\"'") for cell in cells])


def _joined(cells: list[str]) -> list[str]:
    """Join lists of equal length that follow one another: the rows of an image without brackets around them."""
    joined: list[str] = []
    last = None
    for cell in cells:
        shape = cell.count(",") if cell.startswith("[") and not cell.startswith("[[") else None
        if shape is not None and shape == last:
            joined[-1] += f",{cell}"
        else:
            joined.append(cell)
        last = shape
    return joined


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
