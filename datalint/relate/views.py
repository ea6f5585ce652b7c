"""What is known of the images of each class and split, from which their variety is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.contents import STAND_INS_SQL

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
        width, height, picture
    FROM samples JOIN pixels USING (sample_id) JOIN thumbnails USING (sample_id) JOIN upright USING (sample_id)
        JOIN depictions USING (sample_id)
    WHERE len(labels) = 1
    ORDER BY content_digest, sample_id
"""
"""The columns of :class:`Views`, one row an image with one label; ordered by content, so that names do not matter."""

LEAST = 10
"""Images of a class and split of which anything is told."""


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

    def figures(self) -> Figures:
        """Return size and shape of what stands out, as in the images: thumbnails are squeezed to squares."""
        extent, tilt, elongation, width, height = self.floats("extent", "tilt", "elongation", "width", "height").T
        both = extent**2 / 6  # the variances of x and y
        apart, angle = both * elongation, np.radians(2 * tilt)
        across, down, mixed = (
            (both + apart * np.cos(angle)) / 2,
            (both - apart * np.cos(angle)) / 2,
            apart * np.sin(angle),
        )
        across, down = across * width / height, down * height / width
        apart = np.hypot(across - down, mixed)
        return Figures(
            extent=np.sqrt(6 * (across + down)),
            tilt=np.degrees(np.arctan2(mixed, across - down)) / 2 % 180,
            elongation=apart / np.maximum(across + down, 1e-9),
        )

    def pictures(self) -> Views:
        """Keep one image of each picture."""
        _, first = np.unique(np.ma.getdata(self["picture"]), return_index=True)
        return self.at(np.sort(first))


class Figures(NamedTuple):
    """What stands out in n images, NaN where nothing does."""

    extent: Array
    """float64[n]: the side of a square with its second moments, by the root of the image's area."""
    tilt: Array
    """float64[n]: of its long axis, degrees, 0 (lying) to 180, counter-clockwise."""
    elongation: Array
    """float64[n], 0 (round) to 1 (a line)."""


class Part(NamedTuple):
    """The images of one class in one split."""

    label: str
    split: str | None
    role: str | None
    images: Views
    pictures: Views


def parts(views: Views) -> Iterator[Part]:
    """Yield the classes in each split that have :data:`LEAST` images there, in order of label and split."""
    members: dict[tuple[str, str, str | None, str | None], list[int]] = {}
    named = zip(*(views[name].tolist() for name in ("label", "split", "role")), strict=True)
    for row, (label, split, role) in enumerate(named):
        members.setdefault((label, split or "", split, role), []).append(row)
    for (label, _, split, role), rows in sorted(members.items(), key=lambda item: item[0][:2]):
        if len(rows) >= LEAST:
            images = views.at(np.array(rows))
            yield Part(label, split, role, images, images.pictures())
