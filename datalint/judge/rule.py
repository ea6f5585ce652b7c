"""A rule, as its file describes it."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from datalint.model import Severity

SUBJECTS = {
    "image": "path",
    "group": "paths",
    "class": "label",
    "split": "split",
    "label": "labels",
    "file": "path",
    "dataset": "",
}
"""What a rule can be about, and the column in which its query returns that (of files, ``paths`` will do as well)."""
LABELLED = frozenset(("image", "group", "class"))
"""Subjects that have a label, by which options can differ."""


class Option(NamedTuple):
    """A value that a rule's query is bound to, as ``$name``."""

    name: str
    default: Any
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()

    def problem(self, value: Any) -> str | None:
        """Say what is wrong with a value, or return None."""
        if isinstance(self.default, bool) != isinstance(value, bool):
            return f"must be {self.kind}, not {value!r}"
        if isinstance(self.default, float) and isinstance(value, int) and abs(value) < 2**53:
            value = float(value)
        if type(value) is not type(self.default):
            return f"must be {self.kind}, not {value!r}"
        if isinstance(value, list) and not all(isinstance(item, str) for item in value):
            return f"must be {self.kind}, not {value!r}"
        if self.choices and value not in self.choices:
            return f"must be one of {', '.join(self.choices)}, not {value!r}"
        if self.low is not None and self.high is not None and not self.low <= value <= self.high:
            return f"must lie between {self.low:g} and {self.high:g}, not {value!r}"
        return None

    @property
    def kind(self) -> str:
        names = {
            bool: "true or false",
            int: "a whole number",
            float: "a number",
            str: "a string",
            list: "a list of strings",
        }
        return names[type(self.default)]


@dataclass(frozen=True)
class Rule:
    """One rule: its documentation, its options and its query."""

    code: str
    name: str
    title: str
    severity: Severity
    subject: str
    message: str
    why: str
    advice: str
    source: str
    method: str
    """How what it judges is measured, and how often that errs; may be empty."""
    options: Mapping[str, Option]
    sql: str
    """The whole file: to the engine the header is a comment, so that error positions are those of the file."""
    tables: frozenset[str]
    """The tables and views that the query reads."""
    needs: frozenset[str]
    """Tables, and columns as ``table.column``, that must hold something for the rule to be judged."""
    parameters: frozenset[str]
    """The options that the query is bound to."""
    file: Path
    trusted: bool
    """Shipped with datalint; other rules run in a process that can be killed."""

    @property
    def query(self) -> str:
        """The query without the header."""
        return self.sql.partition("*/")[2].strip()


def template_fields(template: str) -> list[tuple[str, str]]:
    """Split a message template into its fields and their format specifications.

    Raises ValueError for all but plain names and short number formats: a rule file is data, and a template
    that reaches into attributes or pads to a billion columns is not.
    """
    fields = []
    for _, name, spec, conversion in string.Formatter().parse(template):
        if name is None:
            continue
        if not name.isidentifier() or conversion:
            raise ValueError(f"{{{name}}} is no plain name")
        if spec and (len(spec) > 4 or not set(spec) <= set(",.0123456789%dfgs")):
            raise ValueError(f"{{{name}:{spec}}} has an unknown format; known are for example :,  :.1f  :.0%  :,d")
        fields.append((name, spec or ""))
    return fields
