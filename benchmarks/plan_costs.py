"""What plans and augmented images cost: ``plan`` over ``check`` of the same folder, ``augment`` over bare Pillow.

CPU (user and system time of whole process trees), in turns, on the images of ``speed.py``. ``plan`` and ``check`` begin
with an empty cache, and come once more with what it keeps. What ``augment`` makes is compared with reading as many of
the images with Pillow and saving them with the tables that they have, both less their start-up: a plan with a target of
1, and Pillow over one image.

    python benchmarks/plan_costs.py [--photos 2000] [--tiny 10000] [--runs 3]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from speed import DATASETS, make, run_once

BARE = """
import io, sys
from itertools import cycle, islice
from pathlib import Path
from PIL import Image, JpegImagePlugin
files = sorted(Path(sys.argv[2]).rglob("*.jpg"))
for file in islice(cycle(files), int(sys.argv[1])):
    with Image.open(file) as image:
        image.load()
        image.save(io.BytesIO(), "JPEG", qtables=image.quantization, subsampling=JpegImagePlugin.get_sampling(image))
"""
DATALINT = [sys.executable, "-m", "datalint"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=2000)
    parser.add_argument("--tiny", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--timeout", type=float, default=3600)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "datalint-benchmark")
    options = parser.parse_args()
    options.cache.mkdir(exist_ok=True)
    for images in DATASETS[:2]:
        _, folder = make(images, options)
        found = [measure(folder, options) for _ in range(options.runs)]
        plan_cold, plan_warm, made = (statistics.median(values) for values in zip(*found, strict=True))
        print(f"{images.title}: plan over check {plan_cold:.2f}, with what is kept {plan_warm:.2f}", end="; ")
        print(f"an image that augment makes over one that Pillow reads and saves {made:.2f}")
    return 0


def measure(folder: Path, options: argparse.Namespace) -> tuple[float, float, float]:
    """Return the cost of plan over that of check, without and with a cache, and of augment over Pillow."""
    with tempfile.TemporaryDirectory(dir=options.cache) as place:
        work = Path(place)

        def cpu(*command: object) -> float:
            cost = run_once([*map(str, command)], folder, options.timeout)
            if cost is None:
                raise SystemExit(f"{command} took more than {options.timeout:g} s")
            return cost.cpu

        def datalint(cache: str, *arguments: object) -> float:
            return cpu(*DATALINT, *arguments, "--quiet", "--cache-dir", work / cache)

        check = ("check", "--fail-on", "never")
        check_cold, plan_cold = datalint("a", *check), datalint("b", "plan")
        check_warm, plan_warm = datalint("a", *check), datalint("b", "plan")
        classes = sum(entry.is_dir() for entry in folder.iterdir())
        count = sum(1 for _ in folder.rglob("*.jpg"))
        costs, made = {}, 0
        for target in (1, count // classes + 100):
            settings = work / f"{target}.toml"
            settings.write_text(f"[plan]\ntarget = {target}\nforbid = ['invert', 'shift', 'zoom']\n")
            out = work / str(target)
            costs[target] = datalint("b", "augment", "--out", out, "--config", settings)
            made = sum(1 for _ in out.rglob("*__aug*")) - made
            shutil.rmtree(out)
        bare = cpu(sys.executable, "-c", BARE, made) - cpu(sys.executable, "-c", BARE, 1)
        few, many = costs.values()
        return plan_cold / check_cold, plan_warm / check_warm, (many - few) / bare


if __name__ == "__main__":
    sys.exit(main())
