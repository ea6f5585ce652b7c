"""A baseline is a multiset of findings: what it records is let pass, once for each entry, and nothing else."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datalint.errors import ConfigError
from datalint.findings import Baseline, compare, pruned, read_baseline, record, updated, write_baseline
from datalint.model import DatasetFacts, Finding, Report, RuleResult, Severity

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a machine with more to do
CODES = ("DUP001", "SPL001", "BAL001")


def finding(code: str, mark: str, *paths: str, label: str | None = None) -> Finding:
    return Finding(code, code.lower(), Severity.ERROR, label, None, paths, "m", "a", {}, fingerprint=f"{code}-{mark}")


def rule(code: str, *findings: Finding, options: dict[str, Any] | None = None, ran: bool = True) -> RuleResult:
    status = "not-evaluated" if not ran else "found" if findings else "passed"
    return RuleResult(code, code.lower(), Severity.ERROR, status, None, findings, options=options or {})


def report(*rules: RuleResult) -> Report:
    dataset = DatasetFacts("d/", "/d", "class-folders", "class folders", 0, {}, {}, ())
    return Report(dataset, rules, "error", 0, 0.0, None)  # type: ignore[arg-type]


def baseline(*rules: RuleResult) -> Baseline:
    return record(report(*rules), "recommended", "1.0")


marks = st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from("abc"), st.sampled_from("xyz")), max_size=12)


def results(drawn: list[tuple[str, str, str]]) -> list[RuleResult]:
    return [rule(code, *(finding(code, mark, path) for c, mark, path in drawn if c == code)) for code in CODES]


def counts(drawn: list[tuple[str, str, str]]) -> Counter[str]:
    return Counter(f"{code}-{mark}" for code, mark, _ in drawn)


@UNHURRIED
@given(marks)
def test_the_baseline_of_a_report_leaves_nothing_new_and_nothing_stale(drawn: list[tuple[str, str, str]]) -> None:
    rules = results(drawn)
    comparison = compare(rules, baseline(*rules), "b.json")
    assert all(comparison.known)
    assert comparison.state == ("b.json", (), (), 0, ())


@UNHURRIED
@given(marks, marks)
def test_known_new_and_stale_are_counted_as_multisets(
    before: list[tuple[str, str, str]], now: list[tuple[str, str, str]]
) -> None:
    rules = results(now)
    comparison = compare(rules, baseline(*results(before)), "b.json")
    findings = [one for result in rules for one in result.findings]
    new = Counter(one.fingerprint for one, known in zip(findings, comparison.known, strict=True) if not known)
    assert new == counts(now) - counts(before)
    assert Counter(entry.fingerprint for entry in comparison.state.stale) == counts(before) - counts(now)
    assert set(comparison.state.fixed) <= set(comparison.state.stale)


@UNHURRIED
@given(marks, marks)
def test_pruning_lets_no_new_finding_pass_and_leaves_nothing_stale(
    before: list[tuple[str, str, str]], now: list[tuple[str, str, str]]
) -> None:
    rules, old = results(now), baseline(*results(before))
    first = compare(rules, old, "b.json")
    second = compare(rules, pruned(old, first.state.stale), "b.json")
    assert second.known == first.known
    assert second.state.stale == ()


@UNHURRIED
@given(marks, marks)
def test_updating_accepts_everything_and_is_the_baseline_of_today(
    before: list[tuple[str, str, str]], now: list[tuple[str, str, str]]
) -> None:
    today = baseline(*results(now))
    assert updated(baseline(*results(before)), today) == today


@UNHURRIED
@given(marks)
def test_a_written_baseline_is_read_as_it_was(drawn: list[tuple[str, str, str]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "b.json"
        told = baseline(*results(drawn))
        write_baseline(told, file)
        assert read_baseline(file) == told


def test_of_equal_findings_the_one_at_another_place_is_new() -> None:
    old = baseline(rule("DUP001", finding("DUP001", "a", "one.jpg")))
    rules = [rule("DUP001", finding("DUP001", "a", "two.jpg"), finding("DUP001", "a", "one.jpg"))]
    assert compare(rules, old, "b").known == [False, True]


def test_a_renamed_file_stays_known() -> None:
    old = baseline(rule("DUP001", finding("DUP001", "a", "one.jpg")))
    assert compare([rule("DUP001", finding("DUP001", "a", "renamed.jpg"))], old, "b").known == [True]


def test_a_finding_that_grew_is_new_and_its_entry_stale_but_not_fixed() -> None:
    old = baseline(rule("SPL001", finding("SPL001", "pair", "a.jpg", "b.jpg")))
    grown = compare([rule("SPL001", finding("SPL001", "three", "a.jpg", "b.jpg", "c.jpg"))], old, "b")
    assert grown.known == [False]
    assert (len(grown.state.stale), len(grown.state.fixed)) == (1, 0)
    gone = compare([rule("SPL001")], old, "b")
    assert (len(gone.state.stale), len(gone.state.fixed)) == (1, 1)


@pytest.mark.parametrize("rules", [[], [rule("SPL001", ran=False)]])
def test_what_did_not_run_is_not_taken_for_fixed(rules: list[RuleResult]) -> None:
    old = baseline(rule("SPL001", finding("SPL001", "a", "a.jpg")))
    state = compare(rules, old, "b").state
    assert (state.fixed, state.stale, state.unjudged) == ((), (), 1)
    assert updated(old, baseline(*rules)).entries == old.entries


def test_other_thresholds_are_told() -> None:
    old = baseline(rule("BAL001", options={"min_images": 100, "gone": True}), rule("SPL001"))
    state = compare([rule("BAL001", options={"min_images": 5}), rule("DUP001", options={"x": 1})], old, "b").state
    assert state.changed == ("BAL001 gone was true, is not set", "BAL001 min_images was 100, is 5")


def test_a_broken_baseline_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "b.json"
    write_baseline(baseline(rule("DUP001", finding("DUP001", "a", "one.jpg"))), file)
    good = json.loads(file.read_text())
    broken: list[Any] = [
        "",
        "{",
        "[]",
        "3",
        {},
        {**good, "findings": [{}]},
        {**good, "findings": [{**good["findings"][0], "paths": 3}]},
        {**good, "findings": [{**good["findings"][0], "fingerprint": None}]},
        {**good, "settings": {}},
        {**good, "version": 2},
        {**good, "identity": 0},
    ]
    for content in broken:
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        with pytest.raises(ConfigError, match=r"b\.json: .*baseline.*datalint baseline"):
            read_baseline(file)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_baseline(tmp_path)
