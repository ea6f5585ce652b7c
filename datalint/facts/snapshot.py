"""The tables of one dataset, kept from run to run in a database file of their own.

While a run fills it, the file ends in ``.partial``. Every batch is a transaction, so of a run that was killed all but
the batch in flight can be taken over by the next.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.facts.store import Facts, quoted
from datalint.storage import FileState, state

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from datalint.storage.state import TreeState

_FORMAT = 5  # of what is kept beside the tables of the schema
_KEPT = """
    CREATE SCHEMA kept;
    CREATE TABLE kept.about (about VARCHAR);
    CREATE TABLE kept.compared (sample_id INTEGER, place INTEGER);
    CREATE TABLE kept.blobs (blob VARCHAR, bytes BIGINT);
    CREATE TABLE kept.files (sample_id INTEGER, bytes BIGINT, modified BIGINT, changed BIGINT, inode BIGINT);
    CREATE TABLE kept.tree (names BLOB, states BLOB);
    CREATE TABLE kept.search (changes BIGINT, layouts BLOB);
"""
PER_IMAGE = ("headers", "pixels", "thumbnails", "unmeasured")


class About(NamedTuple):
    """What a snapshot says of itself."""

    measured: Mapping[str, Any]
    """Versions of all that decides what is measured of an image."""
    versions: Mapping[str, Any]
    """Versions of all else that its tables depend on, apart from the files."""
    tables: list[str]
    """Those that are filled."""
    taken: int
    """Time before the files were looked at, ns since 1970."""
    thumbnails: str
    """Name of the file of thumbnails."""
    root: str = ""
    """Where the dataset is, as Python decodes file names."""
    tree: str | None = None
    """Digest of all files as they were, when nothing else decides what the tables hold."""
    contained: bool = False
    """Whether nothing but files below the root decides what the tables hold."""
    dataset: Sequence[Any] | None = None
    """What there is to tell of the dataset; None while the snapshot is not finished."""


def begin(file: Path, thumbnails: Path, about: About) -> Facts:
    """Begin a snapshot in a new file."""
    facts = Facts(file, thumbnails)
    facts.run(_KEPT)
    describe(facts, about)
    return facts


def describe(facts: Facts, about: About) -> None:
    """Write what the snapshot says of itself."""
    facts.run(f"DELETE FROM kept.about; INSERT INTO kept.about VALUES ({quoted(json.dumps([_FORMAT, about]))})")


def reopen(file: Path, thumbnails: Path | None, read_only: bool = True) -> tuple[Facts, About] | None:
    """Open a snapshot; None for one that is broken, or in use where it is to be changed."""
    import duckdb

    try:
        facts = Facts.opened(file, thumbnails, read_only)
    except duckdb.Error:
        return None
    try:
        return facts, _about(facts.run("SELECT about FROM kept.about"))
    except (duckdb.Error, ValueError, TypeError, IndexError):
        facts.close()
        return None


def open_tables(file: Path) -> Facts | None:
    """Open kept tables for a person who asks for them, with the thumbnails of the same cache."""
    opened = reopen(file, None)
    if opened is None:
        return None
    facts, about = opened
    facts.use_thumbnails(file.parent.parent / about.thumbnails)
    return facts


@contextmanager
def attached(facts: Facts, file: Path) -> Iterator[About | None]:
    """Attach an earlier snapshot as ``earlier``; gives None for one that is broken or that another process writes."""
    import duckdb

    try:
        facts.run(f"ATTACH {quoted(file)} AS earlier (READ_ONLY)")
    except duckdb.Error:
        yield None
        return
    try:
        try:
            about = _about(facts.run("SELECT about FROM earlier.kept.about"))
        except (duckdb.Error, ValueError, TypeError, IndexError):
            about = None
        yield about
    finally:
        facts.run("DETACH earlier")


def remember_states(facts: Facts, states: Mapping[int, FileState]) -> None:
    """Keep the states of images' files, by sample_id, as they are before they are read."""
    import numpy as np

    numbers = np.array([(number, *state) for number, state in states.items()], np.int64).reshape(
        -1, 1 + len(FileState._fields)
    )
    names = ("sample_id", *FileState._fields)
    facts.insert("kept.files", dict(zip(names, numbers.T.copy(), strict=True)))


def count_files(facts: Facts) -> int:
    """Count the images whose files' states are kept."""
    count: int = facts.run("SELECT count(*) FROM kept.files")[0][0]
    return count


def all_read(facts: Facts) -> bool:
    """Tell whether every image was read; one that could not be may be readable next time, though it did not change."""
    return not facts.run(
        """SELECT 1 FROM samples ANTI JOIN pixels USING (sample_id) LEFT JOIN unmeasured USING (sample_id)
        WHERE content_digest IS NULL LIMIT 1"""
    )


def remember_tree(facts: Facts, tree: TreeState) -> None:
    """Keep the names and states of all files, as they were looked at."""
    facts.run("DELETE FROM kept.tree")
    facts.connection.execute("INSERT INTO kept.tree VALUES (?, ?)", [*tree.packed()]).fetchall()


def remember_blobs(facts: Facts, sizes: Mapping[str, int]) -> None:
    """Keep what is known of blobs of git: their sizes."""
    import numpy as np

    facts.run("DELETE FROM kept.blobs")
    if not sizes:
        return
    blobs = {"blob": np.array(list(sizes), object), "bytes": np.fromiter(sizes.values(), np.int64, len(sizes))}
    facts.insert("kept.blobs", blobs)


def blob_sizes(facts: Facts, schema: str = "kept") -> dict[str, int]:
    """Return what is known of blobs of git, in this snapshot or the attached one (``earlier.kept``)."""
    columns = facts.columns(f"SELECT blob, bytes FROM {schema}.blobs")
    return dict(zip(columns["blob"].tolist(), columns["bytes"].tolist(), strict=True))


def recall(facts: Facts, taken: int) -> set[int]:
    """Take over the measurements of images whose files are as they were; returns their sample_ids.

    The earlier snapshot is attached and looked at its files at ``taken``; the states of today are remembered. What
    could not be read at all is not taken over, nor is what was taken over before.
    """
    import duckdb

    facts.run("BEGIN")
    try:
        facts.run(
            f"""CREATE TEMP TABLE recalled AS
            SELECT today.sample_id, before.sample_id AS earlier_id
            FROM kept.files AS today JOIN samples USING (sample_id)
                JOIN earlier.samples AS earlier_sample ON earlier_sample.path = samples.path
                JOIN earlier.kept.files AS before ON before.sample_id = earlier_sample.sample_id
            WHERE (today.bytes, today.modified, today.changed, today.inode)
                    = (before.bytes, before.modified, before.changed, before.inode)
                AND greatest(before.modified, before.changed) < {taken - state.GRAIN_NS}
                AND before.sample_id IN (
                    SELECT sample_id FROM earlier.thumbnails WHERE slot < {len(facts.thumbnails)}
                    UNION ALL SELECT sample_id FROM earlier.unmeasured WHERE content_digest IS NOT NULL
                )
                AND today.sample_id NOT IN (SELECT sample_id FROM pixels UNION ALL SELECT sample_id FROM unmeasured)"""
        )
        for table in PER_IMAGE:
            facts.run(
                f"""INSERT INTO {table} BY NAME SELECT recalled.sample_id, found.* EXCLUDE (sample_id)
                FROM recalled JOIN earlier.{table} AS found ON found.sample_id = earlier_id"""
            )
        found = {sample_id for (sample_id,) in facts.run("SELECT sample_id FROM recalled")}
        facts.run("DROP TABLE recalled")
        facts.run("COMMIT")
    except duckdb.Error:  # the file is broken
        facts.run("ROLLBACK")
        return set()
    return found


def in_use(file: Path) -> bool:
    """Tell whether another process fills this snapshot."""
    import duckdb

    try:
        duckdb.connect(str(file), read_only=True).close()
    except duckdb.Error as error:
        return "lock" in str(error).lower()
    return False


def _about(rows: list[Any]) -> About:
    format_, about = json.loads(rows[0][0])
    if format_ != _FORMAT:
        raise ValueError("written by another version")
    return About(*about)
