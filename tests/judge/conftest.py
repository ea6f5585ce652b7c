"""A small dataset's tables, and rule files written on the fly."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from rule_files import HEADER

from datalint.facts import Facts, documentation
from datalint.judge.rulebook import read_rule
from datalint.judge.sandbox import QueryLimits, run_query

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from datalint.judge import Rule

TABLES = {table.name: [column.name for column in table.columns] for table in documentation()}


@pytest.fixture
def facts() -> Facts:
    """Tables with two classes: 8 images of apple and 2 of plum."""
    facts = Facts()
    labels = ["apple"] * 8 + ["plum"] * 2
    facts.insert(
        "samples",
        {
            "sample_id": np.arange(10, dtype=np.int32),
            "path": np.array([f"{label}/{i}.jpg" for i, label in enumerate(labels)], dtype=object),
            "label": np.array(labels, dtype=object),
            "labels": np.fromiter(([label] for label in labels), dtype=object),
        },
    )
    return facts


@pytest.fixture
def rule(facts: Facts, tmp_path: Path) -> Callable[..., Rule]:
    """Write a rule file and read it: from a query, or from a whole text."""

    def make(query: str, *, text: str | None = None, trusted: bool = False, name: str = "test-rule") -> Rule:
        file = tmp_path / f"{name}.sql"
        file.write_text(HEADER + query if text is None else text)
        run = partial(run_query, facts.connection, limits=QueryLimits(10, 300))
        return read_rule(facts.connection, TABLES, file, None if trusted else run)

    return make
