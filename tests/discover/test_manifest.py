"""Manifests of every kind: how they are written, what they name, and what is wrong with them."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import datalint
from datalint.discover import ManifestColumns, Options, discover
from datalint.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from datalint.discover.listing import Reading

NAMES = [f"images/{n}.jpg" for n in range(10)]
CLASSES = ["cat", "dog"] * 5
RECORDS = [{"label": label, "location": name} for name, label in zip(NAMES, CLASSES, strict=True)]


@pytest.fixture
def images(tmp_path: Path) -> Callable[..., Path]:
    def make(*names: str) -> Path:
        for name in names:
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.new("L", (8, 8)).save(file)
        return tmp_path

    return make


def read(path: Path, **options: Any) -> Reading:
    return discover(path, Options(**options)).reading


def labels(reading: Reading) -> dict[str, tuple[str, ...]]:
    return {sample.path: sample.labels for sample in reading.samples}


def places(reading: Reading) -> list[tuple[str, str | None, str | None]]:
    return sorted((sample.path, sample.split, sample.role) for sample in reading.samples)


def table(header: Sequence[str], values: Iterable[Sequence[str]] = (), separator: str = ",") -> str:
    rows = [header, *(values or zip(NAMES, CLASSES, strict=True))]
    return "".join(separator.join(row) + "\n" for row in rows)


EXPECTED = {name: (label,) for name, label in zip(NAMES, CLASSES, strict=True)}


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
@pytest.mark.parametrize("header", ["image label", "File_Name Class", "IMAGE-PATH emotion", "id species", "foo bar"])
def test_columns_are_found(images: Callable[..., Path], header: str, separator: str) -> None:
    root = images(*NAMES)
    (root / "legend.csv").write_text(table(header.split(), separator=separator))
    reading = read(root)
    assert reading.layout == "manifest"
    assert labels(reading) == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("kind", ["csv", "json", "jsonl"])
def test_encodings_survive(images: Callable[..., Path], kind: str, encoding: str) -> None:
    root = images(*NAMES)
    said = [{"image": name, "label": label} for name, label in zip(NAMES, ["café", "naïf"] * 5, strict=True)]
    text = {
        "csv": table(["image", "label"], [list(record.values()) for record in said]),
        "json": json.dumps(said, ensure_ascii=False),
        "jsonl": "\n".join(json.dumps(record, ensure_ascii=False) for record in said),
    }[kind]
    (root / f"legend.{kind}").write_bytes(text.encode(encoding))
    assert labels(read(root)) == {record["image"]: (record["label"],) for record in said}


def test_a_line_in_another_encoding_is_a_fault(images: Callable[..., Path]) -> None:
    root = images(*NAMES)
    far = "".join(f"{NAMES[1]},dog,é{'x' * 5000}\n" for _ in range(20))
    text = table(["image", "label", "note"], [(NAMES[0], "cat", "")]) + far
    (root / "legend.csv").write_bytes(text.encode() + f"{NAMES[2]},café,\n".encode("cp1252"))
    reading = read(root)
    assert [(fault.kind, fault.place) for fault in reading.faults] == [("encoding", "line 23")]
    assert labels(reading)[NAMES[2]] == ("café",)


def test_a_table_without_a_header(images: Callable[..., Path]) -> None:
    """As elpv has it; the first column after the image with few values is the label, and that is said."""
    root = images(*NAMES)
    shares = ["1.0", "0.0", "0.3333333333333333", "0.0"]
    rows = [f"{name}  {shares[n % 4]}   {['mono', 'poly'][n // 5]}\n" for n, name in enumerate(NAMES)]
    (root / "labels.csv").write_text("".join(rows))
    reading = read(root)
    assert labels(reading)[NAMES[2]] == ("0.3333333333333333",)
    assert reading.samples[0].attributes == {"3": "mono"}
    assert "there is no header" in reading.notices[0]
    assert labels(read(root, columns=ManifestColumns(label=("3",))))[NAMES[9]] == ("poly",)


@pytest.mark.parametrize(
    "text", ["a.jpg cat\nb.jpg dog\n", "'cat', a.jpg\n'dog', b.jpg\n", "file,kind\na,cat\nb,dog\n"]
)
def test_very_few_images(images: Callable[..., Path], text: str) -> None:
    root = images("a.jpg", "b.jpg")
    (root / "labels.csv").write_text(text)
    assert labels(read(root)) == {"a.jpg": ("cat",), "b.jpg": ("dog",)}


def test_a_list_of_one_class(images: Callable[..., Path]) -> None:
    root = images(*NAMES)
    (root / "cats.txt").write_text("".join(f"{name} 0\n" for name in NAMES))
    assert labels(read(root / "cats.txt")) == dict.fromkeys(NAMES, ("0",))


def test_lists_for_each_split(images: Callable[..., Path]) -> None:
    names = [f"images/my cat {n}.jpg" for n in range(9)]
    root = images(*names)
    (root / "train.txt").write_text("".join(f"{name} {n % 2}\n" for n, name in enumerate(names[:6])))
    (root / "val.txt").write_text("".join(f"{name} {n % 2}\n" for n, name in enumerate(names[6:])))
    reading = read(root)
    assert [role for _, _, role in places(reading)] == ["train"] * 6 + ["validation"] * 3
    assert {one for sample in reading.samples for one in sample.labels} == {"0", "1"}


def test_the_spelling_of_the_handbook(images: Callable[..., Path]) -> None:
    root = images(*NAMES)
    (root / "a.csv").write_text("".join(f"'{label}', {name}\n" for name, label in zip(NAMES, CLASSES, strict=True)))
    (root / "b.json").write_text(str(RECORDS))
    (root / "c.jsonl").write_text("\n".join(map(str, RECORDS)))
    for name in ("a.csv", "b.json", "c.jsonl"):
        assert labels(read(root / name)) == EXPECTED, name


@pytest.mark.parametrize(
    "value",
    [
        {"images": RECORDS, "version": 1},
        {record["location"]: record["label"] for record in RECORDS},
        {label: [r["location"] for r in RECORDS if r["label"] == label] for label in ("cat", "dog")},
        {"train": RECORDS[:6], "test": RECORDS[6:]},
    ],
)
def test_shapes_of_json(images: Callable[..., Path], value: Any) -> None:
    root = images(*NAMES)
    (root / "labels.json").write_text(json.dumps(value, indent=1))
    assert labels(read(root)) == EXPECTED


def test_a_name_in_several_folders(images: Callable[..., Path]) -> None:
    root = images(*NAMES, "test/3.jpg", "test/4.jpg")
    (root / "legend.csv").write_text(
        table(["user.id", "image", "emotion"], [("7", f"{n}.jpg", CLASSES[n]) for n in range(10)])
    )
    reading = read(root)
    assert ("images/3.jpg", "images", "train") in places(reading)
    assert ("test/3.jpg", "test", "test") in places(reading)
    assert len(reading.samples) == len(reading.rows) == 12
    assert reading.samples[0].attributes == {"user.id": "7"}


def test_faces(shared_datasets: Path) -> None:
    reading = read(shared_datasets / "faces_csv")
    assert len(reading.samples) == 284
    assert len({row.position for row in reading.rows}) == 281
    assert {(sample.split, sample.role) for sample in reading.samples} == {("images", "train"), ("test", "test")}
    assert {*labels(reading)["images/Avinash_30.jpg"]} == {"SURPRISE", "SADNESS"}
    assert not reading.multi_label
    assert places(read(shared_datasets / "faces_csv/legend.csv")) == places(reading)


@pytest.mark.parametrize(
    "spell",
    [
        lambda name, root: name.replace("/", "\\"),
        lambda name, root: f"{root.name}/{name}",
        lambda name, root: str(root / name),
        lambda name, root: f"./{name}",
        lambda name, root: f"/kaggle/input/set/{name}",
        lambda name, root: "C:\\Users\\me\\" + name.replace("/", "\\"),
        lambda name, root: name.removesuffix(".jpg"),
    ],
)
def test_spellings_of_paths(images: Callable[..., Path], spell: Callable[[str, Path], str]) -> None:
    root = images(*NAMES)
    rows = [(spell(name, root), label) for name, label in EXPECTED.items()]
    (root / "legend.csv").write_text(table(["image", "label"], [(name, *label) for name, label in rows]))
    assert labels(read(root)) == labels(read(root / "legend.csv")) == EXPECTED


def test_paths_that_lead_out(images: Callable[..., Path]) -> None:
    root = images(*NAMES)
    (root / "lists").mkdir()
    (root / "lists/legend.csv").write_text(
        table(["image", "label"], [(f"../{n}", *one) for n, one in EXPECTED.items()])
    )
    report = datalint.check(root / "lists/legend.csv", config={"select": ["INT001"]})
    assert report.dataset.images == 10
    assert not report.findings
    with zipfile.ZipFile(root / "data.zip", "w") as archive:
        archive.write(root / NAMES[0], NAMES[0])
        archive.writestr("legend.csv", f"image,label\n{NAMES[0]},cat\n../../etc/secret.jpg,cat\n")
    reading = read(root / "data.zip")
    assert len(reading.samples) == 1
    assert [(fault.kind, fault.place) for fault in reading.faults] == [("escape", "line 3")]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_metadata_of_an_image_folder(images: Callable[..., Path], kind: str) -> None:
    """Without a label in it, the folders say the label and it says the rest."""
    names = [f"{split}/{label}/{n}.png" for split in ("train", "test") for label in ("cat", "dog") for n in range(4)]
    root = images(*names)
    for split in ("train", "test"):
        records = [
            {"file_name": name.removeprefix(f"{split}/"), "camera": f"C{n % 2}"}
            for n, name in enumerate(names)
            if name.startswith(split)
        ]
        rows = [tuple(record.values()) for record in records]
        text = table(["file_name", "camera"], rows) if kind == "csv" else "\n".join(map(json.dumps, records))
        (root / split / f"metadata.{kind}").write_text(text)
    reading = read(root)
    assert {sample.labels for sample in reading.samples} == {("cat",), ("dog",)}
    assert {sample.split for sample in reading.samples} == {"train", "test"}
    assert {sample.attributes["camera"] for sample in reading.samples} == {"C0", "C1"}


def test_splits_of_class_folders(images: Callable[..., Path]) -> None:
    names = [f"{label}/{n}.png" for label in ("cat", "dog") for n in range(10)]
    root = images(*names)
    rows = [(name, "test" if n % 5 == 0 else "train") for n, name in enumerate(names)]
    (root / "splits.csv").write_text(table(["image", "split"], rows))
    reading = read(root)
    assert {sample.labels for sample in reading.samples} == {("cat",), ("dog",)}
    assert {(sample.split, sample.role) for sample in reading.samples} == {("train", "train"), ("test", "test")}
    report = datalint.check(root, config={"select": ["SPL003"]})
    assert not report.findings


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("training.csv", "epoch,loss,acc\n1,0.5,0.3\n2,0.4,0.5\n"),
        ("requirements.txt", "numpy\npillow\n"),
        ("predictions.csv", "image,label\n" + "".join(f"cat/{n}.png,dog\ndog/{n}.png,dog\n" for n in range(10))),
        ("reviewed.csv", "image,label\ncat/1.png,cat\n"),
        ("elsewhere.csv", "image,label\n" + "".join(f"nowhere/{n}.png,{n % 2}\n" for n in range(9))),
        ("log.json", '{"a": 1}'),
        ("classes.txt", "cat\ndog\n"),
        ("broken.json", '[{"a":'),
        ("empty.csv", ""),
    ],
)
def test_what_is_no_manifest(images: Callable[..., Path], name: str, text: str) -> None:
    root = images(*(f"{label}/{n}.png" for label in ("cat", "dog") for n in range(10)))
    (root / name).write_text(text)
    reading = read(root)
    assert reading.layout == "class-folders"
    assert len(reading.samples) == 20


def test_a_manifest_in_every_class_folder(images: Callable[..., Path]) -> None:
    root = images(*(f"{c:05}/{c:05}_{n:05}.ppm" for c in range(45) for n in range(2)))
    for c in range(45):
        rows = [(f"{c:05}_{n:05}.ppm", "8", str(c)) for n in range(2)]
        (root / f"{c:05}/GT-{c:05}.csv").write_text(table(["Filename", "Width", "ClassId"], rows, ";"))
    reading = read(root)
    assert len(reading.samples) == 90
    assert len({sample.labels for sample in reading.samples}) == 45


def test_a_competition(images: Callable[..., Path]) -> None:
    root = images(*(f"train/{n}.jpg" for n in range(10)), *(f"test/{n}.jpg" for n in range(5)))
    (root / "train.csv").write_text(table(["id", "breed"], [(str(n), CLASSES[n]) for n in range(10)]))
    (root / "sample_submission.csv").write_text(table(["id", "cat", "dog"], [(str(n), "0.5", "0.5") for n in range(6)]))
    reading = read(root)
    assert len(reading.samples) == 15
    assert {sample.path for sample in reading.samples if not sample.labels} == {f"test/{n}.jpg" for n in range(5)}
    assert {(sample.split, sample.role) for sample in reading.samples} == {("train", "train"), ("test", "test")}
    assert [(row.name, row.split, row.labels) for row in reading.rows if row.path is None] == [("5", "test", ())]


def write_cells(file: Path, values: Sequence[str]) -> None:
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([("image", "tags"), *zip(NAMES, values, strict=True)])


@pytest.mark.parametrize("separator", ["|", ";", ", ", " "])
def test_several_labels_in_a_cell(images: Callable[..., Path], separator: str) -> None:
    root = images(*NAMES)
    write_cells(root / "tags.csv", [separator.join(cell) for cell in ("ab", "a", "b", "ca", "c") * 2])
    reading = read(root)
    assert reading.multi_label
    assert labels(reading)[NAMES[3]] == ("c", "a")


@pytest.mark.parametrize("values", [("great dane", "german shepherd"), ("apple, red", "apple, green")])
def test_one_label_that_looks_like_several(images: Callable[..., Path], values: tuple[str, str]) -> None:
    root = images(*NAMES)
    write_cells(root / "tags.csv", values * 5)
    reading = read(root)
    assert not reading.multi_label
    assert {sample.labels for sample in reading.samples} == {(value,) for value in values}


def test_columns_that_are_a_class_each(images: Callable[..., Path]) -> None:
    root = images(*NAMES)
    rows = [(name, str(n % 2), str(n // 2 % 2), str(n // 4 % 2)) for n, name in enumerate(NAMES)]
    (root / "many.csv").write_text(table(["image", "sun", "sea", "city"], rows))
    reading = read(root)
    assert reading.multi_label
    assert (labels(reading)[NAMES[3]], labels(reading)[NAMES[0]]) == (("sun", "sea"), ())
    one_hot = [(name, *(f"{float(n % 3 == c)}" for c in range(3))) for n, name in enumerate(NAMES)]
    (root / "many.csv").write_text(table(["image", "MEL", "NV", "BCC"], one_hot))
    reading = read(root)
    assert not reading.multi_label
    assert labels(reading)[NAMES[4]] == ("NV",)


def test_listed_twice_is_a_conflict_and_listed_by_label_is_none(images: Callable[..., Path]) -> None:
    root = images(*NAMES)
    (root / "legend.csv").write_text(table(["image", "label"]) + f"{NAMES[0]},dog\n")
    reading = read(root)
    assert not reading.multi_label
    assert labels(reading)[NAMES[0]] == ("cat", "dog")
    assert [row.labels for row in reading.rows if row.path == NAMES[0]] == [("cat",), ("dog",)]
    pairs = [(name, label) for name in NAMES for label in ("a", "bc"[int(name[7]) % 2])]
    (root / "legend.csv").write_text(table(["image", "label"], pairs))
    reading = read(root)
    assert reading.multi_label
    assert labels(reading)[NAMES[1]] == ("a", "c")


def test_bad_rows_are_faults_and_the_others_are_read(images: Callable[..., Path]) -> None:
    root = images(*NAMES)
    lines = table(["image", "label"]).splitlines()
    lines[3], lines[5], lines[6] = "images/2.jpg", "images/4.jpg,cat,extra", ",dog"
    lines[7], lines[9] = "images/6.jpg,c\0at", '"images/8.jpg,cat'
    (root / "legend.csv").write_text("\n".join(lines) + "\n")
    reading = read(root)
    assert [fault.place for fault in reading.faults] == ["line 4", "line 6", "line 7", "line 8", "line 10"]
    assert reading.faults[0].reason == "has 1 field, the header has 2"
    assert {*labels(reading)} == {NAMES[n] for n in (0, 1, 3, 7, 9)}


def test_cells_with_quotation_marks_line_breaks_and_much_text(images: Callable[..., Path]) -> None:
    root = images(*NAMES)
    with (root / "legend.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("image", "label", "note"), *((n, "cat", 'two\nlines, "x"') for n in NAMES)])
    reading = read(root)
    assert not reading.faults
    assert reading.samples[0].attributes["note"] == 'two\nlines, "x"'
    assert reading.rows[1].position == "legend.csv:4"
    inches = [(name, "cat", '5" lens') for name in NAMES]
    (root / "legend.csv").write_text(table(["image", "label", "note"], inches) + f"{NAMES[0]},cat,{'y' * 200_000}\n")
    assert not read(root).faults


def test_of_many_faults_a_hundred_are_told(images: Callable[..., Path]) -> None:
    root = images(*NAMES)
    (root / "legend.csv").write_text(table(["image", "label"], [(NAMES[0], "cat")] * 300) + "x\n" * 250)
    faults = read(root).faults
    assert len(faults) == 101
    assert "150" in faults[-1].reason


def test_labels_out_of_range(images: Callable[..., Path]) -> None:
    root = images(*NAMES)
    (root / "legend.csv").write_text(table(["image", "label"], [(name, str(n % 3)) for n, name in enumerate(NAMES)]))
    reading = read(root, label_names=("cat", "dog"))
    assert labels(reading)[NAMES[1]] == ("dog",)
    assert [(fault.kind, fault.place) for fault in reading.faults] == [("label", f"line {n}") for n in (4, 7, 10)]


def test_what_cannot_be_read_at_all(images: Callable[..., Path]) -> None:
    root = images(*NAMES)
    manifest = root / "legend.csv"
    manifest.write_text(table(["image", "label"], [(f"other/z{n}.jpg", "cat") for n in range(7)]))
    assert read(root).layout != "manifest"
    with pytest.raises(DatasetError, match=r"none of its 7 rows names an image that is there: no other/z0.jpg"):
        read(manifest)
    manifest.write_text(table(["image", "label"]))
    for path, layout in ((root, None), (root, "manifest"), (manifest, None)):
        with pytest.raises(
            DatasetError, match=r"has no column 'lable'; did you mean 'label'\?; there are image, label"
        ):
            read(path, layout=layout, columns=ManifestColumns(label=("lable",)))


def test_broken_files_are_one_line(images: Callable[..., Path]) -> None:
    root = images(*NAMES)
    generator = random.Random(1)
    texts = {
        "legend.csv": table(["image", "label"]),
        "legend.json": json.dumps(RECORDS),
        "legend.jsonl": "\n".join(map(json.dumps, RECORDS)),
    }
    for name, text in texts.items():
        file = root / name
        for _ in range(80):
            data = bytearray(text.encode()[: generator.randrange(1, len(text))])
            for _ in range(generator.randint(0, 12)):
                data[generator.randrange(len(data))] = generator.randrange(256)
            file.write_bytes(data)
            read(root)
            try:
                read(file)
            except DatasetError as error:
                assert "\n" not in str(error)
        file.unlink()


def test_a_truncated_array_keeps_its_beginning(images: Callable[..., Path]) -> None:
    root = images(*NAMES)
    text = json.dumps(RECORDS)
    (root / "legend.json").write_text(text[: text.index("images/7.jpg")])
    reading = read(root)
    assert {*labels(reading)} == {*NAMES[:7]}
    assert reading.faults[-1].kind in ("row", "damaged")


def test_as_a_process(images: Callable[..., Path]) -> None:
    root = images(*NAMES)
    (root / "legend.csv").write_text(table(["image", "label"]))
    command = [sys.executable, "-m", "datalint", "check", str(root / "legend.csv"), "--fail-on", "never"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0
    assert "CSV manifest legend.csv" in result.stdout
    assert result.stderr == ""


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs", "Cf")), min_size=1, max_size=6
)


@st.composite
def datasets(draw: st.DrawFn) -> list[tuple[str, str, str]]:
    """Names, labels and splits; a label recurs, or it would be no label."""
    classes = draw(st.lists(TEXT.filter(lambda text: text.strip("'\"[]|;,\\ ")), min_size=2, max_size=3, unique=True))
    amount = draw(st.integers(6, 12))
    return [(f"i{n}.png", classes[n % len(classes)], ("train", "test")[n % 3 == 0]) for n in range(amount)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=datasets())
def test_every_way_of_writing_says_the_same(rows: list[tuple[str, str, str]], tmp_path: Path) -> None:
    for name, _, _ in rows:
        (tmp_path / name).touch()
    header = ("image", "label", "split")
    records = [dict(zip(header, row, strict=True)) for row in rows]
    file = tmp_path / "legend.csv"
    for dialect in ({}, {"delimiter": ";"}, {"delimiter": "\t"}, {"quoting": csv.QUOTE_ALL}, {"lineterminator": "\n"}):
        with file.open("w", newline="", encoding="utf-8") as out:
            csv.writer(out, **dialect).writerows([header, *rows])
        check_rows(read(file, label_separator="\n"), rows, str(dialect))
    texts = {
        "legend.json": json.dumps(records),
        "indented.json": json.dumps(records, indent=2, ensure_ascii=False),
        "python.json": str(records),
        "legend.jsonl": "\n".join(map(json.dumps, records)),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        check_rows(read(tmp_path / name, label_separator="\n"), rows, name)


def check_rows(reading: Reading, rows: list[tuple[str, str, str]], how: str) -> None:
    found = [(sample.path, *sample.labels, sample.split) for sample in reading.samples]
    assert sorted(found, key=str) == sorted(rows), how
    assert not reading.faults


def test_labels_and_splits_in_two_manifests(images: Callable[..., Path]) -> None:
    root = images(*NAMES)
    (root / "attributes.csv").write_text(table(["image", "label"]))
    rows = [(name, "test" if n > 7 else "train", "p1") for n, name in enumerate(NAMES)]
    (root / "list_eval_partition.csv").write_text(table(["image", "partition", "patient"], rows))
    reading = read(root)
    assert labels(reading) == EXPECTED
    assert [sample.role for sample in reading.samples] == ["train"] * 8 + ["test"] * 2
    assert reading.samples[0].attributes == {"patient": "p1"}
    assert {row.split for row in reading.rows} == {"train", "test"}
