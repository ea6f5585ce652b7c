"""CPU of the search for near perceptual hashes over that of a compiled comparison of all pairs.

The comparison is a loop in C that counts pairs within the radius, compiled here, once as packages are (for any such
processor) and once for this very one. It is measured at 200,000 hashes, and extrapolated with the square of the number.

    python benchmarks/hamming.py [--hashes 1000000] [--radius 8]
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

MEASURED = 200_000
BRUTE_FORCE = """
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
    long count = atol(argv[2]), near = 0;
    int radius = atoi(argv[3]);
    uint64_t *hashes = malloc(count * 8);
    FILE *file = fopen(argv[1], "rb");
    if (!file || fread(hashes, 8, count, file) != (size_t)count) return 1;
    for (long i = 0; i < count; i++) {
        uint64_t one = hashes[i];
        for (long j = i + 1; j < count; j++) near += __builtin_popcountll(one ^ hashes[j]) <= radius;
    }
    printf("%ld\\n", near);
}
"""
# A tenth of the hashes are few bits away from another one, so that there is something to find.
HASHES = """
import sys
import numpy as np
count, radius, file = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
rng = np.random.default_rng(1)
hashes = rng.integers(0, 2**64, count, dtype=np.uint64)
copies = hashes[: count // 10]
for _ in range(radius // 2):
    copies = copies ^ (np.uint64(1) << rng.integers(0, 64, len(copies), dtype=np.uint64))
hashes[-len(copies) :] = copies
hashes = np.unique(hashes)
hashes.tofile(file)
"""
SEARCH = """
import sys
import numpy as np
from datalint.relate.hamming import neighbours
hashes = np.fromfile(sys.argv[3], np.uint64)
if sys.argv[4] == "search":
    first, second, _ = neighbours(hashes, hashes, int(sys.argv[2]), len(hashes))
    print(np.count_nonzero(first < second))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hashes", type=int, default=1_000_000)
    parser.add_argument("--radius", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        few, many = Path(place) / "few", Path(place) / "many"
        for count, file in ((MEASURED, few), (options.hashes, many)):
            subprocess.run([sys.executable, "-c", HASHES, str(count), str(options.radius), str(file)], check=True)
        ours, _ = search(options.hashes, options.radius, many)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"search at {options.hashes:,}: {ours:.1f} s of CPU, at most {peak:.0f} MB")
        _, found = search(MEASURED, options.radius, few)
        agree = True
        for flags in ([], ["-march=native"]):
            used, expected = all_pairs(Path(place), flags, few, options.radius)
            agree &= expected == found
            whole = used * (options.hashes / MEASURED) ** 2
            print(
                f"all pairs, cc {' '.join(['-O3', *flags])}: {used:.1f} s of CPU at {MEASURED:,}, so {whole:.0f} s",
                end="",
            )
            print(f" at {options.hashes:,}: the search takes 1/{whole / ours:.0f}")
    print(f"pairs within {options.radius} of {MEASURED:,}: {found}, {'the same' if agree else 'NOT the same'} by all")
    return 0 if agree else 1


def all_pairs(place: Path, flags: list[str], hashes: Path, radius: int) -> tuple[float, str]:
    """Return the CPU of comparing all pairs, and how many are near."""
    source, program = place / "all_pairs.c", place / "all_pairs"
    source.write_text(BRUTE_FORCE)
    subprocess.run(["cc", "-O3", *flags, source, "-o", program], check=True)
    return cpu([str(program), str(hashes), str(hashes.stat().st_size // 8), str(radius)])


def search(count: int, radius: int, file: Path) -> tuple[float, str]:
    """Return the CPU of the search less that of starting and reading, and how many pairs it found."""
    command = [sys.executable, "-c", SEARCH, str(count), str(radius), str(file)]
    idle, _ = cpu([*command, "read"])
    used, found = cpu([*command, "search"])
    return used - idle, found


def cpu(command: list[str]) -> tuple[float, str]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
