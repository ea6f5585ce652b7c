"""What a configuration says about augmentation plans: the table ``[plan]``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from datalint.errors import ConfigError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    Ranges: TypeAlias = Mapping[str, tuple[float, float]]

TRANSFORMS = {
    "flip-horizontal": None,
    "flip-vertical": None,
    "quarter-turn": None,
    "rotate": (-180.0, 180.0),
    "zoom": (0.25, 4.0),
    "shift": (-0.2, 0.2),
    "background": (0.0, 1.0),
    "brightness": (0.25, 4.0),
    "contrast": (0.25, 4.0),
    "saturation": (0.0, 4.0),
    "hue": (-0.5, 0.5),
    "invert": None,
}
"""Every transform, with the limits of its range; None for one without a range."""
VIEWPOINTS = ("dead-on", "incline", "overhead")
WORDS = ("mean", "largest", "floor")
"""Targets that are no numbers."""
MOST_IMAGES = 10_000_000
"""The largest target."""
_OF_LABELS = ("target", "max-factor", "viewpoint", "allow", "forbid", "ranges")
_KEYS = (*_OF_LABELS, "seed", "labels")


def parse_target(text: str) -> str:
    """Return a target as it is kept: a word, or a number without separators. Raises ConfigError."""
    word = text.strip().lower().replace(",", "").replace("_", "")
    if word in WORDS or (word.isascii() and word.isdigit() and 0 < int(word) <= MOST_IMAGES):
        return word
    raise ConfigError(f"target {text!r} must be a number of images from 1 to {MOST_IMAGES:,}, or {', '.join(WORDS)}")


@dataclass(frozen=True)
class LabelSettings:
    """What holds for the labels that a glob matches, in place of what holds for all."""

    glob: str
    target: str | None = None
    """None for that of all labels, as in the following."""
    max_factor: float | None = None
    viewpoint: str | None = None
    allow: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    ranges: Ranges = field(default_factory=dict)

    def matches(self, label: str) -> bool:
        """Tell whether the glob matches a label; case counts."""
        return fnmatchcase(label, self.glob)


@dataclass(frozen=True)
class PlanSettings:
    """The table ``[plan]``; keys are spelled with dashes in TOML."""

    target: str = "floor"
    max_factor: float = 10.0
    viewpoint: str | None = None
    """How the camera looks at objects; None to go by the names of classes."""
    seed: int = 0
    allow: tuple[str, ...] = ()
    """Transforms to allow whatever guards say."""
    forbid: tuple[str, ...] = ()
    ranges: Ranges = field(default_factory=dict)
    labels: tuple[LabelSettings, ...] = ()
    """In order of the file; the last that matches a label and says something of a value decides on it."""

    def of_label(self, label: str) -> LabelSettings:
        """Lay together what is said of one label."""
        found = LabelSettings(label)
        for one in self.labels:
            if one.matches(label):
                found = _laid_over(found, one)
        return found

    def allows(self, transform: str, label: str) -> bool:
        """Tell whether a guard of the label is lifted."""
        own = self.of_label(label)
        return transform in own.allow or (transform in self.allow and transform not in own.forbid)

    def forbids(self, transform: str, label: str) -> bool:
        """Tell whether the transform is left out for the label."""
        own = self.of_label(label)
        return transform in own.forbid or (transform in self.forbid and transform not in own.allow)

    def dropped(self, labels: Collection[str]) -> frozenset[str]:
        """Return the transforms that are left out for all labels, since none of them has its own say."""
        return frozenset(name for name in self.forbid if all(self.forbids(name, label) for label in labels))

    def for_all(self, target: str | None = None, seed: int | None = None) -> PlanSettings:
        """Lay the command line over this. Its target goes over those of single labels too. Raises ConfigError."""
        settings = self if seed is None else replace(self, seed=seed)
        if target is None:
            return settings
        return replace(
            settings, target=parse_target(target), labels=tuple(replace(one, target=None) for one in self.labels)
        )


def _laid_over(earlier: LabelSettings, later: LabelSettings) -> LabelSettings:
    forbid = {*later.forbid, *({*earlier.forbid} - {*later.allow})}
    return LabelSettings(
        earlier.glob,
        later.target or earlier.target,
        later.max_factor or earlier.max_factor,
        later.viewpoint or earlier.viewpoint,
        tuple(sorted({*earlier.allow, *later.allow} - forbid)),
        tuple(sorted(forbid)),
        {**earlier.ranges, **later.ranges},
    )


def plan_settings(table: Any, error: Callable[..., ConfigError]) -> PlanSettings:
    """Read the table. ``error`` makes an error that points at keys. Raises ConfigError."""
    if not isinstance(table, dict):
        raise error("plan must be a table: [plan]", "plan")
    plan = _Table.of(table, ("plan",), _KEYS, error)
    labels = table.get("labels", {})
    if not isinstance(labels, dict) or not all(isinstance(values, dict) for values in labels.values()):
        raise plan.wrong("labels", 'must be tables: [plan.labels."GLOB"]')
    own = (_Table.of(values, ("plan", "labels", glob), _OF_LABELS, error) for glob, values in labels.items())
    return PlanSettings(
        target=plan.target() or PlanSettings.target,
        max_factor=plan.max_factor() or PlanSettings.max_factor,
        viewpoint=plan.viewpoint(),
        seed=plan.seed(),
        allow=plan.transforms("allow"),
        forbid=plan.transforms("forbid"),
        ranges=plan.ranges(),
        labels=tuple(
            LabelSettings(
                one.keys[-1],
                one.target(),
                one.max_factor(),
                one.viewpoint(),
                one.transforms("allow"),
                one.transforms("forbid"),
                one.ranges(),
            )
            for one in own
        ),
    )


class _Table(NamedTuple):
    """A table of the configuration, and where it is."""

    values: Mapping[str, Any]
    keys: tuple[str, ...]
    error: Callable[..., ConfigError]

    @classmethod
    def of(
        cls, values: Mapping[str, Any], keys: tuple[str, ...], known: Iterable[str], error: Callable[..., ConfigError]
    ) -> _Table:
        table = cls({key.replace("_", "-"): value for key, value in values.items()}, keys, error)
        for key in table.values:
            if key not in known:
                raise error(f"{_path(keys)}: unknown key {key!r}{did_you_mean(key, known)}", *keys, key)
        return table

    def wrong(self, key: str, problem: str) -> ConfigError:
        """Make an error that says where the value is."""
        return self.error(f"{_path((*self.keys, key))} {problem}", *self.keys, key)

    def target(self) -> str | None:
        value = self.values.get("target")
        if value is None:
            return None
        try:
            return parse_target("" if isinstance(value, bool) else str(value))
        except ConfigError:
            known = f"a number of images from 1 to {MOST_IMAGES:,}, or {', '.join(WORDS)}"
            raise self.wrong("target", f"must be {known}, not {value!r}") from None

    def max_factor(self) -> float | None:
        value = self.values.get("max-factor")
        if value is not None and not (_is_number(value) and 1 <= value <= 1000):
            raise self.wrong("max-factor", f"must be a number from 1 to 1000, not {value!r}")
        return value

    def seed(self) -> int:
        value = self.values.get("seed", PlanSettings.seed)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
            raise self.wrong("seed", f"must be a whole number from 0 to {2**31 - 1}, not {value!r}")
        return value

    def viewpoint(self) -> str | None:
        value = self.values.get("viewpoint")
        if value is not None and value not in VIEWPOINTS:
            raise self.wrong("viewpoint", f"is {value!r}; it must be one of {', '.join(VIEWPOINTS)}")
        return value

    def transforms(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
            raise self.wrong(key, f"must be a list of transforms, not {value!r}")
        for name in value:
            if name not in TRANSFORMS:
                raise self.wrong(key, f"names an unknown transform {name!r}{did_you_mean(name, TRANSFORMS)}")
        return tuple(value)

    def ranges(self) -> dict[str, tuple[float, float]]:
        value = self.values.get("ranges", {})
        if not isinstance(value, dict):
            raise self.wrong("ranges", f"must be a table: [{_path((*self.keys, 'ranges'))}]")
        ranged = {name: limits for name, limits in TRANSFORMS.items() if limits}
        table = _Table.of(value, (*self.keys, "ranges"), ranged, self.error)
        return {name: table.range(name, *ranged[name]) for name in table.values}

    def range(self, name: str, least: float, most: float) -> tuple[float, float]:
        value = self.values[name]
        if not isinstance(value, list | tuple) or len(value) != 2 or not all(map(_is_number, value)):
            raise self.wrong(name, f"must be two numbers, [low, high], not {value!r}")
        low, high = float(value[0]), float(value[1])
        if not least <= low <= high <= most:
            text = f"must go up, from {least:g} at the least to {most:g} at the most, not {value!r}"
            raise self.wrong(name, text)
        return low, high


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _path(keys: Iterable[str]) -> str:
    """Write keys as TOML does, with dots."""
    return ".".join(key if re.fullmatch("[A-Za-z0-9_-]+", key) else json.dumps(key) for key in keys)
