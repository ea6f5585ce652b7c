"""What is kept of a search for near-duplicates, so that the next one has to look for those of new images only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import numpy as np

    from datalint.facts.store import Facts
    from datalint.model import Columns

    Array: TypeAlias = "np.ndarray[Any, Any]"


def remember_search(facts: Facts, compared: Array, layouts: Array, changes: int) -> None:
    """Keep which images were compared (int32[k]), their colour layouts (float32[k, 38]), and the changes since."""
    import numpy as np

    facts.insert("kept.compared", {"sample_id": compared, "place": np.arange(len(compared), dtype=np.int32)})
    # As one value, for the engine would try to compress many.
    kept = layouts.astype(np.float32).tobytes()
    facts.connection.execute("INSERT INTO kept.search VALUES (?, ?)", [changes, kept])


class EarlierPairs(NamedTuple):
    """The near-duplicates of an earlier run, and what it compared."""

    pairs: Columns
    """Rows of ``near_pairs`` with ``digest_a`` and ``digest_b`` in place of the ids."""
    compared: Array
    """int32[k], sample_ids of images whose content was compared, ascending."""
    layouts: Array
    """float32[k, 38], their colour layouts."""
    gone: int
    """Images that were compared and are no more."""
    changes: int
    """Images that came or went since all were last searched anew, before this run."""


def earlier_pairs(facts: Facts) -> EarlierPairs | None:
    """Look up what the attached snapshot knows of near-duplicates; None for a broken one."""
    import duckdb
    import numpy as np

    try:
        pairs = facts.columns(
            """SELECT a.content_digest AS digest_a, b.content_digest AS digest_b, pairs.* EXCLUDE (sample_a, sample_b)
            FROM earlier.near_pairs AS pairs JOIN earlier.pixels AS a ON a.sample_id = sample_a
                JOIN earlier.pixels AS b ON b.sample_id = sample_b"""
        )
        compared = facts.columns(
            """SELECT pixels.sample_id, place FROM pixels JOIN (
                SELECT content_digest, place FROM earlier.pixels JOIN earlier.kept.compared USING (sample_id)
            ) USING (content_digest) ORDER BY pixels.sample_id"""
        )
        before = facts.run("SELECT count(*) FROM earlier.kept.compared")[0][0]
        ((changes, layouts),) = facts.run("SELECT changes, layouts FROM earlier.kept.search")
        still = facts.run(
            """SELECT count(DISTINCT content_digest) FROM earlier.pixels JOIN earlier.kept.compared USING (sample_id)
            WHERE content_digest IN (SELECT content_digest FROM pixels)"""
        )[0][0]
    except (duckdb.Error, ValueError):
        return None
    vectors = np.frombuffer(layouts, np.float32).reshape(max(1, before), -1)[compared["place"]]
    return EarlierPairs(pairs, compared["sample_id"], vectors, before - still, changes)
