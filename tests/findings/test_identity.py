"""A finding keeps its identity through renames and new measurements, and changes with what it is about."""

from __future__ import annotations

from typing import Any

from datalint.findings import Member, identify
from datalint.model import Finding, Severity

A, B, C = Member("aa", "cat", "train"), Member("bb", "cat", "test"), Member("cc", "dog", "test")


def fingerprint(*members: Member, **changes: Any) -> str:
    paths = tuple(f"{number}.jpg" for number in range(len(members)))
    finding = Finding("DUP001", "exact-duplicate", Severity.WARNING, "cat", None, paths, "m", "a", {"n": 1})
    return identify(finding._replace(**changes), dict(zip(paths, members, strict=True))).fingerprint


def test_the_order_and_names_of_a_group_do_not_matter() -> None:
    assert fingerprint(A, B) == fingerprint(B, A)


def test_measured_values_and_wording_do_not_matter() -> None:
    assert fingerprint(A, B) == fingerprint(A, B, values={"n": 2}, message="other", severity=Severity.NOTE)


def test_a_third_copy_makes_a_new_finding() -> None:
    assert len({fingerprint(A, B), fingerprint(A, B, A), fingerprint(A, B, C), fingerprint(A, B, B)}) == 4


def test_rule_label_and_split_matter() -> None:
    different = [{}, {"code": "DUP002"}, {"label": "dog"}, {"split": "train"}, {"values": {"labels": ["cat", "dog"]}}]
    assert len({fingerprint(A, **change) for change in different}) == len(different)


def test_moving_a_copy_to_another_split_makes_a_new_finding() -> None:
    assert fingerprint(A, B) != fingerprint(A, B._replace(split="train"))
