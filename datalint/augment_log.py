"""The log that ``datalint augment`` leaves in the new folder, a line an image that it made; discovery reads it back."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = "augment-log.jsonl"
"""Of the file, at the top of the folder; discovery takes it for no manifest."""
SCHEMA = "datalint-augment/2"
_HIGHEST = 4  # folders above: a split, and a class of three levels


class MadeImage(NamedTuple):
    """An image that was made. Places are relative to the folder, as Python decodes file names."""

    image: str
    content: str
    """SHA-256 of its bytes, hexadecimal."""
    original: str
    """Where the image that it was made of was put."""
    original_content: str
    """SHA-256 of that one's bytes."""
    source: str
    """The path of that one in the dataset that was augmented."""
    split: str | None
    label: str
    purpose: str
    """``balance``, ``variation`` or ``polarity``."""
    transforms: dict[str, Any]


def log_text(dataset: str, seed: int, plan: str, images: Iterable[MadeImage]) -> str:
    """Write a log; ``plan`` is a digest of the plan."""
    head = {"schema": SCHEMA, "dataset": dataset, "seed": seed, "plan": plan}
    return "".join(json.dumps(line) + "\n" for line in (head, *(image._asdict() for image in images)))


def read_log(data: bytes) -> tuple[list[MadeImage], int]:
    """Return the images that a log traces, and how many lines say nothing; all of them in a log of another version."""
    lines = [_table(line) for line in data.split(b"\n") if line.strip()]
    if not lines or lines[0].get("schema") != SCHEMA:
        return [], len(lines)
    images = [_made(line) for line in lines[1:]]
    return [image for image in images if image is not None], images.count(None)


def log_above(root: str) -> str | None:
    """Return the nearest log in the folders above a folder of this machine, relative to it, with ``/``."""
    above = os.path.realpath(root)
    for number in range(1, _HIGHEST + 1):
        above = os.path.dirname(above)
        if os.path.isfile(os.path.join(above, NAME)):
            return "../" * number + NAME
    return None


def _table(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _made(line: dict[str, Any]) -> MadeImage | None:
    texts = ("image", "content", "original", "original_content")
    if not all(isinstance(line.get(name), str) for name in texts):
        return None
    return MadeImage._make(line.get(name) for name in MadeImage._fields)
