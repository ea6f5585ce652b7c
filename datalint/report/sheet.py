"""A review sheet: one HTML file with the images of a sample, to be marked right, wrong or unsure, offline."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol

from datalint.report.pages import page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Drawn(Protocol):
    """An image of a sample, as the sheet needs it."""

    @property
    def sample_id(self) -> int: ...
    @property
    def path(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def split(self) -> str | None: ...
    @property
    def stratum(self) -> int: ...
    @property
    def stratum_images(self) -> int: ...


def sheet(dataset: str, images: Sequence[Drawn], population: int, pictures: Mapping[int, str | None]) -> str:
    """Return the page. ``pictures`` are data URLs by sample_id, None where there is none."""
    # The browser keeps marks by this, so that those of another sample are not shown.
    known = hashlib.sha256(repr((dataset, [(one.path, one.label, one.split) for one in images])).encode())
    classes: dict[str, list[Drawn]] = {}
    for one in images:
        classes.setdefault(one.label, []).append(one)
    return page("sheet", "report.css", "sheet.css").render(
        dataset=dataset,
        classes=classes,
        images=len(images),
        population=population,
        pictures=pictures,
        key=f"datalint-sample-{known.hexdigest()[:16]}",
    )
