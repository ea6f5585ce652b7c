"""The documentation of the tables never lags behind the tables."""

from __future__ import annotations

import pytest

from datalint.errors import DatalintError
from datalint.facts import Facts, base_tables, documentation


@pytest.fixture
def facts() -> Facts:
    return Facts()


def test_every_table_and_view_is_documented(facts: Facts) -> None:
    there = {name for (name,) in facts.run("SELECT table_name FROM information_schema.tables")}
    assert {table.name for table in documentation()} == there


@pytest.mark.parametrize("table", documentation(), ids=lambda table: table.name)
def test_every_column_is_documented(facts: Facts, table: object) -> None:
    described = facts.run(f"DESCRIBE {table.name}")  # type: ignore[attr-defined]
    assert [column.name for column in table.columns] == [row[0] for row in described]  # type: ignore[attr-defined]
    assert all(column.comment for column in table.columns)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["samples"], {"samples"}),
        (["classes"], {"samples", "folders", "objects"}),
        (["duplicate_groups", "headers"], {"duplicates", "samples", "headers"}),
        (["a_name_that_is_no_table"], set()),
    ],
)
def test_views_are_resolved_to_tables(names: list[str], expected: set[str]) -> None:
    assert base_tables(names) == expected


def test_an_unknown_table_is_told_with_the_nearest(facts: Facts) -> None:
    with pytest.raises(DatalintError, match="no table 'sampels'; did you mean 'samples'"):
        facts.table("sampels")
