"""Run one query so that it can only read the tables, within limits of time and memory.

Beside what is checked before (one SELECT over known tables, see ``query.py``), the connection is closed to
files, the network and settings, the transaction is read-only, and a timer interrupts the query. A single
call on a huge value does not notice an interrupt, so rules that datalint does not ship run in a process of
their own (``cell.py``) that is killed at the limit.
"""

from __future__ import annotations

import re
from decimal import Decimal
from threading import Timer
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

Row = dict[str, Any]


class QueryFailed(Exception):
    """A query that was stopped, or that the engine could not carry out; the text says why.

    ``line`` is where in the query, when the engine knows.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class QueryLimits(NamedTuple):
    """What a query may take."""

    seconds: float
    memory_megabytes: int
    rows: int | None = None
    """Rows that it may return; None for any number."""


def run_query(
    connection: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Any], limits: QueryLimits
) -> list[Row]:
    """Return the rows of a query as mappings with plain values: None, bool, int, float, str and lists of these."""
    import duckdb

    stopped = []

    def stop() -> None:
        stopped.append(True)
        connection.interrupt()

    timer = Timer(limits.seconds, stop)
    timer.daemon = True
    connection.execute("BEGIN TRANSACTION READ ONLY").fetchall()
    timer.start()
    try:
        result = connection.execute(sql, dict(values))
        names = [column[0] for column in result.description or ()]
        rows = result.fetchall() if limits.rows is None else result.fetchmany(limits.rows + 1)
        if limits.rows is not None and len(rows) > limits.rows:
            raise QueryFailed(
                f"returns more than {limits.rows:,} rows, more than anybody reads; say what is wanted, or LIMIT them"
            )
        return [dict(zip(names, map(_plain, row), strict=True)) for row in rows]
    except duckdb.InterruptException:
        if not stopped:
            raise KeyboardInterrupt from None
        raise QueryFailed(time_message(limits)) from None
    except duckdb.OutOfMemoryException:
        raise QueryFailed(memory_message(limits)) from None
    except duckdb.Error as error:
        line = re.search(r"LINE (\d+):", str(error))
        text = str(error).partition("\n\nLINE")[0].replace("\n", " ").strip()
        raise QueryFailed(text, int(line[1]) if line else None) from None
    finally:
        timer.cancel()
        timer.join()  # it holds the connection, which must not go with a thread that the end of the process cuts off
        connection.execute("ROLLBACK").fetchall()


def time_message(limits: QueryLimits) -> str:
    return f"stopped after {limits.seconds:g} s; raise rule-seconds under [limits] if it needs more"


def memory_message(limits: QueryLimits) -> str:
    return f"needs more than {limits.memory_megabytes:,} MB; raise rule-memory under [limits] if that is right"


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return float(value)
    return str(value)
