"""Where a finding is to be looked for."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from conftest import png
from sample_reports import make_finding, make_report

import datalint
from datalint.report.places import Place, Places

if TYPE_CHECKING:
    from pathlib import Path

    from repositories import Repository

    from datalint.model import Finding


def place(root: str | Path, finding: Finding, layout: str = "class-folders") -> Place:
    report = make_report(root=str(root))
    report = report.__class__(**{**vars(report), "dataset": report.dataset._replace(layout=layout)})
    return Places(report).of(finding)[0]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("cat/1.jpg", "cat/1.jpg"),
        ("cat/a b#1?%.jpg", "cat/a%20b%231%3F%25.jpg"),
        ("cat/\\xff\\\\x41.jpg", "cat/%FF%5Cx41.jpg"),
        ("https://example.org/a b.jpg", "https://example.org/a%20b.jpg"),
    ],
)
def test_a_file_is_a_uri_reference_of_its_bytes(tmp_path: Path, path: str, uri: str) -> None:
    assert place(tmp_path, make_finding(paths=(path,))).uri == uri


def test_paths_begin_at_the_top_of_the_working_tree(repository: Repository) -> None:
    root = repository.path / "data" / "images"
    root.mkdir(parents=True)
    assert place(root, make_finding()).path == "data/images/cat/0.jpg"
    assert place(root, make_finding(paths=(), label=None)) == Place("data/images", is_folder=True)
    (root / "digits.h5").touch()
    digit = make_finding(paths=("digits.h5:x_train[12]",))
    assert place(root / "digits.h5", digit, "hdf5").path == "data/images/digits.h5"
    assert place(root / "digits.h5", make_finding(paths=(), label=None), "hdf5").path == "data/images/digits.h5"
    (root / "data.zip").touch()
    assert place(root / "data.zip", make_finding()).path == "data/images/data.zip/cat/0.jpg"


def test_what_is_on_a_server_is_found_there() -> None:
    assert place("https://example.org/data", make_finding()).uri == "https://example.org/data/cat/0.jpg"
    assert place("s3://bucket/data", make_finding(paths=(), label=None)).uri.startswith("s3://bucket/data")


def test_a_class_is_its_folder_for_training_and_a_split_its_own(example: Path, tmp_path: Path) -> None:
    places = Places(datalint.check(example, config={"select": ["BAL"]}, cache=False))
    top = "examples/clothing/"

    def of(label: str | None, split: str | None) -> tuple[str, bool]:
        (found,) = places.of(make_finding(paths=(), label=label, split=split))
        return found.path.removeprefix(top), found.is_folder

    assert of("skirt", None) == ("train/skirt", True)
    assert of("dress", "test") == ("test/dress", True)
    assert of(None, "validation") == ("validation", True)
    (found,) = places.of(make_finding(paths=(), label="no such class"))
    assert found == Place(top.rstrip("/"), is_folder=True)


def test_a_class_of_a_manifest_is_its_first_row(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"{number}.png").write_bytes(png(number))
    rows = ["0.png,a,train", "1.png,a,test", "2.png,b,train", "3.png,b,train", "4.png,c,test", "5.png,c,train"]
    (tmp_path / "legend.csv").write_text("\n".join(["filename,label,split", *rows]))
    places = Places(datalint.check(tmp_path, config={"select": ["BAL"]}, cache=False))

    def line(label: str | None, split: str | None) -> int | None:
        return places.of(make_finding(paths=(), label=label, split=split))[0].line

    assert [line("a", None), line("b", None), line("c", "train"), line(None, "test")] == [2, 4, 7, 3]


def test_an_archive_names_its_members(example: Path, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "data"), "zip", example)
    report = datalint.check(archive, config={"select": ["INT002", "BAL002"]}, cache=False)
    places = Places(report)
    found = {finding.code: places.of(finding)[0].path for finding in report.findings}
    assert found["INT002"].startswith("data.zip/validation/t-shirt/")
    assert found["BAL002"] == "data.zip/train/skirt"
