"""Pictures for a page that holds all it shows: thumbnails as data URLs."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np

    from datalint.model import Report

_SIDE = 112
"""Pixels of the longer side as shown."""
_QUALITY = 85


class Picture(NamedTuple):
    caption: str
    label: str | None
    split: str | None
    url: str | None
    """None where there is no thumbnail: the image could not be decoded, or the rules that were selected need none."""
    width: int = _SIDE
    height: int = _SIDE


def pictures_of(report: Report, paths: Iterable[str]) -> dict[str, Picture]:
    """Return the pictures of images by path; what is no image of the dataset has none."""
    wanted = sorted(set(paths))
    if not wanted:
        return {}
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in wanted)
    columns = "path, label, split, sample_id"
    samples = report.table("samples").filter(f"path IN ({listed})").project(columns).fetchall()
    ids = [sample_id for *_, sample_id in samples]
    shapes = _shapes(report, ids)
    shown = {}
    for (path, label, split, sample_id), pixels in zip(samples, report.thumbnails(ids), strict=True):
        width, height = shapes.get(sample_id, (1, 1))
        longer = max(width, height)
        sides = (max(1, round(_SIDE * width / longer)), max(1, round(_SIDE * height / longer)))
        shown[path] = Picture(path, label, split, data_url(pixels) if pixels.any() else None, *sides)
    return shown


def data_url(pixels: np.ndarray[Any, Any]) -> str:
    """Encode a thumbnail, uint8[32, 32, 3]."""
    from PIL import Image

    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()


def _shapes(report: Report, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return width and height of images as they are shown: thumbnails are squeezed to a square."""
    listed = ", ".join(map(str, ids)) or "NULL"
    rows = report.table("headers").filter(f"sample_id IN ({listed})").project("sample_id, width, height, orientation")
    return {
        sample_id: (height, width) if orientation >= 5 else (width, height)
        for sample_id, width, height, orientation in rows.fetchall()
    }
