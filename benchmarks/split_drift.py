"""False alarms and recall of rule VAR008, split-drift, on real datasets.

    python benchmarks/split_drift.py DATASET... --seeds 50
    python benchmarks/split_drift.py DATASET... --seeds 50 --embeddings
    python benchmarks/split_drift.py DATASET... --seeds 5 --planted

Splits each dataset at random, four images to one, stratified by class and not, and prints in how many of the runs the
rule warned. With ``--embeddings`` it is given the descriptors of the thumbnails as if they were embeddings. With
``--planted`` the smaller part is changed in one way before it is measured, and it prints in how many runs the rule
warned, and in how many it named the change. Datasets whose images are rows of an array have no files to compress again,
and are left out there.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

import datalint
from datalint import judge, pipeline
from datalint.config import Config, RuleLayer
from datalint.relate import DRIFT_SQL, Embedded, described, drift

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from datalint.facts import Facts

    Array = np.ndarray[Any, Any]

RULE = "VAR008"
SHARE = 0.2
CONFIG = Config(command_line=RuleLayer(select=(RULE,)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="+", type=Path)
    parser.add_argument("--seeds", type=int, default=50)
    ways = ", ".join(PLANTS).replace("%", "%%")
    parser.add_argument("--planted", nargs="*", choices=list(PLANTS), metavar="CHANGE",
                        help=f"change the smaller part in these ways, or in all: {ways}")  # fmt: skip
    parser.add_argument("--embeddings", action="store_true", help="give embeddings too")
    options = parser.parse_args()
    if options.planted is None:
        at_random(options.datasets, range(options.seeds), options.embeddings)
    else:
        planted(options.datasets, options.planted or list(PLANTS), range(options.seeds))
    return 0


def at_random(datasets: list[Path], seeds: range, embedded: bool) -> None:
    """Print how often the rule warns of random splits."""
    runs = alarms = 0
    for dataset in datasets:
        facts = tables_of(dataset)
        if not facts.run("SELECT 1 FROM pixels LIMIT 1"):
            print(f"{dataset.name}: no image could be decoded", file=sys.stderr)
            continue
        rules = pipeline.selected_rules(facts, CONFIG)
        embeddings = descriptors(facts) if embedded else None
        for stratified in (True, False):
            found = [
                (seed, message) for seed in seeds for message in warnings(facts, rules, seed, stratified, embeddings)
            ]
            runs, alarms = runs + len(seeds), alarms + len(found)
            print(f"{dataset.name}, {'stratified' if stratified else 'at random'}: {len(found)} of {len(seeds)}")
            print(*(f"  seed {seed}: {message}" for seed, message in found), sep="\n", end="\n" if found else "")
            sys.stdout.flush()
    print(f"in all: {alarms} of {runs} random splits with a warning ({alarms / max(runs, 1):.1%})")


def tables_of(dataset: Path) -> Facts:
    """Measure a dataset; the tables can be written to."""
    report: Any = datalint.check(dataset, {"select": [RULE]}, cache=False)
    facts: Facts = getattr(report.tables, "_tables", report.tables)
    return facts


def descriptors(facts: Facts) -> Callable[[Array], Embedded]:
    """Describe the thumbnails of a dataset, as embeddings would."""
    where = facts.columns("SELECT sample_id, slot FROM thumbnails ORDER BY sample_id")
    ids, slots = (np.ma.getdata(where[name]) for name in ("sample_id", "slot"))
    features = described(facts.thumbnails.at(slots), np.arange(len(slots)), 0)
    return lambda asked: Embedded(np.isin(asked, ids), features[np.searchsorted(ids, asked[np.isin(asked, ids)])])


def warnings(
    facts: Facts,
    rules: Sequence[judge.Settings],
    seed: int,
    stratified: bool,
    embeddings: Callable[[Array], Embedded] | None,
) -> list[str]:
    """Deal the images of a dataset out to two splits, and judge these."""
    columns = facts.columns("SELECT sample_id, coalesce(label, '') AS label FROM samples ORDER BY sample_id")
    sample_id, label = (np.ma.getdata(columns[name]) for name in ("sample_id", "label"))
    chosen = sample_id[part(label.astype(str), np.random.default_rng(seed), stratified)]
    facts.run("UPDATE samples SET split = 'train', role = 'train'")
    facts.run(f"UPDATE samples SET split = 'test', role = 'test' WHERE sample_id IN ({','.join(map(str, chosen))})")
    facts.run("DELETE FROM drift")
    rows = drift(facts.columns(DRIFT_SQL), facts.thumbnails.at, embeddings)
    if not rows:
        return []
    facts.insert("drift", rows)
    results = judge.judge(facts, rules, pipeline.query_limits(CONFIG), {})
    return [finding.message for result in results for finding in result.findings]


def part(label: Array, rng: np.random.Generator, stratified: bool) -> Array:
    """Choose a fifth of n images, of each class or of all; int64[k]."""
    groups = [np.flatnonzero(label == one) for one in np.unique(label)] if stratified else [np.arange(len(label))]
    return np.concatenate([rng.permutation(rows)[: round(SHARE * len(rows))] for rows in groups])


def lighter(image: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(image).enhance(1.15)


def lifted(image: Image.Image) -> Image.Image:
    return image.point(lambda value: value + 38)  # 15 % of 255


def smaller(image: Image.Image) -> Image.Image:
    return image.resize((max(image.width * 3 // 4, 8), max(image.height * 3 // 4, 8)), Image.Resampling.LANCZOS)


def warmer(image: Image.Image) -> Image.Image:
    red, green, blue = image.split()
    return Image.merge("RGB", (red.point(lambda value: value * 1.12), green, blue.point(lambda value: value * 0.85)))


def grey(image: Image.Image) -> Image.Image:
    return image.convert("L").convert("RGB")


def blurred(image: Image.Image) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(max(min(image.size) / 100, 1)))


def on_another_ground(image: Image.Image) -> Image.Image:
    """Paint all but an ellipse in the middle, where the object is most likely, in a colour of its own."""
    x, y = np.meshgrid(np.linspace(-1, 1, image.width), np.linspace(-1, 1, image.height))
    inside = Image.fromarray(((x**2 + y**2 < 0.7) * 255).astype(np.uint8))
    noise = np.random.default_rng(image.width).normal(0, 12, (image.height, image.width, 1))
    ground = Image.fromarray((np.array([70, 110, 60]) + noise).clip(0, 255).astype(np.uint8))
    return Image.composite(image, ground, inside)


def unchanged(image: Image.Image) -> Image.Image:
    return image


PLANTS: dict[str, tuple[Callable[[Image.Image], Image.Image], int, frozenset[str]]] = {
    "nothing": (unchanged, 90, frozenset()),
    "15 % lighter": (lighter, 90, frozenset({"lightness"})),
    "lighter by 15 % of white": (lifted, 90, frozenset({"lightness"})),
    "quality 60": (unchanged, 60, frozenset({"compression"})),
    "three quarters of the size": (smaller, 90, frozenset({"size"})),
    "warmer": (warmer, 90, frozenset({"tint"})),
    "grey": (grey, 90, frozenset({"colour"})),
    "blurred": (blurred, 90, frozenset({"sharpness"})),
    "another background": (on_another_ground, 90, frozenset({"background"})),
}
"""What is done to images, the quality they are stored with, and what it is to be called."""


def planted(datasets: list[Path], names: list[str], seeds: range) -> None:
    """Print how often the rule warns of a change, and names it."""
    outcomes: dict[str, Counter[str]] = {name: Counter() for name in names}
    for dataset in datasets:
        images = list(read(dataset))
        for name in names:
            counted: Counter[str] = Counter()
            for seed in seeds:
                counted.update(outcome(images, name, seed))
            outcomes[name] += counted
            print(f"{dataset.name}, {name}: {told(counted)}", flush=True)
    print("", *(f"{name}: {told(counted)}" for name, counted in outcomes.items()), sep="\n")


def told(counted: Counter[str]) -> str:
    counts = ("warned", "right", "runs")
    named = ", ".join(f"{name} {count}" for name, count in counted.most_common() if name not in counts)
    return f"warned {counted['warned']} of {counted['runs']}, named {counted['right']} ({named})"


def read(dataset: Path) -> Iterator[tuple[str, Image.Image]]:
    """Decode the images of a dataset that have one label and are files."""
    report = datalint.check(dataset, {"select": ["INT001"]})
    rows = report.table("samples").filter("len(labels) = 1").project("path, label").fetchall()
    for path, label in rows:
        try:
            image = Image.open(dataset / path).convert("RGB")
        except OSError:
            continue
        image.thumbnail((320, 320))
        yield label, image


def outcome(images: list[tuple[str, Image.Image]], name: str, seed: int) -> Iterator[str]:
    """Write the images as a dataset of two splits, one of them changed, and check it."""
    change, quality, right = PLANTS[name]
    labels = np.array([label for label, _ in images], dtype=str)
    chosen = set(part(labels, np.random.default_rng(seed), stratified=True).tolist())
    classes = {label: f"class{number}" for number, label in enumerate(sorted(set(labels.tolist())))}
    with tempfile.TemporaryDirectory() as folder:
        for number, (label, image) in enumerate(images):
            split = "test" if number in chosen else "train"
            file = Path(folder) / split / classes[label] / f"{number}.jpg"
            file.parent.mkdir(parents=True, exist_ok=True)
            data = io.BytesIO()
            other = split == "test"
            (change(image) if other else image).save(data, "JPEG", quality=quality if other else 90)
            file.write_bytes(data.getvalue())
        report = datalint.check(folder, {"select": [RULE]}, cache=False)
        yield "runs"
        for finding in report.findings:
            facts = finding.values["facts"]
            yield from ("warned", *(["right"] if right.intersection(facts) else []), " and ".join(facts))


if __name__ == "__main__":
    sys.exit(main())
