"""Pillow without its own limits, warnings and messages, and with nothing of that left behind."""

from __future__ import annotations

import logging
import os
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PIL import Image, ImageFile

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def quiet_pillow() -> Iterator[None]:
    """Silence Pillow, and restore its module settings at the end.

    Inside, :func:`allow_pixels` says what Pillow itself may refuse. A truncated image is an error whatever the
    importing program has chosen.
    """
    logger = logging.getLogger("PIL")
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, logger.level
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            logger.setLevel(logging.CRITICAL + 1)
            ImageFile.LOAD_TRUNCATED_IMAGES = False
            yield
    finally:
        Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = before[:2]
        logger.setLevel(before[2])


def allow_pixels(limit: int | None) -> None:
    """Let Pillow refuse pictures of more than ``limit`` pixels, or none; only inside of :func:`quiet_pillow`."""
    # It warns from this number on, and raises from twice as many.
    Image.MAX_IMAGE_PIXELS = None if limit is None else max(1, limit // 2)


@contextmanager
def silent_stderr() -> Iterator[None]:
    """Send what C code writes to file descriptor 2 nowhere: libtiff does so for every tag that it does not know."""
    try:
        saved = os.dup(2)
    except OSError:  # closed
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
