"""``datalint check``."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from datalint import pipeline
from datalint.cache_folder import cache_folder
from datalint.cli.options import config_option, profile_option, rule_values, selection_options, words
from datalint.cli.writing import report_files, write_reports
from datalint.config import FAIL_ON, Config, RuleLayer, config_for, load_config
from datalint.discover import LAYOUTS
from datalint.errors import ConfigError, DatalintError
from datalint.machine import processors
from datalint.report import FORMATS, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datalint.model import Report


@click.command("check")
@click.argument("paths", nargs=-1, metavar="PATH...", type=click.Path())
@selection_options
@config_option
@profile_option
@click.option("--set", "values", multiple=True, metavar="RULE.OPTION=VALUE", help="Set an option of a rule.")
@click.option("--layout", metavar="LAYOUT", help=f"Read the dataset as one of these: {', '.join(LAYOUTS)}.")
@click.option("--level", type=click.IntRange(1), metavar="N", help="Cut hierarchical labels to N levels.")
@click.option("--label-pattern", metavar="PATTERN", help="File names that hold the label: '{label}.{number}.jpg'.")
@click.option("--against", metavar="PATH", help="Look for the images in another dataset, which is not checked.")
@click.option("--staged", is_flag=True, help="Check what is staged in git, as it will be committed.")
@click.option("--changed-only", is_flag=True, help="Show what touches files that changed since the last commit.")
@click.option(
    "--since", metavar="REV", help="Show what touches files that changed since REV (a branch: since it parted)."
)
@click.option("--no-cache", is_flag=True, help="Measure every image anew, and keep nothing.")
@click.option("--cache-dir", type=click.Path(file_okay=False), metavar="DIR", help="Where measurements are kept.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--output", "-o", type=click.Path(dir_okay=False), help="Write the report to a file.")
@click.option(
    "--report", "reports", multiple=True, metavar="FORMAT=FILE", help="Write a report to a file as well; repeatable."
)
@click.option(
    "--evidence", type=click.Path(dir_okay=False), metavar="FILE", help="Draw what gives classes away (BIA), as PNG."
)
@click.option("--fail-on", type=click.Choice(FAIL_ON), help="Exit with 1 from this severity on.  [default: error]")
@click.option(
    "--show", type=click.IntRange(0), default=5, metavar="N", help="Findings shown per rule.  [default: 5; 0: all]"
)
@click.option("--statistics", is_flag=True, help="Show how many findings each rule has.")
@click.option("--quiet", "-q", is_flag=True, help="Show findings only.")
@click.option(
    "--jobs", "-j", type=click.IntRange(1), metavar="N", help="Worker processes.  [default: one per processor]"
)
@click.option("--backend", type=click.Choice(pipeline.BACKENDS), default="local", help="Measure on a cluster.")
@click.option("--scheduler", metavar="URL", help="Address of the cluster, where it is not a new one on this machine.")
def command(**options: Any) -> int:
    """Check image datasets. A PATH (default: the current folder) is a folder, a file, an archive or a URL.

    \b
    Examples:
      datalint check data/
      datalint check data/ --select SPL,DUP --fail-on warning
      datalint check data/ --against benchmark/ --select SPL
      datalint check data/ --staged --changed-only
      datalint check data/ --since origin/main
      datalint check data/ --set class-too-small.min_images=500
      datalint check data/ --format json --output report.json
      datalint check data/ --report html=report.html --report sarif=datalint.sarif
      datalint check data/ --select BIA --evidence evidence.png
      datalint check s3://bucket/data --backend dask --scheduler tcp://host:8786

    Exit status: 0 no finding at or above --fail-on, 1 findings, 2 could not run, 130 interrupted.
    """
    if options["jobs"] and options["scheduler"]:
        raise ConfigError(
            "--jobs counts workers of this machine; how many there are behind --scheduler, the cluster says"
        )
    files = report_files(options["reports"])
    paths = options["paths"] or (".",)
    if options["evidence"] and len(paths) > 1:
        raise ConfigError("--evidence draws one dataset; give a single PATH")
    reports = []
    for path in paths:
        config = _config(path, options)
        with _progress(options["quiet"]) as progress:
            cache = None if options["no_cache"] else cache_folder(options["cache_dir"], config.cache_folder())
            run = pipeline.Run(
                jobs=options["jobs"] or processors(),
                progress=progress,
                against=options["against"],
                cache=cache,
                backend=options["backend"],
                scheduler=options["scheduler"],
                staged=options["staged"],
                since=options["since"] or ("HEAD" if options["changed_only"] else None),
            )
            reports.append(pipeline.check(path, config, run))
    write_reports(reports, options, files)
    if options["evidence"]:
        _draw(reports[0], Path(options["evidence"]))
    for rule in (rule for report in reports for rule in report.rules if rule.failed):
        click.echo(f"datalint: rule {rule.code} {rule.name} failed: {printable(rule.reason or '')}", err=True)
    return max(report.exit_status for report in reports)


def _config(path: str, options: dict[str, Any]) -> Config:
    """Lay the command line over the configuration that applies to the dataset."""
    config = load_config(Path(options["config"])) if options["config"] else config_for(Path(path))
    layer = RuleLayer(
        select=words(options["select"]) if options["select"] else None,
        extend_select=words(options["extend_select"]),
        ignore=words(options["ignore"]),
        rules=rule_values(options["values"]),
    )
    given = {name: options[name] for name in ("profile", "fail_on", "layout") if options[name] is not None}
    said = {name: options[name] for name in ("level", "label_pattern") if options[name] is not None}
    return replace(config, command_line=layer, labelling=replace(config.labelling, **said), **given)


@contextmanager
def _progress(quiet: bool) -> Iterator[Any]:
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
        task = bar.add_task("measuring", total=None, rate="")

        def show(done: int, total: int) -> None:
            speed = bar.tasks[0].finished_speed or bar.tasks[0].speed
            bar.update(task, completed=done, total=total, rate=f"{speed:,.0f} images/s" if speed else "")

        yield show


def _draw(report: Report, file: Path) -> None:
    from datalint.report.evidence import evidence

    picture = evidence(report)
    if picture is None:
        click.echo("datalint: no rule of family BIA found anything, so there is no evidence to draw", err=True)
        return
    try:
        picture.save(file, "PNG")
    except OSError as error:
        raise DatalintError(f"{file}: cannot be written: {error.strerror or error}") from None
