"""What two reports say of how a dataset changed."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datalint.errors import ConfigError
from datalint.findings import Count, Shift, difference, read_report

if TYPE_CHECKING:
    from pathlib import Path


UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a machine with more to do


def report(labels: dict[str, int], *findings: str, **changes: Any) -> dict[str, Any]:
    """A report with findings given as fingerprints that begin with the code."""
    rules = [{"code": code, "status": "passed", "options": {}} for code in ("DUP001", "SPL001")]
    listed = [{"code": x[:6], "severity": "error", "message": x, "fingerprint": x} for x in findings]
    counts = {name: {"total": total, "splits": {}} for name, total in labels.items()}
    dataset = {"images": sum(labels.values()), "splits": {"train": sum(labels.values())}, "labels": counts}
    return {"version": 1, "dataset": dataset, "rules": rules, "findings": listed, **changes}


def test_classes_are_gained_lost_and_changed() -> None:
    found = difference(report({"a": 50, "b": 25, "c": 25}), report({"a": 60, "b": 25, "d": 15}))
    assert found.images == Count("images", 100, 100)
    assert found.gained == (Count("d", 0, 15),)
    assert found.lost == (Count("c", 25, 0),)
    assert found.changed == (Count("a", 50, 60),)
    assert found.drift == pytest.approx(0.25)
    assert found.notices == ()


def test_distributions_that_moved_are_told() -> None:
    before = {"brightness": {"0 to 10 %": 6, "10 to 20 %": 2}, "width_to_height": {"1:1": 8}, "longer_side": {"64": 8}}
    after = {"brightness": {"0 to 10 %": 3, "10 to 20 %": 1, "20 to 30 %": 4}, "width_to_height": {"1:1": 16}}
    found = difference(report({"a": 8}, variation=before), report({"a": 8}, variation=after))
    assert found.shifts == (Shift("brightness", "0 to 10 %", "10 to 20 %", 0.5),)
    assert difference(report({"a": 8}), report({"a": 8}, variation=after)).shifts == ()


def test_nothing_changed() -> None:
    same = report({"a": 1}, "SPL001-x")
    found = difference(same, same)
    assert (found.gained, found.lost, found.changed, found.new, found.fixed, found.drift) == ((), (), (), (), (), 0)


fingerprints = st.lists(st.sampled_from(["SPL001-x", "SPL001-y", "DUP001-x"]), max_size=8)


@UNHURRIED
@given(fingerprints, fingerprints)
def test_findings_are_compared_as_multisets(before: list[str], now: list[str]) -> None:
    found = difference(report({}, *before), report({}, *now))
    assert Counter(x["fingerprint"] for x in found.new) == Counter(now) - Counter(before)
    assert Counter(x["fingerprint"] for x in found.fixed) == Counter(before) - Counter(now)


def test_what_cannot_be_compared_is_told() -> None:
    old, new = report({}, "SPL001-x"), report({}, "DUP001-x")
    new["rules"] = [
        {"code": "DUP001", "status": "found", "options": {"a": 1}, "known": 2, "hidden": 1},
        {"code": "SPL001", "status": "not-evaluated", "options": {}},
    ]
    found = difference(old, new)
    assert [x["fingerprint"] for x in found.new] == ["DUP001-x"]
    assert found.fixed == (), "the rule did not run, so nobody knows"
    assert found.notices == (
        "ran for one of the two only, so not compared: SPL001",
        "judged by other thresholds: DUP001",
        "the new report leaves out 3 findings: known, suppressed, or untouched by a change",
    )


def test_what_is_no_report_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    good = report({"a": 1}, "SPL001-x")
    file.write_text(json.dumps(good))
    assert read_report(file) == good
    broken: list[Any] = ["", "[", [good], {}, {**good, "version": 2}, {**good, "findings": [{}]}, {**good, "rules": 3}]
    broken += [{**good, "dataset": {**good["dataset"], "images": "3"}}]
    for content in broken:
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        with pytest.raises(ConfigError, match=r"r\.json: is no report of datalint, or a damaged one; .* --format json"):
            read_report(file)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_report(tmp_path / "none.json")
