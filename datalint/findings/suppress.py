"""Which findings the configuration suppresses, and what became of each suppression."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from datalint.waived import SuppressionUse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from datalint.model import Finding, RuleResult
    from datalint.waived import Suppression


class Suppressed(NamedTuple):
    """The findings of a run held against the suppressions."""

    marks: list[bool]
    """Whether each finding is suppressed."""
    uses: tuple[SuppressionUse, ...]


def suppress(rules: Sequence[RuleResult], suppressions: Sequence[Suppression], today: date, whole: bool) -> Suppressed:
    """Find out which findings are suppressed. An expired suppression does nothing any more.

    ``whole`` says that all rules ran that the project runs at any time, so that what no finding matches is unused.
    """
    findings = [finding for rule in rules for finding in rule.findings]
    marks = [False] * len(findings)
    uses = []
    for suppression in suppressions:
        matching = [place for place, finding in enumerate(findings) if _applies(suppression, finding)]
        if suppression.expires is not None and suppression.expires < today:
            status = "expired"
        elif matching:
            status = "used"
            for place in matching:
                marks[place] = True
        else:
            status = "unused" if _ran(suppression, rules, whole) else "unjudged"
        uses.append(SuppressionUse(suppression, len(matching), status))
    return Suppressed(marks, tuple(uses))


def _applies(suppression: Suppression, finding: Finding) -> bool:
    """A finding about several files or labels is left out only where each is meant: a leak has two ends."""
    if not _concerns(suppression, finding.code, finding.name):
        return False
    several = finding.values.get("labels")
    labels = [finding.label] if finding.label is not None else several if isinstance(several, list) else []
    return _all_match(suppression.labels, map(str, labels)) and _all_match(suppression.paths, finding.paths)


def _ran(suppression: Suppression, rules: Iterable[RuleResult], whole: bool) -> bool:
    """Tell whether the rules that a suppression is about ran: the one, or else as many as there are."""
    concerned = [rule for rule in rules if _concerns(suppression, rule.code, rule.name)]
    if len(concerned) == 1 and suppression.rule in (concerned[0].code, concerned[0].name):
        return concerned[0].status != "not-evaluated"
    return whole and bool(concerned) and not any(rule.failed for rule in concerned)


def _concerns(suppression: Suppression, code: str, name: str) -> bool:
    word = suppression.rule
    return word is None or word in ("ALL", name) or code.startswith(word.upper())


def _all_match(globs: Sequence[str], names: Iterable[str]) -> bool:
    names = list(names)
    return not globs or (bool(names) and all(any(fnmatchcase(name, glob) for glob in globs) for name in names))
