"""``datalint baseline``: record findings, so that only new ones fail."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from datalint import __version__, pipeline
from datalint.cli.running import configured, judging_options, progress_bar, reading_options, run_of
from datalint.cli.writing import writing_to
from datalint.errors import ConfigError, DatalintError
from datalint.findings import Baseline, compare, pruned, read_baseline, record, updated, write_baseline
from datalint.report import printable

if TYPE_CHECKING:
    from datalint.config import Config
    from datalint.model import Report

_path = click.argument("path", default=".", type=click.Path())
_file = click.option(
    "--baseline",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="The baseline.  [default: that of datalint.toml]",
)


class _Group(click.Group):
    """``datalint baseline PATH`` is short for ``datalint baseline create PATH``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = ["create", *args]
        return super().parse_args(ctx, args)


@click.group("baseline", cls=_Group)
def command() -> None:
    """Record the findings of a dataset, so that only new ones fail a run.

    \b
    Examples:
      datalint baseline data/ --output baseline.json
      datalint check data/ --baseline baseline.json
      datalint baseline update data/ --baseline baseline.json
      datalint baseline prune data/ --baseline baseline.json
    """


@command.command("create")
@_path
@click.option("--output", "-o", type=click.Path(dir_okay=False), metavar="FILE", help="The file to write.")
@judging_options
@reading_options
def create(path: str, output: str | None, **options: Any) -> int:
    """Record all findings of the dataset at PATH (default: the current folder).

    \b
    Examples:
      datalint baseline create data/ --output baseline.json
      datalint baseline create data/ -o leaks.json --select SPL
    """
    config = configured(path, options)
    file = _baseline_file(config, output, "--output")
    baseline = record(_checked(path, config, options), config.profile, __version__)
    _write(baseline, file)
    click.echo(f"{_count(len(baseline.entries))} recorded in {printable(str(file))}")
    return 0


@command.command("update")
@_path
@_file
@judging_options
@reading_options
def update(path: str, baseline: str | None, **options: Any) -> int:
    """Record the findings of today in place of those of before: new ones are accepted.

    What the baseline says of rules that did not run is kept.

    \b
    Examples:
      datalint baseline update data/
      datalint baseline update data/ --baseline baseline.json
    """
    config = configured(path, options)
    file = _baseline_file(config, baseline, "--baseline")
    old = read_baseline(file)
    report = _checked(path, config, options)
    comparison = compare(report.rules, old, file.name)
    new = updated(old, record(report, config.profile, __version__))
    _write(new, file)
    added, removed = comparison.known.count(False), len(comparison.state.stale)
    click.echo(f"{_count(len(new.entries))}: {added:,} new, {removed:,} stale removed")
    return 0


@command.command("prune")
@_path
@_file
@judging_options
@reading_options
def prune(path: str, baseline: str | None, **options: Any) -> int:
    """Remove the entries that no finding matches any more; new findings stay new.

    \b
    Examples:
      datalint baseline prune data/
      datalint baseline prune data/ --baseline baseline.json
    """
    config = configured(path, options)
    file = _baseline_file(config, baseline, "--baseline")
    report = _checked(path, config, options, file)
    assert report.baseline is not None
    stale = report.baseline.stale
    left = pruned(read_baseline(file), stale)
    if stale:
        _write(left, file)
    click.echo(f"{_count(len(left.entries))}: {len(stale):,} stale removed")
    return 0


def _baseline_file(config: Config, given: str | None, option: str) -> Path:
    file = Path(given) if given else config.baseline_file()
    if file is None:
        raise ConfigError(f"which file? Give {option} FILE, or set baseline in datalint.toml")
    return file


def _checked(path: str, config: Config, options: dict[str, Any], baseline: Path | None = None) -> Report:
    """Check the dataset. Raises DatalintError where a rule failed, so that its findings are not known."""
    with progress_bar(options["quiet"]) as progress:
        report = pipeline.check(path, config, run_of(config, options, progress)._replace(baseline=baseline))
    for rule in report.rules:
        if rule.failed:
            raise DatalintError(f"rule {rule.code} {rule.name} failed, so nothing was recorded: {rule.reason}")
    return report


def _write(baseline: Baseline, file: Path) -> None:
    with writing_to(file):
        write_baseline(baseline, file)


def _count(findings: int) -> str:
    return "1 finding" if findings == 1 else f"{findings:,} findings"
