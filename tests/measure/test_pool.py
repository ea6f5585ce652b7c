"""Batches in several processes: order, death, interruption."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING

import pytest

from datalint.measure.pool import moderate_batch, processes, run_batches, worthwhile
from datalint.storage import ImageRef, LocalFiles

if TYPE_CHECKING:
    from pathlib import Path

KILLERS = """
import os, signal, sys
from datalint.measure.pool import processes, run_batches

def work(batch):
    for item in batch:
        if item in {killers}:
            os.kill(os.getpid(), signal.SIGKILL)
    return [str(item) for item in batch]

def crashed(item):
    return [f"dead {{item}}"]

if __name__ == "__main__":
    results = run_batches(work, crashed, list(range(50)), 8, processes(2))
    print(*(word for words in results for word in words), sep=",")
"""


def test_one_job_is_this_process() -> None:
    batches = run_batches(lambda batch: (os.getpid(), batch), lambda item: (0, []), list(range(7)), 3, processes(1))
    assert list(batches) == [(os.getpid(), [0, 1, 2]), (os.getpid(), [3, 4, 5]), (os.getpid(), [6])]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills itself with SIGKILL")
@pytest.mark.parametrize("killers", [[], [0], [21, 22, 49]])
def test_only_what_kills_its_process_is_lost(tmp_path: Path, killers: list[int]) -> None:
    script = tmp_path / "script.py"
    script.write_text(KILLERS.format(killers=killers))
    result = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True, timeout=120)
    expected = [f"dead {item}" if item in killers else str(item) for item in range(50)]
    assert result.stdout.strip().split(",") == expected
    assert result.stderr == ""


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="sends signals to process groups")
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("group", [False, True], ids=["alone", "group"])
def test_interruption_ends_within_a_second(tmp_path: Path, jobs: int, group: bool) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import time
            from datalint.measure.pool import processes, run_batches

            def work(batch):
                time.sleep(0.05)
                return batch

            if __name__ == "__main__":
                for batch in run_batches(work, list, list(range(10_000)), 1, processes({jobs})):
                    print(batch, flush=True)
            """
        )
    )
    process = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "[0]\n"
    started = time.monotonic()
    (os.killpg if group else os.kill)(process.pid, signal.SIGINT)
    process.communicate(timeout=30)
    assert time.monotonic() - started < 1
    assert process.returncode != 0


def references(file: Path, number: int) -> list[ImageRef]:
    return [ImageRef(n, LocalFiles(str(file.parent)), file.name) for n in range(number)]


def test_workers_are_worth_their_start_for_much_work_only(tmp_path: Path) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(b"x" * 1000)
    large.write_bytes(b"x" * 200_000)
    assert not worthwhile([])
    assert not worthwhile(references(large, 1))
    assert not worthwhile(references(large, 500))
    assert worthwhile(references(large, 10_000))
    assert not worthwhile(references(small, 10_000))
    assert worthwhile(references(small, 60_000))
    assert not worthwhile(references(tmp_path / "gone", 500))


def test_batches_of_large_files_are_small(tmp_path: Path) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(b"x" * 1000)
    with large.open("wb") as file:
        file.truncate(10 << 20)
    assert moderate_batch(references(small, 500), 256) == 256
    assert 1 <= moderate_batch(references(large, 500), 256) < 8
    assert moderate_batch([], 256) == 256
