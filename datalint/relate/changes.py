"""What was done to a picture to make its near-duplicate: mirrored, cropped, in grey ..."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from datalint.relate.filters import OPPONENTS, batches, channels
from datalint.relate.transforms import TRANSFORMS

if TYPE_CHECKING:
    from datalint.relate.candidates import Pairs
    from datalint.relate.contents import Contents
    from datalint.relate.filters import Floats

Array: TypeAlias = "np.ndarray[Any, Any]"

_CROP = 0.03  # of half the side: farther than alignments of whole pictures wander
_LIGHT = 6.0  # grey levels between mean lumas; re-encoding and resizing change it by less than 1
_COLOUR = 6.0  # levels between mean colour differences
_GREY, _COLOURED = 2.0, 5.0  # mean spread of a pixel's channels in a grey picture, and in one that is surely not
_SAME = 0.995  # structure shared with a copy that was only written again; less may be another frame


def changes(contents: Contents, pairs: Pairs, motion: Floats, structure: Floats, angle: Floats | None = None) -> Array:
    """Name the differences of each pair, object[k] of str: adjectives of a copy, joined by commas, or ''.

    They hold in both directions: of two copies one cannot tell which was first. ``motion`` is float32[k, 4], of
    ``alignment``, ``angle`` float32[k], degrees by which one is tilted, if any is.
    """
    colour, spread = _colours(contents, pairs.first)
    other_colour, other_spread = _colours(contents, pairs.second)
    difference = np.abs(colour - other_colour)
    cropped = np.abs(motion).max(axis=1, initial=0) > _CROP
    grey = (np.minimum(spread, other_spread) < _GREY) & (np.maximum(spread, other_spread) > _COLOURED)
    resized = ~cropped & _differ_in_size(contents, pairs)
    light = difference[:, 0] > _LIGHT
    coloured = ~grey & (difference[:, 1:].max(axis=1, initial=0) > _COLOUR)
    tilted = np.zeros(len(motion), bool) if angle is None else angle != 0
    others = (
        (tilted, "tilted"),
        (cropped, "cropped"),
        (grey, "greyscale"),
        (light, "brightness-shifted"),
        (coloured, "colour-shifted"),
    )
    adjectives = (*others, (resized, "resized"))
    names = np.empty(len(pairs.first), object)
    for row, transform in enumerate(pairs.transform.tolist()):
        words = [TRANSFORMS[transform]] if transform else []
        words += [word for holds, word in adjectives if holds[row]]
        names[row] = ", ".join(words or (["re-encoded"] if structure[row] >= _SAME else []))
    return names


def _colours(contents: Contents, rows: Array) -> tuple[Floats, Floats]:
    """Return the mean of luma, red less green and blue less yellow, float32[k, 3], and the channels' mean spread."""
    opponents = OPPONENTS.astype(np.float32)
    means, spread = np.empty((len(rows), 3), np.float32), np.empty(len(rows), np.float32)
    for part in batches(len(rows)):
        picture = channels(contents.thumbnails[rows[part]])
        means[part] = picture.mean(axis=(2, 3)) @ opponents.T
        spread[part] = (picture.max(axis=1) - picture.min(axis=1)).mean(axis=(1, 2))
    return means, spread


def _differ_in_size(contents: Contents, pairs: Pairs) -> Array:
    width, height = contents.width[pairs.second], contents.height[pairs.second]
    turned = pairs.transform >= 4
    width, height = np.where(turned, height, width), np.where(turned, width, height)
    differ: Array = (contents.width[pairs.first] != width) | (contents.height[pairs.first] != height)
    return differ
