"""Bars for a page: images by class and split, and how images vary."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from datalint.report.text import in_role_order

if TYPE_CHECKING:
    from datalint.model import Report

_MOST_CLASSES = 60
"""Classes shown: the larger half from the top, the smaller from the bottom."""


class Segment(NamedTuple):
    split: str
    images: int
    percent: float
    """Of the width of the longest bar."""
    place: int
    """Of the split among the splits, which its colour follows."""


class Bar(NamedTuple):
    name: str
    images: int
    segments: list[Segment]


class Threshold(NamedTuple):
    code: str
    images: float
    percent: float


class Classes(NamedTuple):
    bars: list[Bar]
    left_out: int
    """Classes between the first and the second half of the bars."""
    splits: list[str]
    thresholds: list[Threshold]


class Histogram(NamedTuple):
    title: str
    bars: list[Bar]


def classes(report: Report) -> Classes:
    """Return the bars of the classes, the largest first; splits in order of their role."""
    counts = sorted(report.dataset.labels.items(), key=lambda item: (-item[1].total, item[0]))
    longest = max((count.total for _, count in counts), default=0) or 1
    splits = [name for name, _ in in_role_order(report.dataset)]
    left_out = max(0, len(counts) - _MOST_CLASSES)
    half = _MOST_CLASSES // 2
    shown = [*counts[:half], *counts[-half:]] if left_out else counts
    bars = []
    for name, count in shown:
        by_split = [(place, split, count.splits.get(split, 0)) for place, split in enumerate(splits)]
        parts = [part for part in by_split if part[2]] or [(0, "", count.total)]
        segments = [Segment(split, images, 100 * images / longest, place % 6) for place, split, images in parts]
        bars.append(Bar(name, count.total, segments))
    return Classes(bars, left_out, splits, [*_thresholds(report, longest)])


def _thresholds(report: Report, longest: int) -> list[Threshold]:
    """Return the sizes that rules of balance held classes against, where these are the same for all classes."""
    found = []
    for rule in report.rules:
        sizes = set()
        for finding in rule.findings:
            values = finding.values
            if rule.code == "BAL001":
                sizes.add(float(values["min_images"]))
            elif rule.code == "BAL002":
                sizes.add(float(values["mean"]) * float(values["min_share"]))
        if len(sizes) == 1 and (size := sizes.pop()) <= longest:
            found.append(Threshold(rule.code, size, 100 * size / longest))
    return found


def variation(report: Report) -> list[Histogram]:
    """Return how images vary in light, size and shape, as far as the selected rules had that measured."""
    light = [f"{10 * tenth} to {10 * tenth + 10} %" for tenth in range(10)]
    shapes = ["under 1:2", "1:2 to 3:4", "3:4 to 1:1", "1:1", "1:1 to 4:3", "4:3 to 2:1", "over 2:1"]
    ratio = "CASE WHEN orientation >= 5 THEN height / width ELSE width / height END"
    bounds = (
        f"CASE WHEN {ratio} < 0.5 THEN 0 WHEN {ratio} < 0.75 THEN 1 WHEN {ratio} < 1 THEN 2 WHEN {ratio} = 1 THEN 3 "
        f"WHEN {ratio} <= 1.3334 THEN 4 WHEN {ratio} <= 2 THEN 5 ELSE 6 END"
    )
    sizes = [f"{2**power:,} to {2 ** (power + 1) - 1:,}" for power in range(17)]
    return [
        histogram
        for histogram in (
            _histogram(report, "Brightness", "pixels", "least(floor(brightness * 10), 9)", light),
            _histogram(
                report, "Longer side in pixels", "headers", "least(floor(log2(greatest(width, height))), 16)", sizes
            ),
            _histogram(report, "Width to height", "headers", bounds, shapes),
        )
        if histogram.bars
    ]


def _histogram(report: Report, title: str, table: str, bin_: str, names: list[str]) -> Histogram:
    rows = report.table(table).aggregate(f"CAST({bin_} AS INTEGER) AS bin, count(*) AS images").fetchall()
    counts = dict(rows)
    if not counts:
        return Histogram(title, [])
    longest = max(counts.values())
    bars = []
    for place in range(min(counts), max(counts) + 1):
        images = counts.get(place, 0)
        bars.append(Bar(names[place], images, [Segment("", images, 100 * images / longest, 0)] if images else []))
    return Histogram(title, bars)
