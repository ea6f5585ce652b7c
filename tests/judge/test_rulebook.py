"""A mistake in a rule file gives the file, the line, what is wrong and the nearest valid name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rule_files import HEADER

from datalint.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Callable

    from datalint.judge import Rule

QUERY = "SELECT label FROM classes WHERE images < $least\n"
OPTION = '[options.least]\ndefault = 5\nrange = [1, 10]\nhelp = "fewest images"\n*/\n'
GOOD = HEADER.replace("*/\n", OPTION) + QUERY


def test_a_good_file_is_read(rule: Callable[..., Rule]) -> None:
    read = rule("", text=GOOD)
    assert (read.code, read.name, read.tables, read.parameters) == ("USR001", "test-rule", {"classes"}, {"least"})
    assert read.options["least"].default == 5


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('code = "USR001"', 'code = "usr1"', 2, "must be letters and three digits"),
        ('title = "A rule of a test"', 'titel = "x"', 3, "unknown key 'titel'; did you mean 'title'"),
        ('severity = "warning"', 'severity = "bad"', 4, "must be one of note, warning, error"),
        ('subject = "class"', 'subject = "klass"', 5, "must be one of"),
        ('message = "{label}"', 'message = "{lable}"', 6, "did you mean 'label'"),
        ('message = "{label}"', 'message = "{label.__class__}"', 6, "no plain name"),
        ('message = "{label}"', 'message = "{label:>1000000000}"', 6, "unknown format"),
        ('message = "{label}"', 'message = "{label!r}"', 6, "no plain name"),
        ('why = "Because."', "why = Because.", 7, "not valid TOML"),
        ('why = "Because."', 'why = "as in data/*.jpg"', 7, "SQL takes for a comment"),
        ("default = 5", "default = 50", 10, "must lie between 1 and 10"),
        ("range = [1, 10]", "range = [1]", 10, "must be two numbers"),
        ("range = [1, 10]", "choices = 3", 10, "must be a list"),
        ("default = 5", "defautl = 5", 10, "did you mean 'default'"),
        ("FROM classes", "FROM clases", 15, "no table 'clases'; did you mean 'classes'"),
        ("SELECT label", "SELEC label", 15, "syntax error"),
        ("SELECT label", "SELECT lable", 15, "lable"),
        ("SELECT label", "SELECT images", 5, "a rule about a class returns a column label"),
        ("$least", "$leest", None, "did you mean 'least'"),
        ("$least", "5", 10, "does not use the option least"),
        ("/*\ncode", "code", 1, "opens with a comment"),
        ("*/\n", "", 1, "not closed"),
    ],
)
def test_a_mistake_says_where_and_what(
    rule: Callable[..., Rule], old: str, new: str, line: int | None, message: str
) -> None:
    assert old in GOOD
    with pytest.raises(RuleError) as caught:
        rule("", text=GOOD.replace(old, new))
    assert message in str(caught.value)
    assert "test-rule.sql" in str(caught.value)
    assert caught.value.line == line


def test_a_rule_is_named_by_its_file(rule: Callable[..., Rule]) -> None:
    with pytest.raises(RuleError, match="lower case with dashes"):
        rule("", text=GOOD, name="Test_Rule")
