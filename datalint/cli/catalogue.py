"""Load the rules that apply in a folder, for the commands that only describe them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from datalint import pipeline
from datalint.config import Config, config_for, load_config
from datalint.errors import ConfigError, did_you_mean
from datalint.facts import Facts

if TYPE_CHECKING:
    from datalint.judge import Rule


def known_rules(config_file: str | None) -> list[Rule]:
    """Return datalint's rules and those that the configuration adds, in order of code."""
    config: Config = load_config(Path(config_file)) if config_file else config_for(Path())
    return pipeline.all_rules(Facts(), config)


def find_rule(rules: list[Rule], word: str) -> Rule:
    """Find a rule by code or name. Raises ConfigError with the nearest."""
    for rule in rules:
        if word.upper() == rule.code or word.lower() == rule.name:
            return rule
    near = did_you_mean(word, [known.lower() for rule in rules for known in (rule.name, rule.code)])
    raise ConfigError(f"no rule is called {word!r}{near}")
