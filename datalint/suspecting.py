"""Fill the tables that embeddings or probabilities of the user's own network have a say in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from datalint.joining import joined
from datalint.relating import LABELS, OF_PICTURES, compared, pictures_related
from datalint.timing import untimed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import numpy as np

    from datalint.embedding_file import Given
    from datalint.facts import Facts
    from datalint.joining import Joined
    from datalint.model import Columns
    from datalint.relate import Embedded
    from datalint.relate.filters import Floats
    from datalint.timing import Stage

    Array: TypeAlias = "np.ndarray[Any, Any]"

EMBEDDED = OF_PICTURES | {"outliers"}
"""Tables that are filled beside what is kept from run to run where something is given."""
TOLD_BY_EMBEDDINGS = EMBEDDED | {"near_pairs"}
"""Tables that what is given has a say in; where none is needed, it is of no concern whether it fits."""
_SEED = 0


def fill_embedded(facts: Facts, given: Given | None, needed: Collection[str], timed: Stage = untimed) -> dict[str, str]:
    """Fill the tables that are needed; returns the reason by table of those that nothing is given for.

    Raises ConfigError where the rows do not fit the samples.
    """
    if given is None:
        return {"outliers": "no embeddings are given with --embeddings"} if "outliers" in needed else {}
    from datalint.relate import Embedded, principal_components

    own = joined(facts, given)
    features = principal_components(own.values, _SEED) if own.are_embeddings else own.values

    def embedded(sample_id: Array) -> Embedded:
        known = own.has(sample_id)
        return Embedded(known, features[own.row[sample_id[known]]])

    if own.are_embeddings and "near_pairs" in needed:
        with timed("relate: near_duplicates by embeddings"):
            for table, columns in _near_duplicates(facts, embedded).items():
                facts.replace_aside(table, columns)
    others = OF_PICTURES.intersection(needed) - LABELS
    for table, columns in pictures_related(facts, others, timed, embedded if own.are_embeddings else None):
        facts.replace_aside(table, columns)
    reasons = {} if own.are_embeddings else {"outliers": "probabilities are given, and no embeddings"}
    if LABELS.intersection(needed):
        with timed("relate: suspects"):
            tables = _labels(facts, own, features)
        if not tables["label_quality"]:
            reasons |= dict.fromkeys(
                LABELS, "nothing is given of two classes with 10 different pictures of one label each"
            )
        for table, columns in tables.items():
            facts.replace_aside(table, columns)
    if "outliers" in needed:
        with timed("relate: outliers"):
            facts.replace_aside("outliers", _outliers(facts, own, features) if own.are_embeddings else {})
    return reasons


def _near_duplicates(facts: Facts, embedded: Callable[[Array], Embedded]) -> dict[str, Columns]:
    """Find near-duplicates that embeddings propose, and group them with those that are known."""
    from datalint.relate import embedded_pairs, near_duplicates

    contents, duplicates = compared(facts, _stored(facts, "duplicates"))
    pairs = embedded_pairs(contents, duplicates, _stored(facts, "near_pairs"), *embedded(contents.sample_id))
    groups = near_duplicates(contents, pairs, duplicates)
    return {"near_pairs": {name: pairs[name] for name in pairs if name != "laid"}, "near_duplicates": groups}


def _stored(facts: Facts, table: str) -> Columns:
    import numpy as np

    return {name: np.ma.getdata(values) for name, values in facts.columns(f"SELECT * FROM {table}").items()}


def _labels(facts: Facts, own: Joined, features: Floats) -> dict[str, Columns]:
    from datalint.relate import LABELS_SQL, Labelled, described, suspects, suspects_by_probabilities

    images = Labelled.of(facts.columns(LABELS_SQL))
    images = images.at(own.has(images.sample_id))
    if own.classes is not None:
        given = features[own.row[images.sample_id]]
        return suspects_by_probabilities(images, given, [*own.classes], "probabilities given")._asdict()
    images = images.at(images.slot >= 0)
    rows, thumbnails = own.row[images.sample_id], facts.thumbnails.at(images.slot)
    # How much each kind says is learned, so that poor embeddings take little away.
    kinds = [lambda chosen, seed: described(thumbnails, chosen, seed), lambda chosen, _: features[rows[chosen]]]
    return suspects(images, kinds, "descriptors of thumbnails and embeddings given")._asdict()


def _outliers(facts: Facts, own: Joined, features: Floats) -> Columns:
    from datalint.relate import GROUPED_SQL, Labelled, outliers

    images = Labelled.of(facts.columns(GROUPED_SQL))
    images = images.at(own.has(images.sample_id))
    return outliers(images.sample_id, features[own.row[images.sample_id]], images.groups, _SEED)
