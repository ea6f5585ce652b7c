"""``datalint rules``, ``explain`` and ``tables`` through a real process."""

from __future__ import annotations

import subprocess
import sys

import pytest

from datalint import __version__
from datalint.config import Config
from datalint.facts import Facts, documentation
from datalint.pipeline import all_rules

RULES = all_rules(Facts(), Config())


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "datalint", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)


def test_version() -> None:
    assert run("--version").stdout == f"datalint {__version__}\n"


def test_rules_are_listed_and_filtered() -> None:
    listed = run("rules").stdout
    assert all(rule.code in listed for rule in RULES)
    codes = [line.split()[0] for line in run("rules", "BAL").stdout.splitlines()[1:]]
    assert codes == [rule.code for rule in RULES if rule.code.startswith("BAL")]
    assert "near-duplicate" in run("rules", "near").stdout
    assert run("rules", "nothing-like-this").returncode == 1


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_explains_itself(rule: object) -> None:
    from io import StringIO

    from rich.console import Console

    from datalint.cli.explain import _write

    file = StringIO()
    _write(rule, Console(file=file, width=80))  # type: ignore[arg-type]
    out = file.getvalue()
    assert max(map(len, out.splitlines())) <= 80
    for option in rule.options:  # type: ignore[attr-defined]
        assert option in out


def test_explain_takes_a_code_or_a_name() -> None:
    assert run("explain", "bal002").stdout == run("explain", "class-far-below-mean").stdout
    result = run("explain", "class-far-below-men")
    assert result.returncode == 2
    assert "did you mean 'class-far-below-mean'" in result.stderr


def test_tables_are_described() -> None:
    out = run("tables").stdout
    assert all(table.name in out for table in documentation())
    assert "sharpness" in run("tables", "pixels").stdout
    assert "did you mean 'pixels'" in run("tables", "pixel").stderr


def test_every_command_has_help_with_its_options() -> None:
    for command in ("check", "rules", "explain", "tables"):
        result = run(command, "--help")
        assert result.returncode == 0
        assert max(map(len, result.stdout.splitlines())) <= 80
