"""What a query reads, by DuckDB's own parse of it; what a query may not do is refused here, before it runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.errors import RuleError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    import duckdb

_TABLE_FUNCTIONS = frozenset(("range", "generate_series", "unnest"))


class Query(NamedTuple):
    """The names in a query."""

    tables: frozenset[str]
    parameters: frozenset[str]


def analyse(connection: duckdb.DuckDBPyConnection, sql: str, known: Collection[str], file: Path) -> Query:
    """Check that ``sql`` is exactly one SELECT over known tables. Raises RuleError with file and line."""
    parsed = json.loads(connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()[0][0])
    if parsed["error"]:
        if parsed.get("error_type") == "not implemented":
            raise RuleError("one SELECT is expected; this is another kind of statement", file, query_line(sql))
        position = int(parsed.get("position") or 0)
        raise RuleError(parsed["error_message"], file, _line(sql, position))
    if len(parsed["statements"]) != 1:
        raise RuleError(f"one SELECT is expected, not {len(parsed['statements'])} statements", file, query_line(sql))
    nodes = list(_nodes(parsed["statements"]))
    tables = set()
    local = {entry["key"].lower() for node in nodes if "cte_map" in node for entry in node["cte_map"]["map"]}
    for name in local & set(known):
        raise RuleError(f"WITH {name} hides the table {name}; give it another name", file, query_line(sql))
    for node in nodes:
        kind = node.get("type")
        line = _line(sql, node.get("query_location"))
        if isinstance(kind, str) and kind.endswith("_QUERY_NODE"):
            raise RuleError("a query only reads: one that changes tables is refused", file, line)
        if kind == "TABLE_FUNCTION":
            function = node["function"]["function_name"]
            if function not in _TABLE_FUNCTIONS:
                raise RuleError(f"only tables can be read; the function {function}() is refused", file, line)
        if kind == "BASE_TABLE":
            name, written = node["table_name"].lower(), node["table_name"]
            if name in local and not node.get("schema_name"):
                continue
            if name not in known or node.get("schema_name") not in ("", "main") or node.get("catalog_name"):
                raise RuleError(f"no table {written!r}{did_you_mean(name, known)}", file, line)
            tables.add(name)
    statement = connection.extract_statements(sql)[0]
    return Query(frozenset(tables), frozenset(statement.named_parameters))


def query_line(sql: str) -> int:
    """Return the line on which the query begins, behind the header."""
    head, _, query = sql.partition("*/")
    return head.count("\n") + 1 + len(query) - len(query.lstrip("\n"))


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        tree = tree.values()
    elif not isinstance(tree, list):
        return
    for child in tree:
        yield from _nodes(child)


def _line(sql: str, position: int | None) -> int:
    """Turn a byte offset into a line; the engine gives a huge one where it knows none."""
    text = sql.encode()
    if position is None or not 0 < position < len(text):
        return query_line(sql)
    return text.count(b"\n", 0, position) + 1
