"""Recall and false alarms on published images, where they are at hand."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps
from relate.images import NO_POINTERS, contents, groups, phash, strings

from datalint.relate import Contents, exact_duplicates, near_duplicates, near_pairs, pixel_candidates

DATASETS = Path(__file__).resolve().parents[2].parent / "shared" / "datasets"
FORMATS = {".jpg", ".jpeg", ".png", ".webp"}


def folder(name: str) -> Path:
    if not (DATASETS / name).is_dir():
        pytest.skip(f"the dataset {name} is not beside the checkout")
    return DATASETS / name


def read(root: Path) -> tuple[list[str], Contents]:
    """Measure a folder with Pillow alone, JPEG at reduced scale."""
    files = sorted(file for file in root.rglob("*") if file.suffix.lower() in FORMATS)
    columns: dict[str, list[Any]] = {name: [] for name in (*Contents._fields, "bytes")}
    for file in files:
        data = file.read_bytes()
        with Image.open(file) as image:
            about = {"width": image.width, "height": image.height, "mode": image.mode, "format": image.format}
            image.draft(image.mode, (128, 128))
            reduced = hashlib.sha256(image.tobytes()).hexdigest()
            thumbnail = np.asarray(ImageOps.exif_transpose(image).convert("RGB").resize((32, 32)))
        about |= {"content_digest": hashlib.sha256(data).hexdigest(), "reduced_digest": reduced, "bytes": len(data)}
        for name, value in {**about, "thumbnails": thumbnail, "phash": phash(thumbnail)}.items():
            columns[name].append(value)
    given = {name: strings(columns[name]) for name in ("content_digest", "reduced_digest", "mode", "format")}
    size = np.array(columns["width"]) * np.array(columns["height"])
    rank = np.empty(len(files), np.int32)
    rank[np.lexsort((-np.array(columns["bytes"]), -size))] = np.arange(len(files), dtype=np.int32)
    given |= {name: np.array(columns[name], np.uint32) for name in ("width", "height")}
    given |= {"phash": np.array(columns["phash"], np.uint64), "rank": rank}
    paths = [file.relative_to(root).as_posix() for file in files]
    return paths, contents(np.stack(columns["thumbnails"]), **given)


def relate(root: Path, paths: list[str], images: Contents) -> tuple[Any, Any, Any]:
    digests = {}
    for sample_id in pixel_candidates(images).tolist():
        with Image.open(root / paths[sample_id]) as image:
            digests[sample_id] = hashlib.sha256(image.tobytes()).hexdigest()
    duplicates = exact_duplicates(images, digests, NO_POINTERS)
    pairs = near_pairs(images, duplicates).pairs
    return duplicates, pairs, near_duplicates(images, pairs, duplicates)


def kinds(duplicates: Any) -> Counter[str]:
    return Counter(dict(zip(duplicates["group_id"].tolist(), duplicates["kind"].tolist(), strict=True)).values())


def test_published_near_duplicates_of_cifar10() -> None:
    root = folder("cifar_neardup")
    published = json.loads(root.with_suffix(".pairs.json").read_text())["pairs"]
    paths, images = read(root)
    duplicates, _, table = relate(root, paths, images)
    group = {paths[s]: g for s, g in zip(table["sample_id"].tolist(), table["group_id"].tolist(), strict=True)}
    found = [pair for pair in published if group.get(pair["train"], -1) == group.get(pair["test"], -2)]
    assert len(published) == 143
    assert len(found) >= 0.75 * 143
    named = {pair[side] for pair in published for side in ("train", "test")}
    assert len(group.keys() - named) <= 0.005 * len(paths)
    assert len(duplicates["sample_id"]) == 0


@pytest.mark.parametrize("name", ["signdigits", "plantvillage_bias", "clothing_unbalanced", "clothing_split"])
def test_different_pictures_of_like_things_are_not_reported(name: str) -> None:
    root = folder(name)
    paths, images = read(root)
    duplicates, _, table = relate(root, paths, images)
    assert len(duplicates["sample_id"]) == 0
    assert len(table["sample_id"]) < 0.005 * len(paths)


def test_exact_duplicates_by_bytes_and_by_pixels() -> None:
    root = folder("facemask_messy")
    paths, images = read(root)
    duplicates, _, _ = relate(root, paths, images)
    assert kinds(duplicates) == {"bytes": 84, "pixels": 1}
    assert np.count_nonzero(~duplicates["keeper"]) == 102


def test_frames_of_a_turning_object_are_bursts() -> None:
    root = folder("fruits_leak")
    paths, images = read(root)
    duplicates, _, table = relate(root, paths, images)
    assert kinds(duplicates) == {"bytes": 32}
    assert len(table["sample_id"]) > len(paths) / 3
    fruits = {frozenset(paths[s].split("/")[-2].split()[0] for s in members) for members in groups(table).values()}
    assert all(len(fruit) == 1 for fruit in fruits), "no apple is taken for a tomato"
