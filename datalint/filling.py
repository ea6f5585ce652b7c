"""Fill the tables that the rules read, and no others: list and measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from datalint import measure
from datalint.facts import base_tables
from datalint.facts.snapshot import PER_IMAGE
from datalint.relating import DRIFT, NEEDED, VARIETY
from datalint.timing import untimed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from datalint.discover import Listing
    from datalint.facts import Facts
    from datalint.model import Tables
    from datalint.remembering import Memory
    from datalint.storage import ImageRef
    from datalint.timing import Stage


class Means(NamedTuple):
    """What filling the tables takes, apart from the dataset."""

    needed: Collection[str]
    """The tables to fill."""
    options: measure.MeasureOptions
    threads: int
    progress: Callable[[int, int], None]
    timed: Stage = untimed
    listed: Callable[[Facts], object] | None = None
    """Called once the samples are listed, before anything is measured; raises for what does not fit them."""


class Filled(NamedTuple):
    """What came of it, apart from the tables."""

    images: Sequence[ImageRef]
    """Where the images are."""
    recalled: int
    """Images whose measurements were known."""


_LARGE = 100_000  # samples from which on queries run on several threads
# What has to be there before a table can be filled.
_NEEDS: dict[str, Collection[str]] = {
    "headers": {"files"},
    "unmeasured": {"files"},
    "pixels": {"files"},
    "thumbnails": {"pixels"},
    "duplicates": NEEDED,
    "near_pairs": {"duplicates"},
    "near_duplicates": {"near_pairs"},
    "contamination": {"duplicates"},
    "background": {"near_duplicates"},
    "file_traits": {"near_duplicates"},
    **{table: {"near_duplicates"} for table in VARIETY | DRIFT},
    "variation": {"near_duplicates", "population"},  # which no rule reads, but the head of a report
    "suspects": {"label_quality"},
    "outliers": {"near_duplicates"},
    "label_quality": {"near_duplicates", "thumbnails"},
}
# From where a table's emptiness means that there was nothing to judge, and what to say then.
_NOTHING = {
    "headers": "no image header could be read",
    "pixels": "no image could be decoded",
    "thumbnails": "no image could be decoded",
    "classes": "the images have no labels",
    "class_splits": "the images have no labels",
    "splits": "the dataset has no splits",
    "files": "there are no files",
    "image_files": "the images are not files of their own",
    "folders.label": "the images are not in class folders",
    "attributes": "the manifest has no further columns",
    "manifest_rows": "there is no manifest",
    "objects": "there are no annotated objects",
    "background": "there are not two classes with 20 different pictures of one label each",
    "file_traits": "there are not two classes with 20 different pictures of one label each",
    "variation": "no class has 10 different pictures of one label each",
    "diversity": "no class has 10 images of one label each",
    "label_quality": "there are not two classes with 10 different pictures of one label each",
    "drift": "there is no training split to compare with, or no split has 20 different pictures of its classes",
    "tracked_files": "not in a git repository",
    "locked": "no lock freezes the evaluation set; datalint lock makes one",
    "card": "there is no dataset card; datalint card makes one",
    "headers.format": "the images are values in arrays, not image files",
    "headers.named_format": "the images have no file names with an extension",
}


def needed_tables(names: Iterable[str]) -> set[str]:
    """Return the tables behind the tables, views and columns that rules name, with those that they are made from."""
    return _closure(base_tables(names))


def fill(facts: Facts, listing: Listing, means: Means, memory: Memory) -> Filled:
    """Fill the tables."""
    with means.timed("list files"):
        images, twins = listing.images()
        _list(facts, listing, means)
    if means.listed is not None:
        means.listed(facts)
    with means.timed("measure"):
        return Filled(images, _measure(facts, images, twins, means, memory))


def refill(facts: Facts, images: Sequence[ImageRef], means: Means, memory: Memory) -> int:
    """Measure images that tables lack which are filled otherwise; returns how many are known."""
    if means.listed is not None:
        means.listed(facts)
    with means.timed("measure"):
        recalled = _measure(facts, images, {}, means, memory)
    ((count,),) = facts.run("SELECT count(*) FROM samples")
    return int(count) - len(images) + recalled


def decodes(tables: Collection[str]) -> bool:
    """Tell whether filling the tables takes decoding images."""
    return not {"pixels", "unmeasured"}.isdisjoint(tables)


def missing(facts: Facts, names: Iterable[str], against: Facts | None) -> dict[str, str]:
    """Say which tables and columns that rules read or need hold nothing to judge, with the reason.

    ``against`` are the tables of another dataset to compare with, if there is one.
    """
    # No duplicates is a result; none to compare is not.
    source = {
        **dict.fromkeys(("near_pairs", "near_duplicates", "near_duplicate_groups"), ("pixels",)),
        "poses": ("variation",),
        **dict.fromkeys(("duplicates", "duplicate_groups", "contamination"), ("pixels", "files.content_digest")),
    }
    source["suspects"] = ("label_quality",)
    found = {}
    for name in sorted(set(names)):
        origins = source.get(name, (name,))
        if origins[0] in _NOTHING and not any(_holds(facts, origin) for origin in origins):
            found[name] = _NOTHING[origins[0]]
    if "contamination" in names:
        if against is None:
            found["contamination"] = "no other dataset is given with --against"
        elif not (_holds(against, "pixels") or _holds(against, "files.content_digest")):
            found["contamination"] = "no image of the other dataset could be decoded"
    judged = {"suspects", "label_quality"}.intersection(names) - found.keys()
    if judged and (obstacles := _obstacles(facts)):
        found |= dict.fromkeys(judged, f"the classes cannot be told apart well enough: {obstacles[0]}")
    if "attributes" in found and not _holds(facts, "manifest_rows"):
        found["attributes"] = _NOTHING["manifest_rows"]
    return found


def _holds(facts: Facts, name: str) -> bool:
    """Tell whether a table has a row, or a column (``table.column``) a value."""
    table, _, column = name.partition(".")
    return bool(facts.run(f"SELECT 1 FROM {table} {f'WHERE {column} IS NOT NULL' if column else ''} LIMIT 1"))


def _obstacles(facts: Facts) -> list[str]:
    """Return why labels cannot be judged; nothing where some can."""
    rows = facts.run("SELECT obstacle FROM label_quality ORDER BY obstacle NULLS FIRST")
    return [] if any(obstacle is None for (obstacle,) in rows) else [obstacle for (obstacle,) in rows]


def _closure(tables: Collection[str]) -> set[str]:
    """Add the tables that others are made from."""
    needed = set(tables)
    while more := {need for table in needed for need in _NEEDS.get(table, ())} - needed:
        needed |= more
    return needed


def _list(facts: Facts, listing: Listing, means: Means) -> None:
    """Fill the tables that take names alone, and ``files`` where it is needed."""
    import numpy as np

    reading = listing.reading
    row = {
        "root": listing.root,
        "layout": reading.layout,
        "multi_label": reading.multi_label,
        "pixel_limit": means.options.pixel_limit,
    }
    facts.insert("dataset", {name: np.array([value], dtype=object) for name, value in row.items()})
    if len(reading.samples) >= _LARGE:
        facts.use_threads(means.threads)
    for table, columns in listing.tables().items():
        if len(next(iter(columns.values()))):
            facts.insert(table, columns)
    files = listing.files() if "files" in means.needed else None
    if files is not None:
        facts.insert("files", files)
    if "augmented" in means.needed and (augmented := listing.augmented()) and len(augmented["path"]):
        facts.insert("augmented", augmented)


def _measure(facts: Facts, images: Sequence[ImageRef], twins: Mapping[int, int], means: Means, memory: Memory) -> int:
    """Fill the tables of one image each, with one decode per image at the most; returns how many were known."""
    import numpy as np

    needed = set(PER_IMAGE).intersection(means.needed)
    if not needed:
        return 0
    facts.run(
        """INSERT INTO unmeasured
        SELECT sample_id, CASE WHEN pointer IS NULL THEN 'empty' ELSE 'pointer' END, coalesce(pointer, 'zero bytes'),
            coalesce(content_digest, CASE WHEN pointer IS NULL THEN sha256('') END)
        FROM samples JOIN files USING (path) ANTI JOIN unmeasured USING (sample_id)
        WHERE bytes = 0 OR pointer IS NOT NULL"""
    )
    known = {sample_id for (sample_id,) in facts.run("SELECT sample_id FROM unmeasured")}
    waiting = [image for image in images if image.sample_id not in known]
    recalled = memory.recall(facts, waiting, means.options.jobs)
    new = [image for image in waiting if image.sample_id not in recalled]
    work = measure.measure_pixels if decodes(needed) else measure.measure_headers
    measured: Iterator[Tables] = work(new, means.options)
    done = len(recalled)
    for batch in measured:
        facts.insert_measured(batch, needed)
        done += sum(len(batch[table]["sample_id"]) for table in ("pixels", "unmeasured") if table in batch)
        means.progress(done, len(waiting))
    repeated = [(number, first) for number, first in twins.items() if first not in known]
    if repeated:
        ids = np.array(repeated, dtype=np.int32)
        for table in sorted(needed):
            facts.repeat(table, {"sample_id": ids[:, 0], "of": ids[:, 1]})
    return len(recalled)
