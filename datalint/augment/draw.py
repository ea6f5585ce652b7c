"""What is drawn at random: which image is changed, and how. The same seed and plan give the same, in any order."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from datalint.augment.catalogue import MILD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from datalint.augment.record import ClassPlan, Plan, Range, Transform

_RATIOS = frozenset({"zoom", "brightness", "contrast", "saturation"})
_DIGITS = 4


class Draw(NamedTuple):
    """One image to be made."""

    label: str
    purpose: str
    """``balance``, ``variation`` or ``polarity``."""
    source: int
    """Position among the sources of the class."""
    parameters: dict[str, Any]
    """By kind of change."""
    other: tuple[str, int] | None = None
    """Class and position of an image for the background."""


def draws(plan: Plan, sources: Mapping[str, int]) -> Iterator[Draw]:
    """Yield every image to be made, class by class. ``sources`` says how many images each class has to begin with."""
    for one in plan.classes:
        count = sources.get(one.label, 0)
        if not one.made or not count:
            continue
        order = _generator(plan.seed, one.label, "order", 0).permutation(count)
        place = 0
        transforms = plan.of_class(one.label)
        mild = _mild(transforms)
        for purpose, images in _purposes(one):
            for number in range(images):
                source = int(order[place % count])
                place += 1
                generator = _generator(plan.seed, one.label, purpose, number)
                if purpose == "polarity":
                    yield Draw(one.label, purpose, source, {"invert": True})
                    continue
                parameters = draw_parameters(mild if purpose == "balance" else transforms, generator)
                other = _other(one.label, sources, generator) if "background" in parameters else None
                if other is None:
                    parameters.pop("background", None)
                yield Draw(one.label, purpose, source, parameters, other)


def draw_parameters(transforms: Sequence[Transform], generator: np.random.Generator) -> dict[str, Any]:
    """Draw which changes are made and how far; at least one, if there is any to choose from. ``invert`` is none."""
    choice = [transform for transform in transforms if transform.name != "invert"]
    parameters: dict[str, Any] = {}
    for _ in range(20):
        for transform in choice:
            if generator.random() < transform.share:
                parameters[transform.name] = _value(transform, generator)
        if parameters:
            break
    return parameters


def _mild(transforms: Sequence[Transform]) -> tuple[Transform, ...]:
    """Narrow the ranges: what makes up for a class's number should look like the class, and not like no other."""
    return tuple(one._replace(range=_narrowed(one)) if one.lack and one.name in MILD else one for one in transforms)


def _narrowed(one: Transform) -> Range | None:
    if one.range is None:
        return None
    low, high = max(one.range[0], MILD[one.name][0]), min(one.range[1], MILD[one.name][1])
    return (low, high) if low <= high else one.range


def _purposes(one: ClassPlan) -> tuple[tuple[str, int], ...]:
    return ("balance", one.synthesize), ("variation", one.append), ("polarity", one.invert)


def _value(transform: Transform, generator: np.random.Generator) -> Any:
    if transform.name == "quarter-turn":
        return int(generator.choice((90, 180, 270)))
    if transform.range is None:
        return True
    if transform.name == "shift":
        return [_between(transform, generator), _between(transform, generator)]
    if transform.name == "background":
        return {"strength": _between(transform, generator)}
    return _between(transform, generator)


def _between(transform: Transform, generator: np.random.Generator) -> float:
    """Draw from a range; of ratios, as often half as double."""
    assert transform.range is not None
    low, high = transform.range
    if transform.name in _RATIOS and low > 0:
        value = math.exp(generator.uniform(math.log(low), math.log(high)))
    else:
        value = generator.uniform(low, high)
    return float(min(max(round(value, _DIGITS), low), high))


def _other(label: str, sources: Mapping[str, int], generator: np.random.Generator) -> tuple[str, int] | None:
    others = sorted(name for name, count in sources.items() if name != label and count)
    if not others:
        return None
    name = others[int(generator.integers(len(others)))]
    return name, int(generator.integers(sources[name]))


def _generator(seed: int, label: str, purpose: str, number: int) -> np.random.Generator:
    key = f"{seed}\0{label}\0{purpose}\0{number}".encode("utf-8", "surrogatepass")
    return np.random.default_rng(int.from_bytes(hashlib.sha256(key).digest()[:16], "big"))
