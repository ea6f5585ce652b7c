"""The text report: grouped, folded to 80 columns, plain when piped, and safe to print."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from datalint.model import DatasetFacts, Finding, LabelCount, Report, RuleResult, Severity
from datalint.report.text import TextOptions, render, write

HOSTILE = "a\x1b[31mred\x07\r\n\u202egpj.\u2066b"


def finding(message: str, severity: Severity = Severity.ERROR, advice: str = "Mend it.") -> Finding:
    return Finding("INT001", "unreadable-image", severity, "cat", None, ("cat/1.jpg",), message, advice, {}, "0" * 32)


def report(*findings: Finding, notices: tuple[str, ...] = (), **changes: Any) -> Report:
    rule = RuleResult("INT001", "unreadable-image", Severity.ERROR, "found", None, findings)
    idle = RuleResult(
        "SPL001", "duplicate-across-splits", Severity.ERROR, "not-evaluated", "the dataset has no splits", ()
    )
    labels = {"cat": LabelCount(2, {}), "dog": LabelCount(1, {})}
    dataset = DatasetFacts("data/", "/tmp/data", "class-folders", "class folders", 3, {}, labels, notices)
    return Report(dataset, (rule, idle), "error", int(bool(findings)), 1.234, tables=None, **changes)  # type: ignore[arg-type]


def text(report: Report, **options: Any) -> str:
    file = StringIO()
    write(report, Console(file=file, width=80), TextOptions(**options))
    return file.getvalue()


def test_a_report_says_what_was_read_what_is_wrong_and_what_was_not_judged() -> None:
    assert render(report(finding("cat/1.jpg is truncated"), notices=("one thing",))) == (
        "data/  class folders · 2 classes · 3 images in 1.2 s\n"
        "notice: one thing\n"
        "\n"
        "error  INT001 unreadable-image\n"
        "  cat/1.jpg is truncated\n"
        "  help: Mend it.\n"
        "\n"
        "not evaluated: SPL001 (the dataset has no splits)\n"
        "1 error · 2 rules, 0 passed\n"
        "what a rule means: datalint explain INT001\n"
    )


def test_no_findings_are_told_in_one_line() -> None:
    assert "No findings · 2 rules" in render(report())


@pytest.mark.parametrize(("number", "shown", "lines", "more"), [(5, 5, 5, 0), (6, 5, 6, 0), (7, 5, 5, 2), (9, 0, 9, 0)])
def test_the_first_few_findings_are_shown_and_the_rest_counted(number: int, shown: int, lines: int, more: int) -> None:
    out = text(report(*(finding(f"image {i} broke") for i in range(number))), shown=shown)
    assert out.count("broke") == lines
    assert (f"... and {more} more" in out) == bool(more)


def test_advice_is_given_where_it_holds_for_all_findings() -> None:
    assert "help: Mend it." in text(report(finding("a"), finding("b")))
    different = text(report(finding("a", advice="Keep a."), finding("b", advice="Keep b.")))
    assert "help, of the first: Keep a." in different
    assert "Keep b." not in different


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_fit_the_width_whatever_the_names(width: int) -> None:
    long = finding(f"{'very/' * 60}long.jpg is {'so ' * 60}broken, 写真.jpg {'写' * 90} too")
    file = StringIO()
    console = Console(file=file, width=width)
    write(report(long, notices=("n" * 300,)), console, TextOptions())
    from rich.cells import cell_len

    assert max(cell_len(line) for line in file.getvalue().splitlines()) <= width
    assert all(line == line.rstrip() for line in file.getvalue().splitlines())


def test_hostile_names_do_nothing_to_the_terminal() -> None:
    out = text(report(finding(HOSTILE), notices=(HOSTILE,)))
    assert all(c.isprintable() or c == "\n" for c in out)
    assert "a\\x1b[31mred\\x07\\r\\n\\u202egpj.\\u2066b" in out


def test_names_that_look_like_markup_are_shown_as_they_are() -> None:
    assert "[bold]x[/bold] :smile:" in text(report(finding("[bold]x[/bold] :smile:")))


def test_quiet_shows_findings_only() -> None:
    assert text(report(finding("broke")), quiet=True) == ("error  INT001 unreadable-image\n  broke\n  help: Mend it.\n")
    assert text(report(), quiet=True) == ""


def test_statistics_count_by_rule() -> None:
    out = text(report(finding("a"), finding("b")), statistics=True, quiet=True)
    assert out == "      2  error    INT001  unreadable-image\n"


def test_there_is_colour_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def written(**options: Any) -> str:
        file = StringIO()
        write(report(finding("broke")), Console(file=file, width=80, **options), TextOptions())
        return file.getvalue()

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in written(force_terminal=True)
    assert "\x1b[" not in written()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in written(force_terminal=True)
