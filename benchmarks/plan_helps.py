"""Whether plans help: a small convolutional network, trained as it is, with classes drawn equally often, with all
augmentation on, and with the plan.

    python benchmarks/plan_helps.py [--seeds 10] [--first-seed 100] [--only digits-shifted,...]

Sets are made of real images: handwritten digits of scikit-learn, set into 28 x 28 with 4 pixels of margin as those of
MNIST are, and Fashion-MNIST (Debian's package dataset-fashion-mnist). Each is what a plan is for: classes with few
images, objects that are all centred, all light on dark; the last of each is what a plan is not for. The test images are
those that a user would meet: balanced, shifted, inverted. Naive augmentation makes as many images as the plan, of all
classes alike, with every transform on. On one seed all networks begin alike and take equally many steps.

Printed: balanced accuracy, mean over seeds, and what the plan adds to each of the others: the mean difference on the
same seeds, with its interval (95 %, Student's t). Seeds below 100 were looked at while plans were tuned. Takes torch.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PIL import Image

from datalint import augmenting, pipeline, planning
from datalint.augment.draw import draw_parameters
from datalint.augment.operations import change
from datalint.augment.record import Transform
from datalint.config import config_from

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Array = np.ndarray[Any, Any]

FASHION = Path("/usr/share/datasets/fashion-mnist")
NAIVE = (
    Transform("flip-horizontal", 0.5, None, "on"),
    Transform("flip-vertical", 0.5, None, "on"),
    Transform("quarter-turn", 0.5, None, "on"),
    Transform("rotate", 0.5, (-30.0, 30.0), "on"),
    Transform("zoom", 0.5, (0.5, 2.0), "on"),
    Transform("shift", 0.5, (-0.2, 0.2), "on"),
    Transform("brightness", 0.5, (0.5, 2.0), "on"),
    Transform("contrast", 0.5, (0.5, 2.0), "on"),
)
LEAST_STEPS, EPOCHS, BATCH = 500, 16, 64
ARMS = ("none", "drawn equally", "all on", "plan")
DIGITS = tuple("0123456789")
GARMENTS = ("t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")


class Split(NamedTuple):
    images: Array
    """uint8[n, 28, 28]."""
    labels: Array
    """int64[n]."""


class Task(NamedTuple):
    """A set to learn from, and what the network will meet."""

    name: str
    labels: tuple[str, ...]
    """Names of the classes, by which guards go."""
    train: Split
    test: Split


def main() -> int:
    options = parse(sys.argv[1:])
    results: dict[str, dict[str, list[float]]] = {}
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        for task in tasks(seed):
            if options.only and task.name not in options.only.split(","):
                continue
            found = results.setdefault(task.name, {arm: [] for arm in ARMS})
            planned = by_plan(task, seed)
            made = len(planned.labels) - len(task.train.labels)
            steps = max(LEAST_STEPS, EPOCHS * len(planned.labels) // BATCH)
            sets = (task.train, task.train, by_naive(task.train, made, seed), planned)
            for arm, train in zip(ARMS, sets, strict=True):
                equally = arm == "drawn equally"
                if equally and np.ptp(np.bincount(train.labels)) == 0:
                    found[arm].append(found["none"][-1])  # they are so already
                    continue
                found[arm].append(score(train, task.test, seed, steps, equally))
            told = ", ".join(f"{arm} {values[-1]:.3f}" for arm, values in found.items())
            print(f"seed {seed} {task.name}: {len(task.train.labels):,} + {made:,} images; {told}", file=sys.stderr)
    report(results)
    return 0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=100)
    parser.add_argument("--only", help="names of sets, with commas")
    return parser.parse_args(arguments)


def tasks(seed: int) -> list[Task]:
    """Make the sets, another draw of images for every seed."""
    generator = np.random.default_rng(seed)
    train, test = digits(generator)
    few = taken(train, [100, 12] * 5, generator)
    made = [
        Task("digits-unbalanced", DIGITS, few, test),
        Task("digits-shifted", DIGITS, train, Split(shifted(test.images, 4, generator), test.labels)),
        Task("digits-inverted", DIGITS, train, half(test, lambda images: 255 - images)),
        Task("digits-as-they-are", DIGITS, train, test),
    ]
    if FASHION.is_dir():
        clothes, worn = fashion("train"), taken(fashion("t10k"), [200] * 10, generator)
        some = taken(clothes, [150] * 10, generator)
        made += [
            Task("fashion-unbalanced", GARMENTS, taken(clothes, [300, 20] * 5, generator), worn),
            Task("fashion-shifted", GARMENTS, some, half(worn, lambda images: shifted(images, 4, generator))),
            Task("fashion-inverted", GARMENTS, some, half(worn, lambda images: 255 - images)),
            Task("fashion-as-they-are", GARMENTS, some, worn),
        ]
    return made


def digits(generator: np.random.Generator) -> tuple[Split, Split]:
    """Return 8 x 8 digits enlarged to 20 x 20 in a frame of 28 x 28; 100 a class to train on, the rest to test."""
    from sklearn.datasets import load_digits

    data = load_digits()
    images = np.zeros((len(data.images), 28, 28), np.uint8)
    for number, values in enumerate(data.images):
        small = Image.fromarray((values * 15.9375).astype(np.uint8))
        images[number, 4:24, 4:24] = np.asarray(small.resize((20, 20), Image.Resampling.BICUBIC))
    order = generator.permutation(len(images))
    images, labels = images[order], data.target[order].astype(np.int64)
    first = np.concatenate([np.flatnonzero(labels == label)[:100] for label in range(10)])
    rest = np.setdiff1d(np.arange(len(labels)), first)
    return Split(images[first], labels[first]), Split(images[rest], labels[rest])


def fashion(name: str) -> Split:
    images = np.frombuffer(
        gzip.decompress((FASHION / f"{name}-images-idx3-ubyte.gz").read_bytes()), np.uint8, offset=16
    )
    labels = np.frombuffer(gzip.decompress((FASHION / f"{name}-labels-idx1-ubyte.gz").read_bytes()), np.uint8, offset=8)
    return Split(images.reshape(-1, 28, 28), labels.astype(np.int64))


def taken(split: Split, counts: Sequence[int], generator: np.random.Generator) -> Split:
    """Take so many images of each class."""
    chosen = [
        generator.choice(np.flatnonzero(split.labels == label), count, replace=False)
        for label, count in enumerate(counts)
    ]
    rows = np.concatenate(chosen)
    return Split(split.images[rows], split.labels[rows])


def half(split: Split, changed: Callable[[Array], Array]) -> Split:
    """Change every other image."""
    images = split.images.copy()
    images[::2] = changed(images[::2])
    return Split(images, split.labels)


def shifted(images: Array, most: int, generator: np.random.Generator) -> Array:
    """Move images by up to so many pixels along both sides; what comes in is black."""
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    places = generator.integers(0, 2 * most + 1, (len(images), 2))
    return np.stack([one[y : y + 28, x : x + 28] for one, (y, x) in zip(padded, places, strict=True)])


def by_plan(task: Task, seed: int) -> Split:
    """Write class folders, plan and augment as a user would, and read what came out."""
    with tempfile.TemporaryDirectory() as work:
        root = Path(work) / "set"
        for label in task.labels:
            (root / "train" / label).mkdir(parents=True)
        for number, (image, label) in enumerate(zip(*task.train, strict=True)):
            Image.fromarray(image).save(root / "train" / task.labels[label] / f"{number:05}.png")
        config = config_from({"plan": {"seed": seed}})
        data = planning.collected(root, config, pipeline.Run(1))
        augmenting.augment(data, planning.plan(data, config), augmenting.Options(Path(work) / "out", 1))
        files = sorted((Path(work) / "out").rglob("*.png"))
        labels = np.array([task.labels.index(file.parent.name) for file in files], np.int64)
        return Split(np.stack([np.asarray(Image.open(file)) for file in files]), labels)


def by_naive(train: Split, made: int, seed: int) -> Split:
    """Add as many images, each with whatever transforms come."""
    generator = np.random.default_rng(seed)
    rows = generator.integers(0, len(train.labels), made)
    images = [
        np.asarray(change(Image.fromarray(train.images[row]), draw_parameters(NAIVE, generator), "border"))
        for row in rows
    ]
    added = np.stack(images) if images else train.images[:0]
    return Split(np.concatenate([train.images, added]), np.concatenate([train.labels, train.labels[rows]]))


def score(train: Split, test: Split, seed: int, steps: int, equally: bool) -> float:
    """Train a small convolutional network; return its balanced accuracy. Classes may be drawn ``equally`` often."""
    import torch
    from sklearn.metrics import balanced_accuracy_score
    from torch import nn

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.25), nn.Linear(32 * 49, 64), nn.ReLU(), nn.Linear(64, 10),
    )  # fmt: skip
    optimizer = torch.optim.Adam(model.parameters(), 2e-3)
    x, y = as_tensor(train.images), torch.from_numpy(train.labels)
    generator = np.random.default_rng(seed)
    chances = 1 / np.bincount(train.labels)[train.labels] if equally else np.ones(len(y))
    chances /= chances.sum()
    model.train()
    for _ in range(steps):
        rows = torch.from_numpy(generator.choice(len(y), BATCH, p=chances))
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        said = model(as_tensor(test.images)).argmax(dim=1).numpy()
    return float(balanced_accuracy_score(test.labels, said))


def as_tensor(images: Array) -> Any:
    import torch

    return torch.from_numpy(images.astype(np.float32) / 255)[:, None]


def report(results: dict[str, dict[str, list[float]]]) -> None:
    others = ARMS[:-1]
    print(f"| set | {' | '.join(ARMS)} | {' | '.join(f'plan - {arm}' for arm in others)} |")
    print("| --- " * (1 + len(ARMS) + len(others)) + "|")
    for name, found in results.items():
        cells = [f"{100 * np.mean(values):.1f}" for values in found.values()]
        cells += [difference(found["plan"], found[arm]) for arm in others]
        print(f"| {name} | {' | '.join(cells)} |")


def difference(plan: Sequence[float], other: Sequence[float]) -> str:
    """Write the mean difference on the same seeds in points, with its interval."""
    from scipy import stats

    points = 100 * (np.array(plan) - np.array(other))
    if len(points) < 2:
        return f"{points.mean():+.1f}"
    half_width = stats.t.ppf(0.975, len(points) - 1) * points.std(ddof=1) / np.sqrt(len(points))
    return f"{points.mean():+.1f} [{points.mean() - half_width:+.1f}, {points.mean() + half_width:+.1f}]"


if __name__ == "__main__":
    sys.exit(main())
