"""Carry out a plan: place the originals, make the images. Every piece of work can be done in any process."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.augment.images import NoImageError, extension, load
from datalint.augment.operations import change
from datalint.storage import LocalFiles, Pixels, Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from datalint.storage import ImageRef

PARTIAL = ".part"
"""What is added to the name of a file while it is written."""


class Copy(NamedTuple):
    """An original to be placed."""

    image: ImageRef
    place: str
    """Relative to the new folder."""


class Make(NamedTuple):
    """An image to be made."""

    image: ImageRef
    stem: str
    """Relative to the new folder, without extension."""
    suffix: str
    """Extension of the source's name."""
    parameters: dict[str, Any]
    fill: str
    other: ImageRef | None


class Made(NamedTuple):
    """What became of a piece of work."""

    place: str
    """Relative to the new folder; of what could not be made, without extension."""
    problem: str | None = None
    content: str | None = None
    """Of what was made: SHA-256 of its bytes, hexadecimal."""


def place_batch(folder: str, copy: bool, replace: bool, batch: Sequence[Copy]) -> list[Made]:
    """Place originals: as hard links where that can be done and copies are not asked for.

    What is there is left alone, unless it is to be replaced.
    """
    return [_placed(folder, one, copy, replace) for one in batch]


def make_batch(folder: str, done: frozenset[str], batch: Sequence[Make]) -> list[Made]:
    """Make images, but for those whose place is in ``done``."""
    return [_made(folder, one, done) for one in batch]


def _placed(folder: str, one: Copy, copy: bool, replace: bool) -> Made:
    target = os.path.join(folder, one.place)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.exists(target) and not replace:
        return Made(one.place)
    source = one.image.source
    if isinstance(source, LocalFiles) and not copy:
        try:
            _link(source.local(one.image.key), target)
            return Made(one.place)
        except OSError:  # another file system, or one without links
            pass
    content = next(iter(source.contents([one.image.key])))
    if isinstance(content, Unavailable):
        return Made(one.place, content.reason)
    if isinstance(content, Pixels):
        _write(target, _encoded(load(one.image)[0], {"format": "PNG"}))
        return Made(one.place)
    with content.file:
        if content.data is not None:
            _write(target, content.data)
        else:
            content.file.seek(0)
            partial = _partial(target)
            with open(partial, "wb") as file:
                shutil.copyfileobj(content.file, file)
            os.replace(partial, target)
    return Made(one.place)


def _link(file: str, target: str) -> None:
    """Link a file, in place of what is there. Raises OSError."""
    if os.path.islink(file):
        file = os.path.realpath(file)
    if not os.path.lexists(target):
        os.link(file, target)
        return
    if os.path.exists(target) and os.path.samefile(file, target):
        return
    partial = _partial(target)
    os.link(file, partial)
    os.replace(partial, target)


def _made(folder: str, one: Make, done: frozenset[str]) -> Made:
    known = [one.stem + suffix for suffix in {one.suffix, ".png", ".jpg", ".webp"} if one.stem + suffix in done]
    if known:
        return Made(known[0], content=file_digest(os.path.join(folder, known[0])))
    try:
        image, saving = load(one.image)
        other = None if one.other is None else load(one.other, max(image.size))[0]
    except NoImageError as error:
        return Made(one.stem, str(error))
    changed = change(image, one.parameters, one.fill, other)
    place = one.stem + (one.suffix if _stands_for(one.suffix) == saving["format"] else extension(saving))
    target = os.path.join(folder, place)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    data = _encoded(changed, saving)
    _write(target, data)
    return Made(place, content=hashlib.sha256(data).hexdigest())


def file_digest(file: str) -> str:
    """Return the SHA-256 of a file's bytes, hexadecimal. Raises OSError."""
    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _encoded(image: Image.Image, saving: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    if saving["format"] == "JPEG" and image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    if image.mode == "L" and saving["format"] == "JPEG":
        # A grey image has one table, and nothing to subsample.
        tables = saving.get("qtables")
        saving = {"format": "JPEG", "qtables": {0: tables[0]}} if tables else {"format": "JPEG", "quality": 90}
    image.save(file, **saving)
    return file.getvalue()


def _write(target: str, data: bytes) -> None:
    """Write a file whole or not at all, so that what is there can be believed."""
    partial = _partial(target)
    Path(partial).write_bytes(data)
    os.replace(partial, target)


def _partial(target: str) -> str:
    """Return where to write a file first. What a stopped run left there goes: written into, a link would change the
    dataset."""
    partial = target + PARTIAL
    Path(partial).unlink(missing_ok=True)
    return partial


@cache
def _stands_for(suffix: str) -> str | None:
    from PIL import Image

    return Image.registered_extensions().get(suffix.lower())
