from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalint.relate.hamming import neighbours, plan

hash64 = st.integers(0, 2**64 - 1)


@st.composite
def hash_sets(draw: st.DrawFn) -> np.ndarray[Any, Any]:
    """Random hashes; clusters a few bits wide; hashes that all agree outside of one stretch of bits; one hash."""
    kind = draw(st.sampled_from(["random", "clustered", "one stretch", "equal"]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    count = draw(st.integers(0, 150))
    hashes = rng.integers(0, 2**64, count, dtype=np.uint64)
    if kind == "clustered":
        hashes = np.full(count, draw(hash64), np.uint64)
        for _ in range(draw(st.integers(1, 12))):
            hashes ^= np.uint64(1) << rng.integers(0, 64, count, dtype=np.uint64)
    elif kind == "equal":
        hashes = np.full(count, draw(hash64), np.uint64)
    elif kind == "one stretch":
        hashes = (hashes >> np.uint64(44)) << np.uint64(draw(st.integers(0, 44)))
    return np.unique(hashes)


def brute_force(queries: np.ndarray[Any, Any], hashes: np.ndarray[Any, Any], radius: int) -> set[tuple[int, int, int]]:
    distance = np.bitwise_count(queries[:, None] ^ hashes)
    first, second = np.nonzero(distance <= radius)
    return {(a, b, int(distance[a, b])) for a, b in zip(first.tolist(), second.tolist(), strict=True)}


@settings(deadline=None, max_examples=150)
@given(hash_sets(), hash_sets(), st.booleans(), st.integers(0, 16))
def test_search_equals_brute_force(
    hashes: np.ndarray[Any, Any], others: np.ndarray[Any, Any], among: bool, radius: int
) -> None:
    queries = hashes if among else others
    first, second, distance = neighbours(queries, hashes, radius, limit=len(hashes))
    rows = list(zip(first.tolist(), second.tolist(), distance.tolist(), strict=True))
    assert len(rows) == len(set(rows)), "every pair is met once"
    assert set(rows) == brute_force(queries, hashes, radius)


@settings(deadline=None, max_examples=50)
@given(hash_sets(), st.integers(0, 16), st.integers(1, 5))
def test_limit_keeps_the_nearest(hashes: np.ndarray[Any, Any], radius: int, limit: int) -> None:
    nearest: dict[int, list[tuple[int, int]]] = {}
    for a, b, d in brute_force(hashes, hashes, radius):
        nearest.setdefault(a, []).append((d, b))
    expected = [(a, b, d) for a in sorted(nearest) for d, b in sorted(nearest[a])[:limit]]
    first, second, distance = neighbours(hashes, hashes, radius, limit)
    assert list(zip(first.tolist(), second.tolist(), distance.tolist(), strict=True)) == expected


@pytest.mark.parametrize("radius", range(17))
@pytest.mark.parametrize("count", [0, 1, 100, 10_000, 1_000_000])
def test_chunks_satisfy_the_pigeonhole_principle(count: int, radius: int) -> None:
    chunks = plan(count, radius)
    assert sum(chunk.flips + 1 for chunk in chunks) > radius
    covered = [bit for chunk in chunks for bit in range(chunk.shift, chunk.shift + chunk.bits)]
    assert len(covered) == len(set(covered)), "chunks do not overlap"


def test_hashes_that_all_share_two_chunks_stay_within_the_limit() -> None:
    hashes = np.arange(5_000, dtype=np.uint64)
    first, _, _ = neighbours(hashes, hashes, 10, limit=4)
    assert np.bincount(first).tolist() == [4] * 5_000
