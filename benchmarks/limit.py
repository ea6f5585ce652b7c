"""CPU of a whole ``datalint check`` over the CPU that it takes to decode the images at all.

The limit is a bare loop over the same files: open, ``draft("L", (64, 64))``, ``load``, in a process of its own. Both
are measured as user and system time of whole process trees, in turns.

The images are made once, the same on every machine with the same versions of NumPy and Pillow: photo-size JPEGs of
about 100 kB. Each shows noise with the 1/f amplitude spectrum of photos, in luma and (fainter) in every channel, with a
few shapes before it.

    python benchmarks/limit.py [--images 4000] [--runs 5] [--cache FOLDER]
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Sequence

BARE_LOOP = """
import os, sys
from PIL import Image
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        image = Image.open(os.path.join(folder, name))
        image.draft("L", (64, 64))
        image.load()
"""
GOAL = 1.6
CLASSES = 10
SIZES = ((500, 375), (375, 500), (500, 333), (480, 360))
QUALITY = 93
FIELDS, FIELD_SIDE = 12, 1024


def main() -> int:
    options = parse(sys.argv[1:])
    folder = photos(options.cache, options.images)
    sizes = [file.stat().st_size for file in folder.rglob("*.jpg")]
    print(f"{len(sizes)} JPEGs of {statistics.mean(sizes) / 1000:.0f} kB on average")
    bare = [sys.executable, "-c", BARE_LOOP, str(folder)]
    check = [sys.executable, "-m", "datalint", "check", str(folder), "--no-cache", "--format", "json"]
    for command in (bare, check):  # once for the caches of the file system and of Python
        cpu_seconds(command)
    ratios = []
    for run in range(options.runs):
        limit, whole = cpu_seconds(bare), cpu_seconds(check)
        ratios.append(whole / limit)
        print(f"run {run + 1}: check {whole:.2f} s, bare loop {limit:.2f} s, ratio {ratios[-1]:.2f}", flush=True)
    median = statistics.median(ratios)
    print(f"ratio {median:.2f} (median; {min(ratios):.2f} to {max(ratios):.2f}), goal at most {GOAL}")
    return 0 if median <= GOAL else 1


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--images", type=int, default=4000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "datalint-benchmark")
    return parser.parse_args(arguments)


def cpu_seconds(command: list[str]) -> float:
    """Run a command and return the user and system time of its process tree, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    status = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if status not in (0, 1):  # 1: something was found
        raise SystemExit(f"{' '.join(command)} ended with status {status}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def photos(cache: Path, count: int) -> Path:
    """Make ``count`` images in class folders below the cache, unless they are there."""
    folder = cache / f"photos-{count}"
    if (folder / "class_0").is_dir() and sum(1 for _ in folder.rglob("*.jpg")) == count:
        return folder
    generator = np.random.default_rng(0)
    fields = [noise(generator) for _ in range(FIELDS)]
    for label in range(CLASSES):
        (folder / f"class_{label}").mkdir(parents=True, exist_ok=True)
    for number in range(count):
        file = folder / f"class_{number % CLASSES}" / f"{number:05}.jpg"
        picture(generator, fields, SIZES[number % len(SIZES)]).save(file, quality=QUALITY)
    return folder


def noise(generator: np.random.Generator) -> np.ndarray[Any, Any]:
    """Make noise whose amplitude falls with frequency as in photos; float32[side, side], mean 0, deviation 1."""
    frequency = np.hypot(np.fft.fftfreq(FIELD_SIDE)[:, None], np.fft.rfftfreq(FIELD_SIDE)[None])
    frequency[0, 0] = np.inf
    phase = generator.normal(size=frequency.shape) + 1j * generator.normal(size=frequency.shape)
    field = np.fft.irfft2(phase / frequency**1.1, s=(FIELD_SIDE, FIELD_SIDE))
    unit: np.ndarray[Any, Any] = (field / field.std()).astype(np.float32)
    return unit


def picture(generator: np.random.Generator, fields: list[np.ndarray[Any, Any]], size: tuple[int, int]) -> Image.Image:
    """Draw one image."""
    width, height = size

    def crop() -> np.ndarray[Any, Any]:
        top, left = generator.integers(FIELD_SIDE - height), generator.integers(FIELD_SIDE - width)
        field: np.ndarray[Any, Any] = fields[generator.integers(FIELDS)][top : top + height, left : left + width]
        return field[:: generator.choice([-1, 1]), :: generator.choice([-1, 1])]

    light = 48 * crop()
    pixels = np.stack([light + 10 * crop() for _ in range(3)], axis=-1) + generator.uniform(80, 170, 3)
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(generator.integers(1, 5)):
        x, y = int(generator.integers(width)), int(generator.integers(height))
        across, down = (int(radius) for radius in generator.integers(10, 120, 2))
        shape = draw.ellipse if generator.random() < 0.5 else draw.rectangle
        colour = tuple(int(level) for level in generator.integers(0, 256, 3))
        shape((x - across, y - down, x + across, y + down), fill=colour)
    return image


if __name__ == "__main__":
    sys.exit(main())
