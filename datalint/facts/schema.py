"""``schema.sql`` as data: which tables a view reads, and what every table and column means."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_BLOCK = re.compile(
    r"^-- (?P<row>[^\n]*?) Cost: (?P<cost>[^\n]*)\.\nCREATE (?P<kind>TABLE|VIEW) (?P<name>\w+).*?^\);", re.M | re.S
)
_COLUMN = re.compile(r"^\s+(?P<column>\S.*?),?\s+-- (?P<comment>.+)$", re.M)
_SOURCE = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")


class ColumnDoc(NamedTuple):
    name: str
    type: str
    """The SQL type; empty for the column of a view."""
    comment: str


class TableDoc(NamedTuple):
    name: str
    kind: str
    """``table`` or ``view``."""
    row: str
    """What a row is."""
    cost: str
    """What filling it takes."""
    columns: tuple[ColumnDoc, ...]


def schema_sql() -> str:
    return files("datalint.facts").joinpath("schema.sql").read_text(encoding="utf-8")


def documentation() -> list[TableDoc]:
    """Return the tables and views in the order of the file, with the comments that stand beside them."""
    tables = []
    for block in _BLOCK.finditer(schema_sql()):
        kind = block["kind"].lower()
        columns = [_column(kind, match["column"], match["comment"]) for match in _COLUMN.finditer(block[0])]
        tables.append(TableDoc(block["name"], kind, block["row"], block["cost"], tuple(columns)))
    return tables


def base_tables(names: Iterable[str]) -> set[str]:
    """Resolve views to the tables that they read, directly or through other views; of ``table.column`` the table."""
    sql = schema_sql()
    blocks = {block["name"]: block for block in _BLOCK.finditer(sql)}
    found: set[str] = set()
    pending = [table for table in (name.partition(".")[0] for name in names) if table in blocks]
    while pending:
        name = pending.pop()
        if blocks[name]["kind"] == "TABLE":
            found.add(name)
        else:
            pending += [source for source in _SOURCE.findall(blocks[name][0]) if source in blocks]
    return found


def _column(kind: str, text: str, comment: str) -> ColumnDoc:
    words = text.split()
    if kind == "view":
        return ColumnDoc(words[-1], "", comment)
    return ColumnDoc(words[0], words[1], comment)
