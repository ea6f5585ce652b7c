"""Dask clusters on loopback that tests start themselves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class Dask(NamedTuple):
    """A scheduler and its workers, a process each."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


@contextmanager
def dask(folder: Path, environment: Mapping[str, str], workers: int = 2) -> Iterator[Dask]:
    """Start a cluster, which writes its logs into a folder."""
    processes = []

    def start(name: str, *words: str) -> subprocess.Popen[bytes]:
        with (folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *words, "--no-dashboard"],
                env={**os.environ, **environment},
                cwd=folder,
                stdout=log,
                stderr=log,
            )
        processes.append(process)
        return process

    try:
        file = folder / "scheduler.json"
        start(
            "scheduler",
            *("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"),
            *("--scheduler-file", str(file)),
        )
        while not (file.exists() and file.read_text()):  # it is there before it is written
            assert processes[0].poll() is None, (folder / "scheduler.log").read_text()
            time.sleep(0.02)
        address = json.loads(file.read_text())["address"]
        started = [
            start(f"worker-{number}", "distributed.cli.dask_worker", address, "--no-nanny", "--nthreads", "1")
            for number in range(workers)
        ]
        yield Dask(address, processes[0], started)
    finally:
        for process in processes:
            process.kill()
            process.wait()


def deadly(batch: list[int]) -> list[str]:
    """Work that kills its worker at the number 6."""
    if 6 in batch:
        os.kill(os.getpid(), signal.SIGKILL)
    return [str(number) for number in batch]
