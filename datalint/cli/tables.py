"""``datalint tables``."""

from __future__ import annotations

import click

from datalint.cli.completing import complete_table
from datalint.errors import ConfigError, did_you_mean


@click.command("tables")
@click.argument("names", nargs=-1, metavar="[TABLE]...", shell_complete=complete_table)
def command(names: tuple[str, ...]) -> int:
    """Describe the tables that rules read: every column, and what it takes to fill them.

    \b
    Examples:
      datalint tables
      datalint tables samples pixels
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from datalint.facts import documentation

    tables = {table.name: table for table in documentation()}
    for name in names:
        if name not in tables:
            raise ConfigError(f"no table {name!r}{did_you_mean(name, tables)}")
    console = Console(highlight=False)
    for number, table in enumerate(tables[name] for name in names or tables):
        if number:
            console.print()
        console.print(Text.assemble((table.name, "bold"), f"  {table.kind}. {table.row} Cost: {table.cost}."))
        grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for column in table.columns:
            grid.add_row("", Text(column.name, "cyan"), column.type, Text(column.comment))
        console.print(grid)
    return 0
