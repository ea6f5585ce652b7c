"""``datalint explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from datalint.cli.catalogue import find_rule, known_rules
from datalint.cli.completing import complete_rule
from datalint.cli.options import config_option

if TYPE_CHECKING:
    from rich.console import Console

    from datalint.judge import Option, Rule


@click.command("explain")
@click.argument("rule", shell_complete=complete_rule)
@config_option
def command(rule: str, config: str | None) -> int:
    """Explain a RULE, by code or name: what it finds, why that matters, its options, its query.

    \b
    Examples:
      datalint explain SPL001
      datalint explain near-duplicate
    """
    from rich.console import Console

    _write(find_rule(known_rules(config), rule), Console(highlight=False))
    return 0


def _write(rule: Rule, console: Console) -> None:
    from rich.syntax import Syntax
    from rich.text import Text

    from datalint.report.lines import print_lines

    def section(title: str, *lines: Text | str) -> None:
        print_lines(console, Text(title, "bold"))
        for line in lines:
            print_lines(console, line, indent=2)
        console.print()

    print_lines(console, Text.assemble((f"{rule.code} {rule.name}", "bold"), f"  {rule.title} ({rule.severity.word})"))
    console.print()
    section("Why", " ".join(rule.why.split()))
    section("What to do", rule.advice)
    section("Message", rule.message)
    if rule.method:
        section("How it is measured", *(" ".join(part.split()) for part in rule.method.strip().split("\n\n")))
    if rule.options:
        options = [
            Text.assemble((f"{option.name} = {_toml(option.default)}", "cyan"), f"  {option.help}{_bounds(option)}")
            for option in rule.options.values()
        ]
        section("Options", *options, Text(f"in datalint.toml: [rules.{rule.name}]", "dim"))
    section("Source", rule.source)
    section("Tables", f"{', '.join(sorted(rule.tables))}  (datalint tables {min(rule.tables, default='')})")
    query = Syntax(rule.query, "sql", background_color="default").highlight(rule.query)
    section("Query", *query.split("\n"))


def _bounds(option: Option) -> str:
    if option.choices:
        return f" (one of {', '.join(option.choices)})"
    return "" if option.low is None else f" ({option.low:g} to {option.high:g})"


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')
