"""What the commands that read a dataset share: options, configuration, progress."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from datalint import pipeline
from datalint.cache_folder import cache_folder
from datalint.cli.completing import complete_layout
from datalint.cli.options import config_option, profile_option, rule_values, selection_options, words
from datalint.config import Config, RuleLayer, config_for, load_config
from datalint.discover import LAYOUTS
from datalint.machine import processors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.decorators import FC

_REPLACED = ("profile", "fail_on", "max_findings", "layout")
layout_option = click.option(
    "--layout",
    metavar="LAYOUT",
    help=f"Read the dataset as one of these: {', '.join(LAYOUTS)}.",
    shell_complete=complete_layout,
)
_READING = (
    layout_option,
    click.option("--level", type=click.IntRange(1), metavar="N", help="Cut hierarchical labels to N levels."),
    click.option("--label-pattern", metavar="PATTERN", help="File names that hold the label: '{label}.{number}.jpg'."),
    click.option("--no-cache", is_flag=True, help="Measure every image anew, and keep nothing."),
    click.option("--cache-dir", type=click.Path(file_okay=False), metavar="DIR", help="Where measurements are kept."),
    click.option("--quiet", "-q", is_flag=True, help="Show no progress, and only what was asked for."),
    click.option(
        "--jobs", "-j", type=click.IntRange(1), metavar="N", help="Worker processes.  [default: one per processor]"
    ),
)


def dataset_options(command: FC) -> FC:
    """Add --config and the options that say how a dataset is read and measured."""
    for option in reversed((config_option, *_READING)):
        command = option(command)
    return command


def reading_options(command: FC) -> FC:
    """Add these, and --staged."""
    staged = click.option("--staged", is_flag=True, help="Read what is staged in git, as it will be committed.")
    return staged(dataset_options(command))


def judging_options(command: FC) -> FC:
    """Add the options that say by which rules a dataset is judged."""
    command = click.option(
        "--set", "values", multiple=True, metavar="RULE.OPTION=VALUE", help="Set an option of a rule."
    )(command)
    return selection_options(profile_option(command))


def run_of(config: Config, options: dict[str, Any], progress: Callable[[int, int], None]) -> pipeline.Run:
    """Return how to run by the options."""
    cache = None if options["no_cache"] else cache_folder(options["cache_dir"], config.cache_folder())
    return pipeline.Run(options["jobs"] or processors(), progress, cache=cache, staged=options.get("staged", False))


def configured(path: str, options: dict[str, Any]) -> Config:
    """Lay the command line over the configuration that applies to the dataset."""
    config = load_config(Path(options["config"])) if options["config"] else config_for(Path(path))
    layer = RuleLayer(
        select=words(options["select"]) if options.get("select") else None,
        extend_select=words(options.get("extend_select", ())),
        ignore=words(options.get("ignore", ())),
        rules=rule_values(options.get("values", ())),
    )
    given = {name: options[name] for name in _REPLACED if options.get(name) is not None}
    said = {name: options[name] for name in ("level", "label_pattern") if options[name] is not None}
    return replace(config, command_line=layer, labelling=replace(config.labelling, **said), **given)


@contextmanager
def progress_bar(quiet: bool, doing: str = "measuring") -> Iterator[Any]:
    """Show progress on stderr, where that is a terminal and the run takes more than a moment."""
    if quiet or not sys.stderr.isatty():
        yield pipeline.silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None, rate="")

        def show(done: int, total: int) -> None:
            speed = bar.tasks[0].finished_speed or bar.tasks[0].speed
            bar.update(task, completed=done, total=total, rate=f"{speed:,.0f} images/s" if speed else "")

        yield show
