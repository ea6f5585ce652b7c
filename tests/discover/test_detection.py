"""Detection datasets: the objects of each class are counted, and what is broken costs itself only."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import datalint
from datalint.discover import discover

if TYPE_CHECKING:
    from pathlib import Path

    from datalint.discover import Listing


def make(root: Path, **files: str) -> None:
    for name, text in files.items():
        file = root / name.replace("__", "/").replace("_DOT_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def objects(listing: Listing) -> dict[tuple[str, str], int]:
    return {(count.path, count.label): count.objects for count in listing.reading.objects}


def xml(*names: str) -> str:
    return "<annotation>" + "".join(f"<object><name>{name}</name></object>" for name in names) + "</annotation>"


def test_voc(tmp_path: Path) -> None:
    make(tmp_path, JPEGImages__1_DOT_jpg="", JPEGImages__2_DOT_jpg="", JPEGImages__3_DOT_jpg="")
    entity = '<!DOCTYPE a [<!ENTITY x "y">]><annotation><object><name>&x;</name></object></annotation>'
    make(tmp_path, Annotations__1_DOT_xml=xml("cat", "dog", "cat"), Annotations__2_DOT_xml="<annot")
    make(tmp_path, Annotations__3_DOT_xml=entity)
    listing = discover(tmp_path)
    assert objects(listing) == {("JPEGImages/1.jpg", "cat"): 2, ("JPEGImages/1.jpg", "dog"): 1}
    assert [(fault.file, fault.kind) for fault in listing.reading.faults] == [
        ("Annotations/2.xml", "damaged"),
        ("Annotations/3.xml", "damaged"),
    ]


def test_coco(tmp_path: Path) -> None:
    for split, labels in (("train", (1, 1, 2)), ("val", (2, 9))):
        document = {
            "images": [{"id": 5, "file_name": "1.jpg"}],
            "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
            "annotations": [{"image_id": 5, "category_id": label} for label in labels],
        }
        make(tmp_path, **{f"{split}2017__1_DOT_jpg": ""})
        make(tmp_path, **{f"annotations__instances_{split}2017_DOT_json": json.dumps(document)})
    listing = discover(tmp_path)
    assert objects(listing) == {
        ("train2017/1.jpg", "cat"): 2,
        ("train2017/1.jpg", "dog"): 1,
        ("val2017/1.jpg", "dog"): 1,
    }
    assert {sample.split for sample in listing.samples} == {"train2017", "val2017"}
    assert "has 1 annotations of no category" in listing.reading.faults[0].reason


def test_yolo(tmp_path: Path) -> None:
    make(tmp_path, data_DOT_yaml="names: {0: cat, 1: dog}\n", train__images__1_DOT_jpg="", train__images__2_DOT_jpg="")
    make(tmp_path, train__labels__1_DOT_txt="0 .5 .5 .1 .1\n1 .5 .5 .1 .1\n0 .5 .5 .1 .1\n")
    make(tmp_path, train__labels__2_DOT_txt="7 .5 .5 .1 .1\nno box\n1 .5 .5 .1 .1\n")
    listing = discover(tmp_path)
    assert objects(listing) == {
        ("train/images/1.jpg", "cat"): 2,
        ("train/images/1.jpg", "dog"): 1,
        ("train/images/2.jpg", "dog"): 1,
    }
    assert [(fault.place, fault.kind) for fault in listing.reading.faults] == [("line 1", "label"), ("line 2", "label")]


def test_class_rules_count_objects(tmp_path: Path) -> None:
    make(tmp_path, JPEGImages__1_DOT_jpg="", Annotations__1_DOT_xml=xml(*["cat"] * 30, "dog"))
    report = datalint.check(tmp_path, {"select": ["BAL001", "BAL005"]})
    messages = [finding.message for finding in report.findings]
    assert "cat has 30 objects; at least 100 are expected" in messages
    assert any("30.0 times the objects of the smallest, dog" in message for message in messages)
