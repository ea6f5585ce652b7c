"""Time and memory of judging a million images that are measured already, and how both grow with their number.

The facts of the images are made up, the same on every machine with the same version of NumPy: 100 classes in three
splits, thumbnails of noise with the 1/f amplitude spectrum of photos (as like one another as photos are, by their
colour layouts), perceptual hashes of these, and digests. 0.4 % are copies of another image, byte for byte, 0.4 % are
changed a little, and a few cannot be read. They are written to the files in which runs keep facts. A fresh process then
does what a run does after measuring: it finds duplicates and near-duplicates, judges all rules of a profile and makes
the report. Images whose pixels may be equal are not decoded, and what lists a dataset is not part of it.

    python benchmarks/scale.py [--images 100000 1000000] [--profile handbook] [--folder FOLDER]

Files of thumbnails, 3 GB for a million images, go to FOLDER while it runs. Memory is told in two parts: what the
process holds itself, and pages of files that it reads, which the system takes back when others need room.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from datalint import judge, measure, pipeline, relate, relating
from datalint.collecting import Data
from datalint.config import Config
from datalint.facts import Facts
from datalint.filling import missing, needed_tables
from datalint.findings import exit_status
from datalint.measure.phash import luma, perceptual_hashes
from datalint.measure.statistics import colour, light
from datalint.model import Described, Report
from datalint.report import json as json_report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datalint.model import Columns

SEED = 5
CLASSES = 100
SPLITS = (("test", "test", 0.1), ("train", "train", 0.8), ("val", "validation", 0.1))
SIDE = 32
BATCH = 5_000
COPIES, CHANGED, UNREADABLE = 0.004, 0.004, 0.0002
SIZES = np.array([(500, 375), (500, 333), (375, 500), (640, 480), (1024, 768), (400, 300)], np.uint32)
DATABASE, THUMBNAILS = "facts.duckdb", "thumbnails.bin"

Array = np.ndarray[Any, Any]


class Stage(NamedTuple):
    """What a stage of a run took."""

    name: str
    seconds: float
    cpu: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--profile", default="handbook")
    parser.add_argument("--folder", type=Path, help="where the facts go while it runs (default: a temporary folder)")
    parser.add_argument("--judge", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.judge:
        run(options.folder, options.profile)
        return 0
    results = [(count, measured(count, options.profile, options.folder)) for count in options.images]
    for count, result in results:
        show(count, result)
    (fewer, small), (more, large) = results[0], results[-1]
    if more > fewer:
        times, growth = more / fewer, total(large)[0] / total(small)[0]
        print(f"{times:g} times the images take {growth:.1f} times as long")
    return 0


def measured(count: int, profile: str, folder: Path | None) -> dict[str, Any]:
    """Make up the facts of so many images, and judge them in a process of its own."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        fill(Path(place), count)
        command = [sys.executable, __file__, "--judge", "--profile", profile, "--folder", place]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def show(count: int, result: dict[str, Any]) -> None:
    seconds, cpu = total(result)
    print(f"\n{count:,} images: {seconds:.1f} s, {cpu:.1f} s of CPU")
    for stage in map(Stage._make, result["stages"]):
        print(f"  {stage.name:<28}{stage.seconds:>8.1f} s  {stage.cpu:>8.1f} s of CPU")
    own, files = result["own"], result["files"]
    pages = f"{files / 1e6:,.0f} MB of pages of files"
    print(f"  memory: {own / 1e6:,.0f} MB, or {own / count:,.0f} bytes an image, and {pages}")
    print(f"  findings: {', '.join(f'{code} {number:,}' for code, number in result['findings'].items())}", flush=True)


def total(result: dict[str, Any]) -> tuple[float, float]:
    """Return the wall time and the CPU of all stages, which name their parts after a colon."""
    stages = [stage for stage in map(Stage._make, result["stages"]) if ":" not in stage.name]
    return sum(stage.seconds for stage in stages), sum(stage.cpu for stage in stages)


def fill(place: Path, count: int) -> None:
    """Write the facts of so many images."""
    rng = np.random.default_rng(SEED)
    facts = Facts(place / DATABASE, place / THUMBNAILS)
    row = {"root": "/made-up", "layout": "folder", "multi_label": False, "pixel_limit": 1 << 30}
    facts.insert("dataset", {name: np.array([value], object) for name, value in row.items()})
    facts.insert("folders", folders(count))
    earlier = np.zeros((0, SIDE, SIDE, 3), np.uint8), np.zeros(0, object), np.zeros(0, np.int64)
    for start in range(0, count, BATCH):
        ids = np.arange(start, min(start + BATCH, count), dtype=np.int32)
        rgb, digests = pictures(rng, len(ids)), digests_of(rng, len(ids))
        size = rng.integers(0, len(SIZES), len(ids))
        kept = len(ids) // 50
        pool = tuple(np.r_[old, new[:kept]] for old, new in zip(earlier, (rgb, digests, size), strict=True))
        copies = kept + np.arange(int(len(ids) * COPIES))
        changed = copies[-1] + 1 + np.arange(int(len(ids) * CHANGED))
        of = rng.integers(0, len(pool[0]), len(copies))
        rgb[copies], digests[copies], size[copies] = (column[of] for column in pool)
        rgb[changed] = changed_a_little(rng, pool[0][rng.integers(0, len(pool[0]), len(changed))])
        readable = rng.random(len(ids)) >= UNREADABLE
        insert(facts, ids, count, rgb, digests, SIZES[size], readable)
        earlier = tuple(column[-50_000 // 50 :] for column in pool)
    facts.close()


def pictures(rng: np.random.Generator, count: int) -> Array:
    """Make thumbnails of noise, uint8[count, 32, 32, 3]: each frequency is as strong as it is in photos."""
    frequency, position = np.arange(SIDE)[:, None], np.arange(SIDE)[None]
    waves = (np.cos(np.pi * frequency * (2 * position + 1) / (2 * SIDE)) * np.sqrt(2 / SIDE)).astype(np.float32)
    distance = np.hypot(frequency, 0.7 * frequency.T)  # up and down differ more than left and right
    distance = np.maximum(distance, 0.7)
    # Low frequencies are stronger than in one photo, since scenes repeat; so the nearest other of 60,000 is as near,
    # and shares as much structure, as with photos.
    strength = np.maximum(distance**-2.1, 0.4 / distance).astype(np.float32)
    rgb = np.empty((count, SIDE, SIDE, 3), np.float32)
    grey = waves.T @ (rng.standard_normal((count, SIDE, SIDE), np.float32) * strength) @ waves
    low = slice(None, 8)
    tints = [
        waves[low].T @ (rng.standard_normal((count, 8, 8), np.float32) * strength[low, low]) @ waves[low]
        for _ in range(2)
    ]
    contrast = rng.uniform(200, 700, (count, 1, 1)).astype(np.float32)
    tint = contrast * rng.uniform(0.02, 0.3, (count, 1, 1)).astype(np.float32)
    grey = 128 + contrast * grey
    rgb[..., 0] = grey + tint * tints[0]
    rgb[..., 1] = grey - tint * (tints[0] + tints[1]) / 2
    rgb[..., 2] = grey + tint * tints[1]
    return np.clip(rgb, 0, 255).astype(np.uint8)


def changed_a_little(rng: np.random.Generator, rgb: Array) -> Array:
    """Shift the light and add the noise of another encoding."""
    shift = rng.normal(0, 10, (len(rgb), 1, 1, 1))
    return np.clip(rgb + shift + rng.normal(0, 2, rgb.shape), 0, 255).astype(np.uint8)


def digests_of(rng: np.random.Generator, count: int) -> Array:
    return np.array([rng.bytes(32).hex() for _ in range(count)], object)


def places(count: int) -> Iterator[tuple[str, str, str, int]]:
    """Yield split, role, label and number of images of every class folder, in order of path."""
    for split, role, share in SPLITS:
        for number in range(CLASSES):
            in_split = int(count * share)
            images = in_split * (number + 1) // CLASSES - in_split * number // CLASSES
            yield split, role, f"n{1_440_764 + 1_731 * number:08}", images


def folders(count: int) -> Columns:
    split, role, label, images = zip(*places(count), strict=True)
    return {
        "path": texts(f"{a}/{b}" for a, b in zip(split, label, strict=True)),
        "kind": texts(["class"] * len(split)),
        "split": texts(split),
        "role": texts(role),
        "label": texts(label),
        "images": np.array(images, np.int32),
    }


def insert(facts: Facts, ids: Array, count: int, rgb: Array, digests: Array, size: Array, readable: Array) -> None:
    """Insert rows for a batch of samples, which are numbered in order of path."""
    split, role, label, images = zip(*places(count), strict=True)
    last = np.cumsum(images)
    place = np.searchsorted(last, ids, side="right")
    folder = [f"{split[at]}/{label[at]}" for at in place.tolist()]
    path = texts(f"{name}/{label[at]}_{i:07}.jpg" for name, at, i in zip(folder, place, ids.tolist(), strict=True))
    labels = np.array(label, object)[place]
    lists = np.empty(len(ids), object)
    lists[:] = [[name] for name in labels.tolist()]
    where = {"split": np.array(split, object)[place], "label": labels}
    several = {"role": np.array(role, object)[place], "labels": lists, "levels": lists}
    facts.insert("samples", {"sample_id": ids, "path": path, **where, **several})
    same = {name: texts([value] * len(ids)) for name, value in (("kind", "image"), ("extension", ".jpg"))}
    weight = (size.prod(axis=1) // 6 + ids % 1009).astype(np.uint64)
    facts.insert("files", {"path": path, "folder": texts(folder), **where, **same, "bytes": weight})
    facts.insert_measured(
        measurements(ids[readable], rgb[readable], digests[readable], size[readable]), relating.NEEDED
    )
    broken = ids[~readable]
    if len(broken):
        said = {"kind": texts(["unreadable"] * len(broken)), "reason": texts(["truncated"] * len(broken))}
        facts.insert("unmeasured", {"sample_id": broken, **said, "content_digest": digests[~readable]})


def measurements(ids: Array, rgb: Array, digests: Array, size: Array) -> dict[str, Columns]:
    """Measure thumbnails as images are measured; returns rows by table."""
    grey = luma(rgb).reshape(len(rgb), -1).astype(np.int64)
    histograms = np.bincount((grey + 256 * np.arange(len(grey))[:, None]).ravel(), minlength=256 * len(grey))
    header = {"format": "JPEG", "named_format": "JPEG", "mode": "RGB", "colour": True, "alpha": False, "channels": 3}
    header |= {"bit_depth": 8, "frames": 1, "orientation": 1}
    columns = {name: np.full(len(ids), value, object) for name, value in header.items()}
    return {
        "headers": {"sample_id": ids, **columns, "width": size[:, 0], "height": size[:, 1]},
        "pixels": {
            "sample_id": ids,
            "content_digest": digests,
            "reduced_digest": texts(digest[::-1] for digest in digests.tolist()),
            "phash": perceptual_hashes(rgb),
            "sharpness": (0.3 + 0.7 * (ids * 7919 % 10_007) / 10_007).astype(np.float32),
            **light(histograms.reshape(-1, 256)),
            **colour(rgb),
        },
        "thumbnails": {"sample_id": ids, "rgb": rgb.reshape(len(rgb), -1)},
    }


def texts(values: Any) -> Array:
    listed = list(values)
    column = np.empty(len(listed), object)
    column[:] = listed
    return column


def run(place: Path, profile: str) -> None:
    """Do what a run does when all images are measured, and print what it took as JSON."""
    stages: list[Stage] = []
    config = Config(profile=profile)
    facts = Facts.opened(place / DATABASE, place / THUMBNAILS, read_only=False)
    facts.use_threads(pipeline.processors())
    settings = [item for item in pipeline.selected_rules(Facts(), config) if not absent(item.rule.tables)]
    names = {name for item in settings for name in item.rule.tables | item.rule.needs}
    options = measure.MeasureOptions(pipeline.processors(), config.limits.pixels)
    with memory() as used:
        for name in ("near_pairs", "near_duplicates"):
            setattr(relate, name, timed(stages, f"relate: {name}", getattr(relate, name)))
        with stage(stages, "relate"):
            data = relating.Measured("made-up/", facts, ())
            relating.relate(data, None, needed_tables(names), options, lambda facts: None)
        with stage(stages, "keep"):
            facts.close()
            facts = Facts.opened(place / DATABASE, place / THUMBNAILS)
        with stage(stages, "judge"):
            gaps = missing(facts, names, None)
            results = judge.judge(facts, settings, pipeline.query_limits(config), gaps)
        with stage(stages, "report"):
            about = Described("made-up/", "/made-up", "folder", "class folders", ())
            rules = tuple(pipeline._identified(facts, (), results))
            told = pipeline._dataset(Data(facts, about, None, (), 0, None, None, None), None)
            json_report.render(Report(told, rules, "error", exit_status(rules, "error"), 0.0, facts))
    findings = Counter(finding.code for rule in rules for finding in rule.findings)
    failed = [f"{rule.code}: {rule.reason}" for rule in rules if rule.failed]
    if failed:
        raise SystemExit("\n".join(failed))
    print(json.dumps({"stages": stages, **used, "findings": dict(sorted(findings.items()))}))


def absent(tables: frozenset[str]) -> bool:
    """Tell whether a rule is about what this dataset has not: another dataset, a repository."""
    return not {"contamination", "tracked_files"}.isdisjoint(tables)


@contextmanager
def stage(stages: list[Stage], name: str) -> Iterator[None]:
    wall, cpu = time.monotonic(), time.process_time()
    yield
    stages.append(Stage(name, time.monotonic() - wall, time.process_time() - cpu))


def timed(stages: list[Stage], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        with stage(stages, name):
            return function(*arguments)

    return call


@contextmanager
def memory() -> Iterator[dict[str, int]]:
    """Give the most memory that the process holds meanwhile: its ``own``, and pages of ``files``, in bytes."""
    most = {"own": 0, "files": 0, "both": 0}
    over = Event()

    def look() -> None:
        while not over.wait(0.05):
            lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
            own, files = (int(lines[name].split()[0]) << 10 for name in ("RssAnon", "RssFile"))
            for name, value in (("own", own), ("files", files)):
                most[name] = max(most[name], value)

    watcher = Thread(target=look)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()
        most["both"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


if __name__ == "__main__":
    sys.exit(main())
