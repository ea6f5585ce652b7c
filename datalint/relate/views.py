"""What is known of the images of each class and split, from which their variety is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.contents import STAND_INS_SQL
from datalint.relate.pictures import COPIES_SQL, PICTURE_SQL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from datalint.model import Columns

    Array: TypeAlias = "np.ndarray[Any, Any]"

VIEWS_SQL = f"""
    SELECT
        sample_id, label, split, role, slot, brightness, contrast, temperature, tint_a, tint_b, chroma_range,
        direction, coherence, polarity, centre_x, centre_y, extent, tilt, elongation, stroke,
        foreground_l, foreground_a, foreground_b,
        sample_id IN ({STAND_INS_SQL}) AS stand_in,
        CASE WHEN orientation > 4 THEN height ELSE width END AS width,
        CASE WHEN orientation > 4 THEN width ELSE height END AS height,
        {PICTURE_SQL} AS picture
    FROM samples JOIN pixels USING (sample_id) JOIN thumbnails USING (sample_id) JOIN headers USING (sample_id)
        {COPIES_SQL}
    WHERE len(labels) = 1
    ORDER BY content_digest, sample_id
"""
"""The columns of :class:`Views`, one row an image with one label; ordered by content, so that names do not matter."""

LEAST = 10
"""Pictures of a class and split of which anything is told."""


@dataclass(frozen=True)
class Views:
    """n images with one label each."""

    columns: Mapping[str, Array]
    """What VIEWS_SQL returns, by name, masked where it is not known."""

    @classmethod
    def of(cls, columns: Columns) -> Views:
        return cls({name: np.ma.asarray(values) for name, values in columns.items()})

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    def at(self, rows: Array) -> Views:
        return Views({name: values[rows] for name, values in self.columns.items()})

    def floats(self, *names: str) -> Array:
        """Return columns as float64[n, names]; NaN where one is not known."""
        return np.stack([np.ma.filled(self.columns[name].astype(np.float64), np.nan) for name in names], axis=1)

    def pictures(self) -> Views:
        """Keep one image of each picture."""
        _, first = np.unique(np.ma.getdata(self["picture"]), return_index=True)
        return self.at(np.sort(first))


class Part(NamedTuple):
    """The images of one class in one split."""

    label: str
    split: str | None
    role: str | None
    images: Views
    pictures: Views


def parts(views: Views) -> Iterator[Part]:
    """Yield the classes in each split that have :data:`LEAST` pictures there, in order of label and split."""
    label, split = (np.ma.filled(views[name], "").astype(str) for name in ("label", "split"))
    keys, member = np.unique(np.stack([label, split], axis=1), axis=0, return_inverse=True)
    order = np.argsort(member, kind="stable")
    for rows in np.split(order, np.cumsum(np.bincount(member.ravel(), minlength=len(keys)))[:-1]) if len(keys) else ():
        images = views.at(rows)
        pictures = images.pictures()
        if len(pictures["picture"]) >= LEAST:
            first = {name: images[name][0] for name in ("label", "split", "role")}
            known = {name: None if value is np.ma.masked else str(value) for name, value in first.items()}
            yield Part(str(known["label"]), known["split"], known["role"], images, pictures)
