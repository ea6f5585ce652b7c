"""Images per second in each layout, relative to the same images in class folders; memory for containers of 5 GB.

Each layout is checked in a process of its own, in turns with the folders, and the medians of the wall times are
compared. With ``--memory``, an HDF5 file and a Parquet file of some gigabytes are made, and what is printed is the most
memory that ``datalint check`` took with all of its worker processes (the proportional set size, summed over the tree of
processes every 50 ms; Linux only).

    python benchmarks/layouts.py [--images 2000] [--side 96] [--runs 5]
    python benchmarks/layouts.py --memory [--gigabytes 5]
"""

from __future__ import annotations

import argparse
import io
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

TESTS = Path(__file__).resolve().parent.parent / "tests"
SIDE, CLASSES = 224, 10
MEMORY_GOAL = 500
ROW_GROUP = 100


def main() -> int:
    options = parse(sys.argv[1:])
    return memory(options.gigabytes) if options.memory else speed(options.images, options.side, options.runs)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--side", type=int, default=96)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--gigabytes", type=float, default=5)
    return parser.parse_args(arguments)


def speed(images: int, side: int, runs: int) -> int:
    sys.path.insert(0, str(TESTS))
    from conftest import photo
    from layouts import WRITERS, Item

    items = [
        Item("test" if n % 5 == 0 else "train", f"class{n % CLASSES}", f"{n:05}", np.asarray(photo((side, side), n)))
        for n in range(images)
    ]
    items.sort(key=lambda item: (item.split, item.label, item.name))
    with tempfile.TemporaryDirectory() as folder:
        targets = {}
        for name, write in WRITERS.items():
            (Path(folder) / name).mkdir()
            if name != "arrays":  # they are in no file
                targets[name] = write(items, Path(folder) / name).target
        seconds: dict[str, list[float]] = {name: [] for name in targets}
        for run in range(runs + 1):
            for name, target in targets.items():
                started = time.monotonic()
                check(target)
                if run:  # the first is for the caches
                    seconds[name].append(time.monotonic() - started)
    reference = statistics.median(seconds["folders"])
    print(f"{images:,} images of {side} x {side} pixels; folders: {images / reference:,.0f} images/s")
    for name, taken in seconds.items():
        ratios = [reference / one for one in taken]
        print(f"{name:<14}{statistics.median(ratios):6.2f}  ({min(ratios):.2f} to {max(ratios):.2f})")
    return 0


def memory(gigabytes: float) -> int:
    count = int(gigabytes * 1e9 / (SIDE * SIDE * 3))
    worst = 0.0
    for name, write in (("HDF5", write_hdf5), ("Parquet", write_parquet)):
        with tempfile.TemporaryDirectory() as folder:
            file = write(Path(folder), count)
            size = file.stat().st_size / 1e9
            started = time.monotonic()
            peak = peak_megabytes(command(file))
            worst = max(worst, peak)
            taken = time.monotonic() - started
            print(f"{name} of {size:.1f} GB, {count:,} images: at most {peak:.0f} MB, {taken:.0f} s", flush=True)
    print(f"goal: at most {MEMORY_GOAL} MB")
    return 0 if worst <= MEMORY_GOAL else 1


def write_hdf5(folder: Path, count: int) -> Path:
    import h5py

    generator = np.random.default_rng(0)
    with h5py.File(folder / "images.h5", "w") as file:
        images = file.create_dataset("x_train", (count, SIDE, SIDE, 3), np.uint8, chunks=(16, SIDE, SIDE, 3))
        for start in range(0, count, 256):
            images[start : start + 256] = pictures(generator, min(256, count - start))
        file.create_dataset("y_train", data=np.arange(count) % CLASSES)
    return folder / "images.h5"


def write_parquet(folder: Path, count: int) -> Path:
    """Write the images as PNG without compression, 100 to a row group as Hugging Face does."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    generator = np.random.default_rng(0)
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    schema = pa.schema([("image", image), ("label", pa.int64())])
    with pq.ParquetWriter(folder / "images.parquet", schema, compression="none") as writer:
        for start in range(0, count, ROW_GROUP):
            numbers = range(start, min(start + ROW_GROUP, count))
            cells = [
                {"bytes": png(pixels), "path": f"{n}.png"}
                for n, pixels in zip(numbers, pictures(generator, len(numbers)), strict=True)
            ]
            labels = [n % CLASSES for n in numbers]
            writer.write_table(pa.table({"image": pa.array(cells, image), "label": labels}, schema=schema))
    return folder / "images.parquet"


def pictures(generator: np.random.Generator, count: int) -> np.ndarray:
    """Make images of coarse blocks and fine noise; uint8[count, side, side, 3]."""
    coarse = generator.integers(0, 200, (count, 7, 7, 3), dtype=np.uint8).repeat(SIDE // 7, 1).repeat(SIDE // 7, 2)
    return coarse + generator.integers(0, 56, coarse.shape, dtype=np.uint8)


def png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=0)
    return file.getvalue()


def command(target: Path) -> list[str]:
    return [sys.executable, "-m", "datalint", "check", str(target), "--no-cache", "--format", "json"]


def check(target: Path) -> None:
    status = subprocess.run(command(target), stdout=subprocess.DEVNULL).returncode
    if status not in (0, 1):  # 1: something was found
        raise SystemExit(f"{target}: ended with status {status}")


def peak_megabytes(command: list[str]) -> float:
    """Run a command; return the most memory that its processes took together."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(proportional_set, tree(process.pid))))
        time.sleep(0.05)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with status {process.returncode}")
    return peak / 1000


def tree(root: int) -> list[int]:
    found = [root]
    for process in found:
        try:
            found += map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())
        except OSError:  # it has ended
            continue
    return found


def proportional_set(process: int) -> int:
    """Return the memory of a process in kB, pages that it shares counted in parts."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    sys.exit(main())
