"""What a shell completes: rules, profiles, layouts and tables. click does the rest: commands, options, formats, files.

Whatever goes wrong, nothing is printed: the shell is in the middle of somebody's line.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from datalint.errors import DatalintError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import click

    Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def complete_rule(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a rule by code or name."""
    rules = _rules()
    found = [CompletionItem(code, help=name) for code, name in rules if code.startswith(incomplete.upper())]
    return found + [
        CompletionItem(name, help=code) for code, name in rules if incomplete and name.startswith(incomplete)
    ]


def complete_rules(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the last of several rules with commas: families, and codes or names as soon as there is a beginning."""
    before, comma, last = incomplete.rpartition(",")
    families = sorted({code.rstrip("0123456789") for code, _ in _rules()})
    found = [CompletionItem(family) for family in families if family.startswith(last.upper())]
    if last:
        found += complete_rule(context, parameter, last)
    return [CompletionItem(f"{before}{comma}{item.value}", help=item.help) for item in found]


def complete_profile(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a profile."""
    from datalint.judge import profile_names

    return _beginning(incomplete, profile_names())


def complete_layout(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a layout."""
    from datalint.discover import LAYOUTS

    return _beginning(incomplete, LAYOUTS)


def complete_table(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a table."""
    from datalint.facts import documentation

    return _beginning(incomplete, [table.name for table in documentation()])


def _beginning(incomplete: str, words: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


def _rules() -> list[tuple[str, str]]:
    """Return code and name of all rules, those of the project that the current folder belongs to too."""
    from datalint.config import config_for
    from datalint.judge import rule_words

    folders: list[Path] = []
    with suppress(DatalintError, OSError):
        folders = config_for(Path()).rule_folders()
    return rule_words(folders)
