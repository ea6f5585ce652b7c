"""What a configuration says about augmentation plans: the table ``[plan]``."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from datalint.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from datalint.errors import ConfigError

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
_KEYS = ("target", "max-factor", "viewpoint", "seed", "allow", "forbid", "ranges", "labels")
_LABEL_KEYS = ("allow", "forbid")


@dataclass(frozen=True)
class LabelSettings:
    """What holds for the labels that a glob matches."""

    glob: str
    allow: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()


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
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    labels: tuple[LabelSettings, ...] = ()

    def allows(self, transform: str, label: str) -> bool:
        """Tell whether a guard of the label is lifted."""
        return transform in self.allow or any(transform in one.allow for one in self._matching(label))

    def forbids(self, transform: str, label: str) -> bool:
        """Tell whether some labels' settings forbid the transform for this one."""
        return any(transform in one.forbid for one in self._matching(label))

    def _matching(self, label: str) -> Iterable[LabelSettings]:
        return (one for one in self.labels if fnmatchcase(label, one.glob))


def plan_settings(table: Any, error: Callable[..., ConfigError]) -> PlanSettings:
    """Read the table. ``error`` makes an error that points at keys. Raises ConfigError."""
    if not isinstance(table, dict):
        raise error("plan must be a table: [plan]", "plan")
    table = {key.replace("_", "-"): value for key, value in table.items()}
    _known(table, _KEYS, error, ("plan",))
    return PlanSettings(
        target=_target(table.get("target", PlanSettings.target), error),
        max_factor=_number(table, "max-factor", PlanSettings.max_factor, 1.0, 1000.0, error),
        viewpoint=_viewpoint(table.get("viewpoint"), error),
        seed=int(_number(table, "seed", PlanSettings.seed, 0, 2**31 - 1, error)),
        allow=_kinds(table, "allow", error, ("plan",)),
        forbid=_kinds(table, "forbid", error, ("plan",)),
        ranges=_ranges(table.get("ranges", {}), error),
        labels=_labels(table.get("labels", {}), error),
    )


def _target(value: Any, error: Callable[..., ConfigError]) -> str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise error(f"target must be a number of images, mean, largest or floor, not {value!r}", "plan", "target")
    return str(value)


def _viewpoint(value: Any, error: Callable[..., ConfigError]) -> str | None:
    if value is None:
        return None
    if value not in VIEWPOINTS:
        raise error(f"viewpoint is {value!r}; it must be one of {', '.join(VIEWPOINTS)}", "plan", "viewpoint")
    return str(value)


def _number(
    table: Mapping[str, Any], key: str, default: float, low: float, high: float, error: Callable[..., ConfigError]
) -> float:
    value = table.get(key, default)
    whole = isinstance(default, int)
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not low <= value <= high:
        kind = "a whole number" if whole else "a number"
        raise error(f"{key} must be {kind} from {low:g} to {high:g}, not {value!r}", "plan", key)
    return value


def _kinds(
    table: Mapping[str, Any], key: str, error: Callable[..., ConfigError], keys: tuple[str, ...]
) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        raise error(f"{key} must be a list of transforms, not {value!r}", *keys, key)
    for name in value:
        if name not in TRANSFORMS:
            raise error(f"unknown transform {name!r}{did_you_mean(name, TRANSFORMS)}", *keys, key)
    return tuple(value)


def _ranges(table: Any, error: Callable[..., ConfigError]) -> dict[str, tuple[float, float]]:
    if not isinstance(table, dict):
        raise error("ranges must be a table: [plan.ranges]", "plan", "ranges")
    _known(table, [name for name, limits in TRANSFORMS.items() if limits], error, ("plan", "ranges"))
    found = {}
    for name, value in table.items():
        limits = TRANSFORMS[name]
        assert limits is not None
        numbers = isinstance(value, list | tuple) and len(value) == 2
        if not numbers or any(isinstance(one, bool) or not isinstance(one, int | float) for one in value):
            raise error(f"{name} must be two numbers, [low, high], not {value!r}", "plan", "ranges", name)
        low, high = float(value[0]), float(value[1])
        if not limits[0] <= low <= high <= limits[1]:
            text = f"{name} must go up, from {limits[0]:g} at the least to {limits[1]:g} at the most, not {value!r}"
            raise error(text, "plan", "ranges", name)
        found[name] = (low, high)
    return found


def _labels(table: Any, error: Callable[..., ConfigError]) -> tuple[LabelSettings, ...]:
    if not isinstance(table, dict) or not all(isinstance(values, dict) for values in table.values()):
        raise error('labels must be tables: [plan.labels."GLOB"]', "plan", "labels")
    for glob, values in table.items():
        _known(values, _LABEL_KEYS, error, ("plan", "labels", glob))
    return tuple(
        LabelSettings(glob, *(_kinds(values, key, error, ("plan", "labels", glob)) for key in _LABEL_KEYS))
        for glob, values in table.items()
    )


def _known(
    table: Mapping[str, Any], known: Iterable[str], error: Callable[..., ConfigError], keys: tuple[str, ...]
) -> None:
    for key in table:
        if key not in known:
            raise error(f"unknown key {key!r}{did_you_mean(key, known)}", *keys, key)
