"""``datalint query``."""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from typing import TYPE_CHECKING, Any

import click

from datalint import pipeline
from datalint.cli.running import configured, progress_bar, reading_options, run_of
from datalint.errors import ConfigError
from datalint.facts import Facts, documentation
from datalint.judge import Answer, ask, tables_of
from datalint.report import printable

if TYPE_CHECKING:
    from datalint.config import Config


@click.command("query")
@click.argument("sql")
@click.argument("path", default=".", type=click.Path())
@click.option("--format", "format_", type=click.Choice(("table", "csv", "json")), default="table", show_default=True)
@reading_options
def command(sql: str, path: str, format_: str, **options: Any) -> int:
    """Run one SELECT over the tables of the dataset at PATH (default: the current folder).

    `datalint tables` lists them. Only those that the query reads are computed. It runs as rules do: it can neither read
    files nor change anything, and limits of time and memory apply.

    \b
    Examples:
      datalint query "select label, images from classes" data/
      datalint query "select path, bytes from files" data/ --format csv
    """
    config = configured(path, options)
    answer = _answer(sql, path, config, options)
    write = {"table": _write_table, "csv": _write_csv, "json": _write_json}[format_]
    write(answer)
    return 0


def _answer(sql: str, path: str, config: Config, options: dict[str, Any]) -> Answer:
    tables = tables_of(sql, Facts().connection, [table.name for table in documentation()])
    if "contamination" in tables:
        raise ConfigError("table contamination is filled by `datalint check --against`, and not here")
    with progress_bar(options["quiet"]) as progress:
        data = pipeline.read(path, config, run_of(config, options, progress), tables)
    return ask(data.facts, sql, pipeline.query_limits(config))


def _write_table(answer: Answer) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in answer.columns:
        numbers = [row[name] for row in answer.rows if row[name] is not None]
        right = bool(numbers) and all(isinstance(value, int | float) for value in numbers)
        table.add_column(Text(printable(name)), justify="right" if right else "left", overflow="fold")
    for row in answer.rows:
        table.add_row(*(Text(_shown(row[name])) for name in answer.columns))
    console = Console()
    if not console.is_terminal:
        console = Console(width=max(80, console.measure(table).maximum))  # a file is as wide as it has to be
    console.print(table)


def _write_csv(answer: Answer) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([_cell(row[name]) for name in answer.columns] for row in answer.rows)
    sys.stdout.buffer.write(file.getvalue().encode())


def _write_json(answer: Answer) -> None:
    rows = [{name: _number(row[name]) for name in answer.columns} for row in answer.rows]
    text = json.dumps(rows, indent=2, ensure_ascii=False, allow_nan=False)
    sys.stdout.buffer.write(f"{text}\n".encode())


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return printable(_cell(value) if isinstance(value, list | bool) else str(value))


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | bool) else value


def _number(value: Any) -> Any:
    """JSON has no infinity and no NaN."""
    if isinstance(value, list):
        return [_number(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
