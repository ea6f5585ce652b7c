"""Suppressions as a configuration file writes them: ``[[suppressions]]`` with a reason each."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from datalint.errors import did_you_mean
from datalint.waived import Suppression

if TYPE_CHECKING:
    from collections.abc import Callable

    from datalint.errors import ConfigError

_KEYS = ("rule", "label", "path", "reason", "expires")


def read_suppressions(error: Callable[..., ConfigError], tables: Any) -> tuple[Suppression, ...]:
    """Read a list of tables. ``error`` makes an error of a message and the keys that lead to the mistake."""
    if not isinstance(tables, list | tuple) or not all(isinstance(table, dict) for table in tables):
        raise error("suppressions must be a list of tables: [[suppressions]]", "suppressions")
    return tuple(_read(error, table) for table in tables)


def _read(error: Callable[..., ConfigError], table: dict[str, Any]) -> Suppression:
    for key in table.keys() - set(_KEYS):
        raise error(f"unknown key {key!r} of a suppression{did_you_mean(key, _KEYS)}", "suppressions", key)
    reason, rule, expires = table.get("reason"), table.get("rule"), table.get("expires")
    if not isinstance(reason, str) or not reason.strip():
        raise error("a suppression needs a reason, in words", "suppressions")
    if rule is not None and (not isinstance(rule, str) or not rule):
        raise error(f"rule of a suppression must be a code or a name, not {rule!r}", "suppressions", "rule")
    labels, paths = _globs(error, table, "label"), _globs(error, table, "path")
    if rule is None and not labels and not paths:
        raise error("a suppression needs a rule, a label or a path; fail-on lets everything pass", "suppressions")
    if isinstance(expires, str):
        try:
            expires = date.fromisoformat(expires)
        except ValueError:
            expires = 0  # no date either
    if isinstance(expires, datetime) or not (expires is None or isinstance(expires, date)):
        text = f"expires of a suppression must be a date, as 2030-12-31, not {table['expires']!r}"
        raise error(text, "suppressions", "expires")
    return Suppression(" ".join(reason.split()), rule, labels, paths, expires)


def _globs(error: Callable[..., ConfigError], table: dict[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    globs = [value] if isinstance(value, str) else value
    if not isinstance(globs, list | tuple) or not all(isinstance(glob, str) and glob for glob in globs):
        raise error(f"{key} of a suppression must be a glob or a list of globs, not {value!r}", "suppressions", key)
    return tuple(globs)
