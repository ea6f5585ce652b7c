"""What a run costs when an earlier run was kept: nothing changed, one file changed, a commit adds ten images.

Ratios of CPU (user and system time of whole process trees) from runs in turns: of a warm run to a cold one, on the
photos of ``speed.py``, both less the start-up of a run over ten images; and of a warm run over many small files to
listing them and asking the system for their sizes, which is the least that looking at them takes. A commit is staged in
a git repository of the same files and judged as the hook does; there, seconds of wall time count.

    python benchmarks/warm.py [--files 100000] [--runs 3]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from speed import DATASETS, Cost, make, run_once

if TYPE_CHECKING:
    from collections.abc import Callable

SCAN = """
import os, sys
pending = [sys.argv[1]]
while pending:
    for entry in os.scandir(pending.pop()):
        if entry.is_dir():
            pending.append(entry.path)
        else:
            entry.stat()
"""
CHECK = [sys.executable, "-m", "datalint", "check", "--fail-on", "never", "--format", "json"]
HOOK = [*CHECK, "--staged", "--profile", "hook"]
SETTLED = 2.5  # seconds after which a changed file is believed not to change again within the clock's grain


def main() -> int:
    options = parse()
    with tempfile.TemporaryDirectory(dir=options.cache) as place:
        os.environ["DATALINT_CACHE_DIR"] = str(Path(place) / "cache")
        photos(options, Path(place))
        many_files(options, Path(place))
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=5000)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--timeout", type=float, default=3600)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "datalint-benchmark")
    options = parser.parse_args()
    options.cache.mkdir(exist_ok=True)
    return options


def photos(options: argparse.Namespace, place: Path) -> None:
    """Print how much less a warm run costs than a cold one."""
    ten, folder = make(DATASETS[0], options)
    cold_costs, warm_costs = [], []
    for _ in range(options.runs):
        shutil.rmtree(place / "cache", ignore_errors=True)
        cold = [timed(CHECK, path, options) for path in (ten, folder)]
        time.sleep(SETTLED)
        warm = [[timed(CHECK, path, options) for path in (ten, folder)] for _ in range(2)][1]
        cold_costs.append(cold[1].cpu - cold[0].cpu)
        warm_costs.append(warm[1].cpu - warm[0].cpu)
    cold_cost, warm_cost = statistics.median(cold_costs), statistics.median(warm_costs)
    print(f"photos: less the start-up, a cold run costs {cold_cost:.2f} s of CPU, a warm one {warm_cost:.3f} s")


def many_files(options: argparse.Namespace, place: Path) -> None:
    """Print what warm runs over many files cost, and what a changed file and a commit add."""
    data = place / "repository" / "data"
    generator = np.random.default_rng(0)
    for number in range(options.files):
        add(data, number, generator)
    time.sleep(SETTLED)
    timed(CHECK, data, options)
    scan = [sys.executable, "-c", SCAN]
    looking, same = in_turns([lambda: timed(scan, data, options), lambda: timed(CHECK, data, options)], options.runs)
    print(f"{options.files:,} files: listed and looked at {looking:.2f} s of CPU; a warm run {same:.2f} s")
    print(f"that is 2 x {looking:.2f} s {same - 2 * looking:+.2f} s")

    def changed() -> Cost:
        add(data, int(generator.integers(options.files)), generator)
        time.sleep(SETTLED)
        return timed(CHECK, data, options)

    (one,) = in_turns([changed], options.runs)
    print(f"one file changed: {one:.2f} s of CPU, {one / same:.1f} times a warm run")

    git = ["git", "-C", str(data.parent), "-c", "gc.auto=0", "-c", "maintenance.auto=false"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run(
        [*git, "-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "-m", "all"], check=True
    )
    timed(HOOK, data, options)
    walls = []
    for run in range(options.runs):
        for number in range(10):
            add(data, options.files + 10 * run + number, generator)
        subprocess.run([*git, "add", "."], check=True)
        time.sleep(SETTLED)
        walls.append(timed(HOOK, data, options).wall)
    print(f"a commit that adds ten images: {statistics.median(walls):.2f} s of wall time in the hook")


def add(data: Path, number: int, generator: np.random.Generator) -> None:
    """Write an image of 32 pixels that looks like no other."""
    folder = data / f"class{number % 100:02}"
    folder.mkdir(parents=True, exist_ok=True)
    pixels = generator.integers(0, 256, (16, 16, 3), np.uint8)
    Image.fromarray(pixels).resize((32, 32), Image.Resampling.NEAREST).save(folder / f"{number:07}.jpg", quality=80)


def in_turns(measures: list[Callable[[], Cost]], runs: int) -> list[float]:
    """Return the median CPU of each."""
    costs = [[measure().cpu for measure in measures] for _ in range(runs)]
    return [statistics.median(column) for column in zip(*costs, strict=True)]


def timed(command: list[str], folder: Path, options: argparse.Namespace) -> Cost:
    cost = run_once(command, folder, options.timeout, keep=True)
    assert cost is not None
    return cost


if __name__ == "__main__":
    sys.exit(main())
