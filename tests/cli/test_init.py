"""``datalint init`` writes what datalint reads, and settings that follow from the dataset."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from PIL import Image, ImageFilter

from datalint.config import load_config

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

REPOSITORY = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def datalint(tmp_path: Path) -> Run:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "datalint", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=300)

    return run


def test_the_configuration_fits_the_dataset_and_is_read(datalint: Run, tmp_path: Path, example: Path) -> None:
    shutil.copytree(example, tmp_path / "data")
    done = datalint("init", "data")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "datalint.toml"]
    config = load_config(tmp_path / "datalint.toml")
    assert config.layer.rules == {
        "class-too-small": {"min_images": 6},
        "unequal-classes": {"max_ratio": 15.0},
        "tiny-image": {"min_side": 60},
    }
    assert (
        "# half of the usual size: 6 classes of 2 to 30, half of them below 13"
        in (tmp_path / "datalint.toml").read_text()
    )
    before = datalint("check", "data", "--select", "BAL001,BAL005", "--config", "/dev/null").stdout
    after = datalint("check", "data", "--select", "BAL001,BAL005").stdout
    assert "BAL005" in before and "BAL005" not in after
    assert "BAL001 class-too-small\n" in after, "of six classes, one is still small"
    assert datalint("check", "data").returncode == 1


def test_what_is_usual_in_a_dataset_is_no_fault_of_its_images(
    datalint: Run, tmp_path: Path, make_image: Callable[..., Path]
) -> None:
    for number in range(40):
        file = make_image(tmp_path / "data" / "ab"[number % 2] / f"{number}.png", size=(96, 96), seed=number)
        if number % 4 == 0:
            with Image.open(file) as image:
                image.filter(ImageFilter.GaussianBlur(6)).save(file)
    assert "QUA" in datalint("check", "data", "--select", "blurry-image", "--statistics").stdout
    assert datalint("init", "data").returncode == 0
    config = load_config(tmp_path / "datalint.toml")
    assert config.layer.rules["blurry-image"]["min_sharpness"] < 0.25
    assert datalint("check", "data", "--select", "blurry-image", "--fail-on", "note").stdout.count(".png") <= 1


def test_nothing_that_is_there_is_changed(datalint: Run, tmp_path: Path, example: Path) -> None:
    shutil.copytree(example, tmp_path / "data")
    (tmp_path / ".gitlab-ci.yml").write_text("mine: {}\n")
    started = datalint("init", "data", "--hook", "--github", "--gitlab")
    assert started.returncode == 0
    assert (tmp_path / ".gitlab-ci.yml").read_text() == "mine: {}\n"
    assert ".gitlab-ci.yml is there already; this is what it needs:\n\ninclude:" in started.stdout
    hook = yaml.safe_load((tmp_path / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"][0]
    assert hook == {"id": "datalint", "args": ["data"]}
    workflow = yaml.safe_load((tmp_path / ".github/workflows/dataset.yml").read_text())
    step = workflow["jobs"]["datalint"]["steps"][1]
    assert step["with"].keys() <= yaml.safe_load((REPOSITORY / "action.yml").read_text())["inputs"].keys()
    again = datalint("init", "data")
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    assert "datalint.toml: is there already" in again.stderr


def test_names_of_folders_cannot_write_settings(datalint: Run, tmp_path: Path, make_image: Callable[..., Path]) -> None:
    name = 'x\nfail-on = "never" # "\']'
    for number in range(4):
        make_image(tmp_path / name / "data" / "ab"[number % 2] / f"{number}.png", seed=number)
    assert datalint("init", f"{name}/data", "--hook").returncode == 0
    assert load_config(tmp_path / "datalint.toml").fail_on == "error"
    hook = yaml.safe_load((tmp_path / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"][0]
    assert hook["args"] == [f"{name}/data"]


def test_a_dataset_elsewhere_gets_the_configuration_in_its_folder(datalint: Run, tmp_path: Path, example: Path) -> None:
    data = shutil.copytree(example, tmp_path / "elsewhere" / "data")
    (tmp_path / "here").mkdir()
    command = [sys.executable, "-m", "datalint", "init", str(data)]
    subprocess.run(command, cwd=tmp_path / "here", check=True, capture_output=True, timeout=300)
    assert (data / "datalint.toml").is_file()
