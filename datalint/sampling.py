"""A stratified random sample of the images of a dataset, for somebody to look at."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from datalint import discover, pipeline
from datalint.augment.images import NoImageError, load
from datalint.errors import DatasetError
from datalint.label_errors import allocate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from datalint.config import Config
    from datalint.storage import ImageRef

Row: TypeAlias = "tuple[int, str, str, str | None]"
"""sample_id, path, label and split."""

_TABLES = ("samples", "pixels", "duplicates", "near_duplicates")
_SIDE = 240
"""Pixels of the longer side of a picture: enough to tell what it shows."""
_QUALITY = 80

# Of images that look the same and have one label, the one to keep.
_FRAME = """
    SELECT sample_id, path, label, split FROM samples SEMI JOIN pixels USING (sample_id)
        LEFT JOIN (SELECT sample_id, group_id AS same, keeper AS kept FROM duplicates) USING (sample_id)
        LEFT JOIN (SELECT sample_id, group_id AS near, keeper AS nearly_kept FROM near_duplicates) USING (sample_id)
    WHERE label IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY label, near, CASE WHEN near IS NULL THEN coalesce(same, -1 - sample_id) END
        ORDER BY nearly_kept DESC NULLS LAST, kept DESC NULLS LAST, path, sample_id
    ) = 1
    ORDER BY path, sample_id
"""


class Drawn(NamedTuple):
    """An image of the sample."""

    sample_id: int
    path: str
    label: str
    split: str | None
    stratum: int
    stratum_images: int
    """How many images the stratum has, those that look the same counted once."""


class Sample(NamedTuple):
    """A stratified random sample, class by class."""

    dataset: str
    """Its name, escaped."""
    images: list[Drawn]
    population: int
    """Images that could have been drawn."""
    strata: int
    left_out: int
    """Images with a label that could not: they look like another one of the label, or cannot be decoded."""
    pictures: Mapping[int, str | None]
    """By sample_id, as data URLs; None for what could not be read any more."""


def draw(dataset: str, config: Config, run: pipeline.Run, number: int, seed: int) -> Sample:
    """Draw a sample of ``number`` images; the same seed draws the same images.

    Strata are a class in a split each; where that makes too many for the sample, a class or a split each. Raises
    DatasetError for a dataset without labels.
    """
    data = pipeline.read(dataset, config, run, _TABLES)
    ((labelled,),) = data.facts.run("SELECT count(*) FROM samples WHERE label IS NOT NULL")
    frame = data.facts.run(_FRAME)
    if not frame:
        what = "no image with a label can be decoded" if labelled else "the images have no labels"
        raise DatasetError(f"{data.about.name}: {what}, so there is nothing to look at")
    strata = _strata(frame, number)
    counts = allocate([len(rows) for rows in strata], number)
    chosen = [
        Drawn(*row, stratum, len(rows))
        for stratum, (rows, count) in enumerate(zip(strata, counts, strict=True))
        for row in sorted(rows, key=lambda row: _lot(seed, row))[:count]
    ]
    chosen.sort(key=lambda one: (one.label, one.split or "", one.path))
    listing = data.listing or discover.discover(dataset, pipeline.reading_options(config)._replace(staged=run.staged))
    refs, twins = listing.images()
    wanted = {twins.get(one.sample_id, one.sample_id) for one in chosen}  # an image of two splits is read once
    urls = dict(_pictures([ref for ref in refs if ref.sample_id in wanted]))
    pictures = {one.sample_id: urls.get(twins.get(one.sample_id, one.sample_id)) for one in chosen}
    return Sample(data.about.name, chosen, len(frame), len(strata), labelled - len(frame), pictures)


def _strata(frame: Sequence[Row], number: int) -> list[list[Row]]:
    """Part the images as finely as a sample of so many allows: with two of each part."""

    def parted(*columns: int) -> list[list[Row]]:
        parts: dict[tuple[object, ...], list[Row]] = defaultdict(list)
        for row in frame:
            parts[tuple(row[column] for column in columns)].append(row)
        return [*parts.values()]

    label, split = 2, 3
    choices = (parted(label, split), parted(label), parted(split))
    return next((parts for parts in choices if 2 * len(parts) <= number), parted())


def _lot(seed: int, row: Row) -> bytes:
    """Draw a lot for an image, by its name: images that are added do not change the lots of the others."""
    _, path, label, split = row
    return hashlib.sha256(f"{seed}\0{path}\0{label}\0{split}".encode()).digest()


def _pictures(refs: Sequence[ImageRef]) -> Iterator[tuple[int, str]]:
    from PIL import Image

    for ref in refs:
        try:
            image = load(ref, _SIDE)[0].convert("RGBA")
        except NoImageError:
            continue
        image.thumbnail((_SIDE, _SIDE))
        paper = Image.new("RGBA", image.size, "white")
        file = BytesIO()
        Image.alpha_composite(paper, image).convert("RGB").save(file, "JPEG", quality=_QUALITY)
        yield ref.sample_id, "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()
