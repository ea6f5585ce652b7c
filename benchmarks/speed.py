"""CPU and wall time of a cold ``datalint check`` and of its peers, over those of decoding the images at all.

The unit is a bare loop over the same files: open, ``draft("L", (64, 64))``, ``load``. It, datalint and the peers run
in turns, each in a process of its own: first over ten of the images, then over all. datalint begins with an empty
cache, which it fills, and once more does without. The difference is what the images
cost without the start-up; ratios are taken run by run, and the table shows their medians. CPU is user and system time
of the whole tree of processes. A tool that needs longer than ``--timeout`` over all images is not run again.

The images are made once, the same on every machine with the same versions of NumPy and Pillow: photo-size JPEGs of
about 100 kB, and images of 32 pixels as JPEG and as PNG. Each shows noise with the 1/f amplitude spectrum of photos,
in luma and (fainter) in every channel, with a few shapes before it.

    python benchmarks/speed.py [--peers cleanvision=PYTHON difPy=PYTHON ...] [--runs 5] [--readme]

PYTHON is the interpreter of an environment with that peer; imagededup needs no torch for its perceptual hash. Peers
run at their defaults: cleanvision and difPy do all that they do, imagededup and czkawka look for near-duplicates.
``--readme`` writes the table between the marks in README.md.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

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
PEERS = {
    "cleanvision": """
import sys
from cleanvision import Imagelab
if __name__ == "__main__":
    Imagelab(data_path=sys.argv[1], verbose=False).find_issues(verbose=False)
""",
    "imagededup": """
import sys, types
from unittest import mock
# Its networks need torch, its hashes do not, but importing the package imports both.
for name in ("methods.cnn", "utils.models", "utils.data_generator"):
    stand_in = mock.MagicMock(spec=types.ModuleType)
    stand_in.configure_mock(CNN=None, CustomModel=None, img_dataloader=None, MobilenetV3=None)
    sys.modules["imagededup." + name] = stand_in
from imagededup.methods import PHash
if __name__ == "__main__":
    PHash(verbose=False).find_duplicates(image_dir=sys.argv[1], recursive=True)
""",
    "czkawka": """
import sys
from pathlib import Path
from czkawka import ImageSimilarity
finder = ImageSimilarity()
finder.set_directories([Path(sys.argv[1])])
finder.find_similar()
""",
    "difPy": """
import sys
import difPy
if __name__ == "__main__":
    difPy.search(difPy.build(sys.argv[1], show_progress=False), show_progress=False)
""",
}
README = Path(__file__).resolve().parent.parent / "README.md"
MARKS = ("<!-- benchmarks/speed.py -->\n", "<!-- end -->\n")
CLASSES = 10
SIZES = ((500, 375), (375, 500), (500, 333), (480, 360))
FIELDS, FIELD_SIDE = 12, 1024


class Images(NamedTuple):
    """A generated dataset."""

    title: str
    name: str
    suffix: str
    tiny: bool
    goal: float
    """Most CPU of datalint over that of the bare loop."""


DATASETS = (
    Images("photos", "photos", "jpg", False, 1.4),
    Images("32 px, JPEG", "tiny-jpeg", "jpg", True, 3.0),
    Images("32 px, PNG", "tiny-png", "png", True, 3.0),
)


class Cost(NamedTuple):
    """What a command took, in seconds."""

    cpu: float
    wall: float


def main() -> int:
    options = parse(sys.argv[1:])
    datalint = [sys.executable, "-m", "datalint", "check", "--fail-on", "never", "--format", "json"]
    commands = {
        "bare loop": [sys.executable, "-c", BARE_LOOP],
        "datalint": datalint,
        "datalint, no cache": [*datalint, "--no-cache"],
        "datalint --ignore BIA": [*datalint, "--ignore", "BIA"],
    }
    with tempfile.TemporaryDirectory() as scripts:
        for name, python in options.peers:
            script = Path(scripts) / f"run_{name}.py"  # workers of a peer import the script again
            script.write_text(PEERS[name])
            commands[name] = [python, str(script)]
        measured = {
            images: compare(commands, *make(images, options), options.runs, options.timeout)
            for images in DATASETS
            if images.name in options.sets
        }
    table = render(measured, list(commands)[1:])
    print(table)
    if options.readme:
        before, _, rest = README.read_text(encoding="utf-8").partition(MARKS[0])
        README.write_text(before + MARKS[0] + table + MARKS[1] + rest.partition(MARKS[1])[2], encoding="utf-8")
    return int(any(median(costs["datalint --ignore BIA"], "cpu") > images.goal for images, costs in measured.items()))


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    def peer(text: str) -> tuple[str, str]:
        name, _, python = text.partition("=")
        if name not in PEERS or not python:
            raise argparse.ArgumentTypeError(f"{text!r} is not NAME=PYTHON with a name of {', '.join(PEERS)}")
        return name, python

    names = [images.name for images in DATASETS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=peer, nargs="+", default=[], metavar="NAME=PYTHON")
    parser.add_argument("--sets", nargs="+", choices=names, default=names)
    parser.add_argument("--photos", type=int, default=5000)
    parser.add_argument("--tiny", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--timeout", type=float, default=600, help="seconds that a tool may take over all images")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "datalint-benchmark")
    parser.add_argument("--readme", action="store_true", help="write the table to README.md")
    return parser.parse_args(arguments)


def compare(
    commands: dict[str, list[str]], ten: Path, folder: Path, runs: int, timeout: float
) -> dict[str, list[Cost] | None]:
    """Run the commands in turns; return for each the ratios to the bare loop by run, None for one that is too slow."""
    ratios: dict[str, list[Cost] | None] = {name: [] for name in commands}
    run_once(commands["bare loop"], folder, timeout)  # the files come from the page cache from now on
    for number in range(runs):
        bare = Cost(0, 0)
        for name, command in commands.items():
            collected = ratios[name]
            if collected is None:
                continue
            start, whole = run_once(command, ten, timeout), run_once(command, folder, timeout)
            if start is None or whole is None:
                print(f"{folder.name}: {name} took more than {timeout:g} s", flush=True)
                ratios[name] = None
                continue
            cost = Cost(whole.cpu - start.cpu, whole.wall - start.wall)
            bare = cost if name == "bare loop" else bare
            collected.append(Cost(cost.cpu / bare.cpu, cost.wall / bare.wall))
            print(
                f"{folder.name}, run {number + 1}: {name} {cost.cpu:.2f} s of CPU, {cost.wall:.2f} s of wall time, "
                f"start-up {start.cpu:.2f} s; ratio {collected[-1].cpu:.2f}",
                flush=True,
            )
    return ratios


def run_once(command: list[str], folder: Path, timeout: float, keep: bool = False) -> Cost | None:
    """Run a command on a folder, with no cache of an earlier run unless ``keep``; None if it takes too long."""
    with tempfile.TemporaryDirectory() as home:
        homes = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "DATALINT_CACHE_DIR"), home)
        environment = {**os.environ, **({} if keep else homes)}
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        process = subprocess.Popen(
            [*command, str(folder)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            process_group=0,
            text=True,
            errors="replace",
        )
        try:
            messages = process.communicate(timeout=timeout)[1]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.communicate()
            return None
        wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise SystemExit(f"{command[0]} ... {folder} ended with status {process.returncode}\n{messages[-2000:]}")
    return Cost(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall)


def render(measured: dict[Images, dict[str, list[Cost] | None]], tools: list[str]) -> str:
    """Make a Markdown table: a row a tool; CPU, range of CPU and wall time over the bare loop for each dataset."""
    lines = [
        "| CPU (wall time), times a bare decode | " + " | ".join(images.title for images in measured) + " |",
        "| --- |" + " --- |" * len(measured),
    ]
    for tool in tools:
        cells = []
        for costs in measured.values():
            runs = costs[tool]
            cells.append(f"{median(runs, 'cpu'):.1f} ({median(runs, 'wall'):.1f})" if runs else "too slow")
        lines.append(f"| {tool} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def median(runs: list[Cost] | None, what: str) -> float:
    return statistics.median(getattr(cost, what) for cost in runs) if runs else float("inf")


def make(images: Images, options: argparse.Namespace) -> tuple[Path, Path]:
    """Make the images in class folders below the cache, unless they are there; return a folder of ten, and of all."""
    count = options.tiny if images.tiny else options.photos
    folder: Path = options.cache / f"{images.name}-{count}"
    ten = folder.with_name(folder.name + "-ten")
    files = [folder / f"class_{number % CLASSES}" / f"{number:05}.{images.suffix}" for number in range(count)]
    if not (files[-1].exists() and sum(1 for _ in folder.rglob("*.*")) == count):
        for label in range(CLASSES):
            (folder / f"class_{label}").mkdir(parents=True, exist_ok=True)
        generator = np.random.default_rng(0)
        fields = [noise(generator) for _ in range(FIELDS)]
        for number, file in enumerate(files):
            image = picture(generator, fields, SIZES[number % len(SIZES)])
            if images.tiny:
                image = image.resize((32, 32), Image.Resampling.LANCZOS)
            image.save(file, quality=93)
    shutil.rmtree(ten, ignore_errors=True)
    for file in files[:10]:
        copy = ten / file.relative_to(folder)
        copy.parent.mkdir(parents=True)
        shutil.copyfile(file, copy)
    kilobytes = statistics.mean(file.stat().st_size for file in files) / 1000
    print(f"{folder.name}: {count:,} images of {kilobytes:.1f} kB on average", flush=True)
    return ten, folder


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
