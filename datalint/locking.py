"""The frozen evaluation set: a lock file with content, split and label of every validation and test image.

A line an image, so that a version control shows what changed, and merges do what people expect.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.companion import read_companion
from datalint.errors import ConfigError, DatasetError
from datalint.model import escape_name
from datalint.storage import is_url

if TYPE_CHECKING:
    from datalint.facts import Facts

FILE_NAME = "datalint.lock"
_HEAD = {"datalint": "lock", "version": 1}
_AGAIN = "write it anew with `datalint lock`"
_EVALUATION = """
    SELECT coalesce(content, 'path:' || path) AS content, split, label, path
    FROM samples JOIN contents USING (sample_id) WHERE role IN ('validation', 'test') ORDER BY split, label, path
"""


class LockedImage(NamedTuple):
    content: str
    """SHA-256 of the bytes; ``path:`` and the path where they could not be read."""
    split: str
    label: str | None
    path: str


class Lock(NamedTuple):
    file: Path
    images: tuple[LockedImage, ...]


def lock_place(dataset: Any, configured: Path | None) -> Path | None:
    """Return where the lock of a dataset is or would be: in its folder or beside its file; None for others."""
    if configured is not None:
        return configured
    if not isinstance(dataset, str | os.PathLike) or is_url(os.fsdecode(dataset)):
        return None
    given = os.fsdecode(dataset)
    return Path(given) / FILE_NAME if os.path.isdir(given) else Path(f"{given}.lock")


def find_lock(dataset: Any, configured: Path | None, staged: bool) -> Lock | None:
    """Read the lock of a dataset, from what is ``staged`` in git if that is what is checked; None without one.

    Raises ConfigError for one that cannot be read, or that is configured and not there.
    """
    place = lock_place(dataset, configured)
    data = None if place is None else read_companion(place, staged, "the lock")
    if place is None or data is None:
        if configured is not None:
            where = "is not staged" if staged else "is not there"
            raise ConfigError(f"the lock that is configured {where}; {_AGAIN}", configured)
        return None
    try:
        lines = data.decode().removesuffix("\n").split("\n")  # and at no other character that ends lines
    except UnicodeDecodeError:
        raise ConfigError(f"is no lock of datalint: no UTF-8 text; {_AGAIN}", place) from None
    if _parsed(lines[0]) != _HEAD:
        raise ConfigError(f"is no lock of this version of datalint; {_AGAIN}", place, 1)
    return Lock(place, tuple(_image(place, number, line) for number, line in enumerate(lines[1:], 2)))


def evaluation_set(facts: Facts) -> list[LockedImage]:
    """Return the validation and test images of filled tables."""
    return [LockedImage(*row) for row in facts.run(_EVALUATION)]


def write_lock(file: Path, images: list[LockedImage]) -> None:
    """Write a lock. Raises OSError."""
    lines = [json.dumps(row, ensure_ascii=False) for row in (_HEAD, *images)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def fill_locked(facts: Facts, lock: Lock | None) -> dict[str, str]:
    """Fill the table; returns the reason where contents cannot be compared, by table.

    Raises DatasetError where the lock is that of another dataset.
    """
    if lock is None:
        return {}
    import numpy as np

    columns = list(zip(*lock.images, strict=True)) or [()] * len(LockedImage._fields)
    rows = {name: np.array([*column], object) for name, column in zip(LockedImage._fields, columns, strict=True)}
    facts.insert_aside("locked", rows)
    if facts.run(f"SELECT 1 FROM ({_EVALUATION}) WHERE starts_with(content, 'md5:') LIMIT 1"):
        return {"locked": "contents are known to DVC by another digest; pull them to compare them with the lock"}
    shared = (
        "SELECT 1 FROM locked WHERE content IN (SELECT content FROM contents) OR starts_with(content, 'path:') LIMIT 1"
    )
    if lock.images and not facts.run(shared):
        text = (
            f"none of the {len(lock.images):,} images of this lock is in the dataset; is it that of another? If not, "
        )
        raise DatasetError(f"{escape_name(str(lock.file))}: {text}{_AGAIN}")
    return {}


def _image(place: Path, number: int, line: str) -> LockedImage:
    row = _parsed(line)
    if not isinstance(row, list) or len(row) != len(LockedImage._fields):
        raise ConfigError(f"is no row of a lock: content, split, label and path are expected; {_AGAIN}", place, number)
    image = LockedImage(*row)
    if not all(isinstance(word, str) for word in (image.content, image.split, image.label or "", image.path)):
        raise ConfigError(f"is no row of a lock: content, split, label and path are strings; {_AGAIN}", place, number)
    return image


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None
