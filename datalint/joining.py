"""Join what a user's own network says of the images to the samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from datalint.embedding_file import as_probabilities
from datalint.errors import ConfigError, did_you_mean

if TYPE_CHECKING:
    import numpy as np

    from datalint.embedding_file import Given
    from datalint.facts import Facts

    Array: TypeAlias = "np.ndarray[Any, Any]"


class Joined(NamedTuple):
    """What is given of some of the samples."""

    values: Array
    """float32[n, d]: embeddings; or probabilities of d classes, each row of sum 1."""
    classes: tuple[str, ...] | None
    """Those that columns are probabilities of; None for embeddings."""
    row: Array
    """int64[s]: the row of each sample, by its id; -1 for those that nothing is given of."""

    @property
    def are_embeddings(self) -> bool:
        return self.classes is None

    def has(self, sample_id: Array) -> Array:
        """Tell of which samples (int[k]) something is given: bool[k]."""
        known: Array = self.row[sample_id] >= 0
        return known


def joined(facts: Facts, given: Given) -> Joined:
    """Find the sample of each row. Raises ConfigError where rows and samples do not fit."""
    import numpy as np

    samples = facts.run("SELECT sample_id, path FROM samples ORDER BY sample_id")
    place = np.full(1 + max((number for number, _ in samples), default=-1), -1, np.int64)
    if given.paths is None:
        if len(samples) != len(given.values):
            text = f"there are {len(given.values):,} rows and {len(samples):,} samples; "
            order = "rows must be in the order of: datalint query 'select path from samples order by sample_id'"
            raise ConfigError(text + order, given.name)
        place[[number for number, _ in samples]] = np.arange(len(samples))
    else:
        row = {path: number for number, path in enumerate(given.paths)}
        unknown = row.keys() - {path for _, path in samples}
        if unknown:
            first = min(unknown)
            near = did_you_mean(first, [path for _, path in samples[:1000]])
            raise ConfigError(f"{first!r} is no image of the dataset{near} ({len(unknown):,} such paths)", given.name)
        for number, path in samples:
            place[number] = row.get(path, -1)
    labels = {label for (label,) in facts.run("SELECT DISTINCT label FROM sample_labels")}
    values, classes = as_probabilities(given, labels)
    if classes is not None and labels.isdisjoint(classes):
        example = f", as {min(labels)!r} is" if labels else ", which has none"
        text = f"no class of the probabilities ({classes[0]!r}, ...) is a label of the dataset{example}"
        raise ConfigError(text, given.name)
    return Joined(values, classes, place)
