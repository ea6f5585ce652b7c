"""What lies in the cache, and throwing it away."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from datalint.facts import contents, snapshot
from datalint.facts.shelf import cache_files, datasets_folder, new_thumbnails, store_name
from datalint.facts.store import Facts
from datalint.facts.thumbnails import BYTES, ThumbnailFile, batches

if TYPE_CHECKING:
    from pathlib import Path


class Dataset(NamedTuple):
    """A dataset whose tables are kept."""

    file: Path
    root: str
    images: int
    bytes: int
    used: float
    """When it was last of use, s since 1970."""


def size(folder: Path) -> int:
    """Return how many bytes the cache takes."""
    return sum(file.stat().st_size for file in cache_files(folder))


def datasets(folder: Path) -> list[Dataset]:
    """Return the datasets whose tables are kept, the last used first. Those that are broken are left out."""
    found = []
    for file in sorted(datasets_folder(folder).glob("*.duckdb")):
        opened = snapshot.reopen(file, None)
        if opened is None:
            continue
        facts, about = opened
        images = facts.run("SELECT count(*) FROM samples")[0][0]
        facts.close()
        status = file.stat()
        found.append(Dataset(file, about.root, images, status.st_size, status.st_mtime))
    return sorted(found, key=lambda dataset: -dataset.used)


def count_contents(folder: Path) -> int:
    """Count the contents whose measurements are kept; those of a store that is broken or in use are left out."""
    import duckdb

    total = 0
    for file in folder.glob("contents-*.duckdb"):
        facts = Facts()
        with suppress(duckdb.Error, contents.InUseError), contents.attached(facts, file, read_only=True):
            total += facts.run("SELECT count(*) FROM store.contents")[0][0]
    return total


def clear(folder: Path) -> None:
    """Remove the cache, and nothing that is not of it. Raises OSError."""
    for file in cache_files(folder):
        file.unlink(missing_ok=True)
    with suppress(OSError):  # somebody has put something there
        datasets_folder(folder).rmdir()


def prune(folder: Path, since: float) -> int:
    """Remove datasets that are gone or were last of use before ``since`` (s since 1970); returns how many.

    What was measured of contents goes with them, unless a dataset that is kept has them too. Runs of other processes
    that are under way end without the cache. Raises OSError.
    """
    known = datasets(folder)
    kept = [dataset for dataset in known if dataset.used >= since and os.path.exists(dataset.root)]
    stays = {dataset.file for dataset in kept}
    for file in cache_files(folder):
        if file.parent.name == "datasets" and file not in stays:
            file.unlink(missing_ok=True)
    old = [*folder.glob("contents-*.duckdb*"), *folder.glob("thumbnails-*.bin")]
    thumbnails = new_thumbnails(folder)
    for dataset in kept:
        _move(dataset.file, thumbnails)
    for file in old:
        file.unlink(missing_ok=True)
    return len(known) - len(kept)


def _move(file: Path, thumbnails: Path) -> None:
    """Let a snapshot have its thumbnails in another file, and add what it knows to the contents that belong to it."""
    opened = snapshot.reopen(file, thumbnails, read_only=False)
    if opened is None:
        return
    facts, about = opened
    folder = thumbnails.parent
    slots = facts.columns("SELECT sample_id, slot FROM thumbnails ORDER BY slot")
    source = ThumbnailFile(folder / about.thumbnails)
    if len(slots["slot"]) and slots["slot"][-1] >= len(source):  # it was cut; what it held is measured again
        facts.close()
        file.unlink()
        return
    facts.run("DELETE FROM thumbnails")
    for some in batches(len(slots["slot"])):
        rgb = source.at(slots["slot"][some])[:].reshape(-1, BYTES)
        facts.insert_measured({"thumbnails": {"sample_id": slots["sample_id"][some], "rgb": rgb}}, {"thumbnails"})
    source.close()
    snapshot.describe(facts, about._replace(thumbnails=thumbnails.name))
    store = folder / store_name(about.measured, thumbnails.name)
    contents.keep(facts, store)
    facts.close()
