"""Recall of near-duplicates that embeddings propose, and pairs that are none, with good embeddings and bad ones.

    python benchmarks/embedded_pairs.py FOLDER... --images 300

Takes images of each folder, writes a copy of two in five (cropped off centre, turned with black corners or without, or
in sepia), and prints how many copies are in one group with their image, and how many groups hold other images, for no
embeddings, bags of visual words, random numbers, and classes that are collapsed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageEnhance

import datalint

if TYPE_CHECKING:
    from collections.abc import Callable

    Array = np.ndarray[Any, Any]

SEPIA = np.array([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]])
WORDS, PATCH, STEP = 400, 10, 3


def cropped(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Keep 60 to 80 % of the sides, near a corner."""
    share = rng.uniform(0.6, 0.8)
    sides = [round(side * share) for side in image.size]
    spare = [side - kept for side, kept in zip(image.size, sides, strict=True)]
    left, top = (round(rng.integers(0, 2) * rest * rng.uniform(0.8, 1)) for rest in spare)
    return image.crop((left, top, left + sides[0], top + sides[1]))


def turned(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    return image.rotate(rng.uniform(5, 15) * rng.choice([-1, 1]), Image.Resampling.BICUBIC)


def turned_inside(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Turn, and keep 84 % of the sides, so that few corners are black."""
    width, height = image.size
    return turned(image, rng).crop(
        (round(width * 0.08), round(height * 0.08), round(width * 0.92), round(height * 0.92))
    )


def sepia(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    toned = Image.fromarray((np.asarray(image) @ SEPIA.T).clip(0, 255).astype(np.uint8))
    return ImageEnhance.Contrast(toned).enhance(rng.uniform(1.2, 1.5))


COPIES: dict[str, Callable[[Image.Image, np.random.Generator], Image.Image]] = {
    "cropped": cropped,
    "turned": turned,
    "turned inside": turned_inside,
    "sepia": sepia,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--images", type=int, default=300, help="of each folder, at most")
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "data"
        copies = planted(options.folders, options.images, root, rng)
        for title, vectors in embeddings(root, rng).items():
            print(f"{title}: {told(root, copies, vectors, Path(name) / 'cache')}", flush=True)
    return 0


def planted(folders: list[Path], count: int, root: Path, rng: np.random.Generator) -> dict[str, tuple[str, str]]:
    """Write images and copies, a class a folder; returns the image and the kind of each copy, by path."""
    copies = {}
    for folder in folders:
        (root / folder.name).mkdir(parents=True)
        files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in {".jpg", ".jpeg", ".png"})
        for number, place in enumerate(rng.permutation(len(files))[:count].tolist()):
            image = Image.open(files[place]).convert("RGB")
            image.thumbnail((400, 400))
            path = f"{folder.name}/{number:04}.jpg"
            image.save(root / path, quality=90)
            if number < count * 2 // 5:
                kind = list(COPIES)[number % len(COPIES)]
                COPIES[kind](image, rng).save(root / path.replace(".jpg", "-copy.jpg"), quality=85)
                copies[path.replace(".jpg", "-copy.jpg")] = path, kind
    return copies


def embeddings(root: Path, rng: np.random.Generator) -> dict[str, dict[str, Any] | None]:
    paths = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.jpg"))
    classes = np.unique([path.partition("/")[0] for path in paths], return_inverse=True)[1]
    random = rng.normal(0, 1, (len(paths), 128))
    collapsed = np.c_[50.0 * np.eye(classes.max() + 1)[classes], rng.normal(0, 0.01, (len(paths), 60))]
    found = {"words": words([root / path for path in paths], rng), "random": random, "collapsed": collapsed}
    return {"none": None, **{name: {"path": np.array(paths), "embeddings": values} for name, values in found.items()}}


def words(files: list[Path], rng: np.random.Generator) -> Array:
    """Count the visual words in patches of images of 128 pixels (Sivic and Zisserman 2003)."""
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.decomposition import PCA

    def patches(file: Path) -> Array:
        image = Image.open(file)
        image.thumbnail((128, 128))
        windows = np.lib.stride_tricks.sliding_window_view(np.asarray(image, np.float32), (PATCH, PATCH), axis=(0, 1))
        return windows[::STEP, ::STEP].reshape(-1, 3 * PATCH * PATCH)

    some = np.concatenate([patches(file)[::11] for file in files])
    axes = PCA(40, whiten=True, random_state=0).fit(some[rng.permutation(len(some))[:30_000]])
    learned = axes.transform(some[rng.permutation(len(some))[:40_000]])
    vocabulary = MiniBatchKMeans(min(WORDS, len(learned) // 4), n_init=1, random_state=0, batch_size=4096).fit(learned)
    length = vocabulary.n_clusters
    counts = np.stack(
        [np.bincount(vocabulary.predict(axes.transform(patches(file))), minlength=length) for file in files]
    )
    return np.sqrt(counts / counts.sum(1, keepdims=True))


def told(root: Path, copies: dict[str, tuple[str, str]], vectors: dict[str, Any] | None, cache: Path) -> str:
    """Say how many copies of each kind are found, and which other pairs."""
    if vectors is not None:
        np.savez(cache.with_suffix(".npz"), **vectors)
    given = None if vectors is None else cache.with_suffix(".npz")
    report = datalint.check(root, {"select": ["DUP003"]}, embeddings=given, cache=cache)
    groups = [set(paths) for (paths,) in report.table("near_duplicate_groups").project("paths").fetchall()]
    made = Counter(kind for _, kind in copies.values())
    found = Counter(kind for path, (own, kind) in copies.items() if any({path, own} <= group for group in groups))
    others = [group for group in groups if len({path.replace("-copy", "") for path in group}) > 1]
    return ", ".join(f"{kind} {found[kind]} of {made[kind]}" for kind in made) + f"; {len(others)} groups of others"


if __name__ == "__main__":
    sys.exit(main())
