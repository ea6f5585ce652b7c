"""A part of a plan, to try it out on some of the images."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from datalint.augment.record import ClassPlan, Plan

_LEAST = 2  # originals of a class, where it has so many


def share_of(plan: Plan, images: int) -> float:
    """Return which share of the originals and of what is made of them comes to about so many images; 0 to 1."""
    total = sum(one.sources + one.made for one in plan.classes)
    return min(1.0, images / total) if total else 1.0


def scaled(plan: Plan, share: float) -> Plan:
    """Return a plan that makes a share of the images: of each class and purpose, one at the least."""

    def part(one: ClassPlan) -> ClassPlan:
        counts = {name: math.ceil(share * getattr(one, name)) for name in ("synthesize", "append", "invert")}
        return one._replace(**counts)

    return plan._replace(classes=tuple(map(part, plan.classes)))


def stratified(rows: Iterable[tuple[int, Hashable]], share: float, seed: int) -> set[int]:
    """Choose a share of sample_ids, each given with the stratum that it is of; two of a stratum at the least."""
    strata: dict[Hashable, list[int]] = {}
    for sample_id, stratum in rows:
        strata.setdefault(stratum, []).append(sample_id)
    generator = np.random.default_rng(seed)
    chosen: set[int] = set()
    for ids in strata.values():
        count = min(len(ids), max(_LEAST, math.ceil(share * len(ids))))
        chosen.update(generator.choice(ids, count, replace=False).tolist())
    return chosen
