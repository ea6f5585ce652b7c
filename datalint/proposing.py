"""Settings that fit a dataset: what its tables show, and the thresholds that follow from it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datalint.facts import Facts

TABLES = ("classes", "headers", "pixels")
"""What has to be filled."""


class Proposal(NamedTuple):
    """A threshold for a dataset."""

    rule: str
    option: str
    value: float
    seen: str
    """What it follows from, in words."""


class _Quality(NamedTuple):
    """A threshold of one image's light or sharpness."""

    rule: str
    option: str
    default: float
    column: str
    above: bool
    """Whether larger values are findings."""
    among: str
    """The images that the rule judges, as SQL."""
    words: str


_DIM = "contrast BETWEEN 0.006 AND 0.05"
_QUALITY = (
    _Quality("dark-image", "max_bright_level", 0.12, "bright_level", False, _DIM, "as dark as the default forbids"),
    _Quality("bright-image", "min_dark_level", 0.85, "dark_level", True, _DIM, "as bright as the default forbids"),
    _Quality("blurry-image", "min_sharpness", 0.25, "sharpness", False, "contrast >= 0.03", "softer than the default"),
)
_USUAL = 0.05
"""Share of the images from which on something is usual in a dataset, and no fault of single images."""
_ODD = 0.005
"""Share of the images that remain findings then."""


def propose(facts: Facts) -> list[Proposal]:
    """Return settings for rules whose defaults do not fit what the filled tables show."""
    return [*_classes(facts), *_sizes(facts), *_quality(facts)]


def _classes(facts: Facts) -> Iterator[Proposal]:
    sizes = [images for (images,) in facts.run("SELECT images FROM classes WHERE images > 0 ORDER BY images")]
    if len(sizes) < 2:
        return
    smallest, middle, largest = sizes[0], sizes[len(sizes) // 2], sizes[-1]
    seen = f"{len(sizes):,} classes of {smallest:,} to {largest:,}, half of them below {middle:,}"
    yield Proposal("class-too-small", "min_images", max(1, _rounded(middle / 2)), f"half of the usual size: {seen}")
    ratio = largest / smallest
    if ratio > 2:
        value = math.ceil(ratio * 10) / 10
        yield Proposal("unequal-classes", "max_ratio", value, f"the largest class has {ratio:.1f} times the smallest")


def _sizes(facts: Facts) -> Iterator[Proposal]:
    rows = facts.run(
        """SELECT median(least(width, height)), min(least(width, height)),
            quantile_cont(greatest(width, height) / least(width, height), 0.99) FROM headers"""
    )
    side, smallest, ratio = rows[0]
    if side is None:
        return
    small = _rounded(side / 4)
    if small > 32:
        seen = f"a quarter of the usual shorter side, {side:,.0f} pixels; the smallest has {smallest:,}"
        yield Proposal("tiny-image", "min_side", min(small, 4096), seen)
    if ratio > 2:
        value = math.ceil(ratio * 3) / 2
        yield Proposal("extreme-aspect-ratio", "max_ratio", value, f"99 of 100 images are below {ratio:.1f}")


def _quality(facts: Facts) -> Iterator[Proposal]:
    for one in _QUALITY:
        beyond = f"{one.column} {'>' if one.above else '<'} {one.default}"
        edge = 1 - _ODD if one.above else _ODD
        ((share, value),) = facts.run(
            f"""SELECT count(*) FILTER (WHERE {beyond} AND {one.among}) / nullif(count(*), 0),
                quantile_cont({one.column}, {edge}) FILTER (WHERE {one.among}) FROM pixels"""
        )
        if share is not None and share > _USUAL and value is not None:
            yield Proposal(one.rule, one.option, round(float(value), 3), f"{share:.0%} of the images are {one.words}")


def _rounded(value: Any) -> int:
    """Round down to one digit, or two where the first is a 1: 1,234 to 1,200, 87 to 80."""
    if value < 10:
        return int(value)
    step = 10 ** int(math.log10(value))
    step = step if value >= 2 * step else step // 10
    return int(value // step * step)
