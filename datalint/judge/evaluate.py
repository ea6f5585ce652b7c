"""From rules and tables to findings."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

from datalint.judge.sandbox import QueryFailed
from datalint.model import Finding, RuleResult, RuleText

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from datalint.judge.sandbox import Row
    from datalint.judge.settings import Override, Settings

_LISTED = 6  # items of a list that a message names


def evaluate(
    settings: Settings, run: Callable[[str, Mapping[str, Any]], list[Row]], missing: Mapping[str, str]
) -> RuleResult:
    """Judge one rule.

    ``run`` carries out a query; ``missing`` maps tables that hold nothing to judge to the reason. A query that
    fails or outgrows a limit is told as the reason, so that the results of the other rules are not lost.
    """
    rule = settings.rule
    why, advice = " ".join(rule.why.split()), " ".join(rule.advice.split())
    result = RuleResult(
        rule.code,
        rule.name,
        settings.severity,
        "not-evaluated",
        None,
        (),
        subject=rule.subject,
        options=settings.thresholds(),
        allow=settings.allow,
        text=RuleText(rule.title, why, advice, rule.source),
    )
    reason = next((missing[table] for table in sorted(rule.tables | rule.needs) if table in missing), None)
    if reason:
        return result._replace(reason=reason)
    try:
        findings = tuple(_finding(settings, row, options) for row, options in _rows(settings, run))
    except QueryFailed as error:
        return result._replace(reason=str(error), failed=True)
    return result._replace(status="found" if findings else "passed", findings=findings)


def _rows(settings: Settings, run: Callable[[str, Mapping[str, Any]], list[Row]]) -> list[tuple[Row, dict[str, Any]]]:
    """Run the query once for each set of options; a label is judged by the last override that matches it."""
    rule = settings.rule
    variants: list[tuple[Override | None, dict[str, Any]]] = [(None, settings.options)]
    variants += [(override, {**settings.options, **override.options}) for override in settings.overrides]
    rows = []
    for override, options in variants:
        for row in run(rule.sql, {name: options[name] for name in rule.parameters}):
            label = _single(row, "label")
            decisive = next((item for item in reversed(settings.overrides) if item.matches(label)), None)
            if decisive is override:
                rows.append((row, options))
    return rows


def _finding(settings: Settings, row: Row, options: dict[str, Any]) -> Finding:
    rule = settings.rule
    values = {name: value for name, value in row.items() if name not in ("label", "split", "path", "paths")}
    values |= {name: options[name] for name in sorted(options) if name not in values}
    shown = {**values, **row}
    paths = row.get("paths") or ([row["path"]] if row.get("path") is not None else [])
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise QueryFailed("path must be a string and paths a list of strings")
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=settings.severity,
        label=_single(row, "label"),
        split=_single(row, "split"),
        paths=tuple(paths),
        message=fill(rule.message, shown),
        advice=fill(rule.advice, shown),
        values=values,
    )


def _single(row: Row, key: str) -> str | None:
    """Return the label (or split) of a row, or the only one of its list of them."""
    several = row.get(key + "s")
    value = row.get(key) or (several[0] if isinstance(several, list) and len(several) == 1 else None)
    return None if value is None else str(value)


def fill(template: str, values: Mapping[str, Any]) -> str:
    """Put values into a message template; lists are joined, and what is not known reads as a dash."""
    parts = []
    for text, name, spec, _ in string.Formatter().parse(template):
        parts.append(text)
        if name is not None:
            parts.append(_shown(values.get(name), spec or ""))
    return "".join(parts)


def _shown(value: Any, spec: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, list):
        more = f" and {len(value) - _LISTED:,} more" if len(value) > _LISTED else ""
        return ", ".join(_shown(item, "") for item in value[:_LISTED]) + more
    if isinstance(value, float) and not spec:
        return f"{value:.3g}"
    try:
        return format(value, spec)
    except ValueError:
        return str(value)
