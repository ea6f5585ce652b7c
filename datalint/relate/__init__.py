"""Facts between images: which are the same, and which look the same.

The caller fills :class:`Contents`, decodes the :func:`pixel_candidates` fully to settle who is pixel-identical, and
passes the resulting tables from one function to the next.
"""

from __future__ import annotations

from datalint.relate.background import background
from datalint.relate.colours import class_colours
from datalint.relate.contamination import contamination
from datalint.relate.contents import CONTENTS_SQL, POINTERS_SQL, STAND_INS_SQL, THUMBNAILS_SQL, Contents
from datalint.relate.descriptors import described, principal_components
from datalint.relate.diversity import diversity
from datalint.relate.drift import DRIFT_SQL, Embedded, drift
from datalint.relate.embedded_pairs import embedded_pairs
from datalint.relate.exact import exact_duplicates, pixel_candidates
from datalint.relate.file_traits import HEADERS_SQL, file_traits
from datalint.relate.groups import near_duplicates
from datalint.relate.near import near_pairs
from datalint.relate.outliers import outliers
from datalint.relate.pictures import PICTURES_SQL, Pictures
from datalint.relate.population import population
from datalint.relate.suspects import GROUPED_SQL, LABELS_SQL, Labelled, LabelTables, suspects, suspects_by_probabilities
from datalint.relate.variation import variation
from datalint.relate.views import VIEWS_SQL, Views, parts

__all__ = [
    "CONTENTS_SQL",
    "DRIFT_SQL",
    "GROUPED_SQL",
    "HEADERS_SQL",
    "LABELS_SQL",
    "PICTURES_SQL",
    "POINTERS_SQL",
    "STAND_INS_SQL",
    "THUMBNAILS_SQL",
    "VIEWS_SQL",
    "Contents",
    "Embedded",
    "LabelTables",
    "Labelled",
    "Pictures",
    "Views",
    "background",
    "class_colours",
    "contamination",
    "described",
    "diversity",
    "drift",
    "embedded_pairs",
    "exact_duplicates",
    "file_traits",
    "near_duplicates",
    "near_pairs",
    "outliers",
    "parts",
    "pixel_candidates",
    "population",
    "principal_components",
    "suspects",
    "suspects_by_probabilities",
    "variation",
]
