"""A picture of what gives classes away: a look at it says more than any number.

A row for each class: the mean of its images beside the mean of all others, then those whose corners are most and least
like the class. The middle is greyed out, since it is not what the class was known by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.report.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image, ImageDraw

    from datalint.model import Finding, Report

Array: TypeAlias = "np.ndarray[Any, Any]"

CODES = frozenset({"BIA001", "BIA002", "BIA003", "BIA006", "BIA008"})
"""Rules whose findings have a picture."""

_CELL, _GAP, _TITLE, _CAPTION = 96, 6, 22, 18  # pixels
_MOST_ROWS = 40
_MEAN_OF = 500
_MARGIN = 7
"""Pixels of a thumbnail of 32, on each side, that are not greyed out."""
_GREY = 0.75


class _Row(NamedTuple):
    title: str
    cells: list[tuple[str, Array]]
    """Captions and pictures, uint8[32, 32, 3]."""


def evidence(report: Report) -> Image.Image | None:
    """Draw what gives classes away; None where nothing does. The worst classes come first, at most 40."""
    findings: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.code in CODES and finding.label is not None:
            findings.setdefault(finding.label, []).append(finding)
    if not findings:
        return None
    return _drawn([_row(report, label, found) for label, found in [*findings.items()][:_MOST_ROWS]])


def evidence_of(report: Report, label: str) -> list[tuple[str, Array]]:
    """Return what gives a class away: captions and pictures, uint8[32, 32, 3], the middle greyed out."""
    typical, untypical = report.table("background").filter(_same(label)).project("typical, untypical").fetchall()[0]
    means = [_mean(report, condition) for condition in (_same(label), f"NOT ({_same(label)})")]
    pictures = report.thumbnails([*typical, *untypical])
    names = [f"typical {n + 1}" for n in range(len(typical))] + [f"least {n + 1}" for n in range(len(untypical))]
    cells = zip(["mean of the class", "mean of the others", *names], [*means, *pictures], strict=True)
    return [(caption, _greyed(picture)) for caption, picture in cells]


def _row(report: Report, label: str, findings: Sequence[Finding]) -> _Row:
    title = f"{label}: {', '.join(f'{finding.code} {finding.name}' for finding in findings)}"
    return _Row(title, evidence_of(report, label))


def _mean(report: Report, condition: str) -> Array:
    """Return the mean of the images that a condition holds for, of a sample of them where they are many."""
    chosen = report.table("samples").filter(f"len(labels) = 1 AND {condition}").order("hash(sample_id)").limit(_MEAN_OF)
    pictures = report.thumbnails([sample_id for (sample_id,) in chosen.project("sample_id").fetchall()])
    seen = pictures[pictures.any(axis=(1, 2, 3))]
    return seen.mean(axis=0).astype(np.uint8) if len(seen) else np.zeros((32, 32, 3), np.uint8)


def _same(label: str) -> str:
    return "label = '" + label.replace("'", "''") + "'"


def _drawn(rows: Sequence[_Row]) -> Image.Image:
    from PIL import Image, ImageDraw

    height = _TITLE + _CELL + _CAPTION + _GAP
    width = max(len(row.cells) for row in rows) * (_CELL + _GAP) + 4 * _GAP
    canvas = Image.new("RGB", (width, height * len(rows) + _GAP), "white")
    pen = ImageDraw.Draw(canvas)
    for number, row in enumerate(rows):
        top = number * height + _GAP
        _write(pen, (_GAP, top), row.title, width - 2 * _GAP, 14)
        for column, (caption, picture) in enumerate(row.cells):
            left = _GAP + column * (_CELL + _GAP) + (_GAP if column > 1 else 0) + (_GAP if "least" in caption else 0)
            cell = Image.fromarray(picture).resize((_CELL, _CELL), Image.Resampling.BICUBIC)
            canvas.paste(cell, (left, top + _TITLE))
            _write(pen, (left, top + _TITLE + _CELL + 2), caption, _CELL, 10)
    return canvas


def _greyed(picture: Array) -> Array:
    """Grey out the middle, so that the object can be made out no more than dimly."""
    side = len(picture)
    near = np.minimum(np.arange(side), side - 1 - np.arange(side)) < _MARGIN
    middle = ~(near[:, None] | near[None, :])
    shown = picture.astype(np.float64)
    shown[middle] = shown[middle] * (1 - _GREY) + 200 * _GREY
    return shown.astype(np.uint8)


def _write(pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, width: int, size: int) -> None:
    """Write a line, shortened to a width. The font knows Latin letters; all others become boxes."""
    from PIL import ImageFont

    font = ImageFont.load_default(size)
    text = " ".join(printable(text).split())
    while text and pen.textlength(text, font) > width:
        text = text[:-2].rstrip("…") + "…"
    pen.text(at, text, fill="black", font=font)
