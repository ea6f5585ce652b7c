"""Parquet files, as Hugging Face writes them and otherwise."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import png

import datalint
from datalint.discover import discover
from datalint.errors import DatasetError
from datalint.storage import Encoded, Unavailable

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, columns: dict[str, Any], names: list[str] | None = None, **options: Any) -> Path:
    table = pa.table(columns)
    if names:
        features = {"label": {"_type": "ClassLabel", "names": names}}
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, **options)
    return path


def images(count: int) -> list[dict[str, Any]]:
    return [{"bytes": png(n), "path": f"{n}.png"} for n in range(count)]


def test_class_names_attributes_and_splits(tmp_path: Path) -> None:
    columns = {"image": images(3), "label": [0, 1, -1], "camera": ["A", "B", None]}
    write(tmp_path / "data/train-00000-of-00001.parquet", columns, ["cat", "dog"])
    write(tmp_path / "data/test-00000-of-00001.parquet", {"image": images(1), "label": [7]}, ["cat", "dog"])
    listing = discover(tmp_path)
    assert [(s.split, s.labels, dict(s.attributes)) for s in listing.samples] == [
        ("test", (), {}),
        ("train", ("cat",), {"camera": "A"}),
        ("train", ("dog",), {"camera": "B"}),
        ("train", (), {}),
    ]
    (fault,) = listing.reading.faults
    assert (fault.kind, fault.place) == ("label", "row 0")


@pytest.mark.parametrize("group", [3, 1000])
def test_rows_are_read_in_any_order(tmp_path: Path, group: int) -> None:
    made = images(10)
    made[4]["bytes"] = None
    samples = discover(
        write(tmp_path / "a.parquet", {"image": made, "label": list("ab" * 5)}, row_group_size=group)
    ).samples
    for row in (0, 1, 9, 4, 2):
        (content,) = samples[row].source.contents([samples[row].key])
        if row == 4:
            assert isinstance(content, Unavailable)
        else:
            assert isinstance(content, Encoded)
            assert (content.data, content.name) == (png(row), f"{row}.png")


def test_plain_bytes_and_paths(tmp_path: Path) -> None:
    listing = discover(write(tmp_path / "a.parquet", {"img": [png(0), png(1)], "target": ["x", "y"]}))
    assert [sample.labels for sample in listing.samples] == [("x",), ("y",)]
    (tmp_path / "images").mkdir()
    for name in "ab":
        (tmp_path / "images" / f"{name}.png").write_bytes(png())
    write(tmp_path / "b.parquet", {"file_name": ["images/a.png", "images/b.png", "images/c.png"], "label": list("xyx")})
    listing = discover(tmp_path / "b.parquet")
    assert {sample.path: sample.labels for sample in listing.samples} == {
        "images/a.png": ("x",),
        "images/b.png": ("y",),
    }
    assert [row.name for row in listing.reading.rows if row.path is None] == ["images/c.png"]


@pytest.mark.parametrize("share", [0.0, 0.5, 0.95])
def test_truncated_files_say_so(tmp_path: Path, share: float) -> None:
    file = write(tmp_path / "a.parquet", {"image": images(3), "label": list("aba")})
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * share)])
    with pytest.raises(DatasetError, match="cannot be read as Parquet") as caught:
        discover(file)
    assert "\n" not in str(caught.value)
    write(tmp_path / "b.parquet", {"image": images(3), "label": list("aba")})
    report = datalint.check(tmp_path, {"select": ["INT"]})
    assert report.dataset.images == 3
    assert [finding.code for finding in report.findings] == ["INT007"]


def test_a_table_without_images(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="has no column of images or paths"):
        discover(write(tmp_path / "a.parquet", {"epoch": [1, 2], "loss": [0.5, 0.4]}))
