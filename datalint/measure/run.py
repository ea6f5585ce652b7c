"""Batches of images, in this process or in several."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.measure.batch import measure_batch, our_limits
from datalint.measure.decode import pixel_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from datalint.model import ImageRef, Tables

_WORTH_WORKERS = 400  # images; for fewer, starting processes takes longer than they save


class MeasureOptions(NamedTuple):
    """How to measure."""

    jobs: int
    pixel_limit: int
    batch_size: int = 64


def measure_headers(images: Sequence[ImageRef], options: MeasureOptions) -> Iterator[Tables]:
    """Yield rows of ``headers``, batch by batch in order, from the headers of the files alone."""
    return _measure(images, options, decode=False)


def measure_pixels(images: Sequence[ImageRef], options: MeasureOptions) -> Iterator[Tables]:
    """Yield rows of ``headers``, ``pixels``, ``thumbnails`` and ``unmeasured``, batch by batch in order."""
    return _measure(images, options, decode=True)


def pixel_digests(locations: Sequence[str], options: MeasureOptions) -> list[str | None]:
    """Decode fully and return SHA-256 over mode, size and pixels of each image; None where that fails."""
    chunks = [locations[i : i + options.batch_size] for i in range(0, len(locations), options.batch_size)]
    return [digest for part in _spread(_pixel_digests, chunks, len(locations), options) for digest in part]


def content_digests(locations: Sequence[str]) -> list[str | None]:
    """Return SHA-256 of the bytes of each file; None where it cannot be read."""
    return [_content_digest(location) for location in locations]


def _measure(images: Sequence[ImageRef], options: MeasureOptions, *, decode: bool) -> Iterator[Tables]:
    chunks = [
        (images[i : i + options.batch_size], options.pixel_limit, decode)
        for i in range(0, len(images), options.batch_size)
    ]
    return _spread(_measure_chunk, chunks, len(images), options)


def _spread(work: Callable[[Any], Any], chunks: Sequence[Any], images: int, options: MeasureOptions) -> Iterator[Any]:
    if options.jobs == 1 or images < _WORTH_WORKERS:
        return map(work, chunks)
    from joblib import Parallel, delayed

    parallel = Parallel(n_jobs=options.jobs, return_as="generator", batch_size=1, pre_dispatch="3 * n_jobs")
    results: Iterator[Any] = parallel(delayed(work)(chunk) for chunk in chunks)
    return results


def _measure_chunk(chunk: tuple[Sequence[ImageRef], int, bool]) -> Tables:
    return measure_batch(*chunk)


def _pixel_digests(locations: Sequence[str]) -> list[str | None]:
    with our_limits():
        return [pixel_digest(location) for location in locations]


def _content_digest(location: str) -> str | None:
    try:
        with open(location, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:  # a folder, or a file that is gone
        return None
