"""Verify a plan: carry it out on a sample, and hold what came out against what was there and what the plan promises.

Promised is that every image can be made, with no other changes than the plan allows its class; that the rules of
balance say nothing of a class that the plan does not warn of; that no leak and no duplicate comes with it; and that
what the dataset lacks in variation is there to a larger extent. Balance is judged for the whole dataset, whose counts
are known; all else on the sample.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from datalint import augment_log, pipeline, planning
from datalint.augment.changed import changes
from datalint.augment.sample import scaled, share_of, stratified
from datalint.augment.transforms import measurements
from datalint.augmenting import Options, augment
from datalint.config import Labelling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from datalint.augment.record import Measurement, Plan, Transform
    from datalint.augment_log import MadeImage
    from datalint.config import Config
    from datalint.planning import Collected

IMAGES = 500
"""Size of a sample: training images and what is made of them. Half as many of the other splits come on top."""
_LEAKS = ("SPL001", "SPL002", "SPL010")
_COPIES = ("DUP001", "DUP003", "DUP005")
_COMPARED = "SPL002"
_TABLES = ("augmented", "duplicates", "headers", "near_duplicates", "pixels", "thumbnails", "unmeasured")
# What a change varies, by the name of its measurement.
_VARIES = {
    "zoom": "scale",
    "shift": "off-centre",
    "brightness": "brightness",
    "contrast": "contrast",
    "invert": "light-on-dark",
}


class Line(NamedTuple):
    """Something that is told before and after."""

    topic: str
    """``images``, ``balance``, ``leakage``, ``duplicates``, ``variation`` or ``change``."""
    what: str
    before: str
    after: str
    broken: str = ""
    """Which promise is broken, in words; empty for none."""


class Verified(NamedTuple):
    """Before and after."""

    originals: int
    """Training images that were tried."""
    of: int
    lines: tuple[Line, ...]

    @property
    def good(self) -> bool:
        """Whether the plan keeps all that it promises."""
        return not any(line.broken for line in self.lines)


def verify(
    data: Collected,
    plan: Plan,
    config: Config,
    jobs: int,
    progress: Callable[[int, int], None],
    images: int = IMAGES,
) -> Verified:
    """Carry the plan out on a sample of about so many ``images``, check it, and remove it. Raises DatalintError."""
    share = share_of(plan, images)
    training = stratified(((number, label) for number, _, label in data.sources), share, plan.seed)
    others = planning.evaluation_images(data)
    chosen = frozenset(training | stratified(others, min(1.0, images / 2 / max(1, len(others))), plan.seed))
    part = scaled(plan, share)
    with tempfile.TemporaryDirectory(prefix="datalint-") as work:
        before, after = Path(work) / "before", Path(work) / "after"
        run = pipeline.Run(jobs, cache=Path(work) / "cache")
        augment(data, scaled(plan, 0), Options(before, jobs, copy=True, only=chosen))
        was = _read(before, config, run)
        augment(data, part, Options(after, jobs, copy=True, progress=progress, only=chosen))
        log = after / augment_log.NAME
        made, _ = augment_log.read_log(log.read_bytes())
        now = _read(after, config, run)
        log.unlink()  # without it, what was made is looked for in other splits like any image
        unlogged = _read(after, config, run)
        lines = (
            *_made(part, made),
            *_balance(data, plan, config, made, part),
            *_findings("leakage", _LEAKS, was.findings, {**now.findings, **_only(_COMPARED, unlogged.findings)}),
            *_findings("duplicates", _COPIES, was.findings, now.findings),
            *_variation(plan, was.measured, now.measured),
            *(Line("change", *row) for row in changes(plan, made)),
        )
    return Verified(len(training), len(data.sources), lines)


class _Folder(NamedTuple):
    """A folder of ours, measured."""

    findings: Mapping[tuple[str, str], int]
    """By code and name of the rule."""
    measured: Mapping[str, Measurement]


def _read(folder: Path, config: Config, run: pipeline.Run) -> _Folder:
    """Judge a folder of ours by the thresholds that are configured; how the dataset is read is none of its business."""
    reading = replace(config, layout=None, exclude=(), labelling=Labelling(level=config.labelling.level))
    facts = pipeline.read(folder, reading, run, _TABLES).facts
    found = planning.findings(facts, config, (*_LEAKS, *_COPIES))
    measured = measurements(planning.variation(facts))
    return _Folder({rule: len(some) for rule, some in found.items()}, {one.name: one for one in measured})


def _only(code: str, findings: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    return {rule: count for rule, count in findings.items() if rule[0] == code}


def _by_label(made: list[MadeImage]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in made:
        counts[one.label] = counts.get(one.label, 0) + 1
    return counts


def _made(part: Plan, made: list[MadeImage]) -> Iterator[Line]:
    wanted = sum(one.made for one in part.classes if one.sources)
    failed = wanted - len(made)
    broken = f"{failed:,} could not be made" if failed else ""
    yield Line("images", "made", "", f"{len(made):,} of {wanted:,}", broken)


def _balance(data: Collected, plan: Plan, config: Config, made: list[MadeImage], part: Plan) -> Iterator[Line]:
    """Judge the dataset with as many images as planned, less the share that could not be made of the sample."""
    there = _by_label(made)
    tried = {one.label: one.made for one in part.classes}
    more = {one.label: int(one.made * there.get(one.label, 0) / tried[one.label]) for one in plan.classes if one.made}
    before, after = (planning.unbalanced(data, config, counts) for counts in ({}, more))
    warned = {one.label for one in plan.classes if one.warning}
    floors = {one.label for one in plan.classes if (one.asked or plan.target) == "floor"}
    for code, name in before:
        was, now = before[code, name], after[code, name]
        unkept = now - warned - (was - floors)
        broken = f"the plan does not warn of {', '.join(sorted(unkept)[:3])}" if unkept else ""
        yield Line("balance", f"{code} {name}", f"{len(was):,}", f"{len(now):,}", broken)


def _findings(
    topic: str, codes: tuple[str, ...], was: Mapping[tuple[str, str], int], now: Mapping[tuple[str, str], int]
) -> Iterator[Line]:
    for (code, name), after in sorted(now.items()):
        if code in codes:
            before = was[code, name]
            broken = f"{after - before:,} more" if after > before else ""
            yield Line(topic, f"{code} {name}", f"{before:,}", f"{after:,}", broken)


def _variation(plan: Plan, was: Mapping[str, Measurement], now: Mapping[str, Measurement]) -> Iterator[Line]:
    promised = {name for name, rows in plan.shared().items() if rows[0].lack}
    for transform in {one.name: one for one in plan.transforms}.values():
        name = _VARIES.get(transform.name)
        if name is None:
            continue
        before, after = was[name].value, now[name].value
        kept = before is None or after is None or _spread(transform, after) > _spread(transform, before)
        broken = "" if kept or transform.name not in promised else "no larger"
        yield Line("variation", name, _number(before), _number(after), broken)


def _spread(transform: Transform, value: float) -> float:
    """Say how much there is of a variation; of two polarities, the share of the rarer."""
    return min(value, 1 - value) if transform.name == "invert" else value


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
