"""Broken files in bulk: a report at the end, no traceback, bounded memory."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from conftest import SHARED, photo

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "PPM", "TGA", "ICO", "JPEG2000")
MUTATIONS = 500


def mutate(data: bytes, other: bytes, generator: random.Random) -> bytes:
    """Cut a file short, flip some of its bits, or splice the head of another onto it."""
    kind = generator.choice(["cut", "flip", "flip header", "splice"])
    if kind == "cut":
        return data[: generator.randrange(len(data))]
    if kind == "splice":
        cut = generator.randrange(min(len(data), len(other), 400))
        return other[:cut] + data[cut:]
    changed = bytearray(data)
    end = min(len(data), 64) if kind == "flip header" else len(data)
    for _ in range(generator.randint(1, 20)):
        changed[generator.randrange(end)] ^= 1 << generator.randrange(8)
    return bytes(changed)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A dataset of mutated images, with the shared set of corrupt ones where it is there."""
    generator = random.Random(0)
    valid = []
    for seed, format_ in enumerate(FORMATS):
        buffer = BytesIO()
        photo((96, 64), seed).save(buffer, format_)
        valid.append((format_.lower(), buffer.getvalue()))
    for number in range(MUTATIONS):
        name, data = generator.choice(valid)
        file = tmp_path / "data" / f"class_{number % 3}" / f"{number}.{name.replace('jpeg2000', 'jp2')}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(mutate(data, generator.choice(valid)[1], generator))
    if (SHARED / "corrupt").is_dir():
        shutil.copytree(SHARED / "corrupt", tmp_path / "data", dirs_exist_ok=True)
    return tmp_path / "data"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_broken_files_are_findings(broken: Path, tmp_path: Path, jobs: str) -> None:
    measured = (
        "import resource, subprocess, sys\n"
        f"status = subprocess.run([sys.executable, '-m', 'datalint', 'check', {str(broken)!r}, '--format', 'json', "
        f"'--output', 'report.json', '--jobs', {jobs!r}]).returncode\n"
        "print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", measured], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=300
    )
    status, peak = map(int, result.stdout.split())
    assert status == 1
    assert result.stderr == ""
    assert peak * (1 if sys.platform == "darwin" else 1024) < 1e9
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    files = sum(len(names) for _, _, names in os.walk(broken))
    assert report["dataset"]["images"] == files
    unreadable = {f["paths"][0] for f in report["findings"] if f["code"] in ("INT001", "INT002", "INT005")}
    assert MUTATIONS / 10 < len(unreadable) < files
