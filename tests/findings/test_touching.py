"""Which findings are shown after a change."""

from __future__ import annotations

from typing import Any

import pytest

from datalint.findings import Touched, only_touching
from datalint.model import Finding, RuleResult, Severity


def finding(*paths: str, label: str | None = None, split: str | None = None, **values: Any) -> Finding:
    return Finding("ABC001", "a-rule", Severity.ERROR, label, split, paths, "message", "advice", values)


def rule(*findings: Finding) -> RuleResult:
    return RuleResult("ABC001", "a-rule", Severity.ERROR, "found" if findings else "passed", None, findings)


TOUCHED = Touched(
    paths=frozenset({"train/cat/1.jpg", "test/cat/9.jpg", "shard.tar", "digits.h5", "list.csv"}),
    places=frozenset({("cat", "train"), (None, "train")}),
    removed=frozenset({"test/cat/9.jpg"}),
)


@pytest.mark.parametrize(
    ("shown", "what"),
    [
        (True, finding("train/cat/1.jpg")),
        (True, finding("test/dog/2.jpg", "train/cat/1.jpg")),  # a leak from an old file
        (False, finding("train/cat/2.jpg")),
        (False, finding("train/cat/2.jpg", label="cat", split="train")),  # it is about the file, not the class
        (True, finding("train/cat")),  # a folder with a change in it
        (False, finding("train/dog")),
        (True, finding("shard.tar/000.jpg")),
        (True, finding("digits.h5[12]")),
        (False, finding("digits.h5.txt")),
        (True, finding(label="cat")),
        (True, finding(split="train")),
        (True, finding(label="cat", split="train")),
        (True, finding(label="cat", split="test")),  # its last image there was removed
        (False, finding(label="dog", split="test")),
        (False, finding(label="dog")),
        (False, finding(split="validation")),
        (True, finding(labels=["dog", "cat"])),
        (False, finding(labels=["dog", "bird"])),
        (True, finding(images=12)),
    ],
)
def test_a_finding(shown: bool, what: Finding) -> None:
    (left,) = only_touching([rule(what)], TOUCHED)
    assert (len(left.findings), left.hidden, left.status) == ((1, 0, "found") if shown else (0, 1, "passed"))


def test_nothing_everything_and_any_class() -> None:
    about = [finding("a.jpg"), finding(label="dog"), finding()]

    def shown(touched: Touched) -> list[Finding]:
        return list(only_touching([rule(*about)], touched)[0].findings)

    assert shown(Touched(frozenset())) == []
    assert shown(Touched(frozenset({"list.csv"}), any_class=True)) == about[1:]
    assert shown(Touched(frozenset(), everything=True)) == about


def test_rules_without_findings_stay_as_they_are() -> None:
    idle = rule()._replace(status="not-evaluated", reason="there are no files")
    assert only_touching([idle, rule()], Touched(frozenset())) == [idle, rule()]
