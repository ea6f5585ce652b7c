"""``datalint rules``."""

from __future__ import annotations

import click

from datalint.cli.catalogue import known_rules
from datalint.cli.options import config_option


@click.command("rules")
@click.argument("filters", nargs=-1, metavar="[FILTER]...")
@config_option
def command(filters: tuple[str, ...], config: str | None) -> int:
    """List the rules: code, severity and name.

    A FILTER keeps the rules whose code begins with it, or whose name or title contains it.
    """
    from rich.console import Console
    from rich.table import Table

    rules = known_rules(config)
    if filters:
        rules = [
            rule
            for rule in rules
            if any(rule.code.startswith(f.upper()) or f.lower() in f"{rule.name} {rule.title}".lower() for f in filters)
        ]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in ("code", "severity", "name"):
        table.add_column(column, no_wrap=True)
    for rule in rules:
        table.add_row(rule.code, rule.severity.word, rule.name)
    Console().print(table)
    return 0 if rules else 1
