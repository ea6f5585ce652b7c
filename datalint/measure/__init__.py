"""Facts of one image each, from one open and at most one decode.

:func:`measure_headers` and :func:`measure_pixels` take :class:`~datalint.storage.ImageRef` and give rows of the tables
``headers``, ``pixels``, ``thumbnails`` and ``unmeasured``, batch by batch and in order, whatever the number of jobs.
They are measured by processes of this machine, or by the cluster that :func:`connected` gives.
"""

from __future__ import annotations

from datalint.measure.cluster import BACKENDS, connected
from datalint.measure.stage import MeasureOptions, content_digests, measure_headers, measure_pixels, pixel_digests

VERSION = 1
"""Of what is measured and how. It goes up whenever a column of these tables changes, so that no cache is believed."""

__all__ = [
    "BACKENDS",
    "VERSION",
    "MeasureOptions",
    "connected",
    "content_digests",
    "measure_headers",
    "measure_pixels",
    "pixel_digests",
]
