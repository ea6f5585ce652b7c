"""What was measured of every content, for files that moved, were copied or came with a fresh clone.

One database file for all datasets. A run opens it twice for a moment: to ask, and to add what it measured.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from datalint.facts.store import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from datalint.facts.store import Facts

_PATIENCE = 1.0  # seconds to wait for another process
# The extension is part of what is measured: the header says which format the name stands for.
_SUFFIX = r"lower(regexp_extract(samples.path, '\.[^./\\]*$'))"
_MEASURED = f"""
    SELECT pixels.content_digest AS digest, {_SUFFIX} AS suffix, files.bytes AS bytes,
        headers.* EXCLUDE (sample_id), pixels.* EXCLUDE (sample_id), slot
    FROM pixels JOIN headers USING (sample_id) JOIN thumbnails USING (sample_id) JOIN samples USING (sample_id)
        LEFT JOIN files USING (path)
"""


class InUseError(Exception):
    """Another process holds the file, and went on holding it."""


def candidates(facts: Facts, asked: Sequence[int]) -> set[int]:
    """Return those sample_ids of images whose size in bytes is that of a known content; the store is attached."""
    rows = facts.connection.execute(
        """SELECT sample_id FROM samples JOIN files USING (path)
        WHERE sample_id IN (SELECT unnest(?::INTEGER[])) AND bytes IN (SELECT bytes FROM store.contents)""",
        [asked],
    ).fetchall()
    return {sample_id for (sample_id,) in rows}


def recall(facts: Facts, digests: Mapping[int, str], pixel_limit: int) -> set[int]:
    """Take over the measurements of images (sample_id to content digest) whose content is known.

    Returns their sample_ids. Images with more pixels than the limit are left out, as if they had never been decoded.
    The store is attached. Raises duckdb.Error for a broken one, having taken over nothing.
    """
    import duckdb
    import numpy as np

    ids = np.array(list(digests), np.int32)
    facts.run("BEGIN")
    try:
        facts.connection.register("asked", {"sample_id": ids, "digest": np.array(list(digests.values()), object)})
        # A table of its own: joined at once, the engine has been seen to begin with all pairs of equal suffixes.
        facts.run(
            f"""CREATE TEMP TABLE named AS
            SELECT sample_id, digest, {_SUFFIX} AS suffix FROM asked JOIN samples USING (sample_id)"""
        )
        facts.run(
            f"""CREATE TEMP TABLE recalled AS
            SELECT sample_id, found.* FROM named JOIN store.contents AS found USING (digest, suffix)
            WHERE CAST(width AS UBIGINT) * height <= {pixel_limit} AND slot < {len(facts.thumbnails)}"""
        )
        for table in ("headers", "pixels", "thumbnails"):
            columns = ", ".join(name for name, *_ in facts.run(f"DESCRIBE {table}"))
            facts.run(f"INSERT INTO {table} BY NAME SELECT {columns} FROM recalled")
        found = {sample_id for (sample_id,) in facts.run("SELECT sample_id FROM recalled")}
        facts.run("DROP TABLE recalled; DROP TABLE named")
        facts.run("COMMIT")
    except duckdb.Error:
        facts.run("ROLLBACK")
        raise
    finally:
        facts.connection.unregister("asked")
    return found


def keep(facts: Facts, file: Path, sample_ids: Sequence[int] | None = None) -> None:
    """Add what was measured of contents that were not known, or of those of some samples.

    Raises InUseError, or duckdb.Error for a broken store.
    """
    some = "" if sample_ids is None else "WHERE sample_id IN (SELECT unnest(?::INTEGER[]))"
    with attached(facts, file, read_only=False):
        facts.connection.execute(
            f"""INSERT INTO store.contents BY NAME
            SELECT DISTINCT ON (digest, suffix) * FROM ({_MEASURED} {some}) AS measured
            WHERE NOT EXISTS (
                SELECT 1 FROM store.contents AS known
                WHERE known.digest = measured.digest AND known.suffix = measured.suffix
            )""",
            [] if sample_ids is None else [sample_ids],
        ).fetchall()


@contextmanager
def attached(facts: Facts, file: Path, read_only: bool) -> Iterator[None]:
    """Attach the store as ``store``. Raises InUseError where another process holds it for long, or duckdb.Error."""
    import duckdb

    patience = time.monotonic() + _PATIENCE
    while True:
        try:
            facts.run(f"ATTACH {quoted(file)} AS store {'(READ_ONLY)' if read_only else ''}")
            break
        except duckdb.Error as error:
            if "lock" not in str(error).lower():
                raise
            if time.monotonic() > patience:
                raise InUseError(f"{file} is in use by another process") from None
            time.sleep(0.02)
    try:
        if not read_only:
            facts.run(f"CREATE TABLE IF NOT EXISTS store.contents AS {_MEASURED} LIMIT 0")
        yield
    finally:
        facts.run("DETACH store")


def remove(file: Path) -> None:
    """Remove a database file, and what the engine keeps beside it."""
    for one in (file, file.with_name(file.name + ".wal")):
        one.unlink(missing_ok=True)
