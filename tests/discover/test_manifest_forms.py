"""Manifests as people write them, and as they break them."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import datalint
from datalint.discover import ManifestColumns, Options, discover
from datalint.errors import DatasetError
from datalint.storage import Pixels

if TYPE_CHECKING:
    from pathlib import Path

    from datalint.discover import Listing

Read = dict[str, tuple[str | None, tuple[str, ...]]]


def make(root: Path, *names: str, **texts: str | bytes) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")
    for name, text in texts.items():
        file = root / name.replace("__", ".")
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def read(root: Path, **options: Any) -> Read:
    return {s.path: (s.split, s.labels) for s in discover(root, Options(**options)).samples}


def faults(listing: Listing) -> list[tuple[str, str | None, str]]:
    return [(fault.kind, fault.place, fault.reason) for fault in listing.reading.faults]


CAT_AND_DOG: Read = {"a.jpg": (None, ("cat",)), "b.jpg": (None, ("dog",))}


@pytest.mark.parametrize(
    "text",
    [
        "image,label\na.jpg,cat\nb.jpg,dog\n",
        "File Name;Class\na.jpg;cat\nb.jpg;dog\n",
        "filepath\ttarget\na.jpg\tcat\nb.jpg\tdog\n",
        '"img","category"\n"a.jpg","cat"\n"b.jpg","dog"\n',
        "'cat', a.jpg\n'dog', b.jpg\n",
        "a.jpg cat\nb.jpg dog\n",
        "a.jpg,cat\nb.jpg,dog\n",
        "id,breed\na,cat\nb,dog\n",
        ",path,species\n0,./a.jpg,cat\n1,.\\b.jpg,dog\n",
        "path,label\n/home/me/data/a.jpg,cat\n/home/me/data/b.jpg,dog\n",
        "image,cat,dog,cow\na.jpg,1,0,0\nb.jpg,0,1,0\n",
    ],
)
def test_tables(tmp_path: Path, text: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        make(tmp_path, "a.jpg", "b.jpg", labels__csv=text.encode(encoding))
        assert read(tmp_path) == CAT_AND_DOG, encoding
        assert read(tmp_path / "labels.csv") == CAT_AND_DOG


@pytest.mark.parametrize(
    "text",
    [
        '[{"label": "cat", "location": "a.jpg"}, {"label": "dog", "location": "b.jpg"}]',
        "[{'label': 'cat', 'location': 'a.jpg'}, {'label': 'dog', 'location': 'b.jpg'}]",
        '{"images": [{"file_name": "a.jpg", "class": "cat"}, {"file_name": "b.jpg", "class": "dog"}]}',
        '{"a.jpg": "cat", "b.jpg": "dog"}',
        '{"cat": ["a.jpg"], "dog": ["b.jpg"]}',
        '{"path": "a.jpg", "label": "cat"}\n{"path": "b.jpg", "label": "dog"}\n',
    ],
)
def test_json(tmp_path: Path, text: str) -> None:
    make(tmp_path, "a.jpg", "b.jpg", labels__json=text)
    assert read(tmp_path) == CAT_AND_DOG


def test_whitespace_without_a_header(tmp_path: Path) -> None:
    names = [f"images/cell{n:04}.png" for n in range(8)]
    rows = [f"{name}  {n % 2}.0   {'mono' if n % 4 else 'poly'}" for n, name in enumerate(names)]
    make(tmp_path, *names, labels__csv="\n".join(rows))
    listing = discover(tmp_path)
    assert {sample.labels for sample in listing.samples} == {("0.0",), ("1.0",)}


def test_quotes_line_breaks_and_latin_1(tmp_path: Path) -> None:
    text = 'file,label,note\n"a.jpg","caf\xe9, noir","two\nlines"\nb.jpg,th\xe9,"said ""no"""\n'
    make(tmp_path, "a.jpg", "b.jpg", labels__csv=text.encode("latin-1"))
    listing = discover(tmp_path)
    assert [s.labels for s in listing.samples] == [("café, noir",), ("thé",)]
    assert [s.attributes["note"] for s in listing.samples] == ["two\nlines", 'said "no"']
    assert "Windows-1252" in listing.notices[0]
    assert [row.position for row in listing.reading.rows] == ["labels.csv:2", "labels.csv:4"]


def test_one_sample_for_every_folder_that_has_the_name(tmp_path: Path) -> None:
    make(tmp_path, "images/a.jpg", "images/b.jpg", "test/a.jpg", legend__csv="image,emotion\na.jpg,joy\nb.jpg,fear\n")
    assert read(tmp_path) == {
        "images/a.jpg": ("images", ("joy",)),
        "images/b.jpg": ("images", ("fear",)),
        "test/a.jpg": ("test", ("joy",)),
    }
    assert {sample.role for sample in discover(tmp_path).samples} == {"train", "test"}


def test_a_competition(tmp_path: Path) -> None:
    make(tmp_path, "train/1.jpg", "train/2.jpg", "test/1.jpg", "test/3.jpg", train__csv="id,breed\n1,cat\n2,dog\n")
    make(tmp_path, sample_submission__csv="id,cat,dog\n1,0.5,0.5\n4,0.5,0.5\n")
    listing = discover(tmp_path)
    assert read(tmp_path) == {
        "train/1.jpg": ("train", ("cat",)),
        "train/2.jpg": ("train", ("dog",)),
        "test/1.jpg": ("test", ()),
    }
    missing = [row.name for row in listing.reading.rows if row.path is None]
    assert missing == ["4"]
    report = datalint.check(tmp_path, {"select": ["LAY004", "LAY005", "BAL004"]})
    assert {finding.code: finding.paths for finding in report.findings} == {"LAY004": ("4",), "LAY005": ("test/3.jpg",)}


def test_an_unlabelled_test_folder(tmp_path: Path) -> None:
    make(tmp_path, "train/1.jpg", "train/2.jpg", "test/9.jpg", train__csv="id,breed\n1,cat\n2,dog\n")
    assert read(tmp_path)["test/9.jpg"] == ("test", ())


def test_manifests_of_splits(tmp_path: Path) -> None:
    make(tmp_path, "img/1.jpg", "img/2.jpg", train__txt="img/1.jpg 0\n", val__txt="img/2.jpg 1\n")
    assert read(tmp_path, label_names=("cat", "dog")) == {
        "img/1.jpg": ("train", ("cat",)),
        "img/2.jpg": ("val", ("dog",)),
    }


@pytest.mark.parametrize(
    "text",
    [
        "image,labels\na.jpg,sea|beach\nb.jpg,sea\nc.jpg,beach\n",
        'image,labels\na.jpg,"sea, beach"\nb.jpg,sea\nc.jpg,beach\n',
        "image,sea,beach,city\na.jpg,1,1,0\nb.jpg,1,0,0\nc.jpg,0,1,0\n",
        'image;labels\na.jpg;["sea", "beach"]\nb.jpg;["sea"]\nc.jpg;["beach"]\n',
    ],
)
def test_several_labels(tmp_path: Path, text: str) -> None:
    make(tmp_path, "a.jpg", "b.jpg", "c.jpg", labels__csv=text)
    listing = discover(tmp_path)
    assert {path: set(found) for path, (_, found) in read(tmp_path).items()} == {
        "a.jpg": {"sea", "beach"},
        "b.jpg": {"sea"},
        "c.jpg": {"beach"},
    }
    assert listing.reading.multi_label
    labels = datalint.check(tmp_path, {"select": ["BAL", "LBL002"]}).dataset.labels
    assert {label: count.total for label, count in labels.items()}["sea"] == 2


def test_a_row_a_label_where_most_images_have_several(tmp_path: Path) -> None:
    rows = "".join(f"{name}.jpg,{label}\n" for name in "abc" for label in ("sea", "beach"))
    make(tmp_path, "a.jpg", "b.jpg", "c.jpg", labels__csv="image,label\n" + rows)
    assert discover(tmp_path).reading.multi_label
    assert not datalint.check(tmp_path, {"select": ["LBL002", "LAY010"]}).findings


def test_a_few_conflicts_are_no_several_labels(tmp_path: Path) -> None:
    rows = "".join(f"{n}.jpg,cat\n" for n in range(6)) + "0.jpg,dog\n"
    make(tmp_path, *(f"{n}.jpg" for n in range(6)), labels__csv="image,label\n" + rows)
    assert not discover(tmp_path).reading.multi_label
    assert [finding.code for finding in datalint.check(tmp_path, {"select": ["LBL002"]}).findings] == ["LBL002"]


def test_duplicates_with_the_same_labels_are_no_conflict(tmp_path: Path, make_image: Any) -> None:
    for name in ("a", "b", "c", "d"):
        make_image(tmp_path / f"{name}.png", seed=0 if name in "ab" else ord(name))
    (tmp_path / "labels.csv").write_text("image,labels\na.png,sea|beach\nb.png,beach|sea\nc.png,sea\nd.png,beach\n")
    assert not datalint.check(tmp_path, {"select": ["DUP002"]}).findings
    (tmp_path / "labels.csv").write_text("image,labels\na.png,sea|beach\nb.png,sea\nc.png,sea\nd.png,beach\n")
    assert len(datalint.check(tmp_path, {"select": ["DUP002"]}).findings) == 1


def test_metadata_beside_class_folders_gives_attributes(tmp_path: Path) -> None:
    make(tmp_path, "cat/1.jpg", "dog/2.jpg", metadata__csv="file_name,camera\ncat/1.jpg,A\ndog/2.jpg,B\n")
    listing = discover(tmp_path)
    assert {s.path: (s.labels, dict(s.attributes)) for s in listing.samples} == {
        "cat/1.jpg": (("cat",), {"camera": "A"}),
        "dog/2.jpg": (("dog",), {"camera": "B"}),
    }


def test_other_tables_are_no_manifests(tmp_path: Path) -> None:
    make(tmp_path, "cat/1.jpg", "dog/2.jpg", results__csv="epoch,loss\n1,0.5\n2,0.4\n", requirements__txt="numpy\n")
    make(tmp_path, package__json='{"name": "x", "version": 1}', notes__txt="nothing here\n")
    assert discover(tmp_path).reading.layout == "class-folders"


def test_bad_rows_say_where_and_the_good_are_read(tmp_path: Path) -> None:
    text = "image,label\na.jpg,cat\nb.jpg\n,dog\nc.jpg,cat,extra\nb.jpg,dog\n"
    make(tmp_path, "a.jpg", "b.jpg", "c.jpg", labels__csv=text)
    listing = discover(tmp_path)
    assert read(tmp_path) == CAT_AND_DOG
    assert faults(listing) == [
        ("row", "line 3", "has 1 field, the header has 2"),
        ("row", "line 4", "names no image in column image"),
        ("row", "line 5", "has 3 fields, the header has 2"),
    ]


def test_labels_out_of_range_and_broken_json(tmp_path: Path) -> None:
    make(tmp_path, "a.jpg", "b.jpg", labels__csv="image,label\na.jpg,0\nb.jpg,7\n")
    listing = discover(tmp_path, Options(label_names=("cat", "dog")))
    assert faults(listing) == [("label", "line 3", "has the label 7; there are 2 classes, numbered from 0")]
    (tmp_path / "labels.csv").unlink()
    make(
        tmp_path, labels__jsonl='{"path": "a.jpg", "label": "cat"}\n{"path": \n[1]\n{"path": "b.jpg", "label": "dog"}\n'
    )
    listing = discover(tmp_path)
    assert read(tmp_path) == CAT_AND_DOG
    assert [place for _, place, _ in faults(listing)] == ["line 2", "line 3"]


def test_columns_that_are_given(tmp_path: Path) -> None:
    text = "image,kind,label,part\na.jpg,cat,x,train\nb.jpg,dog,x,test\n"
    make(tmp_path, "a.jpg", "b.jpg", labels__csv=text)
    columns = ManifestColumns("image", ("kind",), "part")
    assert read(tmp_path, columns=columns) == {"a.jpg": ("train", ("cat",)), "b.jpg": ("test", ("dog",))}
    with pytest.raises(
        DatasetError, match=r"no column 'kinds'; did you mean 'kind'.*there are image, kind, label, part"
    ):
        discover(tmp_path / "labels.csv", Options(columns=ManifestColumns(label=("kinds",))))
    (tmp_path / "datalint.toml").write_text('[columns]\nlabel = "kind"\nsplit = "part"\n')
    assert datalint.check(tmp_path).dataset.splits == {"train": 1, "test": 1}


def test_nothing_that_is_listed_is_there(tmp_path: Path) -> None:
    make(tmp_path, "c.jpg", labels__csv="image,label\na.jpg,cat\nb.jpg,dog\n")
    with pytest.raises(DatasetError, match=r"none of its 2 rows names an image that is there: no a\.jpg among 1"):
        discover(tmp_path / "labels.csv")


def contents(listing: Listing) -> list[Any]:
    return [next(iter(sample.source.contents([sample.key]))) for sample in listing.samples]


def test_pixels_in_cells(tmp_path: Path) -> None:
    pixels = np.arange(144, dtype=np.uint8).reshape(12, 12)
    cells = {
        "fer.csv": f"emotion,pixels,Usage\n3,{' '.join(map(str, pixels.ravel()))},Training\n",
        "quoted.csv": f'label,image\n3,"{pixels.tolist()}"\n',
        "bare.csv": f"label,image\n3,{pixels.tolist()}\n",
        "lines.jsonl": json.dumps({"label": 3, "pixels": pixels.tolist()}) + "\n",
        "columns.csv": "label,"
        + ",".join(f"pixel{n}" for n in range(144))
        + "\n3,"
        + ",".join(map(str, pixels.ravel())),
    }
    for name, text in cells.items():
        (tmp_path / name).write_text(text)
        listing = discover(tmp_path / name)
        assert [s.labels for s in listing.samples] == [("3",)], name
        (content,) = contents(listing)
        assert isinstance(content, Pixels), (name, content)
        assert np.array_equal(content.array, pixels), name
        assert listing.samples[0].path == f"{name}:{1 if name.endswith('jsonl') else 2}"
    assert discover(tmp_path / "fer.csv").samples[0].split == "Training"


def test_broken_pixels_are_findings(tmp_path: Path) -> None:
    good = " ".join(["7"] * 64)
    rows = [f"{n % 3},{good}" for n in range(20)]
    rows[8], rows[12], rows[17] = f"1,{good} 8", f"2,{good[:-1]}x", "0,"
    (tmp_path / "fer.csv").write_text("emotion,pixels\n" + "\n".join(rows) + "\n")
    report = datalint.check(tmp_path / "fer.csv", {"select": ["INT001", "INT007"]})
    assert len(report.findings) == 3


WORDS = (
    st.text("abcäöß ,;'|-", min_size=1, max_size=8)
    .map(str.strip)
    .filter(lambda word: word.strip("'\"") == word and word)
)


@settings(max_examples=30, deadline=None)
@given(labels=st.lists(WORDS.map(lambda word: "k" + word), min_size=3, max_size=8), delimiter=st.sampled_from(",;\t"))
def test_what_csv_writes_is_read(tmp_path_factory: pytest.TempPathFactory, labels: list[str], delimiter: str) -> None:
    root = tmp_path_factory.mktemp("csv")
    names = [f"{n}.jpg" for n in range(len(labels))]
    make(root, *names)
    with (root / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows([("file", "label"), *zip(names, labels, strict=True)])
    found = read(root, label_separator="\0")
    assert {path: label for path, (_, label) in found.items()} == {n: (x,) for n, x in zip(names, labels, strict=True)}


@settings(max_examples=40, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_end_in_one_line_or_in_findings(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    root = tmp_path_factory.mktemp("bytes")
    make(root, "a.jpg", "b.jpg")
    for name in ("labels.csv", "labels.json", "labels.jsonl", "labels.txt"):
        (root / name).write_bytes(b"image,label\na.jpg,cat\n" + data)
        try:
            discover(root / name)
        except DatasetError as error:
            assert "\n" not in str(error)
