"""The work of one batch, as a worker process does it: images in, rows of tables out."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.measure.decode import THUMBNAIL_SIDE, View, image_header, measure_image, pixel_digest
from datalint.measure.foreground import foreground
from datalint.measure.phash import perceptual_hashes
from datalint.measure.quiet import quiet_pillow
from datalint.measure.raw import raw_digest
from datalint.measure.reasons import CRASHED, Failure
from datalint.measure.sharpness import sharpness
from datalint.measure.statistics import colour, light
from datalint.measure.structure import structure
from datalint.storage import Pixels, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from datalint.measure.header import Header
    from datalint.model import Columns, Tables
    from datalint.storage import Content, ImageRef

Array: TypeAlias = "np.ndarray[Any, Any]"

_HEADER_TYPES: dict[str, type] = {
    "format": object,
    "named_format": object,
    "mode": object,
    "colour": np.bool_,
    "alpha": np.bool_,
    "channels": np.uint8,
    "bit_depth": np.uint8,
    "width": np.uint32,
    "height": np.uint32,
    "frames": np.uint32,
    "orientation": np.uint8,
    "gps": object,
    "copyright": object,
    "camera": object,
    "compression": object,
}

FROM_THUMBNAILS: dict[str, Callable[[Array], dict[str, Array]]] = {
    "phash": lambda rgb: {"phash": perceptual_hashes(rgb)},
    "colour": colour,
    "foreground": foreground,
    "structure": structure,
}
"""What is measured of thumbnails, uint8[n, 32, 32, 3], and not of the image itself: columns of ``pixels``."""


def measure_batch(images: Sequence[ImageRef], pixel_limit: int) -> Tables:
    """Measure images: rows of ``headers``, ``pixels``, ``thumbnails`` and ``unmeasured``."""
    headers: list[tuple[ImageRef, Header]] = []
    views: list[tuple[ImageRef, View]] = []
    failures: list[tuple[ImageRef, Failure]] = []
    with quiet_pillow():
        for image, content in _contents(images):
            header, outcome = measure_image(content, pixel_limit)
            if header is not None:
                headers.append((image, header))
            if isinstance(outcome, Failure):
                failures.append((image, outcome))
            else:
                views.append((image, outcome))
    return {
        "headers": _header_columns(headers),
        **_pixel_tables(views),
        "unmeasured": _failure_columns(failures),
    }


def header_batch(images: Sequence[ImageRef], pixel_limit: int) -> Tables:
    """Read headers: rows of ``headers``."""
    with quiet_pillow():
        read = [(image, image_header(content, pixel_limit)) for image, content in _contents(images, whole=False)]
    return {"headers": _header_columns([(image, header) for image, header in read if header is not None])}


def digest_batch(images: Sequence[ImageRef], pixel_limit: int) -> list[str | None]:
    """Digest the pixels of full decodes; None where there are none."""
    with quiet_pillow():
        return [pixel_digest(content, pixel_limit) for _, content in _contents(images)]


def content_digest(content: Content) -> str | None:
    """Digest the bytes of one image; None where they cannot be read."""
    if isinstance(content, Unavailable):
        return None
    if isinstance(content, Pixels):
        return raw_digest(content)
    with content.file:
        try:
            return content.digest()
        except OSError:
            return None


def content_batch(images: Sequence[ImageRef]) -> list[str | None]:
    """Digest the bytes of images."""
    return [content_digest(content) for _, content in _contents(images, whole=False)]


class Sight(NamedTuple):
    """What a machine sees of an image."""

    digest: str | None
    """Of its bytes."""
    reason: str
    """Why there is no digest, in words that follow "cannot be read:"."""


def sight_batch(images: Sequence[ImageRef]) -> list[Sight]:
    """Try to read images, without decoding them."""
    return [
        Sight(content_digest(content), content.reason if isinstance(content, Unavailable) else "")
        for _, content in _contents(images, whole=False)
    ]


def crashed_tables(image: ImageRef) -> Tables:
    """Return the row of an image that killed the process that decoded it."""
    return {"unmeasured": _failure_columns([(image, CRASHED)])}


def _contents(images: Sequence[ImageRef], whole: bool = True) -> Iterator[tuple[ImageRef, Content]]:
    """Read images, those of one source together."""
    for _, members in groupby(images, key=lambda image: id(image.source)):
        group = list(members)
        yield from zip(group, group[0].source.contents([image.key for image in group], whole), strict=True)


def _header_columns(rows: list[tuple[ImageRef, Header]]) -> Columns:
    columns = zip(*(header for _, header in rows), strict=True) if rows else [[]] * len(_HEADER_TYPES)
    return {
        "sample_id": _ids(image for image, _ in rows),
        **{
            name: _objects(values) if dtype is object else np.array(values, dtype)
            for (name, dtype), values in zip(_HEADER_TYPES.items(), columns, strict=True)
        },
    }


def _pixel_tables(rows: list[tuple[ImageRef, View]]) -> Tables:
    views = [view for _, view in rows]
    ids = _ids(image for image, _ in rows)
    thumbnails = b"".join(view.thumbnail for view in views)
    rgb = np.frombuffer(thumbnails, np.uint8).reshape(-1, THUMBNAIL_SIDE, THUMBNAIL_SIDE, 3)
    histograms = [np.bincount(np.frombuffer(view.grey, np.uint8), minlength=256) for view in views]
    return {
        "pixels": {
            "sample_id": ids,
            "content_digest": _objects([view.content_digest for view in views]),
            "reduced_digest": _objects([view.reduced_digest for view in views]),
            **light(np.array(histograms, np.int64).reshape(-1, 256)),
            "sharpness": _sharpness(views),
            **{name: values for made in FROM_THUMBNAILS.values() for name, values in made(rgb).items()},
        },
        "thumbnails": {"sample_id": ids, "rgb": rgb.reshape(len(views), THUMBNAIL_SIDE * THUMBNAIL_SIDE * 3)},
    }


def _sharpness(views: list[View]) -> Array:
    """Measure views of one shape together; float32[n], masked where there are no edges."""
    shapes: dict[tuple[int, int], list[int]] = {}
    for row, view in enumerate(views):
        shapes.setdefault(view.size, []).append(row)
    values = np.full(len(views), np.nan, np.float32)
    for (width, height), members in shapes.items():
        pixels = np.frombuffer(b"".join(views[row].grey for row in members), np.uint8)
        values[members] = sharpness(pixels.reshape(-1, height, width))
    return np.ma.masked_invalid(values)


def _failure_columns(rows: list[tuple[ImageRef, Failure]]) -> Columns:
    return {
        "sample_id": _ids(image for image, _ in rows),
        "kind": _objects([failure.kind for _, failure in rows]),
        "reason": _objects([failure.reason for _, failure in rows]),
        "content_digest": _objects([failure.content_digest for _, failure in rows]),
    }


def _ids(images: Any) -> Array:
    return np.fromiter((image.sample_id for image in images), np.int32)


def _objects(values: Sequence[Any]) -> Array:
    column = np.empty(len(values), object)
    column[:] = values
    return column
