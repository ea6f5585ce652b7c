"""The stage's functions: which work on which images, in how many processes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.measure.cluster import make_sure_of_sight
from datalint.measure.pool import ThisProcess, moderate_batch, processes, run_batches, worthwhile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    from datalint.measure.cluster import Cluster
    from datalint.measure.pool import Pool
    from datalint.model import Tables
    from datalint.storage import ImageRef

_DIGESTED = 1024  # images whose bytes are digested together


class MeasureOptions(NamedTuple):
    """How to measure."""

    jobs: int
    """Worker processes, where there is enough to do; 1 for none."""
    pixel_limit: int
    """An image with more pixels is not decoded."""
    batch_size: int = 1024
    """Images measured together, and rows of a table handed over together, at the most: fewer of large files."""
    cluster: Cluster | None = None
    """What measures in place of this machine, however little there is to do."""


def measure_headers(images: Sequence[ImageRef], options: MeasureOptions) -> Iterator[Tables]:
    """Yield rows of table ``headers``, a batch at a time, without decoding; what cannot be opened has none."""
    from datalint.measure.batch import header_batch

    work = partial(header_batch, pixel_limit=options.pixel_limit)
    # Without decoding, processes of this machine never pay.
    pool = ThisProcess() if options.cluster is None else _seeing(options.cluster, images)
    yield from run_batches(work, _no_tables, images, options.batch_size, pool)


def measure_pixels(images: Sequence[ImageRef], options: MeasureOptions) -> Iterator[Tables]:
    """Yield rows of tables ``headers``, ``pixels``, ``thumbnails`` and ``unmeasured``, a batch at a time.

    Every image is either in ``unmeasured`` or in ``pixels`` and ``thumbnails``. Never raises for an image.
    """
    from datalint.measure.batch import crashed_tables, measure_batch

    work = partial(measure_batch, pixel_limit=options.pixel_limit)
    size = moderate_batch(images, options.batch_size)
    yield from run_batches(work, crashed_tables, images, size, _pool(images, options))


def pixel_digests(images: Sequence[ImageRef], options: MeasureOptions) -> list[str | None]:
    """Return the SHA-256 over mode, size and pixels of each image, hexadecimal; None where it does not decode.

    Decoded in full; EXIF orientation is applied and palettes are resolved.
    """
    from datalint.measure.batch import digest_batch

    work = partial(digest_batch, pixel_limit=options.pixel_limit)
    size = moderate_batch(images, options.batch_size)
    batches = run_batches(work, _no_digest, images, size, _pool(images, options))
    return [digest for batch in batches for digest in batch]


def content_digests(images: Sequence[ImageRef], jobs: int = 1) -> list[str | None]:
    """Return the SHA-256 of each image's bytes, hexadecimal; None where they cannot be read."""
    if not images:
        return []
    from datalint.measure.batch import content_batch

    pool = processes(jobs if worthwhile(images) else 1)
    return [digest for batch in run_batches(content_batch, _no_digest, images, _DIGESTED, pool) for digest in batch]


def from_thumbnails(measurement: str, rgb: np.ndarray[Any, Any]) -> dict[str, np.ndarray[Any, Any]]:
    """Return the columns of ``pixels`` that a measurement makes from thumbnails, uint8[n, 32, 32, 3]."""
    from datalint.measure.batch import FROM_THUMBNAILS

    return FROM_THUMBNAILS[measurement](rgb)


def _pool(images: Sequence[ImageRef], options: MeasureOptions) -> Pool:
    """Return what decodes images."""
    if options.cluster is not None:
        return _seeing(options.cluster, images)
    return processes(options.jobs if worthwhile(images) else 1)


def _seeing(cluster: Cluster, images: Sequence[ImageRef]) -> Cluster:
    make_sure_of_sight(cluster, images)
    return cluster


def _no_digest(image: ImageRef) -> list[str | None]:
    return [None]


def _no_tables(image: ImageRef) -> Tables:
    return {}
