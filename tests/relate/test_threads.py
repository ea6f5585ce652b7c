from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from relate.images import NO_POINTERS, contents, texture

from datalint.relate import exact_duplicates, near_pairs, threads
from datalint.relate import nearest as module
from datalint.relate.threads import in_threads

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=[1, 2, 5])
def processors(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(threads, "processors", lambda: request.param)
    number: int = request.param
    return number


def test_results_come_in_the_order_of_the_items(processors: int) -> None:
    assert list(in_threads(lambda number: number * number, range(100))) == [number * number for number in range(100)]
    assert list(in_threads(str, [])) == []


def test_what_one_item_raises_is_raised(processors: int) -> None:
    def fail(number: int) -> int:
        if number == 7:
            raise ValueError("seven")
        return number

    with pytest.raises(ValueError, match="seven"):
        list(in_threads(fail, range(50)))


def test_few_items_are_taken_ahead(processors: int) -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(1_000):
            taken.append(number)
            yield number

    next(iter(in_threads(lambda number: number, items())))
    assert len(taken) <= 5 * processors


def test_the_number_of_threads_changes_no_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SMALL", 50)
    rng = np.random.default_rng(3)
    pictures = texture(rng, 300)
    altered = np.clip(pictures[:60] + rng.normal(0, 4, pictures[:60].shape), 0, 255).astype(np.uint8)
    images = contents(np.concatenate([pictures, altered, pictures[60:90, :, ::-1]]))
    found = []
    for number in (1, 3):
        monkeypatch.setattr(threads, "processors", lambda number=number: number)
        found.append(near_pairs(images, exact_duplicates(images, {}, NO_POINTERS)).pairs)
    one, three = found
    assert len(one["sample_a"]) >= 90
    for name, column in one.items():
        assert np.array_equal(column, three[name]), name
