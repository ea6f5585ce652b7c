"""``datalint plan`` and ``datalint augment`` through a real process."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "datalint", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300)


@pytest.fixture(scope="module")
def pets(tmp_path_factory: pytest.TempPathFactory, make_image: Callable[..., Path]) -> Path:
    root = tmp_path_factory.mktemp("plan") / "pets"
    for label, images in (("cat", 6), ("dog [x]", 3)):
        for number in range(images):
            make_image(root / "train" / label / f"{number}.jpg", seed=number + 100 * len(label))
        make_image(root / "test" / label / "0.jpg", seed=number + 50 + 100 * len(label))
    return root


def test_the_plan_is_printed_within_80_columns(pets: Path) -> None:
    result = run("plan", pets, "--target", 8)
    assert (result.returncode, result.stderr) == (0, "")
    assert "2 classes · 9 images" in result.stdout and "dog [x]     3       8" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert not any(line.endswith(" ") for line in result.stdout.splitlines())


def test_a_plan_is_carried_out_and_repeats(pets: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    assert run("plan", pets, "--target", 8, "--format", "toml", "--output", plan).returncode == 0
    result = run("augment", pets, "--plan", plan, "--out", tmp_path / "out")
    assert (result.returncode, result.stderr) == (0, "")
    made = sum(one["synthesize"] + one["append"] for one in tomllib.loads(plan.read_text())["classes"])
    assert result.stdout == f"{tmp_path / 'out'}: 11 originals, {made} made of them\n"
    assert len([*(tmp_path / "out").rglob("*__aug*.jpg")]) == made > 0
    assert run("augment", pets, "--plan", plan, "--out", tmp_path / "out").returncode == 0
    again = run("augment", pets, "--out", tmp_path / "out")
    assert again.returncode == 2 and "was made by another plan" in again.stderr


@pytest.mark.parametrize("format_", ["json", "toml", "keras", "pillow"])
def test_every_format_is_written_to_a_file_and_to_stdout(pets: Path, tmp_path: Path, format_: str) -> None:
    result = run("plan", pets, "--format", format_, "--output", tmp_path / "file")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert run("plan", pets, "--format", format_).stdout == (tmp_path / "file").read_text(encoding="utf-8")


def test_preview_splits_and_verify(pets: Path, tmp_path: Path) -> None:
    sheet, splits = tmp_path / "sheet.png", tmp_path / "splits.csv"
    result = run("plan", pets, "--target", 8, "--preview", sheet, "--splits", splits, "--verify")
    assert (result.returncode, result.stderr) == (0, "")
    assert "verified with 9 of 9 training images" in result.stdout
    assert result.stdout.endswith("the plan keeps what it promises\n")
    assert re.search(r"leakage +SPL001", result.stdout) and max(map(len, result.stdout.splitlines())) <= 80
    with Image.open(sheet) as image:
        assert image.format == "PNG" and image.width > 1000
        assert image.convert("L").getextrema() == (0, 255)
    rows = [*csv.DictReader(splits.open(encoding="utf-8"))]
    assert [*rows[0]] == ["path", "label", "split"] and len(rows) == 11
    assert {row["split"] for row in rows if row["path"].startswith("test/")} == {"test"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["plan", "{pets}", "--target", "many"], "target 'many' must be a number of images"),
        (["plan", "{pets}/nothing"], "nothing"),
        (["augment", "{pets}", "--plan", "{pets}/none.json", "--out", "{out}"], "cannot be read"),
        (["augment", "{pets}", "--out", "{pets}/augmented"], "lie in one another"),
        (["augment", "{pets}", "--plan", "{pets}/train/cat/0.jpg", "--out", "{out}"], "is not UTF-8 text"),
    ],
)
def test_mistakes_are_told_in_a_line(pets: Path, tmp_path: Path, arguments: list[str], message: str) -> None:
    result = run(*(one.format(pets=pets, out=tmp_path / "out") for one in arguments))
    assert result.returncode == 2 and message in result.stderr and result.stderr.count("\n") == 1


def test_images_without_labels_cannot_be_planned_for(tmp_path: Path, make_image: Callable[..., Path]) -> None:
    make_image(tmp_path / "flat" / "a.png")
    result = run("plan", tmp_path / "flat")
    assert result.returncode == 2 and "the images have no labels" in result.stderr


def test_a_plan_for_arrays(tmp_path: Path) -> None:
    import numpy as np

    x = np.random.default_rng(0).integers(0, 255, (20, 8, 8), np.uint8)
    np.savez(tmp_path / "digits.npz", x_train=x, y_train=np.arange(20) % 2)
    plan = json.loads(run("plan", tmp_path / "digits.npz", "--target", "12", "--format", "json").stdout)
    assert [(one["have"], one["synthesize"]) for one in plan["classes"]] == [(10, 2), (10, 2)]
