"""How the facts of two splits differ, in words: "lightness 0.42, 0.57 in training"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from datalint.relate.file_traits import shown
from datalint.relate.strata import differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datalint.relate.aspects import Fact
    from datalint.relate.strata import Strata

    Array: TypeAlias = "np.ndarray[Any, Any]"
    Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"

_TENTHS = (0.1, 0.5, 0.9)


def in_words(facts: Sequence[Fact], strata: Strata) -> str:
    """Say how that one of the facts differs which differs most."""
    found = [float(differences(fact.features(strata.classes), strata).max()) for fact in facts]
    fact = facts[int(np.argmax(found))]
    return _values(fact, strata) if fact.in_words else _numbers(fact, strata)


def _values(fact: Fact, strata: Strata) -> str:
    """Name the value whose share differs most."""
    shares = strata.shares()
    inside, outside = (_weighed(fact.values[side], shares[side]) for side in (strata.own, ~strata.own))
    gap = {value: inside.get(value, 0.0) - outside.get(value, 0.0) for value in sorted(inside | outside)}
    # Of two that differ as much, what the split has tells more than what it lacks.
    value = max(gap, key=lambda one: (round(abs(gap[one]), 6), gap[one]))
    return f"{fact.name} {value} in {inside.get(value, 0.0):.0%}, {outside.get(value, 0.0):.0%} in training"


def _weighed(values: Array, shares: Floats) -> dict[str, float]:
    """Return the share of each value."""
    return {value: float(shares[values == value].sum()) for value in set(values.tolist())}


def _numbers(fact: Fact, strata: Strata) -> str:
    """Name the medians, or where they are the same what nine in ten lie between."""
    known = np.isfinite(fact.values)
    shares = strata.shares()
    low, middle, high = zip(
        *(_quantiles(fact.values[side & known], shares[side & known]) for side in (strata.own, ~strata.own)),
        strict=True,
    )
    if middle[0] != middle[1]:
        return f"{fact.name} {middle[0]}, {middle[1]} in training"
    return f"{fact.name} {low[0]} to {high[0]}, {low[1]} to {high[1]} in training"


def _quantiles(values: Floats, shares: Floats) -> list[str]:
    if not len(values):
        return ["not known"] * len(_TENTHS)
    order = np.argsort(values)
    reached = np.cumsum(shares[order])
    found: list[Any] = [values[order][np.searchsorted(reached, tenth * reached[-1])] for tenth in _TENTHS]
    return [shown(float(value)) for value in found]
