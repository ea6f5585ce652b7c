"""What the configuration and the command line say about labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import datalint
from datalint.config import config_from
from datalint.errors import ConfigError, DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def labels(folder: Path, **config: Any) -> set[str]:
    return set(datalint.check(folder, {"select": ["BAL004"], **config}).dataset.labels)


def test_levels(tmp_path: Path, make_image: Callable[..., Path]) -> None:
    for number, name in enumerate(("cat/persian", "cat/siamese", "dog/poodle")):
        make_image(tmp_path / name / "1.jpg", seed=number)
    assert labels(tmp_path) == {"cat/persian", "cat/siamese", "dog/poodle"}
    assert labels(tmp_path, level=1) == {"cat", "dog"}
    report = datalint.check(tmp_path, {"select": ["BAL001"], "level": 1})
    assert {finding.label for finding in report.findings} == {"cat", "dog"}


def test_a_pattern_of_file_names(tmp_path: Path, make_image: Callable[..., Path]) -> None:
    for number, name in enumerate(("x-cat-1", "x-dog-2")):
        make_image(tmp_path / f"{name}.jpg", seed=number)
    assert labels(tmp_path) == set()
    assert labels(tmp_path, **{"label-pattern": "*-{label}-{number}.jpg"}) == {"cat", "dog"}
    with pytest.raises(DatasetError, match=r"must hold \{label\} once"):
        labels(tmp_path, **{"label-pattern": "{number}.jpg"})
    with pytest.raises(DatasetError, match="no file name is like"):
        labels(tmp_path, **{"label-pattern": "{label}_{number}.png"})


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"level": 0}, "level must be a whole number above 0"),
        ({"columns": {"imge": "a"}}, "unknown key 'imge'; did you mean 'image'"),
        ({"columns": "a"}, "columns must be a table"),
        ({"label-names": "cat"}, "label-names must be a list of strings"),
        ({"columns": {"label": 3}}, "label must be a list of strings"),
    ],
)
def test_mistakes(table: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        config_from(table)
