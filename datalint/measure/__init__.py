"""Facts of one image each, from one open and at most one decode.

:func:`measure_headers` and :func:`measure_pixels` take :class:`~datalint.storage.ImageRef` and give rows of the tables
``headers``, ``pixels``, ``thumbnails`` and ``unmeasured``, batch by batch and in order, whatever the number of jobs.
They are measured by processes of this machine, or by the cluster that :func:`connected` gives.
"""

from __future__ import annotations

from typing import Any

from datalint.measure.cluster import BACKENDS, connected
from datalint.measure.stage import (
    MeasureOptions,
    content_digests,
    from_thumbnails,
    measure_headers,
    measure_pixels,
    pixel_digests,
)

VERSIONS = {"decode": 2, "phash": 1, "colour": 2, "foreground": 1, "structure": 1}
"""Of what is measured and how; one goes up whenever what it stands for changes, so that what was kept is not believed.

All but ``decode``, which is what takes the file, are made from the thumbnail, and anew from a kept one.
"""

_DECODERS = ("pillow", "simplejpeg")


def versions() -> dict[str, Any]:
    """Return the versions of all that decides what is measured of an image: ours, and those of decoders."""
    from importlib.metadata import PackageNotFoundError, version

    found: dict[str, Any] = dict(VERSIONS)
    for name in _DECODERS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


FROM_THUMBNAILS = ("phash", "colour", "foreground", "structure")
"""Those that :func:`from_thumbnails` makes."""

__all__ = [
    "BACKENDS",
    "FROM_THUMBNAILS",
    "VERSIONS",
    "MeasureOptions",
    "connected",
    "content_digests",
    "from_thumbnails",
    "measure_headers",
    "measure_pixels",
    "pixel_digests",
    "versions",
]
