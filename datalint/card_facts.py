"""What a dataset card tells of a dataset: measured facts, and what the recommended rules found."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from datalint import discover, pipeline
from datalint.config import RuleLayer
from datalint.label_errors import estimate
from datalint.licences import FILES, READ, Licence, read_licence
from datalint.marking import read_marks, strata_of
from datalint.report.card_record import CardFacts, Copies, Images, LabelErrors, SplitFacts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from datalint.config import Config
    from datalint.model import Report

    Query = Callable[[str], list[Any]]

_LEFT_OUT = ("REP", "PRV003")
"""What depends on the clone, or on the card itself."""
_COPIES = """
    SELECT count(*), coalesce(sum(copies), 0),
        count(*) FILTER (WHERE len(labels) > 1), count(*) FILTER (WHERE len(splits) > 1)
    FROM {table} WHERE kind IN {kinds}
"""
_FORMATS = """
    SELECT coalesce(format, 'values in an array'),
        CASE WHEN colour THEN 'colour' ELSE 'grey' END || CASE WHEN alpha THEN ' with transparency' ELSE '' END,
        bit_depth, count(*)
    FROM headers GROUP BY ALL ORDER BY count(*) DESC, 1, 2, 3
"""
_SIZES = "SELECT width, height, count(*) FROM headers GROUP BY ALL ORDER BY count(*) DESC, width, height"
_BYTES = "SELECT sum(coalesce(content_bytes, bytes)) FROM files SEMI JOIN samples USING (path)"
# From the address of a URL only the server: what comes before it may be a password.
_SERVERS = r"""
    SELECT regexp_extract(path, '^[a-z][a-z0-9+.-]*://(?:[^/@]*@)?([^/:]+)', 1) AS server, count(*) FROM samples
    WHERE server <> '' GROUP BY server ORDER BY count(*) DESC, server
"""
_SPLITS = """
    SELECT own.split, any_value(role), count(*), coalesce(sum(coalesce(content_bytes, bytes)), 0), min(path), max(path)
    FROM samples own LEFT JOIN files USING (path) WHERE own.split IS NOT NULL GROUP BY own.split ORDER BY own.split
"""
# Where the Hugging Face hub's loader of image folders sees the same classes: the last folder is the class, all images
# are as deep in folders, there are two classes or more, and no manifest says otherwise.
_FOLDERS_ARE_CLASSES = r"""
    SELECT count(DISTINCT label) > 1 AND bool_and(
        label IS NOT NULL AND regexp_extract(path, '([^/]+)/[^/]+$', 1) = label AND path IN (SELECT path FROM files)
    ) AND count(DISTINCT len(string_split(path, '/'))) = 1 AND NOT EXISTS (SELECT 1 FROM manifest_rows)
    FROM samples
"""


def describe(dataset: str, config: Config, run: pipeline.Run, marks: Path | None = None) -> CardFacts:
    """Check a dataset by the recommended rules, whatever the project has configured, and collect what a card tells.

    ``marks`` say which labels of a sample are wrong. Raises DatalintError where these or the dataset cannot be read.
    """
    label_errors = None if marks is None else _label_errors(marks)
    recommended = RuleLayer(ignore=_LEFT_OUT, file=config.layer.file)
    plain = replace(
        config,
        profile="recommended",
        fail_on="never",
        baseline=None,
        suppressions=(),
        rule_paths=(),
        layer=recommended,
        command_line=RuleLayer(),
    )
    report = pipeline.check(dataset, plain, run)
    samples = report.table("samples")

    def query(sql: str) -> list[Any]:
        result = samples.query("own", sql)
        return [] if result is None else result.fetchall()

    return CardFacts(
        report=report,
        multi_label=bool(query("SELECT bool_or(multi_label) FROM dataset")[0][0]),
        objects=bool(query("SELECT count(*) FROM objects")[0][0]),
        counts=dict(query("SELECT what, value FROM counts ORDER BY what")),
        splits=_splits(query),
        folders_are_classes=os.path.isdir(dataset) and bool(query(_FOLDERS_ARE_CLASSES)[0][0]),
        images=_images(query),
        licence=_licence(dataset, run.staged, report, query),
        owners=_ranked(query, "copyright"),
        cameras=_ranked(query, "camera"),
        located=query("SELECT count(*) FROM headers WHERE gps IS NOT NULL")[0][0],
        servers=query(_SERVERS),
        copies=[
            (
                "exact duplicates",
                Copies(*query(_COPIES.format(table="duplicate_groups", kinds="('bytes', 'pixels')"))[0]),
            ),
            ("near-duplicates", Copies(*query(_COPIES.format(table="near_duplicate_groups", kinds="('copies')"))[0])),
            ("bursts", Copies(*query(_COPIES.format(table="near_duplicate_groups", kinds="('burst')"))[0])),
        ],
        label_errors=label_errors,
    )


def _label_errors(file: Path) -> LabelErrors:
    strata = strata_of(read_marks(file))
    shares = (round(share, 4) for share in estimate(strata))
    return LabelErrors(sum(one.judged for one in strata), sum(one.wrong for one in strata), *shares)


def _ranked(query: Query, column: str) -> list[tuple[str, int]]:
    return query(
        f"SELECT {column}, count(*) FROM headers WHERE {column} IS NOT NULL "
        f"GROUP BY {column} ORDER BY count(*) DESC, {column}"
    )


def _images(query: Query) -> Images:
    headers, narrow, wide, low, high = query(
        "SELECT count(*), min(width), max(width), min(height), max(height) FROM headers"
    )[0]
    ((bytes_,),) = query(_BYTES)
    return Images(
        headers=headers,
        formats=query(_FORMATS),
        sizes=query(_SIZES),
        widths=(narrow, wide),
        heights=(low, high),
        bytes=None if bytes_ is None else int(bytes_),
        unmeasured=query("SELECT kind, count(*) FROM unmeasured GROUP BY kind ORDER BY kind"),
    )


def _splits(query: Query) -> dict[str, SplitFacts]:
    found = {}
    for split, role, images, size, first, last in query(_SPLITS):
        # All paths between the first and the last begin with what these two have in common.
        pairs = zip(first.split("/")[:-1], last.split("/")[:-1], strict=False)
        shared = [one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)]
        folder = "/".join(shared[: shared.index(split) + 1]) if split in shared else None
        found[split] = SplitFacts(role, images, int(size), folder)
    return found


def _licence(dataset: str, staged: bool, report: Report, query: Query) -> Licence | None:
    """Read the first file at the dataset's root that is named like a licence."""
    names = [name for (name,) in query("SELECT path FROM files WHERE folder = '' AND kind = 'other' ORDER BY path")]
    storage = discover.storage_of(dataset, staged)
    for name in names:
        if storage is not None and re.fullmatch(FILES, name):
            try:
                with storage.open(name) as file:
                    return read_licence(name, file.read(4 * READ).decode("utf-8", "replace"))
            except OSError:
                return Licence(name, None, "")
    return None
