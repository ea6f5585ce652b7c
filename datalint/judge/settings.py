"""Which rules run, and with which options: layer over layer."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from datalint.errors import ConfigError, did_you_mean
from datalint.judge.rule import LABELLED
from datalint.judge.rulebook import shipped_folder
from datalint.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from datalint.judge.rule import Rule


class Layer(Protocol):
    """What one source says about rules: a profile, a configuration file, the command line."""

    @property
    def select(self) -> tuple[str, ...] | None: ...
    @property
    def extend_select(self) -> tuple[str, ...]: ...
    @property
    def ignore(self) -> tuple[str, ...]: ...
    @property
    def rules(self) -> Mapping[str, Mapping[str, Any]]: ...
    def error(self, message: str, *keys: str) -> ConfigError: ...


class Override(NamedTuple):
    """Option values for the labels that a glob matches."""

    glob: str
    options: dict[str, Any]

    def matches(self, label: str | None) -> bool:
        return label is not None and fnmatchcase(label, self.glob)


class Settings(NamedTuple):
    """How one selected rule runs."""

    rule: Rule
    severity: Severity
    options: dict[str, Any]
    overrides: tuple[Override, ...]
    """In order of the file; the last that matches a label decides."""
    allow: str = ""
    """How many findings are allowed: ``10``, or ``1 %`` of what the rule judges; empty for none."""

    def thresholds(self) -> dict[str, Any]:
        """Return the options, and under ``labels`` those of single labels, by glob."""
        by_glob = {item.glob: item.options for item in self.overrides if item.options}
        return {**self.options, "labels": by_glob} if by_glob else {**self.options}


def profile_names() -> list[str]:
    """Return the names of the shipped profiles."""
    return sorted(file.stem for file in (shipped_folder() / "profiles").glob("*.toml"))


def profile_table(name: str) -> dict[str, Any]:
    """Read a shipped profile. Raises ConfigError with the known names."""
    folder, known = shipped_folder() / "profiles", profile_names()
    if name not in known:
        raise ConfigError(f"unknown profile {name!r}{did_you_mean(name, known)}; known: {', '.join(known)}")
    return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))


def resolve(rules: Sequence[Rule], layers: Sequence[Layer]) -> list[Settings]:
    """Lay the layers over one another and return the selected rules, in order of code.

    In each layer ``select`` replaces what was selected before, ``extend_select`` adds and ``ignore`` takes
    away. Rules of the project's own folders are selected from the first layer on. Raises ConfigError for a
    rule or option that does not exist, or a value of the wrong kind.
    """
    selected: set[str] = set()
    for number, layer in enumerate(layers):
        if layer.select is not None:
            selected = _matching(rules, layer, "select", layer.select)
        if number == 0:
            selected |= {rule.code for rule in rules if not rule.trusted}
        selected |= _matching(rules, layer, "extend-select", layer.extend_select)
        selected -= _matching(rules, layer, "ignore", layer.ignore)
    settings = {rule.code: Settings(rule, rule.severity, _defaults(rule), ()) for rule in rules}
    by_word = {word: rule for rule in rules for word in (rule.code, rule.name)}
    for layer in layers:
        for word, values in layer.rules.items():
            rule = by_word.get(word) or by_word.get(word.upper())
            if rule is None:
                raise layer.error(f"unknown rule {word!r}{did_you_mean(word, by_word)}", "rules", word)
            settings[rule.code] = _overlay(settings[rule.code], values, layer, word)
    return [settings[rule.code] for rule in rules if rule.code in selected]


def matches(rule: Rule, word: str) -> bool:
    """Tell whether a code, the beginning of a code, a name or ``ALL`` stands for the rule."""
    return word == "ALL" or word == rule.name or rule.code.startswith(word.upper())


def require(rules: Sequence[Rule], layer: Layer, key: str, words: Iterable[str]) -> None:
    """Raise ConfigError where a word stands for no rule."""
    _matching(rules, layer, key, words)


def _matching(rules: Sequence[Rule], layer: Layer, key: str, words: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for word in words:
        codes = {rule.code for rule in rules if matches(rule, word)}
        if not codes:
            near = did_you_mean(word, {rule.name for rule in rules} | {rule.code for rule in rules})
            raise layer.error(f"{key}: no rule is called {word!r}{near}", key, word)
        found |= codes
    return found


def _defaults(rule: Rule) -> dict[str, Any]:
    return {name: option.default for name, option in rule.options.items()}


def _overlay(settings: Settings, values: Mapping[str, Any], layer: Layer, word: str) -> Settings:
    rule = settings.rule
    values = {key.replace("-", "_"): value for key, value in values.items()}
    severity = settings.severity
    if "severity" in values:
        try:
            severity = Severity[str(values.pop("severity")).upper()]
        except KeyError:
            words = ", ".join(item.word for item in Severity)
            raise layer.error(f"severity of {word} must be one of {words}", "rules", word, "severity") from None
    allow = settings.allow
    if "allow" in values:
        allow = _allowance(values.pop("allow"), layer, word)
    labels = values.pop("labels", {})
    checked = _checked(rule, values, layer, (word,))
    options = {**settings.options, **checked}
    # What a later layer says of all labels goes over what an earlier one said of some.
    overrides = [
        item._replace(options={name: value for name, value in item.options.items() if name not in checked})
        for item in settings.overrides
    ]
    if labels and rule.subject not in LABELLED:
        text = f"{word} does not judge single labels, so it takes no options by label"
        raise layer.error(text, "rules", word, "labels")
    if not isinstance(labels, dict) or not all(isinstance(table, dict) for table in labels.values()):
        raise layer.error(f'labels of {word} must be tables: [rules.{word}.labels."GLOB"]', "rules", word, "labels")
    for glob, table in labels.items():
        table = {key.replace("-", "_"): value for key, value in table.items()}
        overrides.append(Override(glob, _checked(rule, table, layer, (word, glob))))
    return Settings(rule, severity, options, tuple(overrides), allow)


def _allowance(value: Any, layer: Layer, word: str) -> str:
    """Read a number of findings, or a percentage."""
    text = str(value)
    number = re.fullmatch(r"(\d+)|(\d+(?:\.\d+)?) ?%", text)
    if isinstance(value, bool) or number is None or (number[2] and float(number[2]) > 100):
        raise layer.error(f'allow of {word} must be a whole number or a percentage ("1 %")', "rules", word, "allow")
    return number[1] or f"{number[2]} %"


def _checked(rule: Rule, values: Mapping[str, Any], layer: Layer, keys: tuple[str, ...]) -> dict[str, Any]:
    checked = {}
    for name, value in values.items():
        option = rule.options.get(name)
        if option is None:
            known = [*rule.options, "severity", "allow", "labels"] if len(keys) == 1 else [*rule.options]
            near = did_you_mean(name, known)
            raise layer.error(f"{rule.name} has no option {name!r}{near}", "rules", *keys, name)
        problem = option.problem(value)
        if problem:
            raise layer.error(f"{name} of {rule.name} {problem}", "rules", *keys, name)
        checked[name] = float(value) if isinstance(option.default, float) else value
    return checked
