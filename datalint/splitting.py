"""A split to suggest for a dataset, from its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datalint.augment.splits import TEST, VALIDATION, joined, suggest_splits

if TYPE_CHECKING:
    from datalint.planning import Collected


def splits(data: Collected, seed: int) -> list[tuple[str, str, str]]:
    """Suggest a split: path, label and split of every labelled image. What is in a split that exists stays there."""
    facts = data.facts
    rows = facts.run(
        "SELECT sample_id, path, label, split, role FROM samples WHERE label IS NOT NULL ORDER BY path, sample_id"
    )
    roles = {role for *_, role in rows if role}
    missing = frozenset({TEST, VALIDATION} - roles)
    place = {row[0]: number for number, row in enumerate(rows)}
    pairs = facts.run(
        """SELECT min(sample_id) OVER (PARTITION BY kind, group_id), sample_id FROM (
            SELECT 'same' AS kind, group_id, sample_id FROM duplicates
            UNION ALL SELECT 'near', group_id, sample_id FROM near_duplicates)"""
    )
    groups = joined(((place[a], place[b]) for a, b in pairs if a in place and b in place), len(rows))
    # A group that has an image in a split that exists is for no other.
    bound = {int(groups[number]) for number, row in enumerate(rows) if row[4] in (TEST, VALIDATION)}
    free = [number for number, row in enumerate(rows) if row[4] in (None, "train") and int(groups[number]) not in bound]
    chosen = suggest_splits([rows[number][2] for number in free], groups[free], seed, missing)
    suggested = dict(zip(free, chosen, strict=True))
    return [
        (path, label, suggested.get(number, role or split or "train"))
        for number, (_, path, label, split, role) in enumerate(rows)
    ]
