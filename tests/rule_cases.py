"""Rule cases are data: rows given, findings expected. See ``CONTRIBUTING.md``.

``[case.given]`` holds rows by table. Every row starts from a sensible default and names only what matters; a
sample's id, path and role are made up where they are not given, and ``times`` repeats it. Rows of per-image
tables point at their sample by ``path`` (``cat/`` for all below), and without one apply to all samples that have no row
yet.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from datalint.facts import Facts, documentation

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parent / "rules"
_ROLES = {"train": "train", "training": "train", "val": "validation", "test": "test"}
_DEFAULTS: dict[str, dict[str, Any]] = {
    "dataset": {"root": "/data", "layout": "class-folders", "multi_label": False, "pixel_limit": 89_478_485},
    "samples": {"split": None, "label": "cat"},
    "folders": {"kind": "class", "split": None, "role": None, "label": None, "images": 0, "copy_of": None},
    "files": {"kind": "image", "split": None, "label": None, "bytes": 1000, "pointer": None},
    "tracked_files": {
        "blob": "00",
        "bytes": 1000,
        "content_bytes": None,
        "pointer": False,
        "lfs": False,
        "lfs_extension": None,
        "converted": None,
        "is_new": False,
    },
    "variation": {
        "split": None,
        "role": None,
        "pictures": 50,
        "measured": 50,
        "middle": 0.0,
        "spread": 0.1,
        "low": 0.08,
        "high": 0.12,
        "typical": 0.1,
    },
    "diversity": {
        "split": None,
        "role": None,
        "images": 1000,
        "originals": 1000,
        "pictures": 1000,
        "different": 1000.0,
        "different_high": 1000.0,
        "viewpoints": None,
        "lights": 5.0,
        "colours": None,
    },
    "class_colours": {
        "split": None,
        "role": None,
        "lightness": 50.0,
        "a": 0.0,
        "b": 0.0,
        "pictures": 100,
        "share": 1.0,
        "share_low": 0.95,
        "share_high": 1.0,
        "scattered": 0.0,
    },
    "population": {"fails_on": None},
    "locked": {"split": "test", "label": "cat"},
    "card": {"file": "README.md"},
    "augmented": {"content": "01", "source": "00"},
    "headers": {
        "format": "JPEG",
        "named_format": "JPEG",
        "mode": "RGB",
        "colour": True,
        "alpha": False,
        "channels": 3,
        "bit_depth": 8,
        "width": 400,
        "height": 300,
        "frames": 1,
        "orientation": 1,
        "gps": None,
        "copyright": None,
        "camera": None,
        "compression": None,
    },
    "unmeasured": {"kind": "unreadable", "reason": "truncated"},
    "pixels": {
        "content_digest": "00",
        "reduced_digest": "00",
        "phash": 0,
        "brightness": 0.5,
        "dark_level": 0.2,
        "bright_level": 0.8,
        "contrast": 0.2,
        "sharpness": 0.7,
        "entropy": 7.0,
        "saturation": 0.3,
        "chroma_range": 90,
        "temperature": 6000.0,
        "tint_a": 0.0,
        "tint_b": 0.0,
        "direction": 0.0,
        "coherence": 0.3,
        "grain": 0.1,
        **dict.fromkeys(("foreground", "polarity", "centre_x", "centre_y", "extent", "tilt", "elongation", "stroke")),
        **dict.fromkeys(("foreground_l", "foreground_a", "foreground_b")),
    },
    "thumbnails": {"slot": 0},
    "attributes": {},
    "manifest_rows": {"split": None, "label": None},
    "faults": {"file": "labels.csv", "place": None, "kind": "row", "reason": "is broken"},
    "objects": {"label": "cat", "objects": 1},
    "duplicates": {"kind": "bytes", "keeper": False},
    "near_pairs": {"distance": 2, "similarity": 0.97, "confidence": 0.99, "transform": 0, "changes": ""},
    "near_duplicates": {
        "kind": "copies",
        "distance": 2,
        "similarity": 0.97,
        "confidence": 0.99,
        "changes": "",
        "keeper": False,
    },
    "background": {
        "pictures": 40,
        "auroc": 0.5,
        "auroc_low": 0.4,
        "auroc_high": 0.6,
        "recognised": 0.05,
        "evaluation_auroc": None,
        "agreed_auroc": 0.95,
        "contrast": 3.0,
        "object_auroc": 0.5,
        "object_drop": 0.5,
        "apart": True,
        "light_auroc": 0.5,
        "light_low": 0.4,
        "light_object_auroc": 0.5,
        "backgrounds": 30.0,
        "shared": 0.0,
        "spread": 40.0,
        "spread_others": 40.0,
        "barred": 0.0,
        "barred_others": 0.0,
        "barred_gap": -0.1,
        "look": "",
        "typical": [],
        "untypical": [],
    },
    "file_traits": {
        "pictures": 40,
        "auroc": 0.5,
        "auroc_low": 0.4,
        "recognised": 0.05,
        "fields": [],
        "fields_auroc": 0.5,
        "usual": "",
    },
    "suspects": {
        "suggested": "dog",
        "probability": 0.95,
        "given_probability": 0.01,
        "method": "descriptors of thumbnails",
    },
    "label_quality": {
        "method": "descriptors of thumbnails",
        "images": 1000,
        "classes": 10,
        "accuracy": 0.9,
        "obstacle": None,
        "listed": 0,
        "precision": None,
        "recall": 0.5,
        "errors": 0.0,
        "errors_low": 0.0,
        "errors_high": 10.0,
    },
    "outliers": {"distance": 2.0},
    "drift": {
        "role": "test",
        "pictures": 200,
        "training": 800,
        "auroc": 0.5,
        "auroc_low": 0.45,
        "chance": 1.0,
        "facts": [],
        "facts_auroc": 0.5,
        "differ": "",
    },
    "contamination": {
        "other": "other",
        "other_path": "x.jpg",
        "other_label": None,
        "other_split": None,
        "kind": "near",
        "distance": 2,
        "similarity": 0.97,
        "confidence": 0.99,
        "changes": "",
    },
}
_PER_SAMPLE = {
    "headers",
    "unmeasured",
    "pixels",
    "thumbnails",
    "duplicates",
    "near_duplicates",
    "suspects",
    "outliers",
    "contamination",
    "attributes",
    "objects",
}


class Case(NamedTuple):
    """One case of one rule."""

    rule: str
    name: str
    given: dict[str, list[dict[str, Any]]]
    options: dict[str, Any]
    expect: list[dict[str, Any]]
    """What each finding must have, in order."""
    not_evaluated: str | None
    """The reason, when the rule must not be evaluated."""


def read_cases() -> list[Case]:
    """Read the cases of all rules."""
    return [
        Case(
            rule=file.stem,
            name=case["name"],
            given=case["given"],
            options=case.get("options", {}),
            expect=case.get("expect", []),
            not_evaluated=case.get("not_evaluated"),
        )
        for file in sorted(FOLDER.glob("*.toml"))
        for case in tomllib.loads(file.read_text(encoding="utf-8"))["case"]
    ]


def fill(given: dict[str, list[dict[str, Any]]]) -> Facts:
    """Fill the tables with the rows of a case."""
    facts = Facts()
    samples = _samples(given.get("samples", []))
    ids = {row["path"]: row["sample_id"] for row in samples}
    _insert(facts, "dataset", given.get("dataset", [{}]))
    _insert(facts, "samples", samples)
    for table, rows in given.items():
        if table in ("samples", "dataset"):
            continue
        if table in _PER_SAMPLE:
            rows = _per_sample(rows, ids)
        elif table == "files":
            rows = [_file(row) for row in rows]
        elif table == "tracked_files":
            rows = [{"top_path": row["path"], **row} for row in rows]
        elif table == "manifest_rows":
            rows = [_manifest_row(number, row, ids) for number, row in enumerate(rows)]
        elif table == "near_pairs":
            rows = [{**row, "sample_a": ids[row["a"]], "sample_b": ids[row["b"]]} for row in rows]
        _insert(facts, table, rows)
    return facts


def _samples(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for row in rows:
        row = {**_DEFAULTS["samples"], **row}
        if row["label"] == "":  # TOML has no null
            row["label"] = None
        for _ in range(row.pop("times", 1)):
            number = len(made)
            folders = [part for part in (row["split"], row["label"]) if part]
            path = row.get("path") or "/".join([*folders, f"{number}.jpg"])
            role = row.get("role") or _ROLES.get(str(row["split"]).lower())
            labels = row["label"].split("|") if row["label"] else []
            made.append({**row, "sample_id": number, "path": path, "role": role, "labels": labels})
    return made


def _per_sample(rows: list[dict[str, Any]], ids: dict[str, int]) -> list[dict[str, Any]]:
    named = {path for row in rows if "path" in row for path in _at(row["path"], ids)}
    made = []
    for row in rows:
        paths = _at(row["path"], ids) if "path" in row else [path for path in ids if path not in named]
        made += [{**row, "sample_id": ids[path]} for path in paths]
    return made


def _at(place: str, paths: Iterable[str]) -> list[str]:
    return [path for path in paths if path.startswith(place)] if place.endswith("/") else [place]


def _manifest_row(number: int, row: dict[str, Any], ids: dict[str, int]) -> dict[str, Any]:
    """A row points at its sample by ``path``; without one the image that it names is missing."""
    path = row.get("path")
    made = {"row": number, "position": f"labels.csv:{number + 2}", "name": path, "sample_id": ids.get(str(path))}
    return {**made, **row}


def _file(row: dict[str, Any]) -> dict[str, Any]:
    folder, _, name = row["path"].rpartition("/")
    return {"folder": folder, "extension": Path(name).suffix.lower(), **row}


def _insert(facts: Facts, table: str, rows: list[dict[str, Any]]) -> None:
    rows = [{**_DEFAULTS[table], **row} for row in rows]
    if not rows:
        return
    names = [column.name for doc in documentation() if doc.name == table for column in doc.columns]
    columns = {name: np.fromiter((row.get(name) for row in rows), object, len(rows)) for name in names}
    facts.insert(table, columns)
