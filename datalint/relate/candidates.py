"""Which pairs of images are worth comparing: those with near perceptual hashes, and those with near colour layouts.

The hash finds copies that were re-encoded, resized or made brighter or grey, and its search is exact; the layout finds
crops and edits that move too many bits of the hash: of the published near-duplicates of CIFAR-10, the hash proposes
57 %, both together 86 %. Mirrored and turned copies are found by the hashes that the images would have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.contents import Contents, place_in_group, runs
from datalint.relate.filters import batches, luma
from datalint.relate.hamming import neighbours
from datalint.relate.layout import LAYOUT_LENGTH, colour_layouts, low_frequencies
from datalint.relate.nearest import FEW, nearest, nearest_of_all
from datalint.relate.threads import for_each, in_threads
from datalint.relate.transforms import INVERSE, SEARCHED, TRANSFORMS, transformed_hashes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datalint.relate.filters import Floats

Array: TypeAlias = "np.ndarray[Any, Any]"

SEARCH_RADIUS = 10
"""Bits in which the hashes of a pair may differ: 89 % of photos cropped by 3 % on each side stay within it."""
TURNED_RADIUS = 8
"""The same for mirrored and turned pairs, which are searched six times."""
MIN_LAYOUT = 0.86
"""Product of the colour layouts of a pair, from which it is proposed whatever its hashes."""
PARTNERS = 8
"""Images with the nearest hashes that one proposes, of equally near ones the best-ranked; so pairs are bounded."""
LAYOUT_PARTNERS = 4
"""The same for images with the nearest colour layouts."""

_TURNED_PARTNERS = 2


class Pairs(NamedTuple):
    """k pairs of images; the first looks like the second transformed."""

    first: Array
    """int64[k], rows of Contents."""
    second: Array
    """int64[k], rows of Contents."""
    transform: Array
    """int64[k], numbers of ``transforms``."""

    def at(self, rows: Array) -> Pairs:
        return Pairs(*(column[rows] for column in self))


class _Offers(NamedTuple):
    """Images by their hashes."""

    hashes: Array
    """uint64[h], distinct, ascending."""
    members: Array
    """Rows of the contents, hash by hash, the best-ranked first."""
    starts: Array
    """Where the members of each hash begin."""
    sizes: Array

    @classmethod
    def of(cls, contents: Contents, rows: Array) -> _Offers:
        hashes, where = np.unique(contents.phash[rows], return_inverse=True)
        sizes = np.bincount(where, minlength=len(hashes))
        members = rows[np.lexsort((contents.rank[rows], where))]
        return cls(hashes, members, np.cumsum(sizes) - sizes, sizes)


def layouts_of(contents: Contents, rows: Array) -> Floats:
    """Return the colour layouts of images, float32[n, 38], by row of the contents; those of other rows are 0."""
    layouts = np.zeros((len(contents.rank), LAYOUT_LENGTH), np.float32)
    layouts[rows] = colour_layouts(contents.thumbnails, rows)
    return layouts


def proposed(contents: Contents, layouts: Floats, asked: Array, offered: Array) -> Pairs:
    """Propose pairs of one image of ``asked`` and one of ``offered`` (int64, rows of the contents), each pair once.

    They may be the same array, for pairs among its rows, or have rows in common. Which of a pair is first is decided by
    content, so that renaming files changes nothing.
    """
    found = [_by_layout(contents, layouts, asked, offered), *_by_hash(contents, asked, offered)]
    pairs = Pairs(*(np.concatenate(column) for column in zip(*found, strict=True)))
    backward = contents.content_digest[pairs.first] > contents.content_digest[pairs.second]
    inverse = np.array(INVERSE)[pairs.transform]
    pairs = Pairs(
        np.where(backward, pairs.second, pairs.first),
        np.where(backward, pairs.first, pairs.second),
        np.where(backward, inverse, pairs.transform),
    )
    pairs = pairs.at(np.flatnonzero(pairs.first != pairs.second))
    key = (pairs.first * len(contents.rank) + pairs.second) * len(INVERSE) + pairs.transform
    return pairs.at(np.unique(key, return_index=True)[1])


def hash_distances(contents: Contents, pairs: Pairs) -> Array:
    """Count the bits in which the hash of the first differs from that of the second transformed; uint8[k]."""
    second = contents.phash[pairs.second]
    for number in np.unique(pairs.transform[pairs.transform > 0]).tolist():
        chosen = np.flatnonzero(pairs.transform == number)
        second[chosen] = _transformed(contents, pairs.second[chosen], [number])[0]
    return np.bitwise_count(contents.phash[pairs.first] ^ second)


def look_alikes(
    contents: Contents, layouts: Floats, asked: Array, offered: Array, places: range
) -> tuple[Array, Array]:
    """Name the images of ``offered`` whose colour layouts are at the given places in nearness to those of ``asked``.

    Places count from 1, the image itself left out. Where there are few images, some of the farthest third are taken.
    Returns rows of the contents, ordered by asked.
    """
    query, other = _nearest_layouts(contents, layouts, asked, offered, places[-1] + 1, -1.0)
    distinct = asked[query] != offered[other]
    query, other = query[distinct], other[distinct]
    count = np.bincount(query, minlength=len(asked))[query]
    place = place_in_group(query) + 1 + np.maximum(0, places[0] - 1 - 2 * count // 3)
    chosen = (place >= places[0]) & ((place - places[0]) % places.step == 0) & (place <= places[-1])
    return asked[query[chosen]], offered[other[chosen]]


def _by_hash(contents: Contents, asked: Array, offered: Array) -> list[Pairs]:
    """Search with the hashes of the images of ``asked``, then with those of the smaller side after each transform."""
    numbers = SEARCHED if asked is offered else range(1, len(TRANSFORMS))
    few, many = (asked, offered) if len(asked) < len(offered) else (offered, asked)
    offers = _Offers.of(contents, offered)
    turned = offers if many is offered else _Offers.of(contents, many)

    def search(hashed: tuple[int, Array]) -> Pairs:
        number, hashes = hashed
        if number:
            second, first = _partners(hashes, contents, turned, TURNED_RADIUS, _TURNED_PARTNERS)
            return Pairs(first, few[second], np.full(len(first), number))
        first, second = _partners(hashes, contents, offers, SEARCH_RADIUS, PARTNERS)
        return Pairs(asked[first], second, np.zeros(len(first), np.int64))

    hashes = zip(numbers, _transformed(contents, few, numbers), strict=True)
    return list(in_threads(search, [(0, contents.phash[asked]), *hashes]))


def _by_layout(contents: Contents, layouts: Floats, asked: Array, offered: Array) -> Pairs:
    first, second = _nearest_layouts(contents, layouts, asked, offered, LAYOUT_PARTNERS + 1, MIN_LAYOUT)
    return Pairs(asked[first], offered[second], np.zeros(len(first), np.int64))


def _nearest_layouts(
    contents: Contents, layouts: Floats, asked: Array, offered: Array, limit: int, floor: float
) -> tuple[Array, Array]:
    questions = layouts[asked]
    answers = questions if asked is offered else layouts[offered]
    if len(asked) <= FEW:
        return nearest_of_all(questions, answers, limit, floor)
    return nearest(questions, answers, _order(contents, offered), limit, floor)


def _transformed(contents: Contents, rows: Array, numbers: Sequence[int]) -> Array:
    """Hash images (int64[k]) as they are after transforms; uint64[transforms, k]."""
    hashes = np.empty((len(numbers), len(rows)), np.uint64)

    def hash_some(part: slice) -> None:
        coefficients = low_frequencies(luma(contents.thumbnails[rows[part]]))
        for row, number in enumerate(numbers):
            hashes[row, part] = transformed_hashes(coefficients, number)

    for_each(hash_some, batches(len(rows)))
    return hashes


def _partners(queries: Array, contents: Contents, offers: _Offers, radius: int, limit: int) -> tuple[Array, Array]:
    """Find for each query, a hash, the ``limit`` nearest of ``offers``, one more for an image that finds itself.

    Returns rows of the queries and of the contents.
    """
    hashes, members, starts, sizes = offers
    distinct, query_of = np.unique(queries, return_inverse=True)
    if np.array_equal(distinct, hashes):
        distinct = hashes  # a search among themselves takes half the time

    near, other, distance = neighbours(distinct, hashes, radius, limit + 1)
    counts = np.minimum(sizes[other], limit + 1)
    partner = members[runs(starts[other], counts)]
    near, distance = np.repeat(near, counts), np.repeat(distance, counts)
    order = np.lexsort((contents.rank[partner], distance, near))
    order = order[place_in_group(near[order]) <= limit]
    partner, found = partner[order], np.searchsorted(near[order], np.arange(len(distinct) + 1))

    counts = np.diff(found)[query_of]
    return np.repeat(np.arange(len(queries)), counts), partner[runs(found[query_of], counts)]


def _order(contents: Contents, rows: Array) -> Array:
    """Sort by what a renamed file keeps."""
    return np.argsort(contents.content_digest[rows], kind="stable")
