"""Text for people: grouped by rule, worst first, the first few findings of each."""

from __future__ import annotations

from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from datalint.model import Severity
from datalint.report.lines import plain_console, print_lines
from datalint.report.printable import printable
from datalint.report.wording import counted, found, population, severities

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from datalint.model import DatasetFacts, Report, RuleResult
    from datalint.waived import BaselineEntry, Suppression

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


class TextOptions(NamedTuple):
    shown: int = 5
    """Findings shown per rule; 0 shows all."""
    quiet: bool = False
    """Findings only: no first line, no summary."""
    statistics: bool = False
    """Counts per rule in place of findings."""


def render(*reports: Report) -> str:
    """Return the reports as plain text, 80 columns wide."""
    file = StringIO()
    write_all(reports, plain_console(file), TextOptions())
    return file.getvalue()


def write_all(reports: Sequence[Report], console: Console, options: TextOptions) -> None:
    """Write the reports of some datasets to a console."""
    for number, report in enumerate(reports):
        if number:
            console.print()
        write(report, console, options)


def write(report: Report, console: Console, options: TextOptions) -> None:
    """Write the report to a console."""
    if not options.quiet:
        for line in _head(report):
            print_lines(console, line)
    rules = found(report)
    if options.statistics:
        for rule in rules:
            print_lines(console, _statistics_line(rule))
    else:
        for number, rule in enumerate(rules):
            if number or not options.quiet:
                console.print()
            _write_rule(console, rule, options.shown)
    if not options.quiet:
        console.print()
        for line in _foot(report):
            print_lines(console, line)


def _head(report: Report) -> Iterator[Text]:
    dataset = report.dataset
    parts = [dataset.description]
    if dataset.splits:
        parts.append(", ".join(f"{name} {images:,}" for name, images in in_role_order(dataset)))
    if dataset.labels:
        parts.append(counted(len(dataset.labels), "class", "classes"))
    cached = f" ({report.recalled:,} from the cache)" if report.recalled else ""
    parts.append(f"{counted(dataset.images, 'image')} in {report.seconds:.1f} s{cached}")
    yield Text.assemble((printable(dataset.name), "bold"), "  ", printable(" · ".join(parts)))
    if sample := population(dataset):
        yield Text.assemble(("population: ", "cyan"), printable(sample))
    for notice in dataset.notices:
        yield Text.assemble(("notice: ", "cyan"), printable(notice))


def in_role_order(dataset: DatasetFacts) -> list[tuple[str, int]]:
    """Put the training split first and the test split last, as people think of them."""

    def place(item: tuple[str, int]) -> tuple[int, str]:
        name = item[0].lower()
        return (0 if "train" in name else 2 if "test" in name else 1), name

    return sorted(dataset.splits.items(), key=place)


def _write_rule(console: Console, rule: RuleResult, shown: int) -> None:
    head = Text.assemble((rule.severity.word, _STYLES[rule.severity]), "  ", (rule.code, "bold"), " ", rule.name)
    if len(rule.findings) > 1:
        head.append(f" · {len(rule.findings):,} findings", "dim")
    if rule.allow:
        head.append(f" · {rule.allowed:,} allowed", "dim")
    print_lines(console, head)
    # One finding more takes no more room than the line that counts it.
    stop = len(rule.findings) if not shown or len(rule.findings) == shown + 1 else shown
    for finding in rule.findings[:stop]:
        print_lines(console, finding.message, indent=2)
    if len(rule.findings) > stop:
        print_lines(console, Text(f"... and {len(rule.findings) - stop:,} more", "dim"), indent=2)
    alike = len({finding.advice for finding in rule.findings}) == 1
    lead = "help: " if alike else "help, of the first: "
    print_lines(console, Text.assemble((lead, "green"), printable(rule.findings[0].advice)), indent=2)


def _statistics_line(rule: RuleResult) -> Text:
    return Text.assemble(
        f"{len(rule.findings):>7,}  ",
        (f"{rule.severity.word:<7}", _STYLES[rule.severity]),
        f"  {rule.code}  {rule.name}",
    )


def _foot(report: Report) -> Iterator[Text]:
    counts = severities(report.findings)
    idle: dict[str, list[str]] = {}
    for rule in report.rules:
        if rule.status == "not-evaluated":
            idle.setdefault(rule.reason or "", []).append(rule.code)
    for reason, codes in idle.items():
        yield Text.assemble(("not evaluated: ", "dim"), f"{', '.join(codes)} ({printable(reason)})")
    if report.changed_since is not None and report.hidden:
        many = "1 more finding touches" if report.hidden == 1 else f"{report.hidden:,} more findings touch"
        yield Text(f"{many} nothing that changed since {printable(report.changed_since)}", "dim")
    yield from _waived(report)
    yield Text.assemble(
        (counts or ("No new findings" if report.known else "No findings"), "bold" if counts else "bold green"),
        f" · {counted(len(report.rules), 'rule')}, {sum(rule.status == 'passed' for rule in report.rules)} passed",
    )
    if counts:
        worst = max(report.findings, key=lambda finding: finding.severity)
        yield Text.assemble("what a rule means: ", (f"datalint explain {worst.code}", "bold"))


def _waived(report: Report) -> Iterator[Text]:
    """Say in one line what baseline and suppressions let pass, and in one each what is wrong with them."""
    state = report.baseline
    for use in report.suppressions:
        if use.status in ("unused", "expired"):
            when = f", until {use.suppression.expires}" if use.status == "expired" else ""
            what = printable(_suppressed(use.suppression) + when)
            yield Text.assemble((f"{use.status} suppression: ", "yellow"), what)
    if state is not None and state.changed:
        more = f" and {len(state.changed) - 3:,} more" if len(state.changed) > 3 else ""
        yield Text.assemble(("baseline: ", "yellow"), f"made by other settings: {', '.join(state.changed[:3])}{more}")
    parts = [f"{report.known:,} in the baseline"] if state is not None else []
    if report.suppressed:
        parts.append(f"{report.suppressed:,} suppressed")
    if state is not None and state.fixed:
        parts.append(f"{len(state.fixed):,} fixed ({_codes(state.fixed)})")
    if state is not None and state.stale:
        parts.append(f"{len(state.stale):,} stale (datalint baseline prune)")
    if state is not None and state.unjudged:
        parts.append(f"{counted(state.unjudged, 'entry', 'entries')} of rules that did not run")
    if parts:
        yield Text(printable(f"known findings: {', '.join(parts)}"), "dim")


def _codes(entries: Sequence[BaselineEntry]) -> str:
    counts = Counter(entry.code for entry in entries)
    return ", ".join(code if count == 1 else f"{code} x {count:,}" for code, count in sorted(counts.items()))


def _suppressed(item: Suppression) -> str:
    """Name what a suppression is about, and why it is there."""
    about = [item.rule or "any rule"]
    about += [f"label {' or '.join(item.labels)}"] if item.labels else []
    about += [f"path {' or '.join(item.paths)}"] if item.paths else []
    return f"{', '.join(about)} ({item.reason})"
