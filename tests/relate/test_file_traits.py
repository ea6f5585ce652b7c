"""What headers tell of classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from relate.images import strings

from datalint.relate import Pictures, file_traits

PER_CLASS = 60


def headers(**columns: Any) -> dict[str, Any]:
    """Headers of 180 images, alike but for what is given."""
    count = 3 * PER_CLASS
    alike = {
        "format": "JPEG",
        "mode": "RGB",
        "depth": "8",
        "compression": "quality 75",
        "camera": None,
        "orientation": "1",
    }
    made: dict[str, Any] = {"sample_id": np.arange(count), "width": np.full(count, 640), "height": np.full(count, 480)}
    made |= {name: strings([value] * count) for name, value in alike.items()}
    made |= columns
    made["camera"] = np.ma.masked_equal(made["camera"], None)
    return made


def table(columns: dict[str, Any]) -> dict[str, dict[str, Any]]:
    label = strings(np.repeat(["cat", "dog", "owl"], PER_CLASS))
    number = np.arange(len(label), dtype=np.int32)
    order = np.random.default_rng(3).permutation(len(label))
    found = file_traits(Pictures(number[order], label[order], np.zeros(len(label), bool), number), columns)
    rows = [dict(zip(found, row, strict=True)) for row in zip(*found.values(), strict=True)]
    return {row["label"]: row for row in rows}


def test_files_that_are_all_alike_tell_nothing() -> None:
    for row in table(headers()).values():
        assert (row["auroc"], row["fields"], row["usual"]) == (0.5, [], "")


@pytest.mark.parametrize("seed", range(5))
def test_files_of_any_kind_in_all_classes_tell_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    width = rng.integers(100, 2000, 180)
    compression = strings(rng.choice(["quality 75", "quality 90", "quality 95"], 180))
    found = table(headers(width=width, height=rng.integers(100, 2000, 180), compression=compression))
    assert max(row["auroc_low"] for row in found.values()) < 0.65


def test_a_source_of_its_own_is_told_by_the_fields_that_suffice() -> None:
    rng = np.random.default_rng(1)
    width = rng.integers(100, 2000, 180)
    compression = strings(["quality 75"] * 60 + ["quality 92"] * 54 + ["quality 75"] * 66)
    found = table(headers(width=width, compression=compression))
    assert found["dog"]["auroc"] > 0.9
    assert found["dog"]["fields"] == ["compression"]
    assert found["dog"]["usual"] == "compression quality 92 in 90%, 0% elsewhere"
    assert found["cat"]["auroc"] < 0.8


def test_two_fields_are_named_where_neither_suffices() -> None:
    # The owls are those of the large PNG; either alone is found among cats and dogs.
    large = np.tile([True, False], 90)
    png = np.tile([True, False, False, True], 45)
    large[120:] = png[120:] = True
    width = np.where(large, 1000, 200)
    found = table(headers(width=width, height=np.full(180, 480), format=strings(np.where(png, "PNG", "JPEG"))))["owl"]
    assert sorted(found["fields"])[0] in ("aspect", "format")
    assert len(found["fields"]) == 2
    assert "format" in found["fields"]
    assert found["auroc"] > 0.85
