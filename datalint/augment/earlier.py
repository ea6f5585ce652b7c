"""What an earlier run left in the new folder, as its own records tell; what none of them names is never removed, nor
written over."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.augment.execute import PARTIAL
from datalint.augment_log import NAME as LOG
from datalint.augment_log import read_log

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

PLAN = ".datalint-plan.json"
"""The plan that a folder was made by, with what was to be put into it."""
_EXTENSIONS = (".png", ".jpg", ".webp")


class Record(NamedTuple):
    """What a run was about to do. Places are relative to the new folder, with ``/``."""

    stamp: str | None
    """Of the plan and the images that it is for; None while a run replaces what was there."""
    plan: Any
    """As JSON holds it."""
    originals: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    """Images to be made, with the extension of their source; another is told by the log."""


def read_record(out: Path) -> Record | None:
    """Return the record of an earlier run, or None. Raises OSError, and ValueError for what is no record."""
    if not (out / PLAN).is_file():
        return None
    try:
        table = json.loads((out / PLAN).read_text(encoding="utf-8"))
    except ValueError:
        table = None
    if not isinstance(table, dict):
        raise ValueError(f"{PLAN} in it is no record of an augmentation; remove it")
    originals, made = (_places(table.get(name)) for name in ("originals", "made"))
    return Record(table.get("stamp"), table.get("plan"), originals, made)


def _places(value: Any) -> tuple[str, ...]:
    return tuple(place for place in value if isinstance(place, str)) if isinstance(value, list) else ()


def write_record(out: Path, record: Record) -> None:
    """Write the record. Raises OSError."""
    partial = out / (PLAN + PARTIAL)
    partial.write_text(json.dumps(record._asdict(), indent=2), encoding="utf-8")
    os.replace(partial, out / PLAN)


def check_links(out: Path, record: Record) -> None:
    """See that nothing is written outside of a folder. Raises OSError, and ValueError where a link would lead there."""
    for folder in sorted({os.path.dirname(place) for place in (*record.originals, *record.made)}):
        if not _inside(out, out / folder):
            raise ValueError(f"{folder} in it lies elsewhere, by a link; remove that")


def clear(out: Path, record: Record) -> None:
    """Remove what earlier runs put into a folder, but for the originals of a record, and their log.

    Raises OSError, and ValueError for a broken record, or where a file of somebody else has the place of one of ours.
    """
    earlier = frozenset(_recorded(out))
    for place in (*record.originals, *_made(record)):
        if place not in earlier and os.path.lexists(out / place):
            raise ValueError(f"{place} in it is of no earlier run, and would be replaced; move it away")
    root = Path(os.path.realpath(out))
    for place in earlier.difference(record.originals):
        # A record may be of anybody's making, and a folder a link to another.
        if not _inside(out, (out / place).parent):
            continue
        for file in (out / place, out / (place + PARTIAL)):
            if file.is_file() or file.is_symlink():
                file.unlink()
                _remove_empty(Path(os.path.realpath(file.parent)), root)
    (out / LOG).unlink(missing_ok=True)


def _inside(out: Path, folder: Path) -> bool:
    root, real = os.path.realpath(out), os.path.realpath(folder)
    return real == root or real.startswith(root + os.sep)


def others(out: Path, known: Collection[str]) -> list[str]:
    """Return the files of a folder that are neither ``known`` nor a record, in order."""
    files = (path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    return sorted({*files}.difference(known, (PLAN, LOG)))


def _recorded(out: Path) -> Iterator[str]:
    record = read_record(out)
    if record is not None:
        yield from record.originals
    unread = 1
    if (out / LOG).is_file():
        images, unread = read_log((out / LOG).read_bytes())
        for image in images:
            yield from (image.image, image.original)
    if record is not None and unread:  # it was stopped before it wrote a log, or the log is damaged
        yield from _made(record)


def _made(record: Record) -> Iterator[str]:
    """Yield the places that images to be made may get: what cannot be stored like its source gets another."""
    for place in record.made:
        yield from {place, *(os.path.splitext(place)[0] + extension for extension in _EXTENSIONS)}


def _remove_empty(folder: Path, root: Path) -> None:
    """Remove folders that nothing is left in, so that no class without images stays."""
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
