"""Images whose pixels are the cells of a manifest."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import datalint
from datalint.discover import discover
from datalint.storage import Pixels, Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from datalint.discover.listing import Reading
    from datalint.storage import Content

Array = np.ndarray[Any, Any]


@pytest.fixture
def images() -> Array:
    """12 images of 10 x 10, uint8."""
    return np.random.default_rng(0).integers(0, 256, (12, 10, 10), dtype=np.uint8)


def read(path: Path) -> Reading:
    return discover(path).reading


def contents(reading: Reading) -> list[Content]:
    return list(reading.samples[0].source.contents([sample.key for sample in reading.samples]))


def same(reading: Reading, images: Array) -> bool:
    found = [content for content in contents(reading) if isinstance(content, Pixels)]
    assert {(content.low, content.high) for content in found} == {(0, 255)}
    return np.array_equal([content.array for content in found], images)


def label(number: int) -> str:
    return ("cat", "dog")[number % 2]


def write_strings(file: Path, images: Sequence[Array]) -> None:
    cells = [" ".join(map(str, image.ravel())) for image in images]
    usages = ["Training"] * 8 + ["PublicTest"] * 2 + ["PrivateTest"] * 2
    rows = [f"{label(n)},{cell},{usages[n]}\n" for n, cell in enumerate(cells)]
    file.write_text("emotion,pixels,Usage\n" + "".join(rows))


def test_strings_of_numbers(tmp_path: Path, images: Array) -> None:
    write_strings(tmp_path / "fer.csv", images)
    reading = read(tmp_path)
    assert [sample.path for sample in reading.samples] == [f"fer.csv:{n}" for n in range(2, 14)]
    assert [sample.role for sample in reading.samples] == ["train"] * 8 + ["test"] * 4
    assert {sample.split for sample in reading.samples} == {"Training", "PublicTest", "PrivateTest"}
    assert same(reading, images)


@pytest.mark.parametrize("kind", ["quoted", "bare", "bare lines", "bare rows", "json", "indented", "python", "jsonl"])
def test_nested_lists(tmp_path: Path, images: Array, kind: str) -> None:
    records = [{"label": label(n), "image": image.tolist()} for n, image in enumerate(images)]
    pairs = [record.values() for record in records]
    text = {
        "quoted": "label,image\n" + "".join(f'{name},"{cell}"\n' for name, cell in pairs),
        "bare": "".join(f"'{name}', {cell}\n" for name, cell in pairs),
        "bare lines": "label,image\n"
        + "".join(f"{name},{str(cell).replace('], ', '],' + chr(10))}\n" for name, cell in pairs),
        "bare rows": "label,image\n" + "".join(f"{name},{str(cell)[1:-1]}\n" for name, cell in pairs),
        "json": json.dumps(records),
        "indented": json.dumps(records, indent=1),
        "python": str(records),
        "jsonl": "\n".join(map(json.dumps, records)),
    }[kind]
    file = tmp_path / (
        "data.jsonl" if kind == "jsonl" else "data.csv" if "label,image" in text or kind == "bare" else "data.json"
    )
    file.write_text(text)
    reading = read(file)
    assert [sample.labels for sample in reading.samples] == [(label(n),) for n in range(12)]
    assert same(reading, images)


@pytest.mark.parametrize("header", ["pixel{}", "{}", "p{}", None])
def test_a_column_a_pixel(tmp_path: Path, images: Array, header: str | None) -> None:
    names = ["label", *(header.format(n) for n in range(100))] if header else []
    rows = [",".join(map(str, (n % 3, *image.ravel()))) for n, image in enumerate(images)]
    (tmp_path / "train.csv").write_text("".join(f"{row}\n" for row in ([",".join(names)] if names else []) + rows))
    reading = read(tmp_path)
    assert [sample.labels for sample in reading.samples] == [(str(n % 3),) for n in range(12)]
    assert {sample.role for sample in reading.samples} == {"train"}
    assert same(reading, images)


def test_a_test_set_without_labels(tmp_path: Path, images: Array) -> None:
    names = ",".join(f"pixel{n}" for n in range(100))
    rows = [",".join(map(str, image.ravel())) for image in images]
    (tmp_path / "train.csv").write_text(f"label,{names}\n" + "".join(f"{n % 3},{r}\n" for n, r in enumerate(rows[:8])))
    (tmp_path / "test.csv").write_text(f"{names}\n" + "".join(f"{row}\n" for row in rows[8:]))
    (tmp_path / "sample_submission.csv").write_text("ImageId,Label\n" + "".join(f"{n},0\n" for n in range(1, 5)))
    reading = read(tmp_path)
    assert [(sample.split, bool(sample.labels)) for sample in reading.samples] == [("train", True)] * 8 + [
        ("test", False)
    ] * 4


def test_a_cell_that_is_no_image(tmp_path: Path, images: Array) -> None:
    write_strings(tmp_path / "fer.csv", images)
    lines = (tmp_path / "fer.csv").read_text().splitlines()
    name, cell, usage = lines[4].split(",")
    lines[1] = f"{name},{cell} 7,{usage}"
    lines[2] = f"{name},{cell.replace(' ', ' x', 1)},{usage}"
    lines[3] = f"{name},{'0 ' * 99}300,{usage}"
    lines[5] = f"{name},{'1 ' * 99}0,{usage}"
    (tmp_path / "fer.csv").write_text("\n".join(lines) + "\n")
    found = contents(read(tmp_path / "fer.csv"))
    reasons = [content.reason for content in found[:3] if isinstance(content, Unavailable)]
    assert [reason.partition(": ")[2] for reason in reasons] == [
        "101 values; side x side, or three times as many, was expected",
        reasons[1].partition(": ")[2],
        "the value 300; 0 to 255 was expected",
    ]
    dark = found[4]
    assert isinstance(dark, Pixels)
    assert (dark.array.max(), dark.high) == (1, 255)
    report = datalint.check(tmp_path, config={"select": ["INT001"]}, jobs=2)
    assert sorted(path for finding in report.findings for path in finding.paths) == [f"fer.csv:{n}" for n in (2, 3, 4)]


@pytest.mark.parametrize(("scale", "low", "high"), [(1 / 255, 0, 1), (257, 0, 65535)])
def test_other_ranges_are_told(tmp_path: Path, images: Array, scale: float, low: float, high: float) -> None:
    records = [{"label": label(n), "image": (image.astype(float) * scale).tolist()} for n, image in enumerate(images)]
    (tmp_path / "data.json").write_text(json.dumps(records))
    reading = read(tmp_path / "data.json")
    first = contents(reading)[0]
    assert isinstance(first, Pixels)
    assert (first.low, first.high) == (low, high)
    assert f"{high:g} for white" in reading.notices[0]


def test_a_worker_gets_little(tmp_path: Path, images: Array) -> None:
    write_strings(tmp_path / "fer.csv", images)
    reading = read(tmp_path / "fer.csv")
    assert len(pickle.dumps((reading.samples[0].source, reading.samples[0].key))) < 2000


def test_features_beside_images_are_no_pixels(tmp_path: Path, images: Array) -> None:
    from PIL import Image

    for n, image in enumerate(images):
        file = tmp_path / label(n) / f"{n}.png"
        file.parent.mkdir(exist_ok=True)
        Image.fromarray(image).save(file)
    rows = [",".join(map(str, image.ravel())) for image in images]
    (tmp_path / "embeddings.csv").write_text(",".join(f"f{n}" for n in range(100)) + "\n" + "\n".join(rows) + "\n")
    assert read(tmp_path).layout == "class-folders"
