"""Fill the tables that embeddings or probabilities of the user's own network are judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datalint.joining import joined
from datalint.relating import LABELS

if TYPE_CHECKING:
    from collections.abc import Collection

    from datalint.embedding_file import Given
    from datalint.facts import Facts

EMBEDDED = LABELS | {"outliers"}
"""Tables that embeddings fill, in place of what the pictures tell."""
_SEED = 0


def fill_embedded(facts: Facts, given: Given | None, names: Collection[str]) -> dict[str, str]:
    """Fill the tables beside what is kept from run to run. Without embeddings, returns the reason by table.

    Raises ConfigError where the rows do not fit the samples.
    """
    if given is None:
        return {"outliers": "no embeddings are given with --embeddings"} if "outliers" in names else {}
    from datalint.relate import (
        GROUPED_SQL,
        LABELS_SQL,
        Labelled,
        outliers,
        principal_components,
        suspects,
        suspects_by_probabilities,
    )

    own = joined(facts, given)
    images = Labelled.of(facts.columns(LABELS_SQL))
    images = images.at(own.has(images.sample_id))
    rows = own.row[images.sample_id]
    if own.classes is not None:
        tables = suspects_by_probabilities(images, own.values[rows], [*own.classes], "probabilities given")
        found: dict[str, Any] = {**tables._asdict(), "outliers": {}}
    else:
        features = principal_components(own.values, _SEED)
        tables = suspects(images, lambda chosen, _: features[rows[chosen]], "embeddings given")
        found = tables._asdict()
        everything = Labelled.of(facts.columns(GROUPED_SQL))
        everything = everything.at(own.has(everything.sample_id))
        far = outliers(everything.sample_id, features[own.row[everything.sample_id]], everything.groups, _SEED)
        found["outliers"] = far
    for table, columns in found.items():
        facts.replace_aside(table, columns)
    return {"outliers": "probabilities are given, and no embeddings"} if own.classes is not None else {}
