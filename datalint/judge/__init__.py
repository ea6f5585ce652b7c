"""Judge: from tables, rules and configuration to findings. Knows DuckDB, and nothing about images."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Protocol

from datalint.judge.cell import Cell
from datalint.judge.evaluate import evaluate
from datalint.judge.rule import Option, Rule
from datalint.judge.rulebook import read_rules, shipped_folder
from datalint.judge.sandbox import QueryLimits, run_query
from datalint.judge.settings import Settings, matches, profile_table, require, resolve

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import duckdb

    from datalint.model import RuleResult

__all__ = [
    "Option",
    "QueryLimits",
    "Rule",
    "Settings",
    "judge",
    "load_rules",
    "matches",
    "profile_table",
    "require",
    "resolve",
    "shipped_folder",
]


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
    tables: Tables, settings: Sequence[Settings], limits: QueryLimits, missing: Mapping[str, str]
) -> list[RuleResult]:
    """Judge the selected rules over the tables, which are closed to all else from here on.

    ``missing`` maps tables that hold nothing to judge to the reason, for the rules that read them.
    """
    with _cell(tables, limits) if any(not item.rule.trusted for item in settings) else nullcontext() as cell:
        tables.lock()
        results = []
        for item in settings:
            inside = partial(run_query, tables.connection, limits=limits)
            results.append(evaluate(item, inside if cell is None or item.rule.trusted else cell.run, missing))
        return results


@contextmanager
def _cell(tables: Tables, limits: QueryLimits) -> Iterator[Cell]:
    with tables.saved() as database:
        cell = Cell(database, limits)
        try:
            yield cell
        finally:
            cell.close()
