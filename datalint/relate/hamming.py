"""Which 64-bit hashes lie within a Hamming radius of one another: multi-index hashing (Norouzi et al. 2012).

The bits are cut into chunks and the radius is shared out among them, so that two hashes within it must agree closely on
one chunk at least (the pigeonhole principle). Each chunk has a table from its value to the hashes that have it; a hash
looks up its own value there and those a few bit flips away. The search is exact. Its memory is bounded; its time is the
number of look-ups and of hashes met there, which is quadratic only where most hashes share a chunk.
"""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.contents import place_in_group, runs

if TYPE_CHECKING:
    from collections.abc import Iterator

Array: TypeAlias = "np.ndarray[Any, Any]"

_MOST_BITS = 22  # of a chunk: its table takes 2^bits entries
_WORK = 1 << 20  # look-ups, or hashes met, at a time


class Chunk(NamedTuple):
    """Some adjacent bits, and how many of them may differ."""

    shift: int
    bits: int
    flips: int

    def lookups(self) -> int:
        return sum(comb(self.bits, k) for k in range(self.flips + 1))

    def values(self, hashes: Array) -> Array:
        cut: Array = (hashes >> np.uint64(self.shift)) & np.uint64((1 << self.bits) - 1)
        return cut

    def masks(self) -> Array:
        """All ways to flip bits within the allowance; int32[lookups]."""
        chosen = (c for k in range(self.flips + 1) for c in combinations(range(self.bits), k))
        return np.fromiter((sum(1 << bit for bit in c) for c in chosen), np.int32, self.lookups())


def plan(count: int, radius: int) -> list[Chunk]:
    """Choose the chunks that make searching ``count`` evenly spread hashes cheapest."""

    def cost(chunks: list[Chunk]) -> float:
        return sum(c.lookups() * count * (1 + count / (1 << c.bits)) + (1 << c.bits) for c in chunks)

    fewest = -(-64 // _MOST_BITS)
    return min((_cut(parts, radius) for parts in range(fewest, max(fewest, radius + 1) + 1)), key=cost)


def _cut(parts: int, radius: int) -> list[Chunk]:
    """Cut 64 bits into ``parts``; flips + 1, summed over those that are looked up, is radius + 1."""
    edges = [64 * part // parts for part in range(parts + 1)]
    share, extra = divmod(radius + 1, parts)
    used = parts if share else extra
    return [Chunk(edges[i], edges[i + 1] - edges[i], share - 1 + (i < extra)) for i in range(used)]


def neighbours(queries: Array, hashes: Array, radius: int, limit: int) -> tuple[Array, Array, Array]:
    """Find, for each of ``queries`` (uint64[m]), the ``limit`` nearest of ``hashes`` (uint64[n]) within ``radius``.

    No hash occurs twice. Returns the rows of the query and of its neighbour (int64[k]) and their distance (uint8[k]),
    ordered by query, then distance, then the neighbour's row. With ``limit`` at least n, these are all pairs.
    """
    parts = [_nearest(*part, limit) for part in _search(queries, hashes, radius)]
    if not parts:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint8)
    first, second, distance = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _nearest(first, second, distance, limit)


def _nearest(first: Array, second: Array, distance: Array, limit: int) -> tuple[Array, Array, Array]:
    order = np.lexsort((second, distance, first))
    order = order[place_in_group(first[order]) < limit]
    return first[order], second[order], distance[order]


def _search(queries: Array, hashes: Array, radius: int) -> Iterator[tuple[Array, Array, Array]]:
    """Look every query up in every chunk; a pair is met in the first chunk that finds it."""
    chunks = plan(len(hashes), radius)
    for number, chunk in enumerate(chunks):
        values, masks = chunk.values(hashes).astype(np.int32), chunk.masks()
        by_value = np.argsort(values, kind="stable")
        starts = np.zeros((1 << chunk.bits) + 1, np.int32)
        np.cumsum(np.bincount(values, minlength=1 << chunk.bits), out=starts[1:])
        asked = chunk.values(queries).astype(np.int32)
        step = max(1, _WORK // len(masks))
        for begin in range(0, len(queries), step):
            looked_up = asked[begin : begin + step, None] ^ masks
            first = starts[looked_up]
            counts = starts[looked_up + 1] - first
            for part in _portions(counts.sum(axis=1)):
                some = counts[part].ravel()
                query = begin + part.start + np.repeat(np.arange(part.stop - part.start), counts[part].sum(axis=1))
                met = by_value[runs(first[part].ravel()[some > 0], some[some > 0])]
                differing = queries[query] ^ hashes[met]
                distance = np.bitwise_count(differing)
                fresh = distance <= radius
                for earlier in chunks[:number]:
                    fresh &= np.bitwise_count(earlier.values(differing)) > earlier.flips
                yield query[fresh], met[fresh], distance[fresh]


def _portions(work: Array) -> Iterator[slice]:
    """Cut rows into stretches of bounded work; a single row may exceed it."""
    done = np.cumsum(work)
    begin = 0
    while begin < len(work):
        spent = done[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(done, spent + _WORK, side="right")))
        yield slice(begin, end)
        begin = end
