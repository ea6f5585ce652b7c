"""Marks that somebody gave the images of a sample, as the review sheet saves them."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, NamedTuple

from datalint.errors import ConfigError
from datalint.label_errors import Stratum

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COLUMNS = ("path", "label", "split", "stratum", "images", "mark")
"""Of the file; ``images`` is the number of images that the stratum has."""
_MARKS = ("right", "wrong", "unsure", "")


class Mark(NamedTuple):
    """One row; path, label and split are as the sheet prints them."""

    path: str
    label: str
    split: str
    stratum: str
    images: int
    mark: str
    """``right``, ``wrong``, ``unsure``, or empty where the image was not marked."""


def read_marks(file: Path) -> list[Mark]:
    """Read a file of marks; spreadsheets may have saved it again. Raises ConfigError with the line of a mistake."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"the marks cannot be read: {error.strerror}", file) from None
    except UnicodeDecodeError:
        raise ConfigError("the marks are not UTF-8 text; save them from the sheet, as CSV", file) from None
    header = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(keepends=True), delimiter=max(",;\t", key=header.count))
    marks, sizes = [], dict[str, int]()
    try:
        _check_header(next(reader, []), file)
        for row in filter(any, reader):
            mark = _mark(row, file, reader.line_num)
            if sizes.setdefault(mark.stratum, mark.images) != mark.images:
                text = f"stratum {mark.stratum} has {mark.images} images here and {sizes[mark.stratum]} above"
                raise ConfigError(text, file, reader.line_num)
            marks.append(mark)
    except csv.Error as error:
        raise ConfigError(f"is no CSV: {error}", file, reader.line_num) from None
    if not any(mark.mark in ("right", "wrong") for mark in marks):
        raise ConfigError("no image is marked right or wrong, so there is nothing to estimate", file)
    for stratum, marked in _by_stratum(marks).items():
        if len(marked) > sizes[stratum]:
            raise ConfigError(f"{len(marked)} images of stratum {stratum}, which has {sizes[stratum]}", file)
    return marks


def strata_of(marks: Sequence[Mark], unsure_is_wrong: bool = False) -> list[Stratum]:
    """Count marks by stratum; an image that nobody was sure of is left out, or counts as wrong."""
    wrong = ("wrong", "unsure") if unsure_is_wrong else ("wrong",)
    return [
        Stratum(
            some[0].images, sum(one.mark in ("right", *wrong) for one in some), sum(one.mark in wrong for one in some)
        )
        for some in _by_stratum(marks).values()
    ]


def _by_stratum(marks: Sequence[Mark]) -> dict[str, list[Mark]]:
    parts: dict[str, list[Mark]] = {}
    for mark in marks:
        parts.setdefault(mark.stratum, []).append(mark)
    return parts


def _check_header(row: list[str], file: Path) -> None:
    if tuple(cell.strip() for cell in row) != COLUMNS:
        raise ConfigError(f"no marks of a sample; the first line must be {','.join(COLUMNS)}", file, 1)


def _mark(row: list[str], file: Path, line: int) -> Mark:
    if len(row) != len(COLUMNS):
        raise ConfigError(f"{len(row)} cells in place of {len(COLUMNS)}", file, line)
    path, label, split, stratum, images, mark = (_plain(cell) for cell in row)
    if mark.strip().lower() not in _MARKS:
        raise ConfigError(f"mark {mark!r} must be right, wrong, unsure or empty", file, line)
    if not (images.isascii() and images.isdigit() and 0 < int(images[:12]) < 10**11):
        raise ConfigError(f"images {images!r} must be a number above 0", file, line)
    return Mark(path, label, split, stratum, int(images), mark.strip().lower())


def _plain(cell: str) -> str:
    """Take away the apostrophe by which the sheet keeps a spreadsheet from carrying a cell out."""
    return cell[1:] if cell.startswith("'") else cell
