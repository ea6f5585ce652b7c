"""The same images have the same findings, in whatever layout they come."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from conftest import photo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layouts import WRITERS, Item, Written

import datalint
from datalint.measure.decode import View, measure_image
from datalint.storage import Pixels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from servers import HTTP, S3

    from datalint.model import Finding, Report

SIDE = 48
IN_FILES = ("folders", "csv", "tsv", "json", "jsonl", "image-folder", "zip", "tar", "tar.gz", "webdataset")
IN_ARRAYS = ("hdf5-pairs", "hdf5-sets", "hdf5-groups", "npz", "npy", "arrays")
FILE_RULES = {"INT002", "INT003", "INT004", "INT006", "FMT006", "PRV001", "PRV002"}
"""Rules about what only files have: size, name, format, EXIF."""


@pytest.fixture(scope="module")
def items() -> list[Item]:
    """300 images in two splits, with something for many rules to find."""
    amounts = {"cat": 135, "dog": 110, "dogs": 44, "fox": 11}
    items = []
    for label, amount in amounts.items():
        for number in range(amount):
            split = "test" if number % 5 == 0 and label != "fox" else "train"
            pixels = np.asarray(photo((SIDE, SIDE), len(items)))
            items.append(Item(split, label, f"{label}{number:03}", pixels))
    train = [n for n, item in enumerate(items) if item.split == "train" and item.label == "cat"]
    test = [n for n, item in enumerate(items) if item.split == "test" and item.label == "cat"]
    dogs = [n for n, item in enumerate(items) if item.label == "dog" and item.split == "train"]

    def put(place: int, pixels: Any) -> None:
        items[place] = items[place]._replace(pixels=np.asarray(pixels).astype(np.uint8))

    put(test[0], items[train[0]].pixels)
    put(dogs[0], items[train[1]].pixels)
    put(train[3], items[train[2]].pixels)
    put(dogs[2], np.clip(items[dogs[1]].pixels * 0.9, 0, 255))
    put(test[2], np.clip(items[train[5]].pixels * 0.92 + 4, 0, 255))
    put(train[6], items[train[6]].pixels // 12)
    put(train[7], np.full((SIDE, SIDE, 3), 90))
    put(train[8], np.repeat(items[train[8]].pixels[..., :1], 3, axis=2))
    return sorted(items, key=lambda item: (item.split, item.label, item.name))


def check(written: Written) -> Report:
    config = {
        "profile": "handbook",
        "ignore": ["BIA", "VAR", "LBL003", "LBL004"],
    }  # made from facts that others read too
    if isinstance(written.target, dict):
        return datalint.check(arrays=written.target, config=config)
    return datalint.check(written.target, config=config)


def told(report: Report, written: Written, originals: Sequence[str]) -> dict[str, list[Any]]:
    """What each judged rule says, with the images called by their original names."""
    names = dict(zip(written.paths, originals, strict=True))
    longest_first = sorted(names, key=len, reverse=True)

    def plain(finding: Finding) -> tuple[Any, ...]:
        message = finding.message
        for path in longest_first if finding.paths else ():
            message = message.replace(path, "IMAGE")
        paths = tuple(sorted(names[path] for path in finding.paths))
        kept = names[finding.paths[0]] if finding.paths else None
        return finding.severity, finding.label or "", finding.split or "", paths, kept, message

    return {
        rule.name: sorted(map(plain, rule.findings), key=str)
        for rule in report.rules
        if rule.status != "not-evaluated" and not rule.code.startswith("LAY")
    }


@pytest.fixture(scope="module")
def reference(items: list[Item], tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], dict[str, list[Any]]]:
    written = WRITERS["folders"](items, tmp_path_factory.mktemp("folders"))
    report = check(written)
    return written.paths, told(report, written, written.paths)


def test_there_is_much_to_find(reference: tuple[list[str], dict[str, list[Any]]]) -> None:
    found = {name for name, findings in reference[1].items() if findings}
    assert found >= {
        "duplicate-across-splits",
        "duplicate-with-conflicting-labels",
        "exact-duplicate",
        "near-duplicate",
        "near-duplicate-across-splits",
        "dark-image",
        "blank-image",
        "grey-among-colour",
        "class-far-below-mean",
        "class-missing-from-split",
        "label-spelling-variants",
    }


def test_findings_over_http_are_those_of_the_folders(
    items: list[Item], reference: tuple[list[str], dict[str, list[Any]]], http_server: HTTP
) -> None:
    written = WRITERS["csv"](items, http_server.folder)
    urls = [f"{http_server.url}/{path}" for path in written.paths]
    rows = [(url, item.label, item.split) for url, item in zip(urls, items, strict=True)]
    with (http_server.folder / "urls.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("url", "label", "split"), *rows])
    same(Written(f"{http_server.url}/urls.csv", urls), reference)
    (http_server.folder / "urls.csv").unlink()
    same(Written(http_server.url, written.paths), reference)
    shutil.rmtree(http_server.folder)
    http_server.folder.mkdir()
    zipped = WRITERS["zip"](items, http_server.folder)
    same(Written(f"{http_server.url}/data.zip", zipped.paths), reference)


def test_findings_from_s3_are_those_of_the_folders(
    items: list[Item],
    reference: tuple[list[str], dict[str, list[Any]]],
    s3_server: S3,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    written = WRITERS["folders"](items, tmp_path)
    s3_server.upload(tmp_path, "photos", "data")
    same(Written("s3://photos/data", written.paths), reference)


def same(written: Written, reference: tuple[list[str], dict[str, list[Any]]]) -> Report:
    """Check what was written and hold the findings against those of the folders."""
    report = check(written)
    originals, expected = reference
    found = told(report, written, originals)
    judged = found.keys() & expected.keys()
    assert {name: found[name] for name in judged} == {name: expected[name] for name in judged}
    assert not any(findings for name, findings in found.items() if name not in judged)
    return report


@pytest.mark.parametrize("layout", [name for name in WRITERS if name != "folders"])
def test_findings_are_those_of_the_folders(
    layout: str, items: list[Item], reference: tuple[list[str], dict[str, list[Any]]], tmp_path: Path
) -> None:
    report = same(WRITERS[layout](items, tmp_path), reference)
    assert report.dataset.images == len(items)
    idle = {rule.code: rule.reason for rule in report.rules if rule.status == "not-evaluated"}
    if layout in IN_FILES:
        assert not FILE_RULES & idle.keys()
    if layout in IN_ARRAYS:
        assert idle.keys() >= FILE_RULES
    assert all(idle.values())


LABELS = st.text("abcxyzéßж0123456789 _-", min_size=1, max_size=6).map(lambda text: "k" + text.strip())


@st.composite
def datasets(draw: st.DrawFn) -> list[Item]:
    """Some images of some classes; every split has every class."""
    labels = draw(st.lists(LABELS, min_size=2, max_size=4, unique_by=str.lower))
    splits = draw(st.sampled_from([("train", "test"), ("train", "val", "test"), ("Training", "Testing")]))
    side = draw(st.integers(9, 12))
    seeds = np.random.default_rng(draw(st.integers(0, 999)))
    return [
        Item(split, label, f"{split}{place}{number}", seeds.integers(0, 256, (side, side, 3), dtype=np.uint8))
        for split in sorted(splits)
        for place, label in enumerate(sorted(labels))
        for number in range(draw(st.integers(1, 3)))
    ]


@pytest.mark.parametrize("layout", WRITERS)
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=datasets())
def test_what_is_written_is_read(layout: str, items: list[Item], tmp_path_factory: pytest.TempPathFactory) -> None:
    written = WRITERS[layout](items, tmp_path_factory.mktemp("layout"))
    config = {"select": ["dark-image"]}
    arrays = isinstance(written.target, dict)
    report = datalint.check(arrays=written.target, config=config) if arrays else datalint.check(written.target, config)
    samples = report.table("samples").query("t", "SELECT path, split, label, sample_id FROM t ORDER BY path").fetchall()
    expected = sorted((path, item.split, item.label) for path, item in zip(written.paths, items, strict=True))
    assert [row[:3] for row in samples] == expected
    digests = dict(report.table("pixels").query("t", "SELECT sample_id, reduced_digest FROM t").fetchall())
    assert [digests[row[3]] for row in samples] == [digest_of(item) for item, _ in in_order(items, written.paths)]


def in_order(items: list[Item], paths: list[str]) -> list[tuple[Item, str]]:
    return sorted(zip(items, paths, strict=True), key=lambda pair: pair[1])


def digest_of(item: Item) -> str:
    """The digest of the reduced image, measured from the pixels themselves."""
    _, view = measure_image(Pixels(item.pixels, 0, 255), 10**8)
    assert isinstance(view, View)
    return view.reduced_digest
