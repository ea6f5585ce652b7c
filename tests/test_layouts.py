"""The same images have the same findings, in whatever layout they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from conftest import photo
from layouts import WRITERS, Item, Written

import datalint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from datalint.model import Finding, Report

SIDE = 48
IN_FILES = ("folders", "csv", "tsv", "json", "jsonl", "image-folder", "zip", "tar", "tar.gz", "webdataset")
IN_ARRAYS = ("hdf5-pairs", "hdf5-sets", "hdf5-groups", "npz", "npy", "arrays")
FILE_RULES = {"INT002", "INT003", "INT004", "LAY002", "FMT006", "PRV001", "PRV002"}
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
    config = {"profile": "handbook"}
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


@pytest.mark.parametrize("layout", [name for name in WRITERS if name != "folders"])
def test_findings_are_those_of_the_folders(
    layout: str, items: list[Item], reference: tuple[list[str], dict[str, list[Any]]], tmp_path: Path
) -> None:
    written = WRITERS[layout](items, tmp_path)
    report = check(written)
    assert report.dataset.images == len(items)
    originals, expected = reference
    found = told(report, written, originals)
    assert found == {name: findings for name, findings in expected.items() if name in found}

    idle = {rule.code: rule.reason for rule in report.rules if rule.status == "not-evaluated"}
    if layout in IN_FILES:
        assert not FILE_RULES & idle.keys()
    if layout in IN_ARRAYS:
        assert idle.keys() >= FILE_RULES
    assert all(idle.values())
