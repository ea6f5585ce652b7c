"""Options that several commands share."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import click

from datalint.cli.completing import complete_profile, complete_rules
from datalint.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from click.decorators import FC

config_option = click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False),
    help="Configuration file, in place of the one found upward from PATH.",
)
profile_option = click.option(
    "--profile",
    metavar="NAME",
    help="recommended, handbook or hook.  [default: recommended]",
    shell_complete=complete_profile,
)


def selection_options(command: FC) -> FC:
    """Add --select, --extend-select and --ignore."""
    texts = {
        "--ignore": "Do not run these.",
        "--extend-select": "Run these as well.",
        "--select": "Run these rules only: codes, beginnings of codes, or names, with commas.",
    }
    for name, text in texts.items():
        option = click.option(name, multiple=True, metavar="RULES", help=text, shell_complete=complete_rules)
        command = option(command)
    return command


def words(values: Iterable[str]) -> tuple[str, ...]:
    """Split what was given with commas."""
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def rule_values(settings: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Read ``RULE.OPTION=VALUE`` as a configuration file's ``[rules.RULE]`` would be."""
    rules: dict[str, dict[str, Any]] = {}
    for setting in settings:
        place, equals, text = setting.partition("=")
        rule, dot, option = place.strip().partition(".")
        if not equals or not dot:
            raise ConfigError(f"--set {setting}: write it as RULE.OPTION=VALUE, for example BAL001.min_images=50")
        try:
            value = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            value = text
        rules.setdefault(rule, {})[option] = value
    return rules
