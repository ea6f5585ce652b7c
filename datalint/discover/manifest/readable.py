"""The good records of a manifest, and what is wrong with the others."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from datalint.discover.listing import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from datalint.discover.manifest.columns import Roles
    from datalint.discover.manifest.records import Manifest, Record

_MOST_FAULTS = 100  # of a kind, in one file


def readable_records(manifest: Manifest, faults: list[Fault]) -> Iterator[Record]:
    """Yield the records without a problem; what is wrong with the others, or ends the reading, becomes a fault."""
    try:
        for record in manifest.records():
            if record.misencoded:
                reason = "is not in the encoding of what comes before; it was read as Windows-1252"
                faults.append(Fault(manifest.path, "encoding", reason, place_of(record)))
            if record.problem:
                faults.append(Fault(manifest.path, "row", record.problem, place_of(record)))
            else:
                yield record
    except (ValueError, OSError) as error:
        faults.append(Fault(manifest.path, "damaged", getattr(error, "strerror", None) or str(error)))


def attributes_of(values: Mapping[str, Any], roles: Roles) -> dict[str, str]:
    """Take what is said besides image, label, split and pixels; nothing of records in records, nor an index."""
    used = roles.used
    return {
        column: str(value)
        for column, value in values.items()
        if column not in used
        and isinstance(value, str | int | float)
        and value != ""
        and column.strip()
        and not column.lower().startswith("unnamed:")
    }


def place_of(record: Record) -> str:
    """Say where a record is in its file, as faults do."""
    return f"record {record.place}" if record.place.startswith("[") else f"line {record.place}"


def at_most(faults: Sequence[Fault], path: str) -> list[Fault]:
    """Keep the first faults of each kind, and say how many more there are."""
    kept: list[Fault] = []
    counts: Counter[str] = Counter()
    for fault in faults:
        counts[fault.kind] += 1
        if counts[fault.kind] <= _MOST_FAULTS:
            kept.append(fault)
    more = {kind: count - _MOST_FAULTS for kind, count in counts.items() if count > _MOST_FAULTS}
    return kept + [Fault(path, kind, f"has {count:,} further rows with such a fault") for kind, count in more.items()]
