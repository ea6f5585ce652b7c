"""Write reports: one to the terminal or a file, and further ones to files."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.errors import ConfigError, DatalintError, did_you_mean
from datalint.report import FORMATS, render_all
from datalint.timing import untimed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

    from datalint.model import Report
    from datalint.timing import Stage, Timing, Timings

_SLOW = 0.03
"""Share of the whole time from which on a part of a stage is told by itself."""


class ReportFile(NamedTuple):
    format: str
    file: str


def report_files(values: Iterable[str]) -> list[ReportFile]:
    """Read ``FORMAT=FILE``. Raises ConfigError."""
    files = []
    for value in values:
        format_, _, file = value.partition("=")
        if format_ not in FORMATS:
            near = did_you_mean(format_, FORMATS)
            raise ConfigError(f"--report {value}: no format is called {format_!r}{near}; known: {', '.join(FORMATS)}")
        if not file:
            raise ConfigError(f"--report {value}: write it as FORMAT=FILE, for example html=report.html")
        files.append(ReportFile(format_, file))
    return files


def write_reports(
    reports: list[Report], options: dict[str, Any], files: Iterable[ReportFile], timed: Stage = untimed
) -> None:
    """Write the report that ``--format`` and ``--output`` ask for, and those of ``--report``."""
    with timed(f"report: {options['format_']}"):
        _write_first(reports, options)
    for file in files:
        with timed(f"report: {file.format}"):
            _write_file(reports, file)


def _write_first(reports: list[Report], options: dict[str, Any]) -> None:
    output, format_ = options["output"], options["format_"]
    if format_ != "text" and output:
        _write_file(reports, ReportFile(format_, output))
    elif format_ != "text":
        document = render_all(reports, format_).encode()
        with writing_to("standard output"):
            sys.stdout.buffer.write(document)
    elif output:
        from datalint.report.lines import plain_console

        with writing_to(output), open(output, "w", encoding="utf-8") as file:
            _write_text(reports, options, plain_console(file))
    else:
        from rich.console import Console

        with writing_to("standard output"):
            _write_text(reports, options, Console())


def _write_file(reports: list[Report], file: ReportFile) -> None:
    document = render_all(reports, file.format).encode()
    with writing_to(file.file):
        Path(file.file).write_bytes(document)


def _write_text(reports: list[Report], options: dict[str, Any], console: Console) -> None:
    from datalint.report.text import TextOptions, write_all

    write_all(reports, console, TextOptions(options["show"], options["quiet"], options["statistics"]))


def timing_lines(timings: Timings) -> Iterator[str]:
    """Say where the time went: stages in their order, of their parts those that are slow."""
    total, taken = timings.total(), timings.taken()
    yield "seconds  where"
    other = total - sum(one.seconds for one in taken if one.depth == 0)
    quick: list[Timing] = []
    for one in [*taken, None]:
        if quick and (one is None or one.depth == 0):
            yield f"{sum(part.seconds for part in quick):7.2f}    {len(quick)} quicker"
            quick = []
        if one is not None and one.depth and one.seconds < _SLOW * total:
            quick.append(one)
        elif one is not None:
            yield f"{one.seconds:7.2f}  {'  ' * one.depth}{one.name}"
    yield f"{other:7.2f}  all else"
    yield f"{total:7.2f}  in all"


@contextmanager
def writing_to(place: object) -> Iterator[None]:
    """Say in one line where something cannot be written. Raises DatalintError."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise DatalintError(f"{place}: cannot be written: {error.strerror or error}") from None
