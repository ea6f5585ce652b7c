"""Nearest neighbours among unit vectors: an inverted file (Sivic and Zisserman 2003; Jegou et al. 2011).

The vectors are sorted into about as many cells as the root of their number, and a vector is compared with those of its
own cell and of the cells that are nearly as near to it: few for one in the middle of a cell, many for one between
cells. What its own cell offers tells how near others must be, so that few of them are looked at again. Of 3,520
photos it finds all neighbours with a product of 0.86 that a full comparison finds, of a million pictures of noise 98 %.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.contents import place_in_group
from datalint.relate.filters import batches
from datalint.relate.threads import in_threads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datalint.relate.filters import Floats

Array: TypeAlias = "np.ndarray[Any, Any]"
_Found: TypeAlias = "tuple[Array, Array, Floats]"  # queries, places of members in the cells, products

FEW = 64
"""Vectors that need no cells."""

_PROBES = 16  # cells that a vector is compared with, on average
_MOST_PROBES = 32
_SMALL = 4096  # vectors that are one cell
_CELLS = 1.0  # times the root of the number of vectors
_SAMPLE = 40  # vectors a cell, that the cells' centres are made from
_TRIED = 4096  # vectors that tell how much farther than the nearest the probed cells are
_BLOCK = 1 << 15  # vectors that are searched for at a time
_CROWD = 16  # times the mean size, beyond which a cell offers its first members only
_HELD = 1 << 20  # pairs that are held before only the nearest of each vector are kept
_WORK = 1 << 18  # products at a time: they stay in the processor's cache


class _Cells(NamedTuple):
    """What is offered, sorted into cells."""

    centres: Floats
    members: Array
    """Rows of what is offered, cell by cell."""
    vectors: Floats
    """Those of the members."""
    starts: Array
    """Where each cell begins."""
    crowd: int
    """Members of a cell that are offered."""

    def of(self, cell: int) -> slice:
        """Say where the members are that a cell offers."""
        return slice(self.starts[cell], min(self.starts[cell + 1], self.starts[cell] + self.crowd))


def nearest(asked: Floats, offered: Floats, order: Array, limit: int, floor: float) -> tuple[Array, Array]:
    """Find for each of ``asked`` (float32[m, d]) the ``limit`` nearest of ``offered`` (float32[n, d]).

    Nearness is the product of two vectors, and is at least ``floor``. A vector that is on both sides finds itself.
    ``order`` (int[n]) sorts what is offered by something that names do not change: the cells are made by it, and where
    more than a crowd shares a cell, the first ones are offered. Returns rows of asked and of offered (int64[k]),
    ordered by the first, then by nearness.
    """
    if not len(asked) or not len(offered):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    cells = _cells(offered, order)
    margin = _margin(asked[:: max(1, len(asked) // _TRIED)], cells.centres)

    def search(rows: slice) -> tuple[Array, Array]:
        query, member = _search(asked[rows], cells, limit, floor, margin)
        return query + rows.start, member

    found = list(in_threads(search, batches(len(asked), _BLOCK)))
    query, member = (np.concatenate(column) for column in zip(*found, strict=True))
    return query, member


def nearest_of_all(asked: Floats, offered: Floats, limit: int, floor: float) -> tuple[Array, Array]:
    """Find the same by comparing every vector with all that are offered, which is soonest done for ``FEW``."""
    found = [np.zeros(0, np.int64)]
    for vector in asked:
        products = offered @ vector
        last = len(products) - limit
        least = max(floor, np.partition(products, last)[last]) if last > 0 else floor
        hits = np.flatnonzero(products >= least)
        found.append(hits[np.lexsort((hits, -products[hits]))][:limit])
    return np.repeat(np.arange(len(asked)), [len(hits) for hits in found[1:]]), np.concatenate(found)


def _search(asked: Floats, cells: _Cells, limit: int, floor: float, margin: float) -> tuple[Array, Array]:
    home, (query, cell) = _probed(asked, cells.centres, margin)
    floors = np.full(len(asked), floor, np.float32)
    found = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))]
    for rows, offered in _by_cell(np.arange(len(asked)), home, cells):
        products = asked[rows] @ cells.vectors[offered].T
        last = products.shape[1] - limit
        if last > 0:
            floors[rows] = np.maximum(floor, np.partition(products, last, axis=1)[:, last])
        found.append(_hits(products, rows, offered, floors))
    elsewhere, held = cell != home[query], 0
    for rows, offered in _by_cell(query[elsewhere], cell[elsewhere], cells):
        found.append(_hits(asked[rows] @ cells.vectors[offered].T, rows, offered, floors))
        held += len(found[-1][0])
        if held > _HELD:
            found, held = [_best(found, cells, limit, floors)], 0
    query, place, _ = _best(found, cells, limit, floors)
    return query, cells.members[place]


def _best(found: Sequence[_Found], cells: _Cells, limit: int, floors: Floats) -> _Found:
    """Keep the nearest of each query, in order, and raise the floors of those that have enough."""
    query, place, product = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((cells.members[place], -product, query))
    number = place_in_group(query[order])
    last = order[number == limit - 1]
    floors[query[last]] = product[last]
    order = order[number < limit]
    return query[order], place[order], product[order]


def _hits(products: Floats, rows: Array, offered: slice, floors: Floats) -> _Found:
    """Pick the products that reach the floors of their rows; returns the row, the member's place and the product."""
    hits = np.flatnonzero(products >= floors[rows, None])
    row, column = np.divmod(hits, products.shape[1])
    return rows[row], column + offered.start, products.ravel()[hits]


def _by_cell(query: Array, cell: Array, cells: _Cells) -> Iterator[tuple[Array, slice]]:
    """Yield the queries that ask one cell, a few at a time, with what it offers."""
    query = query[np.argsort(cell, kind="stable")]
    ends = np.cumsum(np.bincount(cell, minlength=len(cells.centres))).tolist()
    for number, (start, stop) in enumerate(zip([0, *ends], ends, strict=False)):
        offered = cells.of(number)
        size = offered.stop - offered.start
        if size:
            for part in batches(stop - start, max(1, _WORK // size)):
                yield query[start:stop][part], offered


def _cells(offered: Floats, order: Array) -> _Cells:
    count = int(_CELLS * np.sqrt(len(offered))) if len(offered) > _SMALL else 1
    centres = _centres(offered, order, count)
    home = _closest(offered, centres)[order]
    members = order[np.argsort(home, kind="stable")]
    starts = np.r_[0, np.cumsum(np.bincount(home, minlength=count))]
    crowd = _CROWD * len(offered) // count
    return _Cells(centres, members.astype(np.int64), offered[members], starts, crowd)


def _margin(asked: Floats, centres: Floats) -> float:
    """Say how much less near than the nearest centre others may be, for the mean number of probes."""
    if len(centres) <= _PROBES:
        return np.inf
    products = asked @ centres.T
    behind = np.sort(np.max(products, axis=1, keepdims=True) - products, axis=1)[:, :_MOST_PROBES].ravel()
    return float(np.partition(behind, _PROBES * len(asked))[_PROBES * len(asked)])


def _probed(asked: Floats, centres: Floats, margin: float) -> tuple[Array, tuple[Array, Array]]:
    """Return the nearest centre of each query, and queries with the centres that they probe."""
    homes, queries, cells = [], [], []
    for part in batches(len(asked), max(1, _WORK // len(centres))):
        products = asked[part] @ centres.T
        homes.append(np.argmax(products, axis=1))
        least = np.max(products, axis=1) - np.float32(margin)
        if len(centres) > _MOST_PROBES:
            many = np.flatnonzero(np.count_nonzero(products >= least[:, None], axis=1) > _MOST_PROBES)
            least[many] = np.partition(products[many], -_MOST_PROBES, axis=1)[:, -_MOST_PROBES]
        query, cell = np.divmod(np.flatnonzero(products >= least[:, None]), len(centres))
        queries.append(query + part.start)
        cells.append(cell)
    return np.concatenate(homes), (np.concatenate(queries), np.concatenate(cells))


def _centres(vectors: Floats, order: Array, cells: int) -> Floats:
    """Take evenly spaced vectors for centres, and move each once to the mean of those of a sample nearest to it."""
    centres = vectors[order[np.linspace(0, len(order) - 1, cells).astype(np.int64)]]
    sample = vectors[order[:: max(1, len(order) // (_SAMPLE * cells))]]
    sums = np.zeros_like(centres)
    np.add.at(sums, _closest(sample, centres), sample)
    length = np.linalg.norm(sums, axis=1, keepdims=True)
    moved: Floats = np.where(length > 0, sums / np.maximum(length, np.float32(1e-6)), centres)
    return moved


def _closest(vectors: Floats, centres: Floats) -> Array:
    """Return the nearest centre of each vector; int64."""
    parts = batches(len(vectors), max(1, _WORK // len(centres)))
    return np.concatenate(list(in_threads(lambda part: np.argmax(vectors[part] @ centres.T, axis=1), parts)))
