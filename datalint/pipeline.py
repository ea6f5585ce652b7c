"""The stages in order: discover, measure, relate, judge, report. Read this first.

Only the tables that the selected rules read are filled, so what a run costs is decided by its rules.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint import __version__, discover, git, judge, measure, relating, repeating
from datalint.card_file import Card, fill_card, find_card
from datalint.changing import find_changes, touched
from datalint.collecting import Data, Dataset, Source, collect, contaminate
from datalint.config import Config, RuleLayer, rule_layer
from datalint.describing import described
from datalint.embedding_file import read_embeddings
from datalint.errors import ConfigError
from datalint.facts import Facts, documentation
from datalint.facts.schema import schema_sql
from datalint.facts.shelf import dataset_name, datasets_folder
from datalint.facts.snapshot import count_files, open_tables
from datalint.filling import Means, missing, needed_tables
from datalint.gating import Gate, pass_gate
from datalint.identifying import identified
from datalint.joining import joined
from datalint.locking import Lock, fill_locked, find_lock
from datalint.machine import processors
from datalint.model import Report
from datalint.storage import state as file_times
from datalint.suspecting import EMBEDDED, TOLD_BY_EMBEDDINGS, fill_embedded
from datalint.timing import untimed
from datalint.tracking import NOT_ASKED, fill_tracked, find_tracked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from datalint.findings import Touched
    from datalint.timing import Stage


BACKENDS = measure.BACKENDS
"""What can measure."""


def silent(done: int, total: int) -> None:
    """Report no progress."""


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
    backend: str = "local"
    """What measures: one of :data:`BACKENDS`."""
    scheduler: str | None = None
    """The address of a cluster."""
    staged: bool = False
    """Whether to check what is staged in git, as it will be committed, in place of the working tree."""
    since: str | None = None
    """A commit: findings that touch nothing that changed since are left out. Rules see the whole dataset."""
    embeddings: Any = None
    """What the user's own network says of the images: a file, or arrays. None for none."""
    baseline: Path | None = None
    """Findings that are known: only new ones are told, and fail the run."""
    timed: Stage = untimed
    """Takes the time of its stages."""


def check(dataset: Dataset, config: Config, run: Run) -> Report:
    """Check one dataset. Raises DatalintError when that cannot be done at all."""
    started = time.monotonic()
    source = Source(dataset, reading_options(config)._replace(staged=run.staged), run.cache)
    with run.timed("look for the report of the last run"):
        lock = find_lock(dataset, config.lock_file(), run.staged)
        card = find_card(dataset, config.card_file(), run.staged)
        place = _place(source, config, run, lock, card)
        report, touch = None, None
        if place is not None and place.file.is_file() and (tree := discover.files_of(dataset, run.staged)):
            source = source._replace(tree=tree)
            report = repeating.repeat(place, _state(place, tree.digest()), open_tables)
    if report is None:
        with measure.connected(run.backend, run.scheduler, run.jobs) as cluster:
            options = measure.MeasureOptions(run.jobs, config.limits.pixels, cluster=cluster)
            report, touch = _checked(source, config, run, options, place, lock, card)
    report = pass_gate(report, Gate(config, run.baseline, touch))
    return replace(report, seconds=time.monotonic() - started)


def read(dataset: Dataset, config: Config, run: Run, tables: Iterable[str]) -> Data:
    """Fill tables of one dataset that no rule asks for. Raises DatalintError when it cannot be read."""
    source = Source(dataset, reading_options(config)._replace(staged=run.staged), run.cache)
    options = measure.MeasureOptions(run.jobs, config.limits.pixels)
    needed = needed_tables(tables)
    means = Means(needed - repeating.NOT_KEPT, options, processors(), run.progress, run.timed)
    data = collect(source, means)
    if "tracked_files" in needed:
        fill_tracked(data.facts, find_tracked(discover.storage_of(dataset, run.staged)), None)
    lock = find_lock(dataset, config.lock_file(), run.staged) if "locked" in needed else None
    fill_locked(data.facts, lock)
    fill_card(data.facts, find_card(dataset, config.card_file(), run.staged) if "card" in needed else None)
    return data


def _checked(
    source: Source,
    config: Config,
    run: Run,
    options: measure.MeasureOptions,
    place: repeating.Place | None,
    lock: Lock | None,
    card: Card | None,
) -> tuple[Report, Touched | None]:
    """Judge the dataset; return all that was found, and what changed since the commit that was named, if one was."""
    with run.timed("read rules"):
        settings = selected_rules(Facts(), config)
    asked = any("tracked_files" in item.rule.tables for item in settings)
    tracked = find_tracked(discover.storage_of(source.dataset, run.staged)) if asked else NOT_ASKED
    absent = {
        "contamination": run.against is None,
        "outliers": run.embeddings is None,
        "tracked_files": tracked.nothing,
        "locked": lock is None,
        "card": card is None,
    }
    for table in (table for table, is_absent in absent.items() if is_absent):
        # Rules about another dataset need not say in every run that there is none, unless nothing else was asked for.
        settings = [item for item in settings if table not in item.rule.tables] or settings
    names = {name for item in settings for name in item.rule.tables | item.rule.needs}
    if run.against is not None and "contamination" not in names:
        raise ConfigError("no selected rule compares with another dataset (--against); SPL008 and SPL009 do")
    given = None if run.embeddings is None else read_embeddings(run.embeddings)

    started = time.time_ns()
    needed = needed_tables(names)
    given = given if TOLD_BY_EMBEDDINGS & needed else None
    fits = partial(joined, given=given) if given else None  # what is given is for these samples, or nothing is measured
    kept = needed - repeating.NOT_KEPT - (EMBEDDED if given else set())
    means = Means(kept, options, processors(), run.progress, run.timed, fits)
    data = collect(source, means)
    other = None
    if run.against is not None:
        other = contaminate(data, source, Source(run.against, _plain_options(config), run.cache), means)
    untracked = fill_tracked(data.facts, tracked, run.since)
    unembedded = fill_embedded(data.facts, given, needed, run.timed)
    unlocked = fill_locked(data.facts, lock if "locked" in names else None)
    fill_card(data.facts, card)
    gaps = missing(data.facts, names, other and other.facts) | untracked | unembedded | unlocked
    with run.timed("judge"):
        results = judge.judge(data.facts, settings, query_limits(config), gaps, run.timed)
    touch = None
    if run.since is not None:
        listing = data.listing or discover.discover(source.dataset, source.reading)
        changes = find_changes(source.dataset, listing, run.since)
        touch = touched(data.facts, listing, changes, [file for file in (config.file, lock and lock.file) if file])
    with run.timed("identify findings"):
        rules = tuple(identified(data.facts, data.images, results))
    report = Report(
        dataset=described(data, other),
        rules=rules,
        fail_on=config.fail_on,
        exit_status=0,  # that is for the gate to say
        seconds=0.0,
        recalled=data.recalled,
        tables=data.facts,
        changed_since=run.since,
    )
    if place is not None and data.tree is not None and data.snapshot is not None and data.problem is None:
        repeating.keep(place, _state(place, data.tree, started), data.snapshot, count_files(data.facts), report)
    return report, touch


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
    rules = all_rules(facts, config)
    settings = judge.resolve(rules, layers)
    judge.require(rules, config.layer, "suppressions", (item.rule for item in config.suppressions if item.rule))
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


def _place(source: Source, config: Config, run: Run, lock: Lock | None, card: Card | None) -> repeating.Place | None:
    """Say where the report of such a run is kept; None for one that may depend on more than the dataset and git."""
    if (
        run.cache is None
        or run.against is not None
        or run.embeddings is not None
        or run.since is not None
        or config.rule_paths
    ):
        return None  # a rule of one's own can ask what time it is
    if run.backend != "local" or run.scheduler is not None:
        return None  # whether there is such a cluster shows when it is used
    if isinstance(source.dataset, discover.InMemory):
        return None
    versions = (__version__, measure.versions(), relating.VERSION, schema_sql())
    rules = repeating.rules_digest(judge.shipped_folder(), (versions, config, lock, card))
    root = os.path.abspath(os.fsdecode(source.dataset))
    return repeating.Place(datasets_folder(run.cache), f"{dataset_name(root, source.reading)}-{rules}", root)


def _state(place: repeating.Place, tree: str, started: int | None = None) -> str:
    """Digest all that a report depends on, apart from rules: the files, by their digest, and what git knows of them.

    With the time when a run ``started`` (ns since 1970), git must not have changed since, or shortly before.
    """
    known = git.git_state(place.root)
    settled = started is None or known.newest < started - file_times.GRAIN_NS
    return f"{tree} {known.digest}" if settled else ""


def _plain_options(config: Config) -> discover.Options:
    """Return what holds for any dataset, since how to read another one is not configured: limits and levels."""
    limits = config.limits
    return discover.Options(level=config.labelling.level, timeout=limits.timeout, download=limits.download)
