"""``datalint show`` through a real process."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PANTS = "train/pants/7eb1dd4c-e663-468d-b8ec-fb2d277ad499.jpg"
BROKEN = "train/t-shirt/b5554aac-3c15-412a-8ddc-47b1e152e57e.jpg"


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "datalint", "show", *map(str, arguments)]
    variables = {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, env=variables)


def shown(*arguments: object) -> dict[str, Any]:
    result = run(*arguments, "--format", "json")
    assert (result.returncode, result.stderr) == (0, "")
    facts: dict[str, Any] = json.loads(result.stdout)
    return facts


def test_an_image_is_shown_with_all_that_is_known(example: Path) -> None:
    result = run(example / PANTS)
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == PANTS
    assert "label       pants in train" in lines
    assert "header      JPEG, 400 x 534, RGB, quality 70 4:2:0" in lines
    assert "copies      test/pants/8be19d12-0007-4969-8dd3-56f3f018f42f.jpg (pants in test):" in lines
    assert "findings: 1" in lines and "  error  SPL001 duplicate-across-splits" in lines
    assert "▀" not in result.stdout, "a pipe has no colours"
    assert max(map(len, lines)) <= 80


def test_json_has_the_columns_of_the_tables(example: Path) -> None:
    facts = shown(example, "train/dress/6ccb3f12-7087-4303-a522-3a76d3db8ce6.jpg")
    assert facts["dataset"] == str(example)
    assert facts["samples"] == [
        {"split": "train", "role": "train", "label": "dress", "labels": ["dress"], "levels": ["dress"]}
    ]
    assert (facts["header"]["width"], facts["header"]["height"]) == (400, 400)
    assert re.fullmatch("[0-9a-f]{16}", facts["pixels"]["phash"])
    (near,) = facts["near_duplicates"]
    assert (near["path"], near["changes"]) == ("test/dress/c16fff4d-62b6-4992-8545-6624122b1066.jpg", "resized")
    assert [finding["code"] for finding in facts["findings"]] == ["SPL002"]


def test_the_picture_is_drawn_in_colour_and_in_proportion(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:20], pixels[20:] = (250, 10, 10), (10, 10, 250)
    Image.fromarray(pixels).save(tmp_path / "a" / "1.png")
    out = run(tmp_path / "a" / "1.png", FORCE_COLOR="1", COLORTERM="truecolor", TERM="xterm-256color").stdout
    drawn = [line for line in out.splitlines() if "▀" in line]
    assert len(drawn) == 8 and {line.count("▀") for line in drawn} == {32}
    assert "38;2;250;10;10;48;2;250;10;10" in drawn[0] and "38;2;10;10;250;48;2;10;10;250" in drawn[-1]


def test_a_broken_image_shows_what_is_known(example: Path) -> None:
    out = run(example, BROKEN).stdout
    assert "broken      unreadable: truncated" in out
    assert "header      JPEG, 180 x 240" in out and "pixels  " not in out
    assert "error  INT001 unreadable-image" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{data}", PANTS.replace("7eb1", "7eb2")], f"; did you mean '{PANTS}'?"),
        (["{data}/train/pants/none.jpg"], "there is no such file"),
        (["{data}/train"], "is a folder"),
        (["{data}", "\x1b[31m"], r"has no image \x1b[31m"),
        (["https://example.org/a.jpg"], "give the dataset and the image in it"),
        (["{data}/nothing", "a.jpg"], "nothing"),
    ],
)
def test_what_is_not_there_is_told_in_a_line(example: Path, arguments: list[str], message: str) -> None:
    result = run(*(argument.format(data=example) for argument in arguments))
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert message in result.stderr


def test_names_are_hostile(tmp_path: Path, make_image: Callable[..., Path]) -> None:
    name = "\x1b[31mred\u202e\n::error::x.png"
    make_image(tmp_path / "data" / "a" / name)
    make_image(tmp_path / "data" / "b" / name, seed=1)
    out = run(tmp_path / "data" / "a" / name).stdout
    printed = out.splitlines()[0]
    assert printed == r"a/\x1b[31mred\u202e\n\x3a:error::x.png"
    assert all(character.isprintable() or character == "\n" for character in out)
    assert shown(tmp_path / "data", printed)["path"] == f"a/{name}", "a name is found as it is printed"


def test_a_name_that_is_not_utf_8(tmp_path: Path, make_image: Callable[..., Path]) -> None:
    image = make_image(tmp_path / "data" / "a" / "1.png")
    os.rename(image, os.fsencode(image.parent) + b"/\xff\xfe.png")
    command = [sys.executable, "-m", "datalint", "show", os.fsencode(image.parent) + b"/\xff\xfe.png"]
    result = subprocess.run(command, capture_output=True, timeout=300)
    assert result.returncode == 0 and result.stdout.startswith(rb"a/\xff\xfe.png")


def test_rows_of_a_manifest_are_shown_also_where_the_image_is_missing(
    tmp_path: Path, make_image: Callable[..., Path]
) -> None:
    make_image(tmp_path / "img" / "1.png")
    (tmp_path / "labels.csv").write_text("filename,label,split,camera\nimg/1.png,cat,train,A\nimg/2.png,dog,train,B\n")
    facts = shown(tmp_path / "img" / "1.png")
    assert facts["dataset"] == str(tmp_path)
    assert facts["manifest_rows"] == [
        {"position": "labels.csv:2", "name": "img/1.png", "split": "train", "label": "cat"}
    ]
    assert facts["attributes"] == {"camera": "A"}
    missing = shown(tmp_path, "img/2.png")
    assert (missing["samples"], missing["pixels"]) == ([], None)
    assert missing["manifest_rows"][0]["label"] == "dog"
    assert "LAY004" in [finding["code"] for finding in missing["findings"]]


def test_images_in_arrays(tmp_path: Path) -> None:
    x = np.random.default_rng(0).integers(0, 255, (6, 8, 8), np.uint8)
    np.savez(tmp_path / "digits.npz", x_train=x, y_train=np.arange(6) % 2)
    facts = shown(tmp_path / "digits.npz", "x_train[1]")
    assert facts == shown(tmp_path / "digits.npz", "digits.npz:x_train[1]")
    assert facts["samples"][0]["label"] == "1" and facts["header"]["format"] is None


def layouts(root: Path, make_image: Callable[..., Path]) -> dict[str, tuple[Path, Path]]:
    """Images, each with the root of its dataset."""
    made = {
        "splits": ("splits/train/cat/1.png", "splits"),
        "classes": ("classes/cat/1.png", "classes"),
        "classes over splits": ("over/cat/train/1.png", "over"),
        "flat": ("flat/1.png", "flat"),
        "marked": ("marked/animals/cat/persian/1.png", "marked"),
    }
    for image, _ in made.values():
        make_image(root / image)
        other = image.replace("cat", "dog").replace("train", "test")
        make_image(root / other, seed=1)
        make_image(root / image.replace("cat", "dog"), seed=2)
        make_image(root / image.replace("train", "test"), seed=3)
    (root / "marked" / "datalint.toml").touch()
    return {name: (root / image, root / top) for name, (image, top) in made.items()}


@pytest.mark.parametrize("layout", ["splits", "classes", "classes over splits", "flat", "marked"])
def test_the_dataset_is_found_by_its_layout(tmp_path: Path, make_image: Callable[..., Path], layout: str) -> None:
    image, root = layouts(tmp_path / "here", make_image)[layout]
    if layout == "flat":  # else its folder would be a class
        subprocess.run(["git", "init", "--quiet", root], check=True)
    for other in (tmp_path / "here").iterdir():
        if other != root:
            shutil.rmtree(other)
    assert shown(image)["dataset"] == str(root)


def test_without_the_cache_nothing_is_kept(tmp_path: Path, example: Path) -> None:
    cache = tmp_path / "cache"
    kept = run(example / PANTS, "--cache-dir", cache)
    assert kept.returncode == 0 and [*cache.rglob("*.duckdb")]
    shutil.rmtree(cache)
    result = run(example / PANTS, "--cache-dir", cache, "--no-cache", TMPDIR=str(tmp_path))
    assert result.stdout == kept.stdout
    assert [*tmp_path.iterdir()] == []
