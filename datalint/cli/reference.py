"""The reference of rules as Markdown: what ``datalint explain`` tells of each, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from datalint import pipeline
from datalint.config import Config
from datalint.facts import Facts
from datalint.judge import profile_names
from datalint.report.markdown import escaped
from datalint.report.wording import in_general

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from datalint.judge import Option, Rule

_HEAD = """\
# Rules

Written by `datalint rules --format markdown`; `datalint explain CODE` tells the same of one rule, with its query.
A rule is selected by its code, the beginning of one, or its name: `datalint check data --select BAL,blurry-image`.
Options are set in `datalint.toml` under `[rules.NAME]`, or with `--set NAME.OPTION=VALUE`.
"""


class Profile(NamedTuple):
    name: str
    options: Mapping[str, Mapping[str, Any]]
    """Of the rules that it selects, by code."""


def profiles() -> list[Profile]:
    """Return what each profile selects of datalint's rules, and with which options."""
    found = []
    for name in profile_names():
        settings = pipeline.selected_rules(Facts(), Config(profile=name))
        found.append(Profile(name, {one.rule.code: one.options for one in settings}))
    return found


def reference(rules: Sequence[Rule], known: Sequence[Profile]) -> str:
    """Return the page."""
    table = ["| code | severity | rule | profiles |", "| --- | --- | --- | --- |"]
    table += [
        f"| [{rule.code}](#{rule.code.lower()}-{rule.name}) | {rule.severity.word} | {escaped(rule.title)} "
        f"| {', '.join(one.name for one in known if rule.code in one.options) or 'none'} |"
        for rule in rules
    ]
    return "\n".join([_HEAD, *table, "", *(_section(rule, known) for rule in rules)])


def _section(rule: Rule, known: Sequence[Profile]) -> str:
    return "\n".join(
        [
            f"## {rule.code} {rule.name}",
            "",
            f"**{escaped(rule.title)}** ({rule.severity.word}, about: {rule.subject})",
            "",
            f"It finds: {escaped(in_general(rule.message))}",
            "",
            f"Why: {escaped(' '.join(rule.why.split()))}",
            "",
            f"What to do: {escaped(in_general(rule.advice))}",
            "",
            *_method(rule),
            *_options(rule),
            f"- Profiles: {'; '.join(_selected(rule, known)) or 'none'}",
            f"- Tables: {', '.join(f'`{table}`' for table in sorted(rule.tables))}",
            f"- Source: {escaped(rule.source)}",
            "",
        ]
    )


def _method(rule: Rule) -> Iterator[str]:
    for number, part in enumerate(filter(None, rule.method.split("\n\n"))):
        yield f"{'How it is measured: ' if not number else ''}{escaped(' '.join(part.split()))}"
        yield ""


def _options(rule: Rule) -> Iterator[str]:
    if rule.options:
        yield "| option | default | range | meaning |"
        yield "| --- | --- | --- | --- |"
        for option in rule.options.values():
            yield f"| `{option.name}` | {_value(option.default)} | {_range(option)} | {escaped(option.help)} |"
        yield ""


def _selected(rule: Rule, known: Sequence[Profile]) -> Iterator[str]:
    """Name the profiles that select a rule, with the options that they change."""
    for profile in known:
        if rule.code not in profile.options:
            continue
        values = profile.options[rule.code]
        changed = [name for name, option in rule.options.items() if values[name] != option.default]
        told = ", ".join(f"`{name}` {_value(values[name])}" for name in changed)
        yield f"{profile.name} ({told})" if told else profile.name


def _range(option: Option) -> str:
    if option.choices:
        return escaped(", ".join(option.choices))
    return "" if option.low is None or option.high is None else f"{option.low:g} to {option.high:g}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return ", ".join(map(_value, value)) or "none"
    return escaped(str(value)) or "none"
