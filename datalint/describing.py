"""The dataset as the first lines of a report tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datalint.model import Common, DatasetFacts, LabelCount

if TYPE_CHECKING:
    from datalint.collecting import Data
    from datalint.relating import Measured


def described(data: Data, other: Measured | None) -> DatasetFacts:
    """Describe a dataset whose tables are filled, and the ``other`` one that it is compared with."""
    facts = data.facts
    splits = dict(facts.run("SELECT split, images FROM splits ORDER BY split"))
    labels: dict[str, Any] = {}
    for label, split, images in facts.run("SELECT label, split, images FROM class_splits ORDER BY label, split"):
        count = labels.setdefault(label, LabelCount(0, {}))
        by_split = count.splits if split is None else {**count.splits, split: images}
        labels[label] = LabelCount(count.total + images, by_split)
    notices = [*data.about.notices, *([data.problem] if data.problem else [])]
    if other is not None:
        decoded = other.facts.run("SELECT count(*) FROM pixels")[0][0]
        notices.append(f"compared with {other.name}: {decoded:,} of {len(other.images):,} images could be decoded")
    return DatasetFacts(
        name=data.about.name,
        root=data.about.root,
        layout=data.about.layout,
        description=data.about.description,
        images=facts.run("SELECT count(*) FROM samples")[0][0],
        splits=splits,
        labels=labels,
        notices=tuple(notices),
        population=tuple(Common(*row) for row in facts.run("SELECT what, fails_on FROM population")),
    )
