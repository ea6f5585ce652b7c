"""``datalint check --against``: images of one dataset in another."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import datalint

DATASETS = Path(__file__).resolve().parents[2].parent / "shared" / "datasets"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "datalint", *arguments], capture_output=True, text=True, check=False)


def noise(folder: Path, names: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    for name in names:
        coarse = Image.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8))
        coarse.resize((96, 96), Image.Resampling.BICUBIC).save(folder / f"{name}.png")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    noise(tmp_path / "data" / "cat", "abcd", 1)
    noise(tmp_path / "other" / "dog", "efgh", 2)
    shutil.copy(tmp_path / "data/cat/a.png", tmp_path / "other/dog/e.png")
    Image.open(tmp_path / "data/cat/b.png").save(tmp_path / "other/dog/f.png", compress_level=1)
    Image.open(tmp_path / "data/cat/c.png").save(tmp_path / "other/dog/g.jpg", quality=80)
    return tmp_path


def findings(report: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in report["findings"]:
        found.setdefault(finding["code"], []).append(finding["message"])
    return found


def test_what_another_dataset_has_too(data: Path) -> None:
    done = run("check", f"{data}/data", "--against", f"{data}/other", "--select", "SPL,DUP,INT", "--format", "json")
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert report["dataset"]["images"] == 4
    assert "compared with other/: 5 of 5 images could be decoded" in report["dataset"]["notices"]
    assert findings(report) == {
        "SPL008": [
            "cat/a.png is in other/ too, byte for byte, labelled dog: dog/e.png",
            "cat/b.png is in other/ too, pixel for pixel, labelled dog: dog/f.png",
        ],
        "SPL009": ["cat/c.png looks like dog/g.jpg (re-encoded) of other/"],
    }


def test_without_another_dataset_the_rules_are_not_spoken_of(data: Path) -> None:
    done = run("check", f"{data}/data", "--select", "SPL")
    assert "SPL008" not in done.stdout
    done = run("check", f"{data}/data", "--select", "SPL008")
    assert "not evaluated: SPL008 (no other dataset is given with --against)" in done.stdout


def test_another_dataset_that_is_not_there(data: Path) -> None:
    done = run("check", f"{data}/data", "--against", f"{data}/nowhere")
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_arrays_against_a_folder(data: Path) -> None:
    pixels = np.stack([np.asarray(Image.open(data / f"data/cat/{name}.png")) for name in "abcd"])
    report = datalint.check(arrays=(pixels, [0, 0, 1, 1]), against=data / "other", config={"select": ["SPL"]})
    assert [(f.code, f.values["other_path"]) for f in report.findings] == [
        ("SPL008", "dog/e.png"),
        ("SPL008", "dog/f.png"),
        ("SPL009", "dog/g.jpg"),
    ]


def test_clothing_in_clothing() -> None:
    if not (DATASETS / "clothing_split").is_dir():
        pytest.skip("the dataset clothing_split is not beside the checkout")
    report = datalint.check(
        DATASETS / "clothing_split", against=DATASETS / "clothing_unbalanced", config={"select": ["SPL"]}
    )
    by_code: dict[str, list[Any]] = {}
    for finding in report.findings:
        by_code.setdefault(finding.code, []).append(finding)
    assert by_code.keys() == {"SPL008"}
    assert len(by_code["SPL008"]) == 40
    assert {(f.values["kind"], f.split) for f in by_code["SPL008"]} == {("bytes", "validation")}


def test_another_dataset_that_cannot_be_decoded_is_not_passed(data: Path) -> None:
    (data / "broken" / "a").mkdir(parents=True)
    (data / "broken" / "a" / "x.png").write_bytes(b"no image")
    done = run("check", f"{data}/data", "--against", f"{data}/broken", "--select", "SPL008,SPL009")
    assert "0 of 1 images could be decoded" in " ".join(done.stdout.split())
    assert "not evaluated: SPL008, SPL009 (no image of the other dataset could be decoded)" in done.stdout


def test_a_comparison_that_no_rule_makes(data: Path) -> None:
    done = run("check", f"{data}/data", "--against", f"{data}/other", "--select", "DUP")
    assert done.returncode == 2
    assert "SPL008 and SPL009 do" in done.stderr
