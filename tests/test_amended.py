"""Where little changed, the tables of the last run are amended; what comes of it is what a run without cache finds."""

from __future__ import annotations

import os
import random
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from repositories import make_repository

from datalint import collecting, pipeline
from datalint.config import config_from
from datalint.report import render
from datalint.storage import state

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLASSES = ("cat", "dog", "fox")
STEPS = 4
ACTS = (
    "add, add, add, change, change, change, delete, rename, relabel, copy, pixels, break, empty, same bytes, class, "
    "stray, odd name, upper"
)


@pytest.fixture(autouse=True)
def no_grain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that a test has just written count as old."""
    monkeypatch.setattr(state, "GRAIN_NS", -1)


@pytest.fixture
def amended(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many images were looked at by each run that amended tables."""
    counts: list[int] = []
    real = collecting.refill

    def noting(facts: Any, images: Any, *rest: Any) -> int:
        counts.append(len(images))
        return real(facts, images, *rest)

    monkeypatch.setattr(collecting, "refill", noting)
    return counts


@pytest.fixture
def data(tmp_path: Path, make_image: Callable[..., Path]) -> Path:
    for split, per_class in (("train", 16), ("test", 6)):
        for number in range(per_class):
            for label in CLASSES:
                seed = 1000 * CLASSES.index(label) + number + 100 * (split == "test")
                make_image(tmp_path / "data" / split / label / f"{number:03}.png", seed=seed)
    shutil.copy(tmp_path / "data/train/cat/001.png", tmp_path / "data/test/dog/leak.png")
    (tmp_path / "data/train/cat/empty.png").write_bytes(b"")
    (tmp_path / "data/train/notes.txt").write_text("of a walk")
    return tmp_path / "data"


def told(data: Path, cache: Path | None, staged: bool = False) -> str:
    run = pipeline.Run(1, cache=cache, staged=staged)
    return str(render(pipeline.check(str(data), config_from({"profile": "handbook"}), run), "json"))


def act(data: Path, chance: random.Random, make_image: Callable[..., Path]) -> str:
    """Change something; most of it leaves the folders as they are."""
    files = sorted(data.rglob("*.png"))
    file, other = chance.sample(files, 2)
    name = f"{chance.randrange(10**6)}.png"
    folder = data / chance.choice(("train", "test")) / chance.choice(CLASSES)
    what = chance.choice(ACTS.split(", "))
    match what:
        case "add":
            make_image(folder / name, seed=chance.randrange(10**6))
        case "change":
            make_image(file, seed=chance.randrange(10**6))
        case "delete":
            file.unlink()
        case "rename":
            file.rename(file.with_name(name))
        case "relabel":
            file.rename(folder / name)
        case "copy":
            shutil.copy(file, folder / name)
        case "pixels":
            image = Image.new("RGB", (48, 48), (chance.randrange(3) * 90, 20, 150))
            image.save(folder / name, compress_level=chance.randrange(1, 9))
        case "break":
            file.write_bytes(file.read_bytes()[:200])
        case "empty":
            file.write_bytes(b"")
        case "same bytes":
            shutil.copy(file, other)
        case "class":
            make_image(data / "train" / f"owl{name[0]}" / name, seed=chance.randrange(10**6))
        case "stray":
            (folder / "list.txt").write_text(name)
        case "odd name":
            os.rename(os.fsencode(file), os.fsencode(file.parent) + b"/\xff" + os.fsencode(name))
        case "upper":
            shutil.copy(file, file.with_name(file.name.upper()))
    return what


@pytest.mark.parametrize("seed", range(3))
def test_whatever_changes_the_report_is_that_of_a_run_without_cache(
    data: Path, tmp_path: Path, make_image: Callable[..., Path], amended: list[int], seed: int
) -> None:
    chance = random.Random(seed)
    cache = tmp_path / "cache"
    told(data, cache)
    done = []
    for _ in range(STEPS):
        done += [act(data, chance, make_image) for _ in range(chance.randrange(1, 4))]
        assert told(data, cache) == told(data, None), done
    assert len(amended) > STEPS / 3, "otherwise nothing is tested here"


def test_what_is_staged_is_amended(
    data: Path, tmp_path: Path, make_image: Callable[..., Path], amended: list[int]
) -> None:
    repository = make_repository(tmp_path)
    repository.git("add", "data")
    repository.commit()
    cache = tmp_path / "cache"
    told(data, cache, staged=True)
    make_image(data / "train/cat/more.png", seed=77)
    make_image(data / "train/dog/002.png", seed=78)
    (data / "test/fox/000.png").unlink()
    repository.git("add", "data")
    assert told(data, cache, staged=True) == told(data, None, staged=True)
    assert amended == [2]


def test_one_changed_image_is_all_that_is_looked_at(
    data: Path, tmp_path: Path, make_image: Callable[..., Path], amended: list[int]
) -> None:
    cache = tmp_path / "cache"
    told(data, cache)
    make_image(data / "train/dog/002.png", seed=5)
    told(data, cache)
    (data / "train/dog/003.png").unlink()
    told(data, cache)
    assert amended == [1, 0]


def test_files_that_were_touched_and_hold_the_same_change_nothing(
    data: Path, tmp_path: Path, amended: list[int], make_image: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a checkout, a change of modes, or another hard link to each file."""
    related: list[str] = []
    real = collecting.relating.relate
    monkeypatch.setattr(collecting.relating, "relate", lambda *given: [related.append("all"), real(*given)])
    told(data, tmp_path / "cache")
    for file in data.rglob("*.png"):
        os.utime(file, (1, 1))
    assert told(data, tmp_path / "cache") == told(data, None)
    assert (amended, related) == ([0], ["all", "all"]), "the run without cache is the second"
    for file in data.rglob("*.png"):
        os.utime(file, (2, 2))
    make_image(data / "train/cat/003.png", seed=4242)
    assert told(data, tmp_path / "cache") == told(data, None)
    assert amended == [0, 1], "the one that changed is found among those that did not"


@pytest.mark.parametrize("name", [".datalintignore", "labels.csv", "train/dog/002.png.dvc", "new/owl.png"])
def test_what_may_change_the_listing_is_listed(data: Path, tmp_path: Path, amended: list[int], name: str) -> None:
    cache = tmp_path / "cache"
    told(data, cache)
    (data / name).parent.mkdir(exist_ok=True)
    shutil.copy(data / "train/dog/001.png", data / "new/owl.png") if name.endswith("png") else (
        (data / name).write_text("cat\n" if name.startswith(".") else "")
    )
    assert told(data, cache) == told(data, None)
    assert not amended


def test_the_file_of_tables_does_not_grow_from_run_to_run(
    data: Path, tmp_path: Path, make_image: Callable[..., Path], amended: list[int]
) -> None:
    cache = tmp_path / "cache"
    sizes = []
    for seed in range(8):
        make_image(data / "train/dog/002.png", seed=seed)
        told(data, cache)
        (file,) = (cache / "datasets").glob("*.duckdb")
        sizes.append(file.stat().st_size)
    assert len(amended) == 7
    assert sizes[-1] <= 2 * sizes[0]
