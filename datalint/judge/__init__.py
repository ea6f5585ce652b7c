"""Judge: from tables, rules and configuration to findings. Knows DuckDB, and nothing about images."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from datalint.errors import RuleError
from datalint.judge.cell import Cell
from datalint.judge.evaluate import evaluate
from datalint.judge.query import analyse
from datalint.judge.rule import Option, Rule
from datalint.judge.rulebook import read_rules, rule_words, shipped_folder
from datalint.judge.sandbox import QueryFailed, QueryLimits, Row, run_query
from datalint.judge.settings import Settings, matches, profile_names, profile_table, require, resolve
from datalint.timing import untimed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    import duckdb

    from datalint.model import RuleResult
    from datalint.timing import Stage

__all__ = [
    "Answer",
    "Option",
    "QueryLimits",
    "Rule",
    "Settings",
    "ask",
    "judge",
    "load_rules",
    "matches",
    "profile_names",
    "profile_table",
    "require",
    "resolve",
    "rule_words",
    "shipped_folder",
    "tables_of",
]

_ASKED = Path("query")
"""In place of a file's name, where a query is in none."""


class Tables(Protocol):
    """The filled tables, as the judge needs them."""

    connection: duckdb.DuckDBPyConnection

    def saved(self) -> AbstractContextManager[Path]: ...
    def lock(self) -> None: ...


def load_rules(
    tables: Tables, schema: Mapping[str, Collection[str]], folders: Sequence[Path], limits: QueryLimits
) -> list[Rule]:
    """Read datalint's rules and those in ``folders``, in order of code. Raises RuleError.

    ``schema`` maps the tables and views that rules may read to their columns. Binding a query computes its
    constants, so this too is done in a process with limits for rules that are not ours.
    """
    if not folders:
        return read_rules(tables.connection, schema)
    with _cell(tables, limits) as cell:
        return read_rules(tables.connection, schema, folders, cell.run)


def judge(
    tables: Tables,
    settings: Sequence[Settings],
    limits: QueryLimits,
    missing: Mapping[str, str],
    timed: Stage = untimed,
) -> list[RuleResult]:
    """Judge the selected rules over the tables, which are closed to all else from here on.

    ``missing`` maps tables that hold nothing to judge to the reason, for the rules that read them.
    """
    with _cell(tables, limits) if any(not item.rule.trusted for item in settings) else nullcontext() as cell:
        tables.lock()
        results = []
        for item in settings:
            inside = partial(run_query, tables.connection, limits=limits)
            with timed(f"{item.rule.code} {item.rule.name}"):
                results.append(evaluate(item, inside if cell is None or item.rule.trusted else cell.run, missing))
        return results


class Answer(NamedTuple):
    """What a query returned."""

    columns: list[str]
    rows: list[Row]


def tables_of(sql: str, connection: duckdb.DuckDBPyConnection, known: Collection[str]) -> frozenset[str]:
    """Return the tables that a query reads; ``connection`` parses only. Raises RuleError for all but one SELECT."""
    query = analyse(connection, sql, known, _ASKED)
    for name in sorted(query.parameters):
        raise RuleError(f"${name} is the option of a rule; write its value", _ASKED)
    return query.tables


def ask(tables: Tables, sql: str, limits: QueryLimits) -> Answer:
    """Carry out a query that :func:`tables_of` accepts, in a process that can be killed. Raises RuleError."""
    inner = sql.strip().rstrip(";")
    try:
        with _cell(tables, limits) as cell:
            # As a subquery, columns of one name get several.
            columns = [row["column_name"] for row in cell.run(f"DESCRIBE SELECT * FROM (\n{inner}\n)", {})]
            return Answer(columns, cell.run(f"SELECT * FROM (\n{inner}\n)", {}))
    except QueryFailed as error:
        raise RuleError(str(error), _ASKED, error.line and max(1, error.line - 1)) from None


@contextmanager
def _cell(tables: Tables, limits: QueryLimits) -> Iterator[Cell]:
    with tables.saved() as database:
        cell = Cell(database, limits)
        try:
            yield cell
        finally:
            cell.close()
