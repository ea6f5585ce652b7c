"""The picture of what gives classes away."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from relate.test_background import COLOURS, dataset, scenes

import datalint
from datalint.report.evidence import evidence

if TYPE_CHECKING:
    from pathlib import Path


def snow(rng: np.random.Generator, count: int) -> Any:
    return scenes(rng, count, (225, 230, 240))


@pytest.fixture(scope="module")
def biased(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("biased")
    for label, images in dataset(np.random.default_rng(1), 30, {"leaf": snow}).items():
        (folder / label).mkdir()
        for number, image in enumerate(images):
            Image.fromarray(image).resize((96, 96)).save(folder / label / f"{number}.png")
    return folder


def check(dataset: Path, file: Path) -> subprocess.CompletedProcess[str]:
    command = ["check", str(dataset), "--select", "BIA", "--no-cache", "--evidence", str(file)]
    return subprocess.run([sys.executable, "-m", "datalint", *command], capture_output=True, text=True, check=False)


def test_the_class_is_drawn_beside_the_others(biased: Path) -> None:
    picture = evidence(datalint.check(biased, {"select": ["BIA"]}, cache=False))
    assert picture is not None
    pixels = np.asarray(picture).astype(float)
    # The first two cells are the means of the class and of the others, 96 pixels wide, under a title of 22.
    own, others = pixels[30:40, 8:100].mean(), pixels[30:40, 112:200].mean()
    assert own > others + 40


def test_a_kept_report_has_its_thumbnails(biased: Path, tmp_path: Path) -> None:
    config = {"select": ["BIA"]}
    first = datalint.check(biased, config, cache=tmp_path)
    again = datalint.check(biased, config, cache=tmp_path)
    assert again.recalled == 4 * 30
    drawn = [evidence(report) for report in (first, again)]
    assert drawn[0] is not None
    assert drawn[1] is not None
    assert drawn[0].tobytes() == drawn[1].tobytes()


def test_the_command_draws_it(biased: Path, tmp_path: Path) -> None:
    file = tmp_path / "evidence.png"
    assert check(biased, file).returncode == 0
    with Image.open(file) as picture:
        assert picture.format == "PNG"
    missing = tmp_path / "none" / "evidence.png"
    result = check(biased, missing)
    assert result.returncode == 2
    assert result.stderr.endswith("evidence.png: cannot be written: No such file or directory\n")


def test_without_findings_there_is_nothing_to_draw(tmp_path: Path) -> None:
    Image.new("RGB", (40, 40)).save(tmp_path / "a.png")
    file = tmp_path / "evidence.png"
    result = check(tmp_path, file)
    assert result.returncode == 0
    assert "no evidence to draw" in result.stderr
    assert not file.exists()


def test_labels_are_written_as_they_are_and_cut_where_they_are_long() -> None:
    from datalint.report.evidence import _drawn, _Row

    cells = [("mean of the class", np.zeros((32, 32, 3), np.uint8))]
    for label in ("<b>" * 400, "é" * 300, "\n", "\u202e" + "x" * 90, next(iter(COLOURS))):
        assert _drawn([_Row(label, cells)]).width == 96 + 30
