"""``datalint sample`` through a real process, and its sheet in a real browser."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from browser import complaints, requests
from sample_reports import make_hostile_dataset

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from browser import Browser

HEADER = "path,label,split,stratum,images,mark\n"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "datalint", "sample", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300)


@pytest.fixture(scope="module")
def pets(tmp_path_factory: pytest.TempPathFactory, make_image: Callable[..., Path]) -> Path:
    """20 cats and 10 dogs in two splits, one of the cats twice; a broken image."""
    root = tmp_path_factory.mktemp("sample") / "pets"
    for label, images in (("cat", 10), ("=dog", 5)):
        for split in ("train", "test"):
            for number in range(images):
                seed = number + 100 * len(label) + 1000 * len(split)
                make_image(root / split / label / f"{number}.jpg", seed=seed, size=(400, 300))
    shutil.copy(root / "train/cat/0.jpg", root / "train/cat/copy.jpg")
    (root / "train/cat/broken.jpg").write_bytes(b"no image")
    return root


@pytest.fixture(scope="module")
def sheet(pets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sheet") / "sheet.html"
    result = run(pets, "--n", 12, "--out", file)
    assert (result.returncode, result.stderr) == (0, "")
    expected = "12 of 30 images, from 4 strata; 2 look like these or cannot be decoded"
    assert result.stdout == f"{file}: {expected}\n"
    return file


def drawn(sheet: Path) -> list[tuple[str, ...]]:
    names = ("path", "label", "split", "images")
    cards = re.findall(r'<fieldset class="one" (.*?)>', sheet.read_text(encoding="utf-8"))
    return [tuple(re.findall(rf'data-{name}="(.*?)"', card)[0] for name in names) for card in cards]


def test_a_sample_is_stratified_and_repeats(sheet: Path, pets: Path, tmp_path: Path) -> None:
    rows = drawn(sheet)
    assert len(rows) == 12 and {row[3] for row in rows if row[1] == "cat"} == {"10"}
    counts = {key: sum(row[1:3] == key for row in rows) for key in {row[1:3] for row in rows}}
    assert counts == {("cat", "train"): 4, ("cat", "test"): 4, ("=dog", "train"): 2, ("=dog", "test"): 2}
    assert run(pets, "--n", 12, "--out", tmp_path / "again.html").returncode == 0
    assert (tmp_path / "again.html").read_bytes() == sheet.read_bytes()
    assert run(pets, "--n", 12, "--seed", 1, "--out", tmp_path / "other.html").returncode == 0
    assert drawn(tmp_path / "other.html") != rows
    assert run(pets, "--n", 2000, "--out", tmp_path / "all.html").returncode == 0
    everything = {row[0] for row in drawn(tmp_path / "all.html")}
    assert len(everything) == 30 and len(everything & {"train/cat/0.jpg", "train/cat/copy.jpg"}) == 1


def test_a_sheet_is_marked_by_keyboard_and_saved(chromium: Browser, sheet: Path, pets: Path, tmp_path: Path) -> None:
    chromium.open(sheet)
    assert [url.rpartition("/")[2] for url in requests(chromium)] == ["sheet.html"]
    broken = "[...document.images].filter(i => !i.complete || i.naturalWidth !== 240).length"
    assert chromium.value("document.images.length") == 12 and chromium.value(broken) == 0
    chromium.press("r", "w", "u", "j", "r", "k", "k", "w")
    assert chromium.value("document.getElementById('done').value") == "5 of 12 marked"
    chromium.open(sheet, width=390)  # once more: the browser has kept them
    assert chromium.value("document.getElementById('done').value") == "5 of 12 marked"
    assert chromium.value("document.documentElement.scrollWidth") <= 390
    chromium.press("n", "r")
    chromium.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    chromium.value("document.querySelector('.skip').focus()")
    chromium.press("Tab", " ")
    marks = tmp_path / "marks.csv"
    deadline = time.monotonic() + 20
    while not marks.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert complaints(chromium) == []
    rows = [*csv.DictReader(marks.open(encoding="utf-8", newline=""))]
    assert [row["mark"] for row in rows[:7]] == ["right", "wrong", "unsure", "wrong", "right", "right", ""]
    assert rows[0]["label"] == "'=dog", "spreadsheets carry out what begins with ="
    result = run(pets, "--marks", marks)
    assert (result.returncode, result.stderr) == (0, "")
    assert "notice" not in result.stdout


def test_hostile_names_do_nothing(chromium: Browser, tmp_path: Path, make_image: Callable[..., Path]) -> None:
    root = make_hostile_dataset(tmp_path / "data")
    for number, folder in enumerate(sorted(root.iterdir())):
        image = make_image(tmp_path / "image.png", seed=number)
        for name in folder.iterdir():
            shutil.copy(image, name)
    assert run(root, "--out", tmp_path / "sheet.html").returncode == 0
    chromium.open(tmp_path / "sheet.html")
    assert complaints(chromium) == []
    assert len(requests(chromium)) == 1 and chromium.value("document.scripts.length") == 1
    assert chromium.value("document.querySelectorAll('.one').length") == 19


def marks_of(rows: list[str]) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


def test_marks_give_the_rate_and_the_wrong_ones(pets: Path, tmp_path: Path) -> None:
    rows = [f"train/cat/{number}.jpg,cat,train,0,1000,right" for number in range(1, 6)]
    rows += ["train/cat/6.jpg,cat,train,0,1000,wrong", "test/=dog/1.jpg,'=dog,test,1,500,unsure"]
    rows += ["test/=dog/2.jpg,'=dog,test,1,500,Right", "test/=dog/3.jpg,'=dog,test,1,500,"]
    (tmp_path / "marks.csv").write_text(marks_of(rows))
    result = run(pets, "--marks", tmp_path / "marks.csv")
    assert (result.returncode, result.stderr) == (0, "")
    assert re.match(r"wrong labels: 11.1%, 95 % interval [\d.]+% to [\d.]+%\n", result.stdout)
    out = " ".join(result.stdout.split())
    assert "look at more images" in out and "7 images judged: 1 wrong, 6 right 1 unsure, left out; if all" in out
    assert out.endswith("not marked, left out wrong: train/cat/6.jpg cat in train unsure: test/=dog/1.jpg =dog in test")
    plain = json.loads(run(pets, "--marks", tmp_path / "marks.csv", "--format", "json").stdout)
    assert plain["rate"] == pytest.approx(2 / 3 * 1 / 6) and plain["verdict"] == "open"
    assert [one["path"] for one in plain["marks"]["wrong"]] == ["train/cat/6.jpg"]


def test_a_spreadsheet_may_have_saved_the_marks(pets: Path, tmp_path: Path) -> None:
    text = marks_of(["train/cat/1.jpg,cat,train,0,10,right", "train/cat/gone.jpg,cat,train,0,10,wrong"])
    (tmp_path / "marks.csv").write_text("\ufeff" + text.replace(",", ";").replace("\n", "\r\n"))
    out = run(pets, "--marks", tmp_path / "marks.csv").stdout
    assert "2 images judged: 1 wrong, 1 right" in out
    assert "no longer has 1 image of the sample" in " ".join(out.split())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("path,label\na,b\n", "marks.csv:1: no marks of a sample; the first line must be path,label,split"),
        (marks_of(["a,cat,train,0,10,right", "b,cat,train,0,10,perhaps"]), "marks.csv:3: mark 'perhaps' must be right"),
        (marks_of(["a,cat,train,0,many,right"]), "marks.csv:2: images 'many' must be a number"),
        (marks_of(["a,cat,train,0,10,right", "b,cat,train,0,11,right"]), "marks.csv:3: stratum 0 has 11 images here"),
        (marks_of(["a,cat,train,0,1,right", "b,cat,train,0,1,right"]), "2 images of stratum 0, which has 1"),
        (marks_of(["a,cat,train,0,10,"]), "no image is marked right or wrong"),
        (marks_of(["a,cat,train,0,10,right"]), "none of the images that are marked is in"),
        (marks_of(["a,cat,train,0,10"]), "marks.csv:2: 5 cells in place of 6"),
        ("", "the first line must be"),
    ],
)
def test_marks_that_are_wrong_are_told_in_a_line(pets: Path, tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "marks.csv").write_text(text)
    result = run(pets, "--marks", tmp_path / "marks.csv")
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert message in result.stderr


def test_other_mistakes(pets: Path, tmp_path: Path, make_image: Callable[..., Path]) -> None:
    assert "give either --out FILE" in run(pets).stderr
    assert "cannot be read" in run(pets, "--marks", tmp_path / "none.csv").stderr
    assert "cannot be written" in run(pets, "--out", tmp_path / "no" / "sheet.html").stderr
    make_image(tmp_path / "flat" / "a.png")
    assert "the images have no labels" in run(tmp_path / "flat", "--out", tmp_path / "s.html").stderr
