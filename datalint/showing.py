"""Everything that is known of one image: what is said of it, what was measured, its copies, the findings about it."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from datalint import pipeline
from datalint.errors import DatasetError, did_you_mean
from datalint.model import escape_name
from datalint.report import printable
from datalint.report.image import ImageFacts, Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datalint.config import Config
    from datalint.facts import Facts
    from datalint.model import Finding

_TABLES = ("files", "headers", "pixels", "thumbnails", "unmeasured", "duplicates", "near_duplicates", "locked")
_MOST_NEAR = 2000  # names that are searched for one like the name that was given

_KNOWN = """
    SELECT 1 FROM samples WHERE path = $1 UNION ALL SELECT 1 FROM files WHERE path = $1
    UNION ALL SELECT 1 FROM manifest_rows WHERE name = $1 LIMIT 1
"""
_COPIES = """
    SELECT path, split, label, kind, mine.keeper AS keep_this FROM duplicates mine
    JOIN duplicates other USING (group_id, kind) JOIN samples ON other.sample_id = samples.sample_id
    WHERE mine.sample_id IN ({ids}) AND other.sample_id NOT IN ({ids}) ORDER BY path, split
"""
# Pairs, and further members of the groups that it is in; exact duplicates are told by themselves.
_NEAR = """
    WITH pairs AS (
        SELECT CASE WHEN sample_a IN ({ids}) THEN sample_b ELSE sample_a END AS sample_id,
            changes, distance, similarity, confidence
        FROM near_pairs WHERE sample_a IN ({ids}) OR sample_b IN ({ids})
    ), members AS (
        SELECT other.sample_id FROM near_duplicates mine JOIN near_duplicates other USING (group_id)
        WHERE mine.sample_id IN ({ids})
        UNION SELECT sample_id FROM pairs
    )
    SELECT path, split, label, nullif(any_value(changes), '') AS changes, min(distance) AS distance,
        max(similarity) AS similarity, max(confidence) AS confidence
    FROM members JOIN samples USING (sample_id) LEFT JOIN pairs USING (sample_id)
    WHERE sample_id NOT IN ({ids}) AND sample_id NOT IN (
        SELECT other.sample_id FROM duplicates mine JOIN duplicates other USING (group_id)
        WHERE mine.sample_id IN ({ids})
    )
    GROUP BY ALL ORDER BY confidence DESC NULLS LAST, path, split
"""


def image_facts(dataset: str, image: str, config: Config, run: pipeline.Run) -> ImageFacts:
    """Collect what is known of an image.

    ``image`` is its path in the dataset, as reports print it or as Python decodes it, or a path that leads there.
    Raises DatasetError where the dataset has no such image.
    """
    with _remembering(run) as remembering:
        data = pipeline.read(dataset, config, remembering, _TABLES)
        path = _name(data.facts, dataset, image)
        report = pipeline.check(dataset, config, remembering)
        findings = [finding for finding in report.findings if path in finding.paths]
        return _collected(data.facts, data.about.root, path, findings)


@contextmanager
def _remembering(run: pipeline.Run) -> Iterator[pipeline.Run]:
    """Run with a cache, for as long as this takes where none is to be kept: two passes then measure once."""
    if run.cache is not None:
        yield run
        return
    with tempfile.TemporaryDirectory(prefix="datalint-") as folder:
        yield run._replace(cache=Path(folder))


def _name(facts: Facts, dataset: str, image: str) -> str:
    """Return the path by which the dataset knows an image. Raises DatasetError."""
    inside = os.path.relpath(os.path.abspath(image), os.path.abspath(dataset)).replace(os.sep, "/")
    in_array = f"{os.path.basename(dataset)}:{image}"
    printed = [image] if image.isprintable() else []  # such as Python decodes it, it may be no text
    for name in (*printed, *map(escape_name, (image, inside, in_array))):
        if _rows(facts, _KNOWN, name):
            return name
    # What reports print has control characters as escapes.
    for (path,) in facts.run("SELECT path FROM samples ORDER BY path"):
        if image == printable(path):
            return str(path)
    raise DatasetError(f"{escape_name(dataset)}: has no image {escape_name(image)}{_like(facts, escape_name(image))}")


def _like(facts: Facts, image: str) -> str:
    """Suggest an image of the same file name, else one whose path is like it."""
    same = "SELECT path FROM samples WHERE path = $1 OR ends_with(path, '/' || $1) ORDER BY path LIMIT 1"
    if found := _rows(facts, same, image.rpartition("/")[2]):
        return f"; did you mean {found[0]['path']!r}?"
    return did_you_mean(image, [path for (path,) in facts.run(f"SELECT path FROM samples LIMIT {_MOST_NEAR}")])


def _collected(facts: Facts, root: str, path: str, findings: Sequence[Finding]) -> ImageFacts:
    numbers = [row["sample_id"] for row in _rows(facts, "SELECT sample_id FROM samples WHERE path = $1", path)]
    ids = ", ".join(map(str, [-1, *numbers]))

    def of_sample(table: str) -> list[Row]:
        return _rows(facts, f"SELECT DISTINCT * EXCLUDE (sample_id) FROM {table} WHERE sample_id IN ({ids})")

    def first(rows: list[Row]) -> Row | None:
        return rows[0] if rows else None

    pixels = first(of_sample("pixels"))
    content = _rows(facts, f"SELECT content FROM contents WHERE sample_id IN ({ids}) AND content IS NOT NULL")
    return ImageFacts(
        dataset=root,
        path=path,
        samples=_rows(facts, "SELECT split, role, label, labels, levels FROM samples WHERE path = $1", path),
        manifest_rows=_rows(
            facts,
            f"SELECT position, name, split, label FROM manifest_rows WHERE sample_id IN ({ids}) OR name = $1 "
            "ORDER BY row",
            path,
        ),
        attributes=of_sample("attributes"),
        objects=of_sample("objects"),
        file=first(_rows(facts, "SELECT * FROM files WHERE path = $1", path)),
        header=first(of_sample("headers")),
        pixels=pixels,
        unmeasured=first(of_sample("unmeasured")),
        locked=_rows(facts, "SELECT * FROM locked WHERE content = $1", content[0]["content"]) if content else [],
        duplicates=_rows(facts, _COPIES.format(ids=ids)),
        near_duplicates=_rows(facts, _NEAR.format(ids=ids)),
        findings=[*findings],
        thumbnail=facts.thumbnails_of(numbers[:1])[0] if pixels else None,
    )


def _rows(facts: Facts, sql: str, *values: str) -> list[Row]:
    result = facts.connection.execute(sql, [*values])
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
