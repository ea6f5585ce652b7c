"""``datalint rules``, ``explain`` and ``tables`` through a real process."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from datalint import __version__
from datalint.config import Config
from datalint.facts import Facts, documentation
from datalint.pipeline import all_rules

REPOSITORY = Path(__file__).resolve().parent.parent.parent
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


def test_the_reference_of_rules_does_not_lag() -> None:
    file = REPOSITORY / "docs" / "rules.md"
    result = run("rules", "--format", "markdown")
    assert result.returncode == 0
    assert file.read_text(encoding="utf-8") == result.stdout, "datalint rules --format markdown > docs/rules.md"


def test_the_reference_tells_all_of_a_rule() -> None:
    out = run("rules", "--format", "markdown", "BAL001", "BIA001").stdout
    assert re.findall(r"^## (.*)$", out, re.M) == ["BAL001 class-too-small", "BIA001 background-predicts-class"]
    section = out.partition("## BAL001")[2].partition("## BIA001")[0]
    assert "(warning, about: class)" in section and "It finds: ‹label› has ‹images›" in section
    assert "| `min_images` | 100 |" in section and "Why: " in section and "What to do: " in section
    assert "- Profiles: handbook (`min_images` 1000); recommended\n- Tables: `classes`\n" in section
    assert "How it is measured: A forest" in out


def test_links_of_the_reference_lead_to_its_sections() -> None:
    out = (REPOSITORY / "docs" / "rules.md").read_text(encoding="utf-8")
    sections = {title.lower().replace(" ", "-") for title in re.findall(r"^## (.*)$", out, re.M)}
    assert set(re.findall(r"\]\(#(.*?)\)", out)) == sections
    assert len(sections) == len(RULES)


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
