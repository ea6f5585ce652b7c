"""``datalint diff``."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from datalint.cli.options import config_option, profile_option, selection_options
from datalint.errors import ConfigError
from datalint.findings import Count, Difference, Shift, difference, read_report
from datalint.report import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LISTED = 5
"""Classes that a line names."""
_FINDINGS = 3
"""Findings shown of the new and of the fixed; all fits on a screen."""


@click.command("diff")
@click.argument("places", nargs=-1, metavar="OLD NEW | [PATH]", type=click.Path())
@click.option("--revisions", nargs=2, metavar="OLD NEW", help="Compare the dataset at PATH in two commits.")
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
@selection_options
@profile_option
@config_option
@click.option("--no-cache", is_flag=True, help="Measure every image anew, and keep nothing.")
@click.option("--cache-dir", type=click.Path(file_okay=False), metavar="DIR", help="Where measurements are kept.")
def command(places: tuple[str, ...], revisions: tuple[str, str] | None, format_: str, **options: Any) -> int:
    """Say what changed between two reports of a dataset, OLD and NEW, as `datalint check --format json` writes them.

    With --revisions, between two commits of the dataset at PATH (default: the current folder), which are checked by
    the configuration of the working tree.

    Classes gained and lost, how their sizes and shares moved and how brightness, size and shape of the images did,
    findings that are new and fixed. The exit status is 0 whatever changed: gates are for `datalint check --baseline`.

    \b
    Examples:
      datalint diff old.json new.json
      datalint diff --revisions v1.0 HEAD data/
      datalint diff --revisions main HEAD data/ --select SPL,DUP --format json
    """
    if revisions:
        found = _between(revisions, places, options)
    elif len(places) != 2:
        raise ConfigError("give two reports, OLD and NEW, or --revisions OLD NEW and the dataset")
    elif used := [name for name, value in options.items() if value]:
        raise ConfigError(f"--{used[0].replace('_', '-')} is for --revisions; reports are compared as they are")
    else:
        found = difference(*(read_report(Path(place)) for place in places))
    if format_ == "json":
        # Records become objects, and a tuple of them a list of objects.
        plain = {name: _plain(value) for name, value in found._asdict().items()}
        click.echo(json.dumps(plain, indent=2, ensure_ascii=False))
        return 0
    from rich.console import Console

    from datalint.report.lines import print_lines

    console = Console(highlight=False)
    for line in _lines(found):
        print_lines(console, line.lstrip(), indent=len(line) - len(line.lstrip()))
    return 0


def _between(revisions: tuple[str, str], places: tuple[str, ...], options: dict[str, Any]) -> Difference:
    from datalint.revising import report_of

    if len(places) > 1:
        raise ConfigError("with --revisions OLD NEW, give a single PATH")
    given = []
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            given.append(option)
        elif value:  # the processes run elsewhere
            values = [os.path.abspath(value)] if name in ("config", "cache_dir") else _listed(value)
            given += [word for one in values for word in (option, one)]
    old, new = (report_of(places[0] if places else ".", revision, given) for revision in revisions)
    return difference(old, new)


def _listed(value: Any) -> Sequence[str]:
    return value if isinstance(value, tuple) else [value]


def _plain(value: Any) -> Any:
    if isinstance(value, Count | Shift):
        return value._asdict()
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _lines(found: Difference) -> Iterator[str]:
    parts = [_moved(found.images)]
    parts += [f"{count.name} {_arrow(count)}" for count in found.splits]
    yield " · ".join(parts)
    for notice in found.notices:
        yield f"notice: {notice}"
    for sign, counts in (("gained", found.gained), ("lost", found.lost)):
        if counts:
            names = [f"{count.name} ({max(count.old, count.new):,})" for count in counts]
            yield f"classes {sign}: {_some(names)}"
    if found.changed:
        names = [f"{count.name} {_arrow(count)} ({count.new / count.old - 1:+.0%})" for count in found.changed]
        yield f"classes changed: {_some(names)}"
    if found.drift:
        yield f"class shares moved by {found.drift:.1%}"
    for shift in found.shifts:
        middle = f"{shift.old} before, {shift.new} now" if shift.old != shift.new else f"{shift.new} as before"
        yield f"{shift.name.replace('_', ' ')} moved by {shift.drift:.1%} (median: {middle})"
    for word, findings in (("new", found.new), ("fixed", found.fixed)):
        yield f"findings {word}: {_by_rule(findings)}"
        for finding in findings[:_FINDINGS]:
            yield f"  {finding['severity']} {finding['code']} {printable(finding['message'])}"
        if len(findings) > _FINDINGS:
            yield f"  ... and {len(findings) - _FINDINGS:,} more"


def _moved(count: Count) -> str:
    change = f" ({count.new - count.old:+,})" if count.new != count.old else ""
    return f"{_arrow(count)} {count.name}{change}"


def _arrow(count: Count) -> str:
    return f"{count.new:,}" if count.old == count.new else f"{count.old:,} to {count.new:,}"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED:,} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


def _by_rule(findings: Sequence[Mapping[str, Any]]) -> str:
    counts = Counter(finding["code"] for finding in findings)
    rules = ", ".join(f"{code} x {count:,}" if count > 1 else code for code, count in sorted(counts.items()))
    return f"{len(findings):,} ({rules})" if findings else "none"
