"""A process of its own for rules that came with the dataset: it can be killed, so a time limit is a limit.

The parent talks to it in lines of JSON: a query in, its rows or an error out.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from datalint.judge.sandbox import QueryFailed, QueryLimits, Row, memory_message, time_message

if TYPE_CHECKING:
    from collections.abc import Mapping

_PACKAGE_PATH = str(Path(__file__).resolve().parents[2])
_GRACE = 2.0  # seconds between the interrupt, which most queries notice, and the kill
_START = 30.0  # seconds that a loaded machine may take to start the process


class Cell:
    """Runs queries over a saved copy of the tables; starts its process when needed, and anew after a kill."""

    def __init__(self, database: Path, limits: QueryLimits) -> None:
        self._database = database
        self._limits = limits
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()

    def run(self, sql: str, values: Mapping[str, Any]) -> list[Row]:
        """Return the rows of a query. Raises QueryFailed when it fails, or outgrows a limit."""
        process = self._process or self._start()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps({"sql": sql, "values": dict(values)}) + "\n")
            process.stdin.flush()
            line = self._answers.get(timeout=self._limits.seconds + _GRACE)
        except queue.Empty:
            self.close()
            raise QueryFailed(time_message(self._limits)) from None
        except BrokenPipeError:
            line = ""
        if not line:
            self.close()
            raise QueryFailed(memory_message(self._limits))
        answer = json.loads(line)
        if "error" in answer:
            raise QueryFailed(answer["error"], answer.get("line"))
        rows: list[Row] = answer["rows"]
        return rows

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _start(self) -> subprocess.Popen[str]:
        # -P: a dataset repository must not be able to put its own modules before the installed ones.
        command = [
            sys.executable,
            "-P",
            "-m",
            "datalint.judge",
            str(self._database),
            str(self._limits.seconds),
            str(self._limits.memory_megabytes),
        ]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": _PACKAGE_PATH},
        )
        answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        Thread(target=_pass_on, args=(process, answers), daemon=True).start()
        self._process, self._answers = process, answers
        if not answers.get(timeout=_START):
            self.close()
            raise QueryFailed("the process for rules could not be started")
        return process


def _pass_on(process: subprocess.Popen[str], answers: queue.SimpleQueue[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        answers.put(line)
    answers.put("")
