"""Fill the tables that embeddings or probabilities of the user's own network are judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from datalint.errors import ConfigError, did_you_mean
from datalint.relating import LABELS

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy as np

    from datalint.embedding_file import Given
    from datalint.facts import Facts

    Array: TypeAlias = "np.ndarray[Any, Any]"

EMBEDDED = LABELS | {"outliers"}
"""Tables that embeddings fill, in place of what the pictures tell."""
_SEED = 0


def fill_embedded(facts: Facts, given: Given | None, names: Collection[str]) -> dict[str, str]:
    """Fill the tables beside what is kept from run to run. Without embeddings, returns the reason by table.

    Raises ConfigError where the rows do not fit the samples.
    """
    if given is None:
        return {"outliers": "no embeddings are given with --embeddings"} if "outliers" in names else {}
    import numpy as np

    from datalint.relate import (
        GROUPED_SQL,
        LABELS_SQL,
        Labelled,
        described,
        outliers,
        principal_components,
        suspects,
        suspects_by_probabilities,
    )

    sample_id, rows = _joined(facts, given)
    images = Labelled.of(facts.columns(LABELS_SQL))
    place = np.full(int(max(sample_id.max(), images.sample_id.max(initial=0))) + 1, -1)
    place[sample_id] = rows
    if given.classes is not None:
        images = images.at(place[images.sample_id] >= 0)
        method = "probabilities given"
        tables = suspects_by_probabilities(images, given.values[place[images.sample_id]], [*given.classes], method)
        found: dict[str, Any] = {**tables._asdict(), "outliers": {}}
    else:
        features = principal_components(given.values, _SEED)
        images = images.at((place[images.sample_id] >= 0) & (images.slot >= 0))
        own, thumbnails = place[images.sample_id], facts.thumbnails.at(images.slot)
        # How much each kind says is learned, so that poor embeddings take nothing away.
        kinds = [lambda chosen, seed: described(thumbnails, chosen, seed), lambda chosen, _: features[own[chosen]]]
        tables = suspects(images, kinds, "descriptors of thumbnails and embeddings given")
        found = tables._asdict()
        everything = Labelled.of(facts.columns(GROUPED_SQL))
        everything = everything.at(place[everything.sample_id] >= 0)
        far = outliers(everything.sample_id, features[place[everything.sample_id]], everything.groups, _SEED)
        found["outliers"] = far
    for table, columns in found.items():
        facts.replace_aside(table, columns)
    return {"outliers": "probabilities are given, and no embeddings"} if given.classes is not None else {}


def _joined(facts: Facts, given: Given) -> tuple[Array, Array]:
    """Return samples (int64[k]) and which row of what is given is theirs (int64[k])."""
    import numpy as np

    samples = facts.run("SELECT sample_id, path FROM samples ORDER BY sample_id")
    if given.paths is None:
        if len(samples) != len(given.values):
            text = f"there are {len(given.values):,} rows and {len(samples):,} samples; "
            order = "rows must be in the order of: datalint query 'select path from samples order by sample_id'"
            raise ConfigError(text + order, given.name)
        return np.array([number for number, _ in samples]), np.arange(len(samples))
    row = {path: number for number, path in enumerate(given.paths)}
    unknown = row.keys() - {path for _, path in samples}
    if unknown:
        first = min(unknown)
        near = did_you_mean(first, [path for _, path in samples[:1000]])
        raise ConfigError(f"{first!r} is no image of the dataset{near} ({len(unknown):,} such paths)", given.name)
    pairs = [(number, row[path]) for number, path in samples if path in row]
    return np.array([number for number, _ in pairs]), np.array([place for _, place in pairs])
