"""Which rules run and with which options: layer over layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from datalint.config import RuleLayer, config_from, load_config
from datalint.errors import ConfigError
from datalint.judge import QueryLimits, judge, resolve
from datalint.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from datalint.facts import Facts
    from datalint.judge import Rule

QUERY = "SELECT label, images FROM classes WHERE images < $least ORDER BY label\n"


@pytest.fixture
def rules(rule: Callable[..., Rule]) -> list[Rule]:
    """Two rules, trusted as shipped ones are: BAL101 thin-class and SPL101 thin-split."""
    from rule_files import HEADER

    option = '[options.least]\ndefault = 5\nrange = [1, 100]\nhelp = "fewest"\n*/\n'
    text = HEADER.replace("*/\n", option) + QUERY
    return [
        rule("", text=text.replace("USR001", "BAL101"), name="thin-class", trusted=True),
        rule("", text=text.replace("USR001", "SPL101"), name="thin-split", trusted=True),
    ]


def codes(rules: list[Rule], *layers: RuleLayer) -> list[str]:
    return [settings.rule.code for settings in resolve(rules, layers)]


ALL = RuleLayer(select=("ALL",))


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([ALL], ["BAL101", "SPL101"]),
        ([ALL, RuleLayer(select=("BAL",))], ["BAL101"]),
        ([ALL, RuleLayer(select=("thin-split",))], ["SPL101"]),
        ([ALL, RuleLayer(ignore=("SPL1",))], ["BAL101"]),
        ([ALL, RuleLayer(ignore=("SPL",)), RuleLayer(extend_select=("SPL101",))], ["BAL101", "SPL101"]),
        ([RuleLayer(select=("BAL",)), RuleLayer(extend_select=("SPL",), ignore=("BAL",))], ["SPL101"]),
        ([RuleLayer(select=())], []),
    ],
)
def test_later_layers_go_over_earlier_ones(rules: list[Rule], layers: list[RuleLayer], expected: list[str]) -> None:
    assert codes(rules, *layers) == expected


def test_rules_of_the_project_are_selected_from_the_first_layer_on(rule: Callable[..., Rule]) -> None:
    own = [rule("SELECT label FROM classes")]
    assert codes(own, RuleLayer(select=())) == ["USR001"]
    assert codes(own, RuleLayer(select=()), RuleLayer(select=())) == []


def test_options_cascade(rules: list[Rule]) -> None:
    layers = [
        RuleLayer(select=("ALL",), rules={"thin-class": {"least": 2}}),
        RuleLayer(rules={"BAL101": {"least": 3, "severity": "error"}}),
    ]
    settings = resolve(rules, layers)
    assert [(item.options["least"], item.severity) for item in settings] == [(3, Severity.ERROR), (5, Severity.WARNING)]


def test_options_by_label_hold_for_the_labels_that_match(facts: Facts, rules: list[Rule]) -> None:
    def flagged(labels: dict[str, Any]) -> list[str | None]:
        layer = RuleLayer(select=("BAL",), rules={"thin-class": {"least": 5, "labels": labels}})
        result = judge(facts, resolve(rules, [layer]), QueryLimits(10, 500), {})[0]
        return [finding.label for finding in result.findings]  # the base options first, then override by override

    assert flagged({}) == ["plum"]
    assert flagged({"pl*": {"least": 1}}) == []
    assert flagged({"app*": {"least": 9}}) == ["plum", "apple"]
    assert flagged({"*": {"least": 9}, "apple": {"least": 1}}) == ["plum"]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("selekt = ['BAL']", 1, "unknown key 'selekt'; did you mean 'select'"),
        ("select = 'BAL'", 1, "must be a list of strings"),
        ("fail-on = 'eror'", 1, "must be one of error, warning, note, never"),
        ("\n[limits]\npixel = 1", 3, "did you mean 'pixels'"),
        ("[limits]\npixels = -1", 2, "above 0"),
        ("[limits]\npixels = inf", 2, "a whole number above 0"),
        ("[limits]\nrule-seconds = inf", 2, "a number above 0"),
        ("[limits]\nrule-memory = 1500.5", 2, "a whole number above 0"),
        ("select = [", 1, "not valid TOML"),
        ("rules = ['lint']", 1, "rule-paths"),
        ("layout = 3", 1, "must be a string"),
    ],
)
def test_a_mistake_in_the_configuration_says_where(tmp_path: Path, text: str, line: int, message: str) -> None:
    file = tmp_path / "datalint.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert message in str(caught.value)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("select = ['BAL', 'thin-clas']", 1, "did you mean 'thin-class'"),
        ("\n[rules.thin-clas]\nleast = 1", 2, "did you mean 'thin-class'"),
        ("[rules.thin-class]\n\nleest = 1", 3, "no option 'leest'; did you mean 'least'"),
        ("[rules.thin-class]\nleast = 'x'", 2, "must be a whole number, not 'x'"),
        ("[rules.thin-class]\nleast = 1.5", 2, "must be a whole number"),
        ("[rules.thin-class]\nleast = true", 2, "must be a whole number"),
        ("[rules.thin-class]\nleast = 1000", 2, "must lie between 1 and 100"),
        ("[rules.thin-class]\nseverity = 'fatal'", 2, "must be one of"),
        ("[rules.thin-class.labels.'rare_*']\nleast = 0", 2, "must lie between"),
    ],
)
def test_a_mistake_about_a_rule_says_where(
    rules: list[Rule], tmp_path: Path, text: str, line: int, message: str
) -> None:
    file = tmp_path / "datalint.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        resolve(rules, [ALL, load_config(file).layer])
    assert message in str(caught.value)
    assert caught.value.line == line


def test_keys_may_be_spelled_with_underscores() -> None:
    assert config_from({"fail_on": "never", "extend_select": ["BAL"]}).layer.extend_select == ("BAL",)
