"""The stages in order: discover, measure, relate, judge, report. Read this first.

Only the tables that the selected rules read are filled, so what a run costs is decided by its rules.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from datalint import discover, judge, measure
from datalint.changing import find_changes, touched
from datalint.config import Config, RuleLayer, rule_layer
from datalint.errors import ConfigError
from datalint.facts import Facts, documentation
from datalint.filling import Filled, Means, fill, missing, needed_tables
from datalint.findings import Member, exit_status, identify, only_touching
from datalint.model import DatasetFacts, LabelCount, Report, RuleResult
from datalint.relating import NEEDED, Measured, relate
from datalint.tracking import NOT_ASKED, fill_tracked, find_tracked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from datalint.storage import ImageRef


def silent(done: int, total: int) -> None:
    """Report no progress."""


Dataset: TypeAlias = "str | os.PathLike[str] | discover.InMemory"
"""A path or URL, or what is in memory."""


class Run(NamedTuple):
    """How to run, apart from what is configured."""

    jobs: int
    """Worker processes."""
    progress: Callable[[int, int], None] = silent
    """Called with the number of images measured so far, and in all."""
    against: Dataset | None = None
    """Another dataset, which the images are looked for in; it is not checked itself."""
    cache: Path | None = None
    """The folder where measurements are kept from run to run; None for none."""
    staged: bool = False
    """Whether to check what is staged in git, as it will be committed, in place of the working tree."""
    since: str | None = None
    """A commit: findings that touch nothing that changed since are left out. Rules see the whole dataset."""


def processors() -> int:
    """Count the processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


def check(dataset: Dataset, config: Config, run: Run) -> Report:
    """Check one dataset. Raises DatalintError when that cannot be done at all."""
    started = time.monotonic()
    facts = Facts()
    settings = selected_rules(facts, config)
    if run.against is None:
        # Rules about another dataset need not say in every run that there is none, unless nothing else was asked for.
        settings = [item for item in settings if "contamination" not in item.rule.tables] or settings
    listing = discover.discover(dataset, reading_options(config)._replace(staged=run.staged))
    changes = None if run.since is None else find_changes(dataset, listing, run.since)
    tracked = find_tracked(listing) if any("tracked_files" in item.rule.tables for item in settings) else NOT_ASKED
    if tracked.nothing:
        settings = [item for item in settings if "tracked_files" not in item.rule.tables] or settings
    names = {name for item in settings for name in item.rule.tables | item.rule.needs}
    if run.against is not None and "contamination" not in names:
        raise ConfigError("no selected rule compares with another dataset (--against); SPL008 and SPL009 do")

    options = measure.MeasureOptions(run.jobs, config.limits.pixels)
    means = Means(needed_tables(names), options, processors(), run.progress, run.cache)
    filled = fill(facts, listing, means)
    other = _other(run.against, config, means)
    relate(Measured(listing.name, facts, filled.images), other, means.needed, options)
    untracked = fill_tracked(facts, tracked, run.since)

    gaps = missing(facts, names, other and other.facts) | untracked
    results = judge.judge(facts, settings, query_limits(config), gaps)
    if changes is not None:
        results = only_touching(results, touched(facts, listing, changes, config.file))
    rules = tuple(_identified(facts, filled.images, results))
    return Report(
        dataset=_dataset(facts, listing, filled, other),
        rules=rules,
        fail_on=config.fail_on,
        exit_status=exit_status(rules, config.fail_on),
        seconds=time.monotonic() - started,
        recalled=filled.recalled,
        tables=facts,
        changed_since=run.since,
    )


def all_rules(facts: Facts, config: Config) -> list[judge.Rule]:
    """Read datalint's rules and the project's own, in order of code."""
    schema = {table.name: [column.name for column in table.columns] for table in documentation()}
    return judge.load_rules(facts, schema, config.rule_folders(), query_limits(config))


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


def reading_options(config: Config) -> discover.Options:
    """Return what the configuration says about reading a dataset."""
    labelling, limits = config.labelling, config.limits
    return discover.Options(
        layout=config.layout,
        exclude=config.exclude,
        level=labelling.level,
        columns=discover.ManifestColumns(labelling.image_column, labelling.label_columns, labelling.split_column),
        label_pattern=labelling.label_pattern,
        label_separator=labelling.label_separator,
        label_names=labelling.label_names,
        timeout=limits.timeout,
        download=limits.download,
    )


def _other(dataset: Dataset | None, config: Config, means: Means) -> Measured | None:
    """Measure the dataset that the images are looked for in; how to read it is not configured."""
    if dataset is None:
        return None
    listing = discover.discover(dataset, _plain_options(config))
    facts = Facts()
    filled = fill(facts, listing, means._replace(needed=NEEDED))
    return Measured(listing.name, facts, filled.images)


def _plain_options(config: Config) -> discover.Options:
    """Return what holds for any dataset: limits, and how many levels of a label count."""
    limits = config.limits
    return discover.Options(level=config.labelling.level, timeout=limits.timeout, download=limits.download)


def _identified(facts: Facts, images: Sequence[ImageRef], results: list[RuleResult]) -> Iterator[RuleResult]:
    """Give every finding its fingerprint; contents that were not measured are read for it."""
    about = {path for result in results for finding in result.findings for path in finding.paths}
    # Only what is an image of the dataset is read; a rule can name any path.
    samples = facts.run(
        """SELECT path, sample_id, samples.label, samples.split, coalesce(pixels.content_digest, files.content_digest)
        FROM samples LEFT JOIN pixels USING (sample_id) LEFT JOIN files USING (path)"""
    )
    places = {path: place for path, *place in samples if path in about}
    unread = {sample_id for sample_id, _, _, content in places.values() if content is None}
    references = [image for image in images if image.sample_id in unread]
    digests = measure.content_digests(references)
    read = {image.sample_id: digest for image, digest in zip(references, digests, strict=True)}
    members = {}
    for path in about:
        number, label, split, content = places.get(path, (None, None, None, None))
        members[path] = Member(content or read.get(number) or path, label, split)
    for result in results:
        yield result._replace(findings=tuple(identify(finding, members) for finding in result.findings))


def _dataset(facts: Facts, listing: discover.Listing, filled: Filled, other: Measured | None) -> DatasetFacts:
    splits = dict(facts.run("SELECT split, images FROM splits ORDER BY split"))
    labels: dict[str, Any] = {}
    for label, split, images in facts.run("SELECT label, split, images FROM class_splits ORDER BY label, split"):
        count = labels.setdefault(label, LabelCount(0, {}))
        by_split = count.splits if split is None else {**count.splits, split: images}
        labels[label] = LabelCount(count.total + images, by_split)
    compared: tuple[str, ...] = ()
    if other is not None:
        decoded = other.facts.run("SELECT count(*) FROM pixels")[0][0]
        compared = (f"compared with {other.name}: {decoded:,} of {len(other.images):,} images could be decoded",)
    return DatasetFacts(
        name=listing.name,
        root=listing.root,
        layout=listing.reading.layout,
        description=listing.reading.description,
        images=facts.run("SELECT count(*) FROM samples")[0][0],
        splits=splits,
        labels=labels,
        notices=(*listing.notices, *filled.notices, *compared),
    )
