"""What is said of the variety of real datasets, whole and in random parts, and of classes that were made to lack it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import datalint
from datalint.model import Severity
from datalint.report.wording import population

if TYPE_CHECKING:
    from pathlib import Path

    from datalint.model import Report

VARIETY = {"select": ["VAR"], "ignore": ["VAR008"]}


def checked(path: Path) -> Report:
    return datalint.check(path, config=VARIETY)


def told(report: Report) -> Counter[str]:
    return Counter(finding.code for finding in report.findings)


def test_day_and_night_lack_each_others_light(shared_datasets: Path) -> None:
    report = checked(shared_datasets / "day_night")
    assert {(finding.code, finding.label) for finding in report.findings} == {("VAR002", "day"), ("VAR002", "night")}


def test_hands_before_a_wall_are_in_one_light_and_have_no_colours(shared_datasets: Path) -> None:
    found = told(checked(shared_datasets / "signdigits"))
    assert found["VAR002"] == 10
    assert not {"VAR003", "VAR005", "VAR007"} & found.keys()


def test_garments_on_black_are_described_in_every_word(shared_datasets: Path) -> None:
    report = checked(shared_datasets / "fashion_hdf5" / "train_fashion.h5")
    said = population(report.dataset)
    assert said.startswith("28×28, grey, light on dark, centred, filling ")
    assert said.endswith(": expect failure on coloured, inverted, shifted or smaller input")
    assert told(report)["VAR005"] == 1


@pytest.mark.parametrize("name", ["clothing_unbalanced", "facemask_messy", "cifar_neardup", "faces_csv"])
def test_photos_of_the_world_are_not_warned_of(shared_datasets: Path, name: str) -> None:
    report = checked(shared_datasets / name)
    assert not [finding for finding in report.findings if finding.severity > Severity.NOTE]
    assert not population(report.dataset)


def test_random_parts_of_varied_photos_have_no_finding(shared_datasets: Path) -> None:
    files = sorted((shared_datasets / "cifar_neardup").rglob("*.jpg"))
    images = np.stack([np.asarray(Image.open(file).convert("RGB")) for file in files])
    names = np.array([file.parent.name for file in files])
    loud = 0
    for seed in range(6):
        chosen = np.random.default_rng(seed).permutation(len(images))[: 200 + 100 * seed]
        report = datalint.check(arrays=(images[chosen], names[chosen]), config=VARIETY, cache=False, jobs=1)
        loud += bool(report.findings)
    assert loud == 0


def scenes(count: int, seed: int) -> np.ndarray[Any, Any]:
    """Random structure in random light: nothing stands out."""
    rng = np.random.default_rng(seed)
    layers = [
        np.repeat(np.repeat(rng.uniform(0, 60, (count, side, side, 3)), 64 // side, axis=1), 64 // side, axis=2)
        for side in (4, 8, 16, 32)
    ]
    light = rng.uniform(0.3, 1.3, (count, 1, 1, 1)) * rng.uniform(0.7, 1.3, (count, 1, 1, 3))
    return np.asarray(np.clip(sum(layers) * light, 0, 255), np.uint8)


def things(count: int, seed: int, **fixed: float) -> np.ndarray[Any, Any]:
    """Ellipses on walls of any colour, anywhere, of any size and tilt, in any light, unless one is fixed."""
    rng = np.random.default_rng(seed)
    place = (np.arange(64) + 0.5) / 64 - 0.5
    y, x = np.meshgrid(place, place, indexing="ij")
    images = np.empty((count, 64, 64, 3), np.uint8)
    for image in images:
        pose = {
            "x": rng.uniform(-0.25, 0.25), "y": rng.uniform(-0.25, 0.25), "size": np.exp(rng.uniform(-2.6, -1.4)),
            "tilt": rng.uniform(0, np.pi), "light": rng.uniform(0.35, 1.2), "red": rng.integers(2), **fixed,
        }  # fmt: skip
        cos, sin = np.cos(pose["tilt"]), np.sin(pose["tilt"])
        along = ((x - pose["x"]) * cos - (y - pose["y"]) * sin) / pose["size"]
        across = ((x - pose["x"]) * sin + (y - pose["y"]) * cos) / (0.5 * pose["size"])
        wall = rng.uniform(150, 230) + rng.normal(0, 2, (64, 64, 3)) + 20 * x[..., None]
        colour = np.array([150, 30, 30] if pose["red"] else [20, 100, 40]) + rng.normal(0, 6, 3)
        image[...] = np.clip(np.where((np.hypot(along, across) < 1)[..., None], colour, wall) * pose["light"], 0, 255)
    return images


@pytest.mark.parametrize(
    ("code", "fixed"),
    [
        (None, {}),
        ("VAR001", {"x": 0.1, "y": 0.1, "size": 0.15, "tilt": 0.5}),
        ("VAR004", {"x": 0.0, "y": 0.0}),
        ("VAR006", {"size": 0.15}),
    ],
)
def test_what_classes_lack_is_told_and_nothing_else(code: str | None, fixed: dict[str, float]) -> None:
    images = np.concatenate([things(60, 0, **fixed), scenes(60, 1)])
    labels = np.repeat(["thing", "scene"], 60)
    report = datalint.check(arrays=(images, labels), config=VARIETY, cache=False, jobs=1)
    found = {(finding.code, finding.label) for finding in report.findings}
    assert found - {("VAR007", "thing")} == ({(code, "thing")} if code else set())


def test_a_thin_colour_one_light_and_copies_are_told() -> None:
    rng = np.random.default_rng(0)
    rare = np.concatenate([things(145, 0, red=1), things(5, 1, red=0)])
    studio = np.clip(scenes(1, 2) + rng.normal(0, 6, (60, 64, 64, 3)), 0, 255).astype(np.uint8)
    images = np.concatenate([rare, studio, scenes(60, 3)])
    labels = np.repeat(["rare", "studio", "scene"], [150, 60, 60])
    report = datalint.check(arrays=(images, labels), config=VARIETY, cache=False, jobs=1)
    found = {(finding.code, finding.label) for finding in report.findings}
    assert {("VAR003", "rare"), ("VAR007", "studio")} <= found
    assert "scene" not in {label for _, label in found}
