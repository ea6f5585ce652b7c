"""Batches in several processes: order, death, interruption."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import suppress
from pathlib import Path

import pytest

from datalint.errors import DatalintError
from datalint.measure.pool import moderate_batch, processes, run_batches, worthwhile
from datalint.measure.workers import can_fork, forked
from datalint.storage import ImageRef, LocalFiles

RUNS = ["spawned", pytest.param("forked", marks=pytest.mark.skipif(not can_fork(), reason="Linux only"))]
"""What starts worker processes."""

KILLERS = """
import os, signal, sys
from datalint.measure.pool import Processes, run_batches
from datalint.measure.spawned import spawned
from datalint.measure.workers import forked

def work(batch):
    for item in batch:
        if item in {killers}:
            os.kill(os.getpid(), signal.SIGKILL)
    return [str(item) for item in batch]

def crashed(item):
    return [f"dead {{item}}"]

if __name__ == "__main__":
    from script import work  # workers do not run this file again

    results = run_batches(work, crashed, list(range(50)), 8, Processes(2, {run}))
    print(*(word for words in results for word in words), sep=",")
"""


def test_one_job_is_this_process() -> None:
    batches = run_batches(lambda batch: (os.getpid(), batch), lambda item: (0, []), list(range(7)), 3, processes(1))
    assert list(batches) == [(os.getpid(), [0, 1, 2]), (os.getpid(), [3, 4, 5]), (os.getpid(), [6])]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills itself with SIGKILL")
@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("killers", [[], [0], [21, 22, 49]])
def test_only_what_kills_its_process_is_lost(tmp_path: Path, killers: list[int], run: str) -> None:
    script = tmp_path / "script.py"
    script.write_text(KILLERS.format(killers=killers, run=run))
    result = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True, timeout=120)
    expected = [f"dead {item}" if item in killers else str(item) for item in range(50)]
    assert result.stdout.strip().split(",") == expected
    assert result.stderr == ""


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="sends signals to process groups")
@pytest.mark.parametrize("pool", ["ThisProcess()", "Processes(2, spawned)", "Processes(2, forked)"])
@pytest.mark.parametrize("group", [False, True], ids=["alone", "group"])
def test_interruption_ends_within_a_second(tmp_path: Path, pool: str, group: bool) -> None:
    if "forked" in pool and not can_fork():
        pytest.skip("Linux only")
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import time
            from datalint.measure.pool import Processes, ThisProcess, run_batches
            from datalint.measure.spawned import spawned
            from datalint.measure.workers import forked

            def work(batch):
                time.sleep(0.05)
                return batch

            if __name__ == "__main__":
                from script import work

                for batch in run_batches(work, list, list(range(10_000)), 1, {pool}):
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


@pytest.mark.skipif(not can_fork(), reason="Linux only")
def test_what_a_worker_raises_is_raised_here() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        list(forked(numbers, [["1"], ["one"]], 2))


@pytest.mark.skipif(not can_fork(), reason="Linux only")
def test_workers_that_cannot_be_started_are_no_fault_of_an_image(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("true"))
    with pytest.raises(DatalintError, match="--jobs 1"):
        list(forked(numbers, [["1"]], 1))


@pytest.mark.skipif(not can_fork(), reason="Linux only")
def test_workers_end_with_a_run_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            """
            import os, time
            from datalint.measure.workers import forked

            def work(batch):
                return os.getpid(), os.getppid()

            if __name__ == "__main__":
                from script import work

                for pids in forked(work, [[number] for number in range(10_000)], 2):
                    print(*pids, flush=True)
            """
        )
    )
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    pids = {int(pid) for _ in range(100) for pid in process.stdout.readline().split()}
    process.kill()
    process.communicate(timeout=30)
    patience = time.monotonic() + 30
    while running(pids):
        assert time.monotonic() < patience
        time.sleep(0.02)


def running(pids: set[int]) -> set[int]:
    """Those of the processes that have not ended."""
    states = {}
    for pid in pids:
        with suppress(OSError):
            states[pid] = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return {pid for pid, state in states.items() if state not in "ZX"}


def numbers(words: list[str]) -> list[int]:
    return [int(word) for word in words]
