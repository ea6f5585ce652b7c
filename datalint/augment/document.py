"""A plan as JSON or TOML, and back. The order of keys is that of the records, and never changes within a version."""

from __future__ import annotations

import json
import tomllib
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from datalint.augment.record import Plan, Transform
from datalint.augment.toml_text import toml_text
from datalint.errors import ConfigError, did_you_mean
from datalint.plan_settings import MOST_IMAGES, TRANSFORMS

SCHEMA = "datalint-plan/1"


def to_json(plan: Plan) -> str:
    """Write a plan as JSON."""
    return json.dumps(document(plan), indent=2, ensure_ascii=False) + "\n"


def to_toml(plan: Plan) -> str:
    """Write a plan as TOML; what is null in JSON is not there."""
    return toml_text(document(plan))


def document(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain values."""
    return {"schema": SCHEMA, **_plain(plan)}


def read_plan(text: str, name: str) -> Plan:
    """Read a plan, JSON or TOML. Raises ConfigError that says what is wrong where."""
    try:
        table = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"is no plan in JSON or TOML: {error}", name) from None
    if not isinstance(table, dict) or not str(table.get("schema", "")).startswith("datalint-plan/"):
        raise ConfigError(
            'is no plan: it lacks schema = "datalint-plan/1"; `datalint plan --format json` writes one', name
        )
    if table["schema"] != SCHEMA:
        raise ConfigError(f"is of schema {table['schema']}, and this version reads {SCHEMA}; make the plan anew", name)
    rest = {key: value for key, value in table.items() if key != "schema"}
    try:
        plan: Plan = _record(Plan, rest, "")
        _check(plan)
    except _WrongError as error:
        raise ConfigError(str(error), name) from None
    return plan


def _check(plan: Plan) -> None:
    """Look at what can be edited by hand into something that cannot be carried out."""
    if plan.fill not in ("border", "reflect"):
        raise _WrongError(f"fill must be border or reflect, not {plan.fill!r}")
    if plan.seed < 0:
        raise _WrongError(f"seed must be 0 or more, not {plan.seed}")
    seen: set[str] = set()
    for number, one in enumerate(plan.classes):
        if one.label in seen:
            raise _WrongError(f"classes[{number}]: {one.label} is there twice")
        seen.add(one.label)
        for name in ("synthesize", "append", "invert"):
            count = getattr(one, name)
            if not 0 <= count <= MOST_IMAGES:
                raise _WrongError(f"classes[{number}].{name} must be from 0 to {MOST_IMAGES:,}, not {count}")
    rows: set[tuple[str, str]] = set()
    for number, transform in enumerate(plan.transforms):
        _check_transform(f"transforms[{number}]", transform)
        for label in transform.labels:
            if label not in seen:
                raise _WrongError(f"transforms[{number}].labels: there is no class {label}{did_you_mean(label, seen)}")
        for label in transform.labels or ("",):
            if (transform.name, label) in rows:
                of = f" for {label}" if label else ""
                raise _WrongError(f"transforms[{number}]: {transform.name} is there twice{of}")
            rows.add((transform.name, label))
    for number, guard in enumerate(plan.guards):
        if guard.transform not in TRANSFORMS:
            raise _WrongError(f"guards[{number}].transform: {_unknown(guard.transform)}")


def _check_transform(place: str, transform: Transform) -> None:
    if transform.name not in TRANSFORMS:
        raise _WrongError(f"{place}.name: {_unknown(transform.name)}")
    if not 0 <= transform.share <= 1:  # nor is NaN
        raise _WrongError(f"{place}.share must be from 0 to 1, not {transform.share}")
    limits = TRANSFORMS[transform.name]
    if (limits is None) is not (transform.range is None):
        raise _WrongError(f"{place}.range: {transform.name} {'has no range' if limits is None else 'needs one'}")
    if limits and transform.range and not limits[0] <= transform.range[0] <= transform.range[1] <= limits[1]:
        text = f"must go up, from {limits[0]:g} at the least to {limits[1]:g} at the most"
        raise _WrongError(f"{place}.range: {transform.name} {text}, not {list(transform.range)}")


def _unknown(name: str) -> str:
    return f"unknown transform {name!r}{did_you_mean(name, TRANSFORMS)}"


class _WrongError(Exception):
    """A value that is not what the record says."""


def _plain(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return {key: _plain(item) for key, item in value._asdict().items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _record(kind: Any, value: Any, place: str) -> Any:
    if not isinstance(value, dict):
        raise _WrongError(f"{place or 'the plan'} must be a table, not {value!r}")
    hints = get_type_hints(kind)
    for key in value:
        if key not in hints:
            raise _WrongError(f"{_at(place, key)}: unknown key{did_you_mean(key, hints)}")
    fields = {}
    for key, hint in hints.items():
        if key not in value and not _optional(hint) and key not in kind._field_defaults:
            raise _WrongError(f"{_at(place, key)} is missing")
        if key in value or key not in kind._field_defaults:
            fields[key] = _value(hint, value.get(key), _at(place, key))
    return kind(**fields)


def _value(hint: Any, value: Any, place: str) -> Any:
    if get_origin(hint) in (Union, UnionType):
        if value is None:
            return None
        hint = next(one for one in get_args(hint) if one is not NoneType)
    if hasattr(hint, "_fields"):
        return _record(hint, value, place)
    if get_origin(hint) is tuple:
        return _values(get_args(hint), value, place)
    number = hint is float and isinstance(value, int)
    if isinstance(value, bool) is not (hint is bool) or not (isinstance(value, hint) or number):
        words = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
        raise _WrongError(f"{place} must be {words[hint]}, not {value!r}")
    return float(value) if hint is float else value


def _values(kinds: tuple[Any, ...], value: Any, place: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise _WrongError(f"{place} must be a list, not {value!r}")
    if kinds[-1] is not Ellipsis and len(value) != len(kinds):
        raise _WrongError(f"{place} must have {len(kinds)} values, not {len(value)}")
    return tuple(_value(kinds[0], one, f"{place}[{number}]") for number, one in enumerate(value))


def _optional(hint: Any) -> bool:
    return NoneType in get_args(hint)


def _at(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
