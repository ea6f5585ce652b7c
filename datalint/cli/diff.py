"""``datalint diff``."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from datalint.findings import Count, Difference, difference, read_report
from datalint.report import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LISTED = 5


@click.command("diff")
@click.argument("old", type=click.Path(dir_okay=False))
@click.argument("new", type=click.Path(dir_okay=False))
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
def command(old: str, new: str, format_: str) -> int:
    """Say what changed between two reports of a dataset, OLD and NEW, as `datalint check --format json` writes them.

    Classes gained and lost, how their sizes and shares moved, findings that are new and fixed. The exit status is 0
    whatever changed: gates are for `datalint check --baseline`.
    """
    found = difference(read_report(Path(old)), read_report(Path(new)))
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


def _plain(value: Any) -> Any:
    if isinstance(value, Count):
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
    for word, findings in (("new", found.new), ("fixed", found.fixed)):
        yield f"findings {word}: {_by_rule(findings)}"
        for finding in findings[:_LISTED]:
            yield f"  {finding['severity']} {finding['code']} {printable(finding['message'])}"
        if len(findings) > _LISTED:
            yield f"  ... and {len(findings) - _LISTED:,} more"


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
