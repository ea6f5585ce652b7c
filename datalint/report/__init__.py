"""Report: findings as text and files. Renders, and never computes a fact."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from datalint.report.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datalint.model import Report

__all__ = ["FORMATS", "printable", "render", "render_all"]

FORMATS = ("text", "html", "markdown", "sarif", "junit", "github", "gitlab", "csv", "json")
"""Every report format: a module here with a function ``render(*reports) -> str``, loaded when it is used."""


def render(report: Report, format_: str) -> str:
    """Return the report in one of :data:`FORMATS`."""
    return render_all([report], format_)


def render_all(reports: Sequence[Report], format_: str) -> str:
    """Return the reports of several datasets as one document in one of :data:`FORMATS`."""
    text: str = import_module(f"datalint.report.{format_}").render(*reports)
    return text
