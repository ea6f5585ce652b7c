"""Collect the facts of a dataset: those of an earlier run where they hold, and else by listing, measuring, relating."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from datalint import __version__, discover, measure, relating
from datalint.amending import amend
from datalint.facts.shelf import Reader
from datalint.facts.snapshot import PER_IMAGE, blob_sizes, count_files
from datalint.filling import decodes, fill, refill
from datalint.model import Described
from datalint.remembering import Memory
from datalint.storage import IndexFiles, Lazily

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from datalint.facts import Facts
    from datalint.filling import Means
    from datalint.storage import ImageRef, TreeState

Dataset: TypeAlias = "str | os.PathLike[str] | discover.InMemory"
"""A path or URL, or what is in memory."""


class Source(NamedTuple):
    """A dataset, and what is known of it before it is listed."""

    dataset: Dataset
    reading: discover.Options
    cache: Path | None
    """The folder where facts are kept from run to run; None for none."""
    tree: TreeState | None = None
    """The files as they are, if they were looked at already."""


class Data(NamedTuple):
    """A dataset whose tables are filled."""

    facts: Facts
    about: Described
    listing: discover.Listing | None
    """None where the tables of an earlier run hold, which need none."""
    images: Sequence[ImageRef]
    """Where the images are; none likewise."""
    recalled: int
    """Images whose measurements were known."""
    problem: str | None
    """Why the cache was not used, in words for people."""
    snapshot: Path | None
    """The file that keeps the tables."""
    tree: str | None
    """Digest of the files for which they hold."""


def collect(source: Source, means: Means) -> Data:
    """Fill the tables of a dataset. Where the cache cannot be written, it is done without."""
    if source.cache is None or not decodes(means.needed):  # only measurements are worth keeping
        return _collect(source._replace(cache=None), means)
    import duckdb

    means = means._replace(needed={*means.needed, *PER_IMAGE})  # what one decode gives is kept whole
    try:
        return _collect(source, means)
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        text = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error).splitlines()[0]
        data = _collect(source._replace(cache=None), means)
        return data._replace(problem=f"measured without the cache: {text}")


def contaminate(data: Data, source: Source, other_source: Source, means: Means) -> relating.Measured:
    """Look for the images of a dataset in another one, which is returned; fills ``contamination``."""
    other = collect(other_source, means._replace(needed=relating.NEEDED, listed=None))
    sides = []
    for one, place in ((data, source), (other, other_source)):
        images = one.images or discover.discover(place.dataset, place.reading).images()[0]
        sides.append(relating.Measured(one.about.name, one.facts, images))
    with means.timed("compare with another dataset"):
        relating.contaminate(sides[0], sides[1], means.options)
    return sides[1]


def _collect(source: Source, means: Means) -> Data:
    memory = _memory(source, means)
    staged = source.reading.staged
    with means.timed("look for tables of the last run"):
        earlier = memory.unchanged()
    if earlier:
        known = count_files(earlier.facts)
        index = discover.storage_of(source.dataset, staged) if staged else None
        if isinstance(index, IndexFiles):
            index.plain.update(blob_sizes(earlier.facts))
        return Data(earlier.facts, Described(*earlier.dataset), None, (), known, None, earlier.file, earlier.tree)

    @cache
    def listed() -> discover.Listing:
        with means.timed("discover"):
            return discover.discover(source.dataset, source.reading)

    storage = discover.storage_of(source.dataset, staged) if memory.base else None
    if memory.base and isinstance(storage, IndexFiles):
        storage.plain.update(memory.base.blobs)
    images: Sequence[ImageRef]
    if amended := amend(memory, storage, listed, means.options.jobs):
        facts, listing = amended.facts, amended.listing
        images = Lazily(lambda: listed().images()[0])
        recalled = refill(facts, amended.images, means, memory)
    else:
        listing = listed()
        storage = listing.storage
        facts = memory.begin()
        if isinstance(storage, IndexFiles):
            storage.plain.update(memory.recall_blobs(facts))
        images, recalled = fill(facts, listing, means, memory)
    about = _described(memory, listing)
    if not (amended and amended.related):
        relating.relate(relating.Measured(about.name, facts, images), means.needed, means.options, memory, means.timed)
    index = storage if isinstance(storage, IndexFiles) else None
    contained = (listing is None or listing.self_contained) and not (index is not None and index.has_pointers)
    with means.timed("keep tables"):
        kept = memory.finish(facts, about, contained, {} if index is None else index.plain)
    return Data(kept.facts, about, listing, images, recalled, memory.problem, kept.file, kept.tree)


def _described(memory: Memory, listing: discover.Listing | None) -> Described:
    if listing is None:
        assert memory.base is not None and memory.base.about.dataset is not None
        return Described(*memory.base.about.dataset)
    read = listing.reading
    return Described(listing.name, listing.root, read.layout, read.description, listing.notices)


def _memory(source: Source, means: Means) -> Memory:
    """Say what is kept of a dataset."""
    tree, root = None, ""
    if source.cache is not None and not isinstance(source.dataset, discover.InMemory):
        root = os.path.abspath(os.fsdecode(source.dataset))
        tree = source.tree or discover.files_of(source.dataset, source.reading.staged)
    versions = {"datalint": __version__, "relate": relating.VERSION}
    limit = means.options.pixel_limit
    reader = Reader(root, (source.reading, limit), limit, frozenset(means.needed), measure.versions(), versions)
    return Memory(source.cache, reader, tree)
