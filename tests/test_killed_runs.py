"""A run that is killed at any moment loses the batches in flight, and nothing else."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

IMAGES, BATCH, KILLS = 240, 8, 20

# Batches are small and decoding slow, so that a run can be killed in the middle; what is decoded is noted.
RUN = """
import sys, time
from pathlib import Path
from datalint import filling, measure, pipeline
from datalint.config import config_from
from datalint.measure import decode, batch
from datalint.report import render
from datalint.storage import state

data, cache, note, pause = sys.argv[1:]
state.GRAIN_NS = -1
real = batch.measure_image

def noting(content, limit):
    with open(note, "a") as file:
        file.write(content.name + "\\n")
    time.sleep(float(pause))
    return real(content, limit)

batch.measure_image = noting
options = measure.MeasureOptions
measure.MeasureOptions = lambda jobs, limit, **more: options(jobs, limit, {batch}, **more)
config = config_from({{"select": ["INT", "FMT", "DUP", "QUA", "SPL"]}})
report = pipeline.check(data, config, pipeline.Run(1, cache=Path(cache)))
sys.stdout.write(render(report, "json"))
"""


def start(data: Path, cache: Path, note: Path, pause: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RUN.format(batch=BATCH), str(data), str(cache), str(note), str(pause)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def result(process: subprocess.Popen[str]) -> Any:
    told, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return json.loads(told)


@pytest.fixture
def data(tmp_path: Path, make_image: Callable[..., Path]) -> Path:
    for number in range(IMAGES):
        make_image(tmp_path / "data" / f"class{number % 3}" / f"{number}.png", size=(40, 40), seed=number % 230)
    (tmp_path / "data/class0/broken.png").write_bytes(b"no image")
    return tmp_path / "data"


def test_runs_that_are_killed_go_on_where_they_stopped(data: Path, tmp_path: Path) -> None:
    undisturbed = result(start(data, tmp_path / "other", tmp_path / "all", 0))
    every = sorted((tmp_path / "all").read_text().split())
    assert len(every) == IMAGES + 1
    cache, note = tmp_path / "cache", tmp_path / "decoded"
    rng = random.Random(0)
    for kill in range(KILLS):
        if kill % 5 == 0:  # from the beginning
            shutil.rmtree(cache, ignore_errors=True)
            note.write_text("")
        process = start(data, cache, note, 0.004)
        last = kill % 5 == 4  # after the last image, while tables are related and files are finished
        before = note.read_text().split()
        decoded = IMAGES if last else len(set(before)) + rng.randrange(IMAGES // 6)
        while process.poll() is None and len(set(note.read_text().split())) < decoded:
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.4 if last else 0.05))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert last or process.returncode == -signal.SIGKILL
        if last:
            assert result(start(data, cache, note, 0)) == undisturbed
            assert result(start(data, cache, note, 0)) == undisturbed
            names = note.read_text().split()
            assert sorted(set(names)) == every
            assert len(names) <= len(every) + 5 * BATCH, "only a batch in flight is decoded twice"
            assert len(list((cache / "datasets").glob("*.duckdb"))) == 1
            assert not list((cache / "datasets").glob("*.partial*"))
