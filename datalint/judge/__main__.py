"""The process behind ``cell.py``: queries from standard input, answers to standard output, line by line."""

from __future__ import annotations

import json
import sys
from typing import Any

from datalint.judge.sandbox import QueryFailed, QueryLimits, memory_message, run_query

_MOST_ROWS = 100_000


def main(database: str, seconds: str, memory: str) -> None:
    """Answer queries from standard input until it ends."""
    import duckdb

    limits = QueryLimits(float(seconds), int(memory), _MOST_ROWS)
    _limit_memory(limits)
    connection = duckdb.connect(
        database,
        read_only=True,
        config={
            "memory_limit": f"{limits.memory_megabytes}MB",
            "temp_directory": "",
            "threads": 1,
            "python_enable_replacements": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    connection.execute("SET enable_external_access = false").fetchall()
    connection.execute("SET lock_configuration = true").fetchall()
    print("ready", flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer: dict[str, Any] = {"rows": run_query(connection, request["sql"], request["values"], limits)}
        except QueryFailed as error:
            answer = {"error": str(error), "line": error.line}
        except MemoryError:
            answer = {"error": memory_message(limits)}
        print(json.dumps(answer), flush=True)


def _limit_memory(limits: QueryLimits) -> None:
    """Hold what the engine's own limit does not count; the allowance is for code, stacks and the rows."""
    try:
        import resource
    except ImportError:  # not on Windows, where the engine's own limit has to do
        return
    size = (limits.memory_megabytes + 2048) * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


if __name__ == "__main__":
    main(*sys.argv[1:])
