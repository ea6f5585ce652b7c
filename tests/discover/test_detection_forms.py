"""The forms in which detection datasets come, and what broken annotations cost."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import datalint
from datalint.discover import discover
from datalint.discover.detection.json_members import members

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BOX = " .5 .5 .1 .1\n"
PERSON = [{"id": 1, "name": "person"}]


def make(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def xml(*names: str) -> str:
    objects = "".join(f"<object><name>{name}</name><part><name>head</name></part></object>" for name in names)
    return f"<annotation>{objects}</annotation>"


def coco(names: list[str], objects: list[int], **more: Any) -> str:
    """A document of images numbered from 0, and of persons in some of them."""
    images = [{"id": number, "file_name": name} for number, name in enumerate(names)]
    annotations = [{"image_id": number, "category_id": 1, "bbox": [0, 0, 1, 1]} for number in objects]
    return json.dumps({"images": images, "annotations": annotations, "categories": PERSON, **more})


def splits(root: Path) -> list[tuple[str, str | None, str | None]]:
    return [(sample.path, sample.split, sample.role) for sample in discover(root).samples]


def objects(root: Path) -> dict[tuple[str, str], int]:
    return {(count.path, count.label): count.objects for count in discover(root).reading.objects}


def faults(root: Path) -> list[tuple[str, str, str | None]]:
    return [(fault.file, fault.kind, fault.place) for fault in discover(root).reading.faults]


def test_image_sets_of_voc_are_splits(tmp_path: Path) -> None:
    images = {f"VOC2007/JPEGImages/{n}.jpg": "" for n in range(4)}
    notes = {f"VOC2007/Annotations/{n}.xml": xml("cat") for n in range(4)}
    lists = {"train": "0\n1\n", "val": "2\n", "trainval": "0\n1\n2\n", "test": "1\n9\n", "cat_train": "0 1\n3 -1\n"}
    make(tmp_path, {**images, **notes, **{f"VOC2007/ImageSets/Main/{name}.txt": text for name, text in lists.items()}})
    assert splits(tmp_path) == [
        ("VOC2007/JPEGImages/0.jpg", "train", "train"),
        ("VOC2007/JPEGImages/1.jpg", "test", "test"),
        ("VOC2007/JPEGImages/1.jpg", "train", "train"),
        ("VOC2007/JPEGImages/2.jpg", "val", "validation"),
        ("VOC2007/JPEGImages/3.jpg", None, None),
    ]
    assert faults(tmp_path) == [("VOC2007/ImageSets/Main/test.txt", "row", None)]
    assert "1 of 5 images are in no split" in discover(tmp_path).notices
    report = datalint.check(tmp_path, {"select": ["BAL", "SPL003"]})
    assert report.dataset.labels["cat"].splits == {"train": 2, "test": 1, "val": 1}


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        ("", "damaged", "no element found"),
        ("<svg/>", "damaged", "its root is svg"),
        ('<?xml version="1.0" encoding="nonsense"?><annotation/>', "damaged", "unknown encoding"),
        ("<annotation><object/></annotation>", "label", "has no name"),
        pytest.param(
            ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY x "y">]>' + xml("&x;")).encode("utf-16"),
            "damaged",
            "document type",
            id="entities in UTF-16",
        ),
    ],
)
def test_a_broken_annotation_costs_itself(tmp_path: Path, text: str | bytes, kind: str, reason: str) -> None:
    make(tmp_path, {"JPEGImages/1.jpg": "", "JPEGImages/2.jpg": "", "Annotations/2.xml": xml("dog")})
    make(tmp_path, {"Annotations/1.xml": text})
    (fault,) = discover(tmp_path).reading.faults
    assert (fault.file, fault.kind) == ("Annotations/1.xml", kind)
    assert reason in fault.reason
    assert objects(tmp_path) == {("JPEGImages/2.jpg", "dog"): 1}


def test_an_annotation_is_of_the_nearest_image(tmp_path: Path) -> None:
    folders = ("a_train", "b_train")
    make(tmp_path, {f"{folder}/images/{n}.jpg": "" for folder in folders for n in (1, 2)})
    make(tmp_path, {"classes.txt": "cat\ndog\n", "a_train/labels/1.txt": "0" + BOX, "b_train/labels/1.txt": "1" + BOX})
    make(tmp_path, {"a_train/labels/2.txt": "0" + BOX, "b_train/labels/3.txt": "1" + BOX})
    assert objects(tmp_path) == {
        ("a_train/images/1.jpg", "cat"): 1,
        ("a_train/images/2.jpg", "cat"): 1,
        ("b_train/images/1.jpg", "dog"): 1,
    }


def test_one_annotation_for_an_image_of_each_camera(tmp_path: Path) -> None:
    make(tmp_path, {"infrared/1.jpg": "", "visible/1.jpg": "", "Annotations/1.xml": xml("person")})
    assert objects(tmp_path) == {("infrared/1.jpg", "person"): 1, ("visible/1.jpg", "person"): 1}


def test_coco_counts_an_object_once_and_is_split_by_its_files(tmp_path: Path) -> None:
    make(tmp_path, {f"images/{n}.jpg": "" for n in range(3)})
    for name in ("instances", "person_keypoints"):
        make(tmp_path, {f"annotations/{name}_train2017.json": coco(["0.jpg", "1.jpg"], [0, 0])})
    make(tmp_path, {"annotations/instances_val2017.json": coco(["1.jpg", "gone.jpg"], [0, 1, 7])})
    make(tmp_path, {"annotations/instances_all.json": coco(["0.jpg", "1.jpg"], [0, 0, 1])})
    assert objects(tmp_path) == {("images/0.jpg", "person"): 2, ("images/1.jpg", "person"): 1}
    assert splits(tmp_path) == [
        ("images/0.jpg", "train2017", "train"),
        ("images/1.jpg", "train2017", "train"),
        ("images/1.jpg", "val2017", "validation"),
        ("images/2.jpg", None, None),
    ]
    reasons = [fault.reason for fault in discover(tmp_path).reading.faults]
    assert reasons == [
        "lists 1 images that are not there, gone.jpg the first",
        "has 1 annotations of images that it does not list",
    ]
    report = datalint.check(tmp_path, {"select": ["SPL003"]})
    assert report.dataset.labels["person"].splits == {"train2017": 3, "val2017": 1}, "an image of both counts in both"


def test_coco_is_known_by_its_content(tmp_path: Path) -> None:
    make(tmp_path, {"images/a.jpg": "", "images/b.jpg": "", "labels.json": coco(["a.jpg", "b.jpg"], [0])})
    assert discover(tmp_path).reading.layout == "detection"
    assert objects(tmp_path) == {("images/a.jpg", "person"): 1}
    (tmp_path / "labels.json").write_text('[{"file_name": "images/a.jpg", "label": "cat"}]')
    assert discover(tmp_path).reading.layout == "manifest"


def test_ids_of_any_type_are_no_traceback(tmp_path: Path) -> None:
    document = {
        "images": [{"id": [1], "file_name": "1.jpg"}, 3, {"id": 1, "file_name": None}, {"id": 2, "file_name": "1.jpg"}],
        "categories": [{"id": {}, "name": "x"}, {"id": 1, "name": "cat"}, None],
        "annotations": [{"image_id": {}, "category_id": []}, {"image_id": 2, "category_id": 1}, "box"],
    }
    make(tmp_path, {"train/1.jpg": "", "train/_annotations.coco.json": json.dumps(document)})
    assert objects(tmp_path) == {("train/1.jpg", "cat"): 1}
    assert {kind for _, kind, _ in faults(tmp_path)} == {"row", "label"}


def test_what_comes_before_the_damage_is_read(tmp_path: Path) -> None:
    document = json.dumps({"categories": PERSON, **json.loads(coco(["1.jpg"], [0, 0]))})
    second = document.rindex('{"image_id"')
    make(tmp_path, {"train/1.jpg": "", "train/_annotations.coco.json": document[: second + 20]})
    assert objects(tmp_path) == {("train/1.jpg", "person"): 1}
    assert [kind for _, kind, _ in faults(tmp_path)] == ["damaged"]


@pytest.mark.parametrize(
    "names",
    ['["no", yes]', "{0: no, 1: yes}", "\n- no\n- yes", "{1: yes, 0: no, x: 3}"],
    ids=["list", "dict", "block", "mixed"],
)
def test_names_of_yolo_are_as_they_are_written(tmp_path: Path, names: str) -> None:
    make(tmp_path, {"data.yaml": f"nc: 2\nnames: {names}\n", "images/1.jpg": "", "labels/1.txt": f"0{BOX}1.0{BOX}"})
    assert objects(tmp_path) == {("images/1.jpg", "no"): 1, ("images/1.jpg", "yes"): 1}


@pytest.mark.parametrize("line", ["-1" + BOX, "²" + BOX, "2" + BOX, "0 .5 x .1 .1", "0 .5 .5", "9" * 40 + BOX])
def test_a_line_that_is_no_box(tmp_path: Path, line: str) -> None:
    make(tmp_path, {"classes.txt": "cat\ndog\n", "images/1.jpg": "", "labels/1.txt": f"0{BOX}{line.strip()}\n1{BOX}"})
    assert objects(tmp_path) == {("images/1.jpg", "cat"): 1, ("images/1.jpg", "dog"): 1}
    assert faults(tmp_path) == [("labels/1.txt", "label", "line 2")]


@pytest.mark.parametrize(
    "text", ['names: !!int ""', "[" * 100_000, "names: [", b"\xff\xfe\x00", "names: !!timestamp x"]
)
def test_a_broken_data_yaml_is_no_traceback(tmp_path: Path, text: str | bytes) -> None:
    make(tmp_path, {"data.yaml": text, "images/1.jpg": "", "labels/1.txt": "3" + BOX})
    assert objects(tmp_path) == {("images/1.jpg", "3"): 1}


def test_lists_of_darknet_are_splits(tmp_path: Path) -> None:
    make(tmp_path, {"obj.names": "cat\n", "train.txt": "data/obj/1.jpg\n", "test.txt": "data/obj/2.jpg\n"})
    make(tmp_path, {f"obj/{n}.{kind}": "0" + BOX for n in (1, 2) for kind in ("jpg", "txt")})
    assert splits(tmp_path) == [("obj/1.jpg", "train", "train"), ("obj/2.jpg", "test", "test")]
    assert faults(tmp_path) == []


def test_faults_beyond_a_hundred_are_counted(tmp_path: Path) -> None:
    make(tmp_path, {f"JPEGImages/{n}.jpg": "" for n in range(150)})
    make(tmp_path, {f"Annotations/{n}.xml": "<" for n in range(150)})
    found = discover(tmp_path).reading.faults
    assert len(found) == 101
    assert found[-1].reason == "and other annotation files have 50 further faults"


def test_objects_of_blood_cells(shared_datasets: Path) -> None:
    files = (shared_datasets / "bccd_voc" / "Annotations").glob("*.xml")
    expected = Counter(text for file in files for text in file.read_text().split() if text.startswith("<name>"))
    report = datalint.check(shared_datasets / "bccd_voc", {"select": ["BAL"]})
    counted = {f"<name>{label}</name>": count.total for label, count in report.dataset.labels.items()}
    assert counted == expected


def test_a_run_of_its_own(tmp_path: Path, make_image: Callable[..., Path]) -> None:
    make_image(tmp_path / "JPEGImages" / "1.png")
    make(tmp_path, {"Annotations/1.xml": xml("cat", "cat", "dog")})
    command = [sys.executable, "-m", "datalint", "check", str(tmp_path), "--select", "BAL", "--fail-on", "never"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "detection dataset (VOC) · 2 classes · 1 image" in result.stdout
    assert result.stderr == ""


VALID = {
    "JPEGImages/1.jpg": "",
    "Annotations/1.xml": xml("cat", "dog"),
    "ImageSets/Main/train.txt": "1\n",
    "annotations/instances_val.json": coco(["1.jpg"], [0, 0]),
    "labels/1.txt": "0" + BOX,
    "data.yaml": "names: [cat]\n",
    "1.jpg.dvc": "outs:\n- md5: " + "a" * 32 + "\n  size: 5\n  path: 1.jpg\n",
    "dvc.lock": "stages:\n  get:\n    outs:\n    - path: photos\n      md5: " + "b" * 32 + ".dir\n",
}


@pytest.mark.parametrize("kind", ["JPEGImages", "annotations", "labels"])
def test_mutated_annotations_never_stop_the_listing(tmp_path: Path, kind: str) -> None:
    generator = random.Random(kind)
    wanted = {
        "JPEGImages": ("Annotations/1.xml", "ImageSets/Main/train.txt"),
        "annotations": ("annotations/instances_val.json",),
        "labels": ("labels/1.txt", "data.yaml", "1.jpg.dvc", "dvc.lock"),
    }[kind]
    for _ in range(200):
        make(tmp_path, {"JPEGImages/1.jpg": "", "JPEGImages/2.jpg": ""})
        for name in wanted:
            data = bytearray(VALID[name].encode())
            for _ in range(generator.randrange(4)):
                data[generator.randrange(len(data))] = generator.randrange(256)
            make(tmp_path, {name: bytes(data[: generator.randrange(1, len(data) + 1)])})
        listing = discover(tmp_path)
        listing.tables()
        listing.files()


@given(
    st.dictionaries(st.text(), st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=8)),
    st.sampled_from([None, 1]),
)
@settings(max_examples=60, deadline=None)
def test_members_are_those_of_the_whole(document: dict[str, Any], indent: int | None) -> None:
    text = json.dumps(document, indent=indent)
    found: dict[str, Any] = {}
    for name, value in members(io.BytesIO(text.encode())):
        if isinstance(document[name], list):
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    assert found == {name: value for name, value in document.items() if value != []}


def test_members_are_read_piece_by_piece() -> None:
    long = [{"id": number, "text": "x" * 1000} for number in range(3000)]
    read = list(members(io.BytesIO(json.dumps({"a": long, "b": 12345}).encode())))
    assert [value for name, value in read if name == "a"] == long
    assert read[-1] == ("b", 12345)
    for text in (
        b"",
        b"[]",
        b'{"a": [1, 2',
        b'{"a": [1 2]}',
        b"{1: 2}",
        b'{"a": 1,}',
        b"\xff",
        b'{"a": ' + b"[" * 10**6,
    ):
        with pytest.raises(ValueError, match=r".+"):
            list(members(io.BytesIO(text)))
