"""``datalint card``, and the rule that tells when a card is out of date, through real processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from markdown_it import MarkdownIt
from repositories import make_repository
from sample_reports import make_hostile_dataset

from datalint.card_file import BEGIN, END, statement
from datalint.card_text import differences

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

DATALINT = [sys.executable, "-m", "datalint"]
CHECK = ("check", "data", "--select", "PRV003", "--fail-on", "warning")
UPDATE = ("card", "data", "--output", "data/README.md")


@pytest.fixture
def datalint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run datalint in a folder of its own, with a cache of its own."""
    monkeypatch.setenv("DATALINT_CACHE_DIR", str(tmp_path / "cache"))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*DATALINT, *arguments]
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=300)
        return subprocess.CompletedProcess(command, result.returncode, result.stdout.decode(), result.stderr.decode())

    return run


@pytest.fixture
def data(tmp_path: Path, example: Path) -> Path:
    return Path(shutil.copytree(example, tmp_path / "data"))


@pytest.fixture
def small(tmp_path: Path, make_image: Callable[..., Path]) -> Path:
    """Four images of two classes."""
    for number, place in enumerate(f"{label}/{file}.png" for label in ("cat", "dog") for file in "12"):
        make_image(tmp_path / "data" / place, seed=number)
    return tmp_path / "data"


def test_a_card_lives_as_long_as_its_dataset(datalint: Run, small: Path) -> None:
    card = small / "README.md"
    assert datalint("card", "data", "--check").stdout.startswith("data/README.md: there is no card of datalint")
    assert "PRV003" not in datalint("check", "data", "--select", "PRV").stdout, "without a card not even as not judged"
    printed = datalint("card", "data")
    assert (printed.returncode, printed.stderr) == (0, "")
    assert datalint(*UPDATE).returncode == 0
    written = card.read_bytes()
    assert written.decode() == printed.stdout
    assert datalint("card", "data", "--check").returncode == datalint(*CHECK).returncode == 0
    assert datalint(*UPDATE).returncode == 0
    assert card.read_bytes() == written, "the card itself is no part of what it describes"

    card.write_bytes(written.replace(b"pretty_name: data", b"pretty_name: Garments  # ours").replace(b"# data", b"# G"))
    (small / "hat").mkdir()
    shutil.copy(small / "cat/1.png", small / "hat/1.png")
    for _ in range(2):  # the second time from the cache
        found = datalint(*CHECK)
        assert found.returncode == 1
        lines = " ".join(found.stdout.split())
        assert 'README.md is out of date: images 4, now 5; classes 2, now 3; new class "hat"' in lines
    stale = datalint("card", "data", "--check")
    assert stale.returncode == 1
    assert stale.stdout.splitlines()[:4] == [
        "data/README.md is out of date:",
        "  images 4, now 5",
        "  classes 2, now 3",
        '  new class "hat"',
    ]
    assert "\n  front matter: dataset_info\n  sections: Dataset, Classes" in stale.stdout
    assert datalint(*UPDATE).returncode == 0
    assert datalint("card", "data", "--check").returncode == datalint(*CHECK).returncode == 0
    text = card.read_text()
    assert "pretty_name: Garments  # ours" in text and "\n# G\n" in text and "| hat | 1 |" in text


def test_which_class_changed_is_told_alike_by_card_and_rule() -> None:
    of_cat = {'class "cat" in train': "3", 'class "cat" in test': "1"}
    before = {"images": "6", **of_cat, 'class "dog" in train': "1", 'class "dog" in test': "1"}
    after = {"images": "6", "images of test": "1", **of_cat, 'class "cat" in train': "4", 'class "a hat" in test': "1"}
    told = ["images of test 0, now 1", 'new class "a hat"', 'class "cat" in train 3, now 4', 'class "dog" is gone']
    assert differences(*(f"{BEGIN}\n{statement('.', counts)}\n{END}\n" for counts in (before, after))) == told
    many = {**after, **{f'class "{number}"': "1" for number in range(20)}}
    text = differences(*(f"{BEGIN}\n{statement('.', counts)}\n{END}\n" for counts in (after, many)))
    assert (len(text), text[-1]) == (9, "and 12 more")


def test_a_card_whose_statement_was_broken_is_told_as_damaged() -> None:
    right = f"{BEGIN}\n{statement('.', {'images': '4'})}\n\n## Images\n{END}\n"
    assert differences(right.replace('"counts": {', '"counts": ['), right) == ["what datalint wrote is damaged"]


def test_the_same_dataset_gives_the_same_bytes_anywhere(datalint: Run, data: Path, tmp_path: Path) -> None:
    first = datalint("card", "data")
    other = Path(shutil.copytree(data, tmp_path / "else where" / "data"))
    for file in other.rglob("*.jpg"):
        os.utime(file, (1, 1))
    second = datalint("card", str(other), "--no-cache", "--jobs", "2")
    assert second.stdout == first.stdout
    assert str(tmp_path) not in first.stdout and "else where" not in second.stdout


def test_facts_of_the_example(datalint: Run, data: Path) -> None:
    text = datalint("card", "data").stdout
    front = yaml.safe_load(text.split("---\n")[1])
    assert front["license"] == "cc0-1.0"
    assert [one["num_examples"] for one in front["dataset_info"]["splits"]] == [80, 13, 25]
    for line in (
        "- 118 images of 6 classes; pre-split folders",
        "| class | train | validation | test | all images |",
        "| skirt | 2 | 1 | 1 | 4 |",
        "| JPEG | colour | 8 | 115 |",
        "Not measured: 1 empty, 1 unreadable.",
        "- Licence: CC0-1.0, by how LICENSE begins",
        "- Position (GPS) in EXIF: 1 of 117 images",
        "| exact duplicates | 3 | 6 | 1 | 1 |",
        "| error | SPL001 duplicate-across-splits | 1 | Duplicate across splits |",
    ):
        assert line in text.splitlines()
    assert "2 of 25 images of test (8.0%) are in train too" in text


def test_wrong_labels_stay_known(datalint: Run, small: Path, tmp_path: Path) -> None:
    rows = [f"cat/{n}.png,cat,,cat,100,{'wrong' if n < 2 else 'right'}" for n in range(50)]
    (tmp_path / "marks.csv").write_text("\n".join(["path,label,split,stratum,images,mark", *rows]))
    assert "Not known" in datalint("card", "data").stdout
    assert datalint(*UPDATE, "--marks", "marks.csv").returncode == 0
    told = "50 images drawn at random were judged, 2 of them wrong."
    assert told in (small / "README.md").read_text()
    assert datalint("card", "data", "--check").returncode == 0
    (small / "cat/1.png").unlink()
    assert datalint(*UPDATE).returncode == 0
    assert told in (small / "README.md").read_text()


def test_hostile_names_do_nothing(datalint: Run, tmp_path: Path) -> None:
    root = make_hostile_dataset(tmp_path / "data")
    (root / "LICENSE").write_text("<script>alert(1)</script> [x](javascript:alert(1)) | \x1b[31m\n\nText")
    done = datalint(*UPDATE)
    assert (done.returncode, done.stderr) == (0, "")
    text = (root / "README.md").read_text(encoding="utf-8")
    assert all(character.isprintable() or character == "\n" for character in text)
    assert "##[" not in text and not any(line.lstrip().startswith("::") for line in text.splitlines())
    front = yaml.safe_load(text.split("\n---\n")[0].removeprefix("---\n"))
    names = front["dataset_info"]["features"][1]["dtype"]["class_label"]["names"]
    assert {"\x1b[31mred\x1b]0;title\x07", "\u202egpj.\u2066exe", r"\xff\xfe\x80name"} <= {*names.values()}
    body = text.split("\n---\n", 1)[1]
    assert [line for line in body.splitlines() if line in (BEGIN, END)] == [BEGIN, END]
    shown = MarkdownIt("commonmark", {"html": False}).enable("table").render(body)
    assert "<script" not in shown and "href=" not in shown and "<img" not in shown
    assert datalint("card", "data", "--check").returncode == 0
    assert datalint(*CHECK).returncode == 0


def test_what_is_staged_is_what_is_compared(datalint: Run, small: Path, tmp_path: Path) -> None:
    repository = make_repository(tmp_path)
    assert datalint(*UPDATE).returncode == 0
    repository.git("add", "data")
    staged = ("card", "data", "--check", "--staged")
    assert datalint(*staged).returncode == 0
    more = small / "cat/3.png"
    shutil.copy(small / "dog/1.png", more)
    assert datalint(*staged).returncode == 0, "the image is not staged"
    repository.git("add", str(more))
    assert "images 4, now 5" in datalint(*staged).stdout
    assert datalint(*UPDATE).returncode == 0
    assert datalint(*staged).returncode == 1, "the card is not staged"
    repository.git("add", "data")
    assert datalint(*staged).returncode == 0


def test_a_card_may_lie_elsewhere(datalint: Run, small: Path, tmp_path: Path) -> None:
    (tmp_path / "datalint.toml").write_text('card = "docs/CARD.md"\n')
    (tmp_path / "docs").mkdir()
    assert datalint("card", "data", "--output", "docs/CARD.md").returncode == 0
    assert not (small / "README.md").exists()
    assert datalint("card", "data", "--check").returncode == 0
    shutil.rmtree(small / "cat")
    assert "CARD.md is out of date" in datalint(*CHECK).stdout
    shutil.copytree(small, tmp_path / "other")
    assert datalint("check", "other", "--select", "PRV003", "--fail-on", "warning").returncode == 0, "of another"


@pytest.mark.parametrize(
    ("card", "problem"),
    [
        (b"---\na: [\n---\n", "data/README.md: line 3: the front matter is no YAML"),
        (b"\xff\xfe", "data/README.md: is no UTF-8 text, so it is no card"),
        (f"{BEGIN}\n".encode(), "data/README.md: one line"),
    ],
)
def test_a_card_that_cannot_be_updated_stays(datalint: Run, small: Path, card: bytes, problem: str) -> None:
    (small / "README.md").write_bytes(card)
    result = datalint(*UPDATE)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"datalint: {problem}") and result.stderr.count("\n") == 1
    assert (small / "README.md").read_bytes() == card


def test_the_hub_is_told_to_load_folders_only(datalint: Run, data: Path, tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "zipped" / "data"), "zip", data)
    card = datalint("card", "zipped/data.zip").stdout
    assert "size_categories" in card and "configs" not in card and "dataset_info" not in card
    assert "- 118 images of 6 classes" in card


@pytest.mark.parametrize("arguments", [("nowhere", "--check"), ("https://localhost:1/data", "--check")])
def test_what_cannot_be_checked_is_told_in_a_line(datalint: Run, arguments: tuple[str, ...]) -> None:
    result = datalint("card", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1 and result.stderr.startswith("datalint: ")


def test_the_hubs_own_library_loads_a_dataset_by_its_card(
    datalint: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    datasets = pytest.importorskip("datasets", reason="datasets is not installed")
    assert datalint(*UPDATE).returncode == 0
    loaded = datasets.load_dataset(str(data), cache_dir=str(tmp_path / "loaded"))
    assert {name: len(split) for name, split in loaded.items()} == {"train": 80, "validation": 13, "test": 25}
    assert loaded["train"].info.splits["test"].num_examples == 25
    assert loaded["test"].features["label"].names == ["dress", "longsleeve", "pants", "shoes", "skirt", "t-shirt"]
