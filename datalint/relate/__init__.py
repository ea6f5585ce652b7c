"""Facts between images: which are the same, and which look the same.

The caller fills :class:`Contents`, decodes the :func:`pixel_candidates` fully to settle who is pixel-identical, and
passes the resulting tables from one function to the next.
"""

from __future__ import annotations

from datalint.relate.contamination import contamination
from datalint.relate.contents import CONTENTS_SQL, POINTERS_SQL, THUMBNAILS_SQL, Contents
from datalint.relate.exact import exact_duplicates, pixel_candidates
from datalint.relate.groups import near_duplicates
from datalint.relate.near import near_pairs

__all__ = [
    "CONTENTS_SQL",
    "POINTERS_SQL",
    "THUMBNAILS_SQL",
    "Contents",
    "contamination",
    "exact_duplicates",
    "near_duplicates",
    "near_pairs",
    "pixel_candidates",
]
