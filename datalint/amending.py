"""Make the tables of an earlier run fit a dataset of which little changed, so that a change costs what it changed.

That is done where nothing but images came, went or changed, in folders that hold images already; all else is listed and
filled anew.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from datalint import measure
from datalint.discover.pointers import pointer_of
from datalint.discover.tree import is_image_name
from datalint.facts import amendment
from datalint.model import escape_name
from datalint.storage import ImageRef

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datalint.discover import Listing
    from datalint.facts import Facts
    from datalint.remembering import Memory
    from datalint.storage import Storage
    from datalint.storage.state import Changes


class Amended(NamedTuple):
    """Tables that lack nothing but what is measured of some images, and all relations."""

    facts: Facts
    images: Sequence[ImageRef]
    """Those that are to be measured."""
    listing: Listing | None
    """None where the dataset was not listed, since all names are what they were."""
    related: bool
    """Whether relations hold as well, since no content changed."""


def amend(memory: Memory, storage: Storage | None, listed: Callable[[], Listing], jobs: int) -> Amended | None:
    """Take over an earlier run's tables; None where there are none, or where more changed than can be told.

    ``listed`` lists the dataset. Files of the size they had are read, by ``jobs`` processes: a checkout, a new mode or
    another link leave the same contents. Raises DatasetError as it does, and OSError where the tables cannot be kept.
    """
    import duckdb

    if memory.base is None or storage is None:
        return None
    changes = memory.base.changes
    if not all(map(is_image_name, chain(changes.added, changes.removed, changes.touched))):
        return None
    listing = None if changes.same_names else listed()
    facts = memory.take_over()
    if facts is None:
        return None
    try:
        facts.run("BEGIN")
        same = _same(facts, changes, storage, jobs)
        memory.renew_states(facts, list(same.values()))
        changes = changes._replace(touched=[path for path in changes.touched if path not in same])
        related = not changes.touched and listing is None
        images = [] if related else _amended(facts, changes, storage, listing)
        if images is not None:
            memory.describe(facts)
            facts.run("COMMIT")
            return Amended(facts, images, listing, related)
    except duckdb.Error:  # the file is broken
        pass
    memory.give_up(facts)
    return None


def _same(facts: Facts, changes: Changes, storage: Storage, jobs: int) -> dict[str, ImageRef]:
    """Find the files that were touched and hold what they held, by path."""
    keys = {escape_name(path): path for path in changes.touched if path not in changes.resized}
    numbers = amendment.numbers(facts, list(keys)) or {}
    images = [ImageRef(number, storage, keys[name]) for name, number in numbers.items()]
    known = amendment.digests(facts, list(numbers.values()))
    digests = measure.content_digests(images, jobs)
    found = zip(images, digests, strict=True)
    return {image.key: image for image, digest in found if digest is not None and digest == known.get(image.sample_id)}


def _amended(facts: Facts, changes: Changes, storage: Storage, listing: Listing | None) -> list[ImageRef] | None:
    """Amend the tables; returns the images that are to be measured, None where it cannot be done."""
    ((count,),) = facts.run("SELECT count(*) FROM files")
    if len(changes.added) + len(changes.removed) + len(changes.touched) > amendment.FEW * count:
        return None
    keys = {escape_name(path): path for path in changes.touched}
    touched = amendment.numbers(facts, list(keys))
    if touched is None:
        return None
    sizes = {}
    for name, path in keys.items():
        size, pointer = pointer_of(storage, path, is_image=True)
        if size is None or pointer is not None:
            return None
        sizes[name] = size
    amendment.forget_relations(facts)
    amendment.forget(facts, list(touched.values()))
    amendment.resize(facts, sizes)
    if listing is None:
        return [ImageRef(touched[name], storage, path) for name, path in keys.items()]
    return _renewed(facts, changes, listing, keys)


def _renewed(facts: Facts, changes: Changes, listing: Listing, touched: dict[str, str]) -> list[ImageRef] | None:
    """Let images come and go."""
    import numpy as np

    if not listing.by_folder or not _same_folders(facts, listing):
        return None
    before, now = amendment.paths(facts), [escape_name(sample.path) for sample in listing.samples]
    earlier, here = set(before), set(now)
    added, removed = ({escape_name(path) for path in paths} for paths in (changes.added, changes.removed))
    if len(earlier) < len(before) or not (here - earlier <= added and earlier - here <= removed):
        return None
    staying = np.array([number for number, path in enumerate(before) if path in here], np.int32)
    kept = np.array([number for number, path in enumerate(now) if path in earlier], np.int32)
    new = [number for number, path in enumerate(now) if path not in earlier]
    renewed = amendment.Renewed(
        kept={"earlier_id": staying, "sample_id": kept},
        samples=listing.sample_rows(new),
        files=listing.files(set(changes.added)) or {},
        gone=sorted(removed),
        small=listing.tables_of_folders(),
    )
    amendment.renew(facts, renewed)
    return [
        ImageRef(number, sample.source, sample.key)
        for number, (path, sample) in enumerate(zip(now, listing.samples, strict=True))
        if path not in earlier or path in touched
    ]


def _same_folders(facts: Facts, listing: Listing) -> bool:
    """Tell whether the folders that hold images are the same, and stand for the same; so no other row can differ."""
    ((layout,),) = facts.run("SELECT layout FROM dataset")
    folders = {path for (path,) in facts.run("SELECT path FROM folders")}
    return (
        layout == listing.reading.layout
        and not facts.run("SELECT 1 FROM files WHERE extension = '.dvc' LIMIT 1")
        and folders == set(listing.tables_of_folders()["folders"]["path"].tolist())
        and amendment.places(facts) == listing.places()
    )
