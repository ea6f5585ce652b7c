"""CSV by RFC 4180: one row a finding, worst first.

Spreadsheets carry out a cell that begins with ``=``, ``+``, ``-`` or ``@``. Such a cell begins with an apostrophe here.
"""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from datalint.report.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datalint.model import Report

COLUMNS = (
    "dataset", "severity", "code", "rule", "label", "split", "path", "other_paths", "message", "advice", "fingerprint"
)  # fmt: skip
"""``other_paths`` are those of a group after the first, one a line of the cell."""


def render(*reports: Report) -> str:
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for report in reports:
        for finding in report.findings:
            row = (
                [report.dataset.name],
                [finding.severity.word],
                [finding.code],
                [finding.name],
                [finding.label or ""],
                [finding.split or ""],
                finding.paths[:1],
                finding.paths[1:],
                [finding.message],
                [finding.advice],
                [finding.fingerprint],
            )
            writer.writerow(map(_cell, row))
    return file.getvalue()


def _cell(lines: Iterable[str]) -> str:
    text = "\n".join(map(printable, lines))
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
