"""Rule files are data: running one from a repository that nobody trusts must be safe."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from datalint.errors import RuleError
from datalint.judge import QueryLimits, Settings, judge
from datalint.judge.sandbox import run_query

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from datalint.facts import Facts
    from datalint.judge import Rule
    from datalint.model import RuleResult

LIMITS = QueryLimits(seconds=20, memory_megabytes=300)


def verdict(facts: Facts, rule: Rule, limits: QueryLimits = LIMITS) -> RuleResult:
    return judge(facts, [Settings(rule, rule.severity, {}, ())], limits, {})[0]


@pytest.mark.parametrize("trusted", [True, False])
def test_a_rule_reads_the_tables(facts: Facts, rule: Callable[..., Rule], trusted: bool) -> None:
    found = verdict(facts, rule("SELECT label FROM classes WHERE images < 5", trusted=trusted)).findings
    assert [(finding.label, finding.message) for finding in found] == [("plum", "plum")]


def test_no_thread_stays_behind(facts: Facts) -> None:
    # One that the end of the process cuts off while it holds the connection aborts the process.
    before = threading.enumerate()
    for _ in range(20):
        run_query(facts.connection, "SELECT label FROM classes", {}, LIMITS)
        assert threading.enumerate() == before


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT * FROM read_text('{file}')", "the function read_text"),
        ("SELECT * FROM read_csv('{file}')", "the function read_csv"),
        ("SELECT * FROM read_csv_auto('http://127.0.0.1:9/x.csv')", "the function read_csv_auto"),
        ("SELECT * FROM glob('/*')", "the function glob"),
        ("SELECT * FROM '{file}'", "no table"),
        ("SELECT * FROM duckdb_settings()", "the function duckdb_settings"),
        ("SELECT * FROM query('SELECT 1')", "the function query"),
        ("SELECT * FROM information_schema.tables", "no table 'tables'"),
        ("SELECT * FROM sqlite_master", "no table"),
        ("SELECT label FROM facts", "no table 'facts'"),
        ("SELECT label FROM (SELECT label FROM LIMITS)", "no table 'LIMITS'"),
        ("WITH pixels AS (SELECT * FROM pixels) SELECT sample_id AS label FROM pixels", "hides the table pixels"),
        ("SELECT 1 AS label WHERE 1 IN (WITH Samples AS (SELECT 1) SELECT 1)", "hides the table samples"),
        ("COPY samples TO '{file}'", "one SELECT"),
        ("COPY (SELECT 1) TO '{file}'", "one SELECT"),
        ("ATTACH '{file}' AS other", "one SELECT"),
        ("INSTALL httpfs", "one SELECT"),
        ("LOAD json", "one SELECT"),
        ("SET memory_limit = '100GB'", "one SELECT"),
        ("PRAGMA database_list", "one SELECT"),
        ("DELETE FROM samples", "one SELECT"),
        ("CREATE TABLE mine AS SELECT 1", "one SELECT"),
        ("SELECT 1 AS label; DELETE FROM samples", "one SELECT"),
        ("WITH gone AS (DELETE FROM samples RETURNING *) SELECT label FROM gone", "only reads"),
        ("", "one SELECT"),
    ],
)
def test_a_rule_that_does_more_than_read_tables_is_refused(
    facts: Facts, rule: Callable[..., Rule], tmp_path: Path, query: str, reason: str
) -> None:
    file = tmp_path / "secret.csv"
    file.write_text("label\nsecret\n")
    with pytest.raises(RuleError, match=reason):
        verdict(facts, rule(query.format(file=file)))
    assert file.read_text() == "label\nsecret\n"
    assert facts.run("SELECT count(*) FROM samples") == [(10,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY samples TO 'stolen.csv'",
        "ATTACH 'other.duckdb' AS other",
        "SET memory_limit = '100GB'",
        "SET enable_external_access = true",
        "DELETE FROM samples",
        "WITH gone AS (DELETE FROM samples RETURNING *) SELECT label FROM gone",
        "SELECT * FROM incoming",
    ],
)
@pytest.mark.parametrize("trusted", [True, False])
def test_the_connection_itself_refuses_what_the_check_before_might_miss(
    facts: Facts, rule: Callable[..., Rule], sql: str, trusted: bool
) -> None:
    from dataclasses import replace

    incoming = {"label": ["a Python object"]}
    smuggled = replace(rule("SELECT label FROM samples", trusted=trusted), sql=sql)
    assert verdict(facts, smuggled).failed
    assert facts.run("SELECT count(*) FROM samples") == [(10,)]
    assert incoming


@pytest.mark.parametrize(
    "query",
    [
        "SELECT label FROM samples, range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 9",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) AS label FROM r",
        "SELECT levenshtein(repeat('a', 400000), repeat('b', 400000)) AS label",
    ],
    ids=["join", "recursion", "one long call"],
)
def test_a_rule_is_stopped_at_its_time_limit(facts: Facts, rule: Callable[..., Rule], query: str) -> None:
    started = time.monotonic()
    result = verdict(facts, rule(query), LIMITS._replace(seconds=1))
    assert result.failed
    assert (result.reason or "").startswith("stopped after 1 s")
    assert time.monotonic() - started < 20, "a limit that is not kept is none"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT list(a.range || ' ' || b.range) AS label FROM range(100000) a, range(10000) b",
        "SELECT repeat(label, 800000000) AS label FROM samples",
    ],
    ids=["many rows", "one value"],
)
def test_a_rule_does_not_outgrow_its_memory_limit(facts: Facts, rule: Callable[..., Rule], query: str) -> None:
    result = verdict(facts, rule(query))
    assert result.failed
    assert "memory" in (result.reason or "")


def test_after_a_kill_the_next_rule_is_judged(facts: Facts, rule: Callable[..., Rule]) -> None:
    slow = rule("SELECT levenshtein(repeat('a', 400000), repeat('b', 400000)) AS label", name="slow")
    fine = rule("SELECT label FROM classes WHERE images < 5", name="fine")
    limits = LIMITS._replace(seconds=1)
    results = judge(facts, [Settings(item, item.severity, {}, ()) for item in (slow, fine)], limits, {})
    assert [(result.status, result.failed) for result in results] == [("not-evaluated", True), ("found", False)]


def test_a_module_beside_the_dataset_is_not_imported(
    facts: Facts, rule: Callable[..., Rule], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "duckdb.py").write_text("open('imported', 'w')")
    (tmp_path / "json.py").write_text("open('imported', 'w')")
    monkeypatch.chdir(tmp_path)
    assert verdict(facts, rule("SELECT label FROM classes WHERE images < 5")).status == "found"
    assert not (tmp_path / "imported").exists()


@pytest.mark.parametrize(
    "columns", ["[1] AS paths", "1 AS path", "[['a']] AS paths"], ids=["numbers", "a number", "lists in a list"]
)
def test_a_path_of_another_type_fails_the_rule_alone(facts: Facts, rule: Callable[..., Rule], columns: str) -> None:
    result = verdict(facts, rule(f"SELECT label, {columns} FROM classes"))
    assert result.failed
    assert "path must be a string" in (result.reason or "")


def test_a_rule_does_not_return_more_rows_than_anybody_reads(facts: Facts, rule: Callable[..., Rule]) -> None:
    result = verdict(facts, rule("SELECT 'x' AS label FROM range(100001)"))
    assert result.failed
    assert "100,000 rows" in (result.reason or "")
