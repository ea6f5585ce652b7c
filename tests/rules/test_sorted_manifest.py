"""LAY006 on null data and on planted data: a statistic must be silent on the one and speak on the other."""

from __future__ import annotations

import numpy as np
import pytest
from rule_cases import fill

from datalint import pipeline
from datalint.config import Config, RuleLayer
from datalint.facts import Facts
from datalint.judge import QueryLimits, judge, resolve

RULES = pipeline.all_rules(Facts(), Config())


def speaks(labels: list[str]) -> bool:
    rows = [{"path": f"{n}.jpg", "label": label} for n, label in enumerate(labels)]
    settings = resolve(RULES, [RuleLayer(select=("LAY006",))])
    return bool(judge(fill({"manifest_rows": rows}), settings, QueryLimits(10, 300), {})[0].findings)


def labels_of(generator: np.random.Generator, rows: int, classes: int) -> list[str]:
    weights = generator.dirichlet(np.ones(classes))
    return [f"class{n}" for n in generator.choice(classes, rows, p=weights)]


@pytest.mark.parametrize("rows", [20, 50, 400])
@pytest.mark.parametrize("classes", [2, 5, 40])
def test_random_order_is_silent(rows: int, classes: int) -> None:
    generator = np.random.default_rng(rows * classes)
    assert sum(speaks(labels_of(generator, rows, classes)) for _ in range(12)) == 0


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize("classes", [2, 5, 10])
def test_sorted_order_is_told(classes: int, noise: float) -> None:
    generator = np.random.default_rng(classes)
    labels = [f"class{n * classes // 400}" for n in range(400)]
    for place in generator.choice(400, int(noise * 400), replace=False):
        labels[place] = f"class{generator.integers(classes)}"
    assert speaks(labels)
