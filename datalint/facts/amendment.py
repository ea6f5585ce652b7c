"""The tables of an earlier run, in a copy of their file, made to fit a dataset of which little changed.

That costs what changed: images that stay keep their rows, and where others come or go, their numbers move up or down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from datalint.facts.snapshot import PER_IMAGE, all_read, blob_sizes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from datalint.facts.snapshot import About
    from datalint.facts.store import Facts
    from datalint.model import Columns
    from datalint.storage.state import Changes, TreeState

_RELATIONS = (
    "duplicates",
    "near_pairs",
    "near_duplicates",
    "background",
    "file_traits",
    "variation",
    "diversity",
    "class_colours",
    "population",
    "suspects",
    "label_quality",
    "drift",
    "kept.compared",
    "kept.search",
)
FEW = 0.1
"""Share of the files that may differ."""
_MEASURED = (*PER_IMAGE, "kept.files")


class Base(NamedTuple):
    """An earlier run's tables, and how the files differ from those that it looked at."""

    file: Path
    about: About
    changes: Changes
    blobs: Mapping[str, int]
    """Sizes of blobs of git."""

    @classmethod
    def of(cls, facts: Facts, file: Path, about: About, tree: TreeState) -> Base | None:
        """Compare files with those of a finished snapshot; None where too much changed, or has to be tried again."""
        import duckdb

        try:
            if not about.contained or not all_read(facts):
                return None
            ((names, states),) = facts.run("SELECT names, states FROM kept.tree")
            ((slots,),) = facts.run("SELECT 1 + coalesce(max(slot), -1) FROM thumbnails")
            blobs = blob_sizes(facts)
        except (duckdb.Error, ValueError):  # the file is broken
            return None
        changes = tree.changes(names, states, about.taken)
        few = len(changes.added) + len(changes.removed) + len(changes.resized) <= FEW * len(tree)
        return cls(file, about, changes, blobs) if few and slots <= len(facts.thumbnails) else None


class Renewed(NamedTuple):
    """The listing tables of a dataset to which images were added, or from which they were removed."""

    kept: Columns
    """Images that stay: ``earlier_id`` and ``sample_id``, both ascending."""
    samples: Columns
    """Rows of those that are new."""
    files: Columns
    """Rows of those that are new."""
    gone: Sequence[str]
    """Paths of files that are no more."""
    small: Mapping[str, Columns]
    """Tables that are made anew."""


def places(facts: Facts) -> set[tuple[str, str | None, str | None, str | None]]:
    """Return the folders of images, with the split, the role and the label that they have there."""
    return set(facts.run("SELECT DISTINCT parse_dirpath(path, 'forward_slash'), split, role, label FROM samples"))


def paths(facts: Facts) -> list[str]:
    """Return the paths of all samples, in order of sample_id."""
    found: list[str] = facts.columns("SELECT path FROM samples ORDER BY sample_id")["path"].tolist()
    return found


def numbers(facts: Facts, asked: Sequence[str]) -> dict[str, int] | None:
    """Return the sample_ids of images by path; None unless each of them is one sample, and was no pointer."""
    rows = facts.connection.execute(
        """SELECT path, sample_id FROM samples JOIN files USING (path)
        WHERE path IN (SELECT unnest(?::VARCHAR[])) AND pointer IS NULL""",
        [asked],
    ).fetchall()
    return dict(rows) if len(rows) == len({path for path, _ in rows}) == len(asked) else None


def digests(facts: Facts, sample_ids: Sequence[int]) -> dict[int, str]:
    """Return what is known of images' contents: the SHA-256 of their bytes, hexadecimal, by sample_id."""
    return dict(
        facts.connection.execute(
            """SELECT sample_id, content_digest FROM (SELECT sample_id, content_digest FROM pixels
                UNION ALL SELECT sample_id, content_digest FROM unmeasured WHERE content_digest IS NOT NULL)
            WHERE sample_id IN (SELECT unnest(?::INTEGER[]))""",
            [sample_ids],
        ).fetchall()
    )


def forget_states(facts: Facts, sample_ids: Sequence[int]) -> None:
    """Remove how images' files were when they were read."""
    _forget(facts, ("kept.files",), sample_ids)


def forget_relations(facts: Facts) -> None:
    """Remove what holds between images."""
    for table in _RELATIONS:
        facts.run(f"DELETE FROM {table}")


def forget(facts: Facts, sample_ids: Sequence[int]) -> None:
    """Remove what was measured of images."""
    _forget(facts, _MEASURED, sample_ids)


def _forget(facts: Facts, tables: Iterable[str], sample_ids: Sequence[int]) -> None:
    for table in tables:
        facts.connection.execute(
            f"DELETE FROM {table} WHERE sample_id IN (SELECT unnest(?::INTEGER[]))", [sample_ids]
        ).fetchall()


def resize(facts: Facts, sizes: Mapping[str, int]) -> None:
    """Write the sizes of files in bytes, by path."""
    for path, size in sizes.items():
        facts.connection.execute("UPDATE files SET bytes = ? WHERE path = ?", [size, path]).fetchall()


def renew(facts: Facts, listing: Renewed) -> None:
    """Let images and files come and go, and give those that stay their new numbers."""
    facts.connection.register("staying", dict(listing.kept))
    for table in ("samples", *_MEASURED):
        facts.run(f"DELETE FROM {table} WHERE sample_id NOT IN (SELECT earlier_id FROM staying)")
        facts.run(
            f"""UPDATE {table} SET sample_id = staying.sample_id FROM staying
            WHERE {table.rpartition(".")[2]}.sample_id = earlier_id AND earlier_id <> staying.sample_id"""
        )
    facts.connection.unregister("staying")
    facts.connection.execute("DELETE FROM files WHERE path IN (SELECT unnest(?::VARCHAR[]))", [listing.gone]).fetchall()
    for table in listing.small:
        facts.run(f"DELETE FROM {table}")
    for table, columns in {"samples": listing.samples, "files": listing.files, **listing.small}.items():
        if columns and len(next(iter(columns.values()))):
            facts.insert(table, columns)
