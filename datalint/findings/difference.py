"""What is different between two reports of a dataset, as ``datalint check --format json`` writes them."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_REPORT = "a report of one dataset is expected: datalint check PATH --format json --output FILE"


class Count(NamedTuple):
    """How many there were and are."""

    name: str
    old: int
    new: int


class Shift(NamedTuple):
    """How a distribution moved."""

    name: str
    old: str
    """The bin that held the middle image."""
    new: str
    drift: float
    """Share of the images that are in another bin: half the sum of the changes, 0 (none) to 1."""


class Difference(NamedTuple):
    images: Count
    splits: tuple[Count, ...]
    gained: tuple[Count, ...]
    """Classes that are new."""
    lost: tuple[Count, ...]
    """Classes that are no more."""
    changed: tuple[Count, ...]
    """Classes of another size, that which changed most first."""
    drift: float
    """How far the shares of the classes moved: half the sum of the changes, 0 (none) to 1."""
    shifts: tuple[Shift, ...]
    """Distributions that moved: brightness, size and shape, as far as both reports have them."""
    new: tuple[Mapping[str, Any], ...]
    """Findings as in the reports, worst first."""
    fixed: tuple[Mapping[str, Any], ...]
    notices: tuple[str, ...]
    """Why the two cannot be compared in all respects, in words."""


def read_report(file: Path) -> dict[str, Any]:
    """Read a report. Raises ConfigError."""
    try:
        report = json.loads(file.read_text(encoding="utf-8"))
        dataset, findings = report["dataset"], report["findings"]
        counts = [dataset["images"], *dataset["splits"].values(), *(x["total"] for x in dataset["labels"].values())]
        words = [word for x in findings for word in (x["code"], x["severity"], x["message"], x["fingerprint"])]
        words += [word for x in report["rules"] for word in (x["code"], x["status"])]
        counts += [count for bins in report.get("variation", {}).values() for count in bins.values()]
        if report["version"] != 1 or not _all(int, counts) or not _all(str, words):
            raise TypeError
    except OSError as error:
        raise ConfigError(f"the report cannot be read: {error.strerror}", file) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ConfigError(f"is no report of datalint, or a damaged one; {_REPORT}", file) from None
    loaded: dict[str, Any] = report
    return loaded


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    """Compare two reports. Findings are compared as multisets of fingerprints, for the rules that ran in both."""
    before, now = old["dataset"], new["dataset"]
    labels = _counts(_totals(before), _totals(now))
    kept = [count for count in labels if count.old and count.new]
    both = _ran(old) & _ran(new)
    return Difference(
        images=Count("images", before["images"], now["images"]),
        splits=_counts(before["splits"], now["splits"]),
        gained=tuple(count for count in labels if not count.old and count.new),
        lost=tuple(count for count in labels if count.old and not count.new),
        changed=tuple(sorted((c for c in kept if c.old != c.new), key=lambda c: (-abs(c.new - c.old) / c.old, c.name))),
        drift=_drift(labels),
        shifts=tuple(_shifts(old.get("variation", {}), new.get("variation", {}))),
        new=_only(new, old, both),
        fixed=_only(old, new, both),
        notices=tuple(_notices(old, new, both)),
    )


def _totals(dataset: Mapping[str, Any]) -> dict[str, int]:
    return {name: count["total"] for name, count in dataset["labels"].items()}


def _counts(before: Mapping[str, int], now: Mapping[str, int]) -> tuple[Count, ...]:
    return tuple(Count(name, before.get(name, 0), now.get(name, 0)) for name in {**before, **now})


def _drift(labels: Sequence[Count]) -> float:
    old, new = sum(count.old for count in labels), sum(count.new for count in labels)
    if not old or not new:
        return 0.0
    return sum(abs(count.new / new - count.old / old) for count in labels) / 2


def _shifts(old: Mapping[str, Mapping[str, int]], new: Mapping[str, Mapping[str, int]]) -> Iterator[Shift]:
    for name in (name for name in old if name in new):
        drift = _drift(_counts(old[name], new[name]))
        if drift:
            yield Shift(name, _median(old[name]), _median(new[name]), drift)


def _median(bins: Mapping[str, int]) -> str:
    """Return the bin that holds the middle image; bins are in order."""
    seen = 0
    for name, images in bins.items():
        seen += images
        if 2 * seen >= sum(bins.values()):
            return name
    return ""


def _ran(report: Mapping[str, Any]) -> set[str]:
    return {rule["code"] for rule in report["rules"] if rule["status"] != "not-evaluated"}


def _only(here: Mapping[str, Any], there: Mapping[str, Any], codes: set[str]) -> tuple[Mapping[str, Any], ...]:
    """Return the findings of one report that the other has not, each as often as it has it more."""
    left = Counter(finding["fingerprint"] for finding in there["findings"])
    found = []
    for finding in here["findings"]:
        if left[finding["fingerprint"]]:
            left[finding["fingerprint"]] -= 1
        elif finding["code"] in codes:
            found.append(finding)
    return tuple(found)


def _notices(old: Mapping[str, Any], new: Mapping[str, Any], both: set[str]) -> Iterator[str]:
    alone = sorted((_ran(old) | _ran(new)) - both)
    if alone:
        more = f" and {len(alone) - 6} more" if len(alone) > 6 else ""
        yield f"ran for one of the two only, so not compared: {', '.join(alone[:6])}{more}"
    options = [{rule["code"]: rule.get("options") for rule in report["rules"]} for report in (old, new)]
    other = sorted(code for code in both if options[0][code] != options[1][code])
    if other:
        yield f"judged by other thresholds: {', '.join(other)}"
    for name, report in (("the old report", old), ("the new report", new)):
        left_out = sum(rule.get(key, 0) for rule in report["rules"] for key in ("hidden", "known", "suppressed"))
        if left_out:
            yield f"{name} leaves out {left_out:,} findings: known, suppressed, or untouched by a change"


def _all(kind: type, values: Sequence[Any]) -> bool:
    return all(isinstance(value, kind) for value in values)
