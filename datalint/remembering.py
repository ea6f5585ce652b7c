"""Between measuring and the cache: which images were measured before, and what is worth keeping."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from datalint.facts import Cache, FileState
from datalint.measure import VERSION
from datalint.storage import LocalFiles

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from datalint.facts import Facts
    from datalint.model import Tables
    from datalint.storage import ImageRef


class Memory:
    """What earlier runs measured of some images; nothing where there is no cache, or it cannot be used."""

    def __init__(self, cache: Cache | None, images: Sequence[ImageRef], problem: str | None) -> None:
        self._cache = cache
        self._states = _states(images) if cache is not None else {}
        self.problem = problem
        """Why the cache is not used, in words for people."""

    def recall(self, tables: Collection[str], pixel_limit: int) -> set[int]:
        """Fill the tables for images that did not change; return their sample_ids."""
        if self._cache is None:
            return set()
        return self._cache.recall(list(self._states.values()), tables, pixel_limit)

    def keep(self, batch: Tables) -> None:
        """Keep what was measured for later runs."""
        if self._cache is not None:
            self._cache.keep(batch, self._states)


@contextmanager
def memory(facts: Facts, images: Sequence[ImageRef], folder: Path | None) -> Iterator[Memory]:
    """Open the cache in a folder, if there is one; a cache that cannot be used is as good as none."""
    cache, problem = None, None
    if folder is not None:
        try:
            cache = Cache(facts, folder, VERSION)
        except OSError as error:
            problem = f"measured without the cache: {error}"
    try:
        yield Memory(cache, images, problem)
    finally:
        if cache is not None:
            cache.close()


def _states(images: Sequence[ImageRef]) -> dict[int, FileState]:
    """Look at the files of images that are files of this machine."""
    states = {}
    for image in images:
        if not isinstance(image.source, LocalFiles):
            continue
        location = image.source.local(image.key)
        try:
            status = os.stat(location)
        except OSError:
            continue
        name = os.fsencode(os.path.abspath(location)).decode("utf-8", "backslashreplace")
        suffix = os.path.splitext(name)[1].lower()
        state = FileState(image.sample_id, name, suffix, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        states[image.sample_id] = state
    return states
