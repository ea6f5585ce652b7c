"""Report: findings as text and files. Renders, and never computes a fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datalint.report import json, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from datalint.model import Report

FORMATS: dict[str, Callable[[Report], str]] = {"json": json.render, "text": text.render}
"""Every report format, with the function that renders it."""
