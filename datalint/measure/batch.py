"""A batch of images becomes rows of tables. This is what a worker process runs."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from datalint.measure.decode import Decoded, Outcome, read_image
from datalint.measure.hashes import perceptual_hashes
from datalint.measure.header import Header
from datalint.measure.statistics import colour, light, sharpness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datalint.model import Columns, ImageRef, Tables

_TYPES = {
    "colour": bool,
    "alpha": bool,
    "channels": np.uint8,
    "bit_depth": np.uint8,
    "width": np.uint32,
    "height": np.uint32,
    "frames": np.uint32,
    "orientation": np.uint8,
}


def measure_batch(images: Sequence[ImageRef], pixel_limit: int, decode: bool) -> Tables:
    """Open each image, decode it if asked to, and return the rows of all of them."""
    with our_limits():
        outcomes = [read_image(image.location, pixel_limit, decode=decode) for image in images]
    ids = [image.sample_id for image in images]
    tables: dict[str, Columns] = {"headers": _headers([(i, o.header) for i, o in zip(ids, outcomes) if o.header])}
    if decode:
        tables["unmeasured"] = _unmeasured([(i, o) for i, o in zip(ids, outcomes) if o.kind])
        tables |= _pixels([(i, o.decoded) for i, o in zip(ids, outcomes) if o.decoded])
    return tables


@contextmanager
def our_limits() -> Iterator[None]:
    """Let our own pixel limit decide instead of Pillow's, and keep warnings about strange files quiet."""
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _headers(rows: list[tuple[int, Header]]) -> Columns:
    columns: dict[str, np.ndarray[Any, Any]] = {"sample_id": _ids(rows)}
    for name, values in zip(Header._fields, zip(*(header for _, header in rows)), strict=False):
        columns[name] = np.fromiter(values, dtype=_TYPES.get(name, object), count=len(rows))
    return columns


def _unmeasured(rows: list[tuple[int, Outcome]]) -> Columns:
    return {
        "sample_id": _ids(rows),
        "kind": np.array([outcome.kind for _, outcome in rows], dtype=object),
        "reason": np.array([outcome.reason for _, outcome in rows], dtype=object),
    }


def _pixels(rows: list[tuple[int, Decoded]]) -> dict[str, Columns]:
    ids = _ids(rows)
    if not rows:
        return {"pixels": {"sample_id": ids}, "thumbnails": {"sample_id": ids}}
    thumbnails = np.stack([decoded.thumbnail for _, decoded in rows])
    views = [decoded.view for _, decoded in rows]
    facts = {**light(views), "sharpness": sharpness(views), **colour(thumbnails)}
    return {
        "pixels": {
            "sample_id": ids,
            "content_digest": np.array([decoded.content_digest for _, decoded in rows], dtype=object),
            "reduced_digest": np.array([decoded.reduced_digest for _, decoded in rows], dtype=object),
            "phash": perceptual_hashes(thumbnails),
            **{name: value if name == "chroma_range" else value.astype(np.float32) for name, value in facts.items()},
        },
        "thumbnails": {
            "sample_id": ids,
            "rgb": np.fromiter((thumbnail.tobytes() for thumbnail in thumbnails), dtype=object, count=len(rows)),
        },
    }


def _ids(rows: Sequence[tuple[int, Any]]) -> np.ndarray[Any, Any]:
    return np.fromiter((sample_id for sample_id, _ in rows), dtype=np.int32, count=len(rows))
