"""A plan in a few lines, for a report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from augment.plans import plan_of

from datalint import pipeline, planning
from datalint.augment.summary import summarise
from datalint.config import config_from

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_plan_in_short() -> None:
    plan = plan_of(("flip-vertical", "rotate"))
    found = summarise(plan._replace(classes=(plan.classes[0]._replace(warning="collect more"), plan.classes[1])))
    assert (found.images, found.synthesize) == (12, 4)
    assert [(one.label, one.have, one.wanted) for one in found.below] == [('dog "x"', 4, 8), ("day's cat", 8, 8)]
    assert [(one.name, one.range, one.reason) for one in found.changes] == [
        ("flip-vertical", "", "a reason for flip-vertical"),
        ("rotate", "±15°", "a reason for rotate"),
    ]
    assert found.must_not == ("day's cat: no flip-vertical: the name tells up from down",)


def test_the_record_of_a_dataset_is_json(split_dataset: Path) -> None:
    record = planning.summary(split_dataset, config_from({}), pipeline.Run(1))
    assert record is not None and json.loads(json.dumps(record)) == record
    assert [one["label"] for one in record["below"]] == ["dog", "cat"]
    assert record["changes"][0].keys() == {"name", "range", "share", "reason", "lack"}


def test_there_is_none_where_there_is_nothing_to_plan(tmp_path: Path, make_image: Callable[..., Path]) -> None:
    make_image(tmp_path / "flat" / "a.png")
    assert planning.summary(tmp_path / "flat", config_from({}), pipeline.Run(1)) is None
