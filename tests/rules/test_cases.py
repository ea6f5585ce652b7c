"""Every rule against its data cases, and every rule file against the conventions."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import Any

import pytest
from rule_cases import Case, fill, read_cases

from datalint import pipeline
from datalint.config import Config, RuleLayer
from datalint.facts import Facts
from datalint.filling import missing
from datalint.judge import QueryLimits, judge, resolve
from datalint.judge.rule import template_fields
from datalint.judge.rulebook import check_columns
from datalint.judge.sandbox import run_query

RULES = {rule.name: rule for rule in pipeline.all_rules(Facts(), Config())}
CASES = read_cases()


def value_of(finding: Any, key: str) -> Any:
    return getattr(finding, key) if key in finding._fields else finding.values[key]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.name}")
def test_case(case: Case) -> None:
    facts = fill(case.given)
    rule = RULES[case.rule]
    layer = RuleLayer(select=(case.rule,), rules={case.rule: case.options})
    settings = resolve(list(RULES.values()), [layer])
    gaps = missing(facts, rule.tables | rule.needs, against=facts if "contamination" in case.given else None)
    result = judge(facts, settings, QueryLimits(10, 300), gaps)[0]
    assert not result.failed, result.reason
    assert result.reason == case.not_evaluated
    assert len(result.findings) == len(case.expect), [finding.message for finding in result.findings]
    for finding, expected in zip(result.findings, case.expect, strict=True):
        for key, value in expected.items():
            found = value_of(finding, key)
            found = list(found) if isinstance(found, tuple) else found
            assert found == (pytest.approx(value, rel=1e-3) if isinstance(value, float) else value), key


def test_every_rule_has_a_case_that_fires_a_near_miss_and_a_message() -> None:
    kinds = defaultdict(set)
    for case in CASES:
        kinds[case.rule].add("fires" if case.expect else "silent")
        kinds[case.rule] |= {"message" for finding in case.expect if "message" in finding}
    assert kinds.keys() == RULES.keys()
    assert {name: kind for name, kind in kinds.items() if kind != {"fires", "silent", "message"}} == {}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_a_rule_file_keeps_the_conventions(rule: Any) -> None:
    assert rule.file.parent.name in {
        "INT": "integrity",
        "FMT": "consistency",
        "BAL": "balance",
        "VAR": "variation",
        "DUP": "duplicates",
        "SPL": "splits",
        "LAY": "layout",
        "LBL": "labels",
        "QUA": "quality",
        "PRV": "provenance",
        "REP": "repository",
        "BIA": "background",
    }.get(rule.code[:3], "")
    assert "ORDER BY" in rule.query or "HAVING" in rule.query or rule.subject == "dataset", "findings need an order"
    check_columns(partial(run_query, Facts().connection, limits=QueryLimits(10, 300)), rule)
    assert rule.why.endswith(".") and rule.advice, "prose ends with a full stop"
    assert template_fields(rule.message), "a message names what it is about"
    assert "*" not in rule.query.partition("FROM")[0].replace("count(*)", "").replace(" * ", ""), "name the columns"


@pytest.mark.parametrize("profile", ["recommended", "handbook", "hook"])
def test_a_profile_resolves(profile: str) -> None:
    from datalint.config import rule_layer
    from datalint.judge import profile_table

    settings = resolve(list(RULES.values()), [rule_layer(profile_table(profile))])
    assert settings


def test_the_handbook_profile_has_the_published_figures() -> None:
    from datalint.config import rule_layer
    from datalint.judge import profile_table

    settings = {s.rule.code: s.options for s in resolve(list(RULES.values()), [rule_layer(profile_table("handbook"))])}
    assert settings["BAL001"]["min_images"] == 1000
    assert settings["BAL002"]["min_share"] == 0.20
    assert settings["BAL003"]["min_share"] == 0.10
