from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalint.relate import nearest as module
from datalint.relate.nearest import nearest

if TYPE_CHECKING:
    from relate.images import Array


def unit(vectors: Array) -> Array:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def brute_force(asked: Array, offered: Array, limit: int, floor: float) -> dict[int, list[int]]:
    products = asked @ offered.T
    order = np.argsort(-products, axis=1, kind="stable")[:, :limit]
    return {row: [c for c in order[row].tolist() if products[row, c] >= floor] for row in range(len(asked))}


def found(query: Array, other: Array) -> dict[int, list[int]]:
    result: dict[int, list[int]] = {}
    for a, b in zip(query.tolist(), other.tolist(), strict=True):
        result.setdefault(a, []).append(b)
    return result


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 8), st.sampled_from([-1.0, 0.3, 0.8]), st.integers(0, 99))
def test_few_vectors_are_compared_in_full(asked: int, offered: int, limit: int, floor: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    queries, table = unit(rng.normal(size=(asked, 6))), unit(rng.normal(size=(offered, 6)))
    expected = brute_force(queries, table, limit, floor) if offered else {}
    told = found(*nearest(queries, table, rng.permutation(offered), limit, floor))
    assert told == {row: columns for row, columns in expected.items() if columns}


def test_cells_find_nearly_all_close_neighbours() -> None:
    rng = np.random.default_rng(4)
    centres = unit(rng.normal(size=(3_000, 38)))
    vectors = unit(
        np.concatenate([centres, centres + rng.normal(0, 0.05, centres.shape), rng.normal(size=(4_000, 38))])
    )
    assert len(vectors) > module._SMALL
    order = rng.permutation(len(vectors))
    told = found(*nearest(vectors, vectors, order, 5, 0.86))
    expected = brute_force(vectors, vectors, 5, 0.86)
    wanted = [(row, c) for row, columns in expected.items() for c in columns]
    assert np.mean([c in told.get(row, []) for row, c in wanted]) > 0.99
    assert all(row in told[row] for row in range(len(vectors))), "a vector on both sides finds itself"


@pytest.mark.parametrize("count", [5_000, 20_000])
def test_a_crowd_costs_no_more_than_it_may(count: int) -> None:
    """All vectors in one cell: only the first of them are offered to the others."""
    vectors = unit(np.ones((count, 38)) + np.random.default_rng(5).normal(0, 1e-3, (count, 38)))
    query, other = nearest(vectors, vectors, np.arange(count), 3, 0.86)
    assert np.bincount(query).max() <= 3
    assert len(np.unique(query)) == count
    assert len(other)
