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

from datalint.relate.contents import place_in_group

if TYPE_CHECKING:
    from collections.abc import Iterator

Array: TypeAlias = "np.ndarray[Any, Any]"

_MOST_BITS = 22  # of a chunk: its table takes 2^bits entries
_LOOKUPS = 1 << 16  # at a time: what they need stays in the processor's cache
_WORK = 1 << 22  # pairs that are held before only the nearest of each query are kept
_FEW = 64  # queries that are compared with all hashes sooner than tables are made


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
    found = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint8))]
    count = 0
    search = _compare if len(queries) <= _FEW else _search
    for part in search(queries, hashes, radius):
        found.append(part)
        count += len(part[0])
        if count > _WORK:  # only the nearest are kept meanwhile, so that memory is bounded
            found = [_nearest(found, limit)]
            count = 0
    return _nearest(found, limit)


def _nearest(parts: list[tuple[Array, Array, Array]], limit: int) -> tuple[Array, Array, Array]:
    first, second, distance = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((second, distance, first))
    order = order[place_in_group(first[order]) < limit]
    return first[order], second[order], distance[order]


def _compare(queries: Array, hashes: Array, radius: int) -> Iterator[tuple[Array, Array, Array]]:
    """Compare every query with every hash."""
    for number, query in enumerate(queries):
        distance = np.bitwise_count(query ^ hashes)
        near = np.flatnonzero(distance <= radius)
        yield np.full(len(near), number), near, distance[near]


def _search(queries: Array, hashes: Array, radius: int) -> Iterator[tuple[Array, Array, Array]]:
    """Look every query up in every chunk; a pair is met in the first chunk that finds it.

    Where the queries are the hashes themselves, a pair is met from one side and reported from both.
    """
    among = queries is hashes
    chunks = plan(len(hashes), radius)
    for number, chunk in enumerate(chunks):
        # In the order of the chunk's values, what is looked up together lies together in memory.
        order, values = _sorted_by(chunk, hashes)
        asked, wanted = (order, values) if among else _sorted_by(chunk, queries)
        table, questions = hashes[order], queries[asked]
        starts = np.searchsorted(values, np.arange((1 << chunk.bits) + 1, dtype=np.int32)).astype(np.int32)
        for query, place, stop in _lookups(chunk.masks(), wanted, starts, among):
            while len(query):
                differing = questions[query] ^ table[place]
                near = np.flatnonzero(np.bitwise_count(differing) <= radius)
                if len(near):
                    fresh = [np.bitwise_count(c.values(differing[near])) > c.flips for c in chunks[:number]]
                    near = near[np.all(fresh, axis=0)] if fresh else near
                    distance = np.bitwise_count(differing[near])
                    yield asked[query[near]], order[place[near]], distance
                    if among:
                        other = query[near] != place[near]
                        yield order[place[near[other]]], asked[query[near[other]]], distance[other]
                left = np.flatnonzero(place + 1 < stop)
                query, place, stop = query[left], place[left] + 1, stop[left]


def _sorted_by(chunk: Chunk, hashes: Array) -> tuple[Array, Array]:
    values = chunk.values(hashes).astype(np.int32)
    order = np.argsort(values, kind="stable")
    return order, values[order]


def _lookups(masks: Array, wanted: Array, starts: Array, among: bool) -> Iterator[tuple[Array, Array, Array]]:
    """Yield queries with the stretches of the table that they are to be compared with, [place, stop)."""
    filled = starts[1:] > starts[:-1]
    for begin in range(0, len(wanted), _LOOKUPS):
        values = wanted[begin : begin + _LOOKUPS]
        everyone = np.arange(begin, begin + len(values), dtype=np.int32), values
        lower = {}
        for bit in {1 << int(mask).bit_length() >> 1 for mask in masks.tolist()} if among else ():
            # Two values that differ by a mask meet from the one whose highest differing bit is 0.
            rows = np.flatnonzero((values & bit) == 0)
            lower[bit] = everyone[0][rows], values[rows]
        for mask in masks.tolist():
            query, value = lower.get(1 << mask.bit_length() >> 1, everyone)
            looked_up = value ^ np.int32(mask)
            held = np.flatnonzero(filled[looked_up])
            query, looked_up = query[held], looked_up[held]
            # A query starts at itself where it looks up its own value.
            place = query if among and not mask else starts[looked_up]
            yield query, place, starts[looked_up + 1]
