"""``datalint rules``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from datalint.cli.catalogue import known_rules
from datalint.cli.completing import complete_rule
from datalint.cli.options import config_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datalint.judge import Rule


@click.command("rules")
@click.argument("filters", nargs=-1, metavar="[FILTER]...", shell_complete=complete_rule)
@click.option("--format", "format_", type=click.Choice(("table", "markdown")), default="table", show_default=True)
@config_option
def command(filters: tuple[str, ...], format_: str, config: str | None) -> int:
    """List the rules: code, severity and name; as Markdown with all that is said of them.

    A FILTER keeps the rules whose code begins with it, or whose name or title contains it.

    \b
    Examples:
      datalint rules
      datalint rules BAL duplicate
      datalint rules --format markdown > rules.md
    """
    rules = known_rules(config)
    if filters:
        rules = [
            rule
            for rule in rules
            if any(rule.code.startswith(f.upper()) or f.lower() in f"{rule.name} {rule.title}".lower() for f in filters)
        ]
    if format_ == "markdown":
        from datalint.cli.reference import profiles, reference

        sys.stdout.buffer.write(reference(rules, profiles()).encode())
    else:
        _write_table(rules)
    return 0 if rules else 1


def _write_table(rules: Sequence[Rule]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in ("code", "severity", "name"):
        table.add_column(column, no_wrap=True)
    for rule in rules:
        table.add_row(rule.code, rule.severity.word, rule.name)
    Console().print(table)
