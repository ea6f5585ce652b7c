"""What a suppression covers, what a budget allows, and what fails a run."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from datalint.errors import ConfigError
from datalint.findings import allowed, exit_status, suppress
from datalint.model import DatasetFacts, Finding, LabelCount, RuleResult, Severity
from datalint.suppressions import read_suppressions
from datalint.waived import Suppression

TODAY = date(2026, 6, 15)


def finding(*paths: str, label: str | None = None, labels: list[str] | None = None) -> Finding:
    values = {} if labels is None else {"labels": labels}
    return Finding("SPL001", "duplicate-across-splits", Severity.ERROR, label, None, paths, "m", "a", values, "f")


def rule(*findings: Finding, **changes: Any) -> RuleResult:
    status = "found" if findings else "passed"
    result = RuleResult("SPL001", "duplicate-across-splits", Severity.ERROR, status, None, findings)
    return result._replace(**changes)


@pytest.mark.parametrize(
    ("suppression", "one", "covered"),
    [
        (Suppression("r", rule="SPL001"), finding("a.jpg"), True),
        (Suppression("r", rule="SPL"), finding("a.jpg"), True),
        (Suppression("r", rule="spl001"), finding("a.jpg"), True),
        (Suppression("r", rule="duplicate-across-splits"), finding("a.jpg"), True),
        (Suppression("r", rule="ALL"), finding("a.jpg"), True),
        (Suppression("r", rule="SPL002"), finding("a.jpg"), False),
        (Suppression("r", paths=("old/*",)), finding("old/cat/a.jpg"), True),
        (Suppression("r", paths=("old/*",)), finding("old/a.jpg", "old/b.jpg"), True),
        (Suppression("r", paths=("old/*",)), finding("old/a.jpg", "new/b.jpg"), False),
        (Suppression("r", paths=("old/*", "new/*")), finding("old/a.jpg", "new/b.jpg"), True),
        (Suppression("r", paths=("*",)), finding(), False),
        (Suppression("r", labels=("cat*",)), finding(label="cat/persian"), True),
        (Suppression("r", labels=("cat*",)), finding(labels=["cat", "cats"]), True),
        (Suppression("r", labels=("cat*",)), finding(labels=["cat", "dog"]), False),
        (Suppression("r", labels=("cat*",)), finding("cat.jpg"), False),
        (Suppression("r", rule="SPL", labels=("cat",), paths=("a*",)), finding("a.jpg", label="cat"), True),
        (Suppression("r", rule="SPL", labels=("dog",), paths=("a*",)), finding("a.jpg", label="cat"), False),
    ],
)
def test_all_that_a_suppression_says_must_apply(suppression: Suppression, one: Finding, covered: bool) -> None:
    result = suppress([rule(one)], [suppression], TODAY, whole=True)
    assert result.marks == [covered]


def test_a_suppression_expires_at_the_end_of_its_day() -> None:
    rules = [rule(finding("a.jpg"))]
    last = suppress(rules, [Suppression("r", rule="SPL", expires=TODAY)], TODAY, True)
    assert (last.marks, last.uses[0].status) == ([True], "used")
    over = suppress(rules, [Suppression("r", rule="SPL", expires=date(2026, 6, 14))], TODAY, True)
    assert (over.marks, over.uses[0].status) == ([False], "expired")


def statuses(result: RuleResult | None, *suppressions: Suppression, whole: bool = True) -> list[str]:
    rules = [] if result is None else [result]
    return [use.status for use in suppress(rules, suppressions, TODAY, whole).uses]


def test_a_suppression_is_unused_only_where_its_rules_ran() -> None:
    one, some, any_rule = Suppression("r", "SPL001"), Suppression("r", "SPL"), Suppression("r", paths=("a*",))
    idle, failed_rule = rule(status="not-evaluated"), rule(status="not-evaluated", failed=True)
    assert statuses(rule(), one, some, any_rule) == ["unused", "unused", "unused"]
    assert statuses(rule(), one, some, any_rule, whole=False) == ["unused", "unjudged", "unjudged"]
    assert statuses(idle, one, some, any_rule) == ["unjudged", "unused", "unused"]
    assert statuses(failed_rule, one, some, any_rule) == ["unjudged", "unjudged", "unjudged"]
    assert statuses(None, one, some, any_rule) == ["unjudged", "unjudged", "unjudged"]


def failed(message: str, *keys: str) -> ConfigError:
    return ConfigError(message)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"rule": "SPL001"}, "needs a reason"),
        ({"rule": "SPL001", "reason": " "}, "needs a reason"),
        ({"reason": "r"}, "needs a rule, a label or a path"),
        ({"rule": "", "reason": "r"}, "must be a code or a name"),
        ({"rule": 3, "reason": "r"}, "must be a code or a name"),
        ({"path": 3, "reason": "r"}, "must be a glob or a list of globs"),
        ({"path": [""], "reason": "r"}, "must be a glob or a list of globs"),
        ({"label": "a", "reason": "r", "expires": "soon"}, "must be a date, as 2030-12-31, not 'soon'"),
        ({"label": "a", "reason": "r", "expires": 2030}, "must be a date"),
        ({"labels": "a", "reason": "r"}, "unknown key 'labels' of a suppression; did you mean 'label'"),
    ],
)
def test_a_mistake_in_a_suppression_is_told(table: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_suppressions(failed, [table])


def test_suppressions_are_read() -> None:
    tables = [
        {"rule": "SPL", "reason": "a\n  b", "expires": date(2030, 1, 2)},
        {"label": "x", "path": ["a", "b"], "reason": "r", "expires": "2030-01-02"},
    ]
    assert read_suppressions(failed, tables) == (
        Suppression("a b", "SPL", expires=date(2030, 1, 2)),
        Suppression("r", None, ("x",), ("a", "b"), date(2030, 1, 2)),
    )
    with pytest.raises(ConfigError, match="list of tables"):
        read_suppressions(failed, {"rule": "SPL"})


DATASET = DatasetFacts(
    "d/", "/d", "split-folders", "", 1050, {"a": 525, "b": 525}, dict.fromkeys("xyz", LabelCount(350, {})), ()
)


@pytest.mark.parametrize(
    ("allow", "subject", "number"),
    [
        ("", "image", 0),
        ("7", "image", 7),
        ("1 %", "image", 10),
        ("0.5 %", "group", 5),
        ("34 %", "class", 1),
        ("33 %", "label", 0),
        ("50 %", "split", 1),
        ("100 %", "dataset", 1050),
        ("29 %", "image", 304),
    ],
)
def test_a_percentage_is_one_of_what_the_rule_judges(allow: str, subject: str, number: int) -> None:
    assert allowed(rule(allow=allow, subject=subject), DATASET) == number


def test_findings_within_a_budget_do_not_fail_a_run_and_one_more_does() -> None:
    two = rule(finding("a"), finding("b"))
    assert exit_status([two], "error") == 1
    assert exit_status([two._replace(allowed=2)], "error") == 0
    assert exit_status([two._replace(allowed=1)], "error") == 1
    assert exit_status([two, two], "error", 4) == 0
    assert exit_status([two, two], "error", 3) == 1
    assert exit_status([two, two._replace(allowed=2)], "error", 2) == 0
    assert exit_status([two._replace(severity=Severity.NOTE)], "warning") == 0
    assert exit_status([two._replace(failed=True)], "never", 9) == 2
