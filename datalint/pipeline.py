"""The stages in order: discover, measure, relate, judge, report. Read this first.

Only the tables that the selected rules read are filled, so what a run costs is decided by its rules.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint import discover, judge
from datalint.config import Config, RuleLayer, rule_layer
from datalint.errors import ConfigError
from datalint.facts import Facts, base_tables, documentation
from datalint.findings import Member, exit_status, identify
from datalint.model import DatasetFacts, ImageRef, LabelCount, Report, RuleResult, escape_name, unescape_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from datalint.model import Columns, Tables

_LARGE = 100_000  # samples from which on queries run on several threads
# What has to be there before a table can be filled.
_NEEDS = {
    "headers": {"files"},
    "unmeasured": {"files"},
    "pixels": {"files"},
    "thumbnails": {"pixels"},
    "duplicates": {"pixels", "thumbnails", "headers"},
    "near_pairs": {"duplicates"},
    "near_duplicates": {"near_pairs"},
}
# From where a table's emptiness means that there was nothing to judge, and what to say then.
_NOTHING = {
    "headers": "no image header could be read",
    "pixels": "no image could be decoded",
    "thumbnails": "no image could be decoded",
    "classes": "the images have no labels",
    "class_splits": "the images have no labels",
    "splits": "the dataset has no splits",
}


def silent(done: int, total: int) -> None:
    """Report no progress."""


class Run(NamedTuple):
    """How to run, apart from what is configured."""

    jobs: int
    """Worker processes."""
    progress: Callable[[int, int], None] = silent
    """Called with the number of images measured so far, and in all."""


def processors() -> int:
    """Count the processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


def check(path: str | os.PathLike[str], config: Config, run: Run) -> Report:
    """Check one dataset. Raises DatalintError when that cannot be done at all."""
    started = time.monotonic()
    facts = Facts()
    settings = selected_rules(facts, config)
    needed = _closure(base_tables(name for item in settings for name in item.rule.tables))

    listing = discover.discover(path, config.layout, config.exclude)
    _list(facts, listing, needed, config.limits.pixels)
    _measure(facts, listing.root, needed, config.limits.pixels, run)
    _relate(facts, listing.root, needed, config.limits.pixels, run)

    results = judge.judge(facts, settings, query_limits(config), missing_tables(facts, settings))
    rules = tuple(_identified(facts, listing.root, results))
    return Report(
        dataset=_dataset(facts, listing),
        rules=rules,
        fail_on=config.fail_on,
        exit_status=exit_status(rules, config.fail_on),
        seconds=time.monotonic() - started,
        tables=facts,
    )


def all_rules(facts: Facts, config: Config) -> list[judge.Rule]:
    """Read datalint's rules and the project's own, in order of code."""
    names = [table.name for table in documentation()]
    return judge.load_rules(facts, names, config.rule_folders(), query_limits(config))


def query_limits(config: Config) -> judge.QueryLimits:
    return judge.QueryLimits(config.limits.rule_seconds, config.limits.rule_memory)


def selected_rules(facts: Facts, config: Config) -> list[judge.Settings]:
    """Lay profile, configuration and command line over the rules; return those that run."""
    profile = rule_layer(judge.profile_table(config.profile))
    layers: list[RuleLayer] = [profile, config.layer, config.command_line]
    settings = judge.resolve(all_rules(facts, config), layers)
    if not settings:
        raise ConfigError("no rule is selected, so there is nothing to check; `datalint rules` lists them")
    return settings


def _closure(tables: Collection[str]) -> set[str]:
    """Add the tables that others are made from."""
    needed = set(tables)
    while more := {need for table in needed for need in _NEEDS.get(table, ())} - needed:
        needed |= more
    return needed


def _list(facts: Facts, listing: discover.Listing, needed: set[str], pixel_limit: int) -> None:
    """Fill the tables that take names alone, and ``files`` where it is needed."""
    import numpy as np

    row = {"root": escape_name(listing.root), "layout": listing.reading.layout}
    columns: Columns = {name: np.array([value], dtype=object) for name, value in row.items()}
    facts.insert("dataset", {**columns, "pixel_limit": np.array([pixel_limit], dtype=np.uint64)})
    samples = listing.samples()
    if len(samples["sample_id"]) >= _LARGE:
        facts.use_threads(processors())
    facts.insert("samples", samples)
    facts.insert("folders", listing.folders())
    if "files" in needed:
        facts.insert("files", listing.files())


def _measure(facts: Facts, root: str, needed: set[str], pixel_limit: int, run: Run) -> None:
    """Fill the tables of one image each, with one decode per image at the most."""
    if not needed & {"headers", "pixels", "unmeasured"}:
        return
    from datalint import measure

    facts.run(
        """INSERT INTO unmeasured
        SELECT sample_id, CASE WHEN pointer IS NULL THEN 'empty' ELSE 'pointer' END, coalesce(pointer, 'zero bytes')
        FROM samples JOIN files USING (path) WHERE bytes = 0 OR pointer IS NOT NULL"""
    )
    waiting = facts.run("SELECT sample_id, path FROM samples ANTI JOIN unmeasured USING (sample_id) ORDER BY sample_id")
    images = [ImageRef(sample_id, _location(root, path)) for sample_id, path in waiting]
    options = measure.MeasureOptions(run.jobs, pixel_limit)
    decode = bool(needed & {"pixels", "unmeasured"})
    batches: Iterator[Tables] = (measure.measure_pixels if decode else measure.measure_headers)(images, options)
    done = 0
    for batch in batches:
        for table, columns in batch.items():
            if table in needed and len(columns["sample_id"]):
                facts.insert(table, columns)
        done += sum(len(batch[table]["sample_id"]) for table in ("pixels", "unmeasured") if table in batch)
        run.progress(done, len(images))


def _relate(facts: Facts, root: str, needed: set[str], pixel_limit: int, run: Run) -> None:
    """Fill the tables of facts between images."""
    if "duplicates" not in needed:
        return
    from datalint import measure, relate

    columns = facts.columns(relate.CONTENTS_SQL)
    thumbnails = facts.blobs(relate.THUMBNAILS_SQL, columns["sample_id"])
    contents = relate.Contents.of(columns, thumbnails)
    candidates = relate.pixel_candidates(contents)
    paths = dict(facts.run("SELECT sample_id, path FROM samples"))
    locations = [_location(root, paths[int(sample_id)]) for sample_id in candidates]
    digests = measure.pixel_digests(locations, measure.MeasureOptions(run.jobs, pixel_limit))
    confirmed = {int(i): digest for i, digest in zip(candidates, digests, strict=True) if digest is not None}
    duplicates = relate.exact_duplicates(contents, confirmed)
    facts.insert("duplicates", duplicates)
    if "near_pairs" in needed:
        pairs = relate.near_pairs(contents, duplicates)
        facts.insert("near_pairs", pairs)
        facts.insert("near_duplicates", relate.near_duplicates(contents, pairs, duplicates))


def missing_tables(facts: Facts, settings: list[judge.Settings]) -> dict[str, str]:
    """Name the tables that hold nothing to judge, of those that the rules read, with the reason."""
    relations = ("duplicates", "near_pairs", "near_duplicates", "duplicate_groups", "near_duplicate_groups")
    source = dict.fromkeys(relations, "pixels")  # no duplicates is a result
    read = {table for item in settings for table in item.rule.tables | item.rule.needs}
    missing = {}
    for table in sorted(read):
        origin = source.get(table, table)
        if origin in _NOTHING and not facts.run(f"SELECT 1 FROM {origin} LIMIT 1"):
            missing[table] = _NOTHING[origin]
    return missing


def _identified(facts: Facts, root: str, results: list[RuleResult]) -> Iterator[RuleResult]:
    """Give every finding its fingerprint; contents that were not measured are read for it."""
    from datalint import measure

    about = {path for result in results for finding in result.findings for path in finding.paths}
    # Only what is an image of the dataset is read; a rule can name any path.
    samples = facts.run("SELECT path, label, split, content_digest FROM samples LEFT JOIN pixels USING (sample_id)")
    places = {path: (content, label, split) for path, label, split, content in samples if path in about}
    unread = sorted(path for path, (content, _, _) in places.items() if content is None)
    contents = dict(zip(unread, measure.content_digests([_location(root, path) for path in unread]), strict=True))
    members = {}
    for path in about:
        content, label, split = places.get(path, (None, None, None))
        members[path] = Member(content or contents.get(path) or path, label, split)
    for result in results:
        yield result._replace(findings=tuple(identify(finding, members) for finding in result.findings))


def _dataset(facts: Facts, listing: discover.Listing) -> DatasetFacts:
    splits = dict(facts.run("SELECT split, images FROM splits ORDER BY split"))
    labels: dict[str, Any] = {}
    for label, split, images in facts.run("SELECT label, split, images FROM class_splits ORDER BY label, split"):
        count = labels.setdefault(label, LabelCount(0, {}))
        by_split = count.splits if split is None else {**count.splits, split: images}
        labels[label] = LabelCount(count.total + images, by_split)
    return DatasetFacts(
        root=escape_name(listing.root),
        layout=listing.reading.layout,
        description=listing.reading.description,
        images=facts.run("SELECT count(*) FROM samples")[0][0],
        splits=splits,
        labels=labels,
        notices=listing.notices,
    )


def _location(root: str, path: str) -> str:
    return os.path.join(root, unescape_name(path))
