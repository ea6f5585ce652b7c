"""Worker processes that are forked off a helper, which has imported what decoding takes, once for all of them.

This process cannot be forked itself: libraries have started threads in it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from datalint.errors import DatalintError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 4  # batches a worker that are measured before they are asked for, so that memory is bounded
_HELPER = "import sys; sys.path[:] = {path!r}; from datalint.measure.workers import serve; serve({ends!r})"


class WorkerDiedError(Exception):
    """A worker process died; what it was doing is lost."""


class _Raised(NamedTuple):
    """What comes of a batch that cannot be done, since there is a bug."""

    error: Exception


def can_fork() -> bool:
    """Say whether workers can be forked. Elsewhere libraries of the system do not survive it, or there is no fork."""
    return sys.platform == "linux" and bool(sys.executable)


def forked(work: Callable[[Sequence[T]], R], batches: Sequence[Sequence[T]], jobs: int) -> Iterator[R]:
    """Yield ``work(batch)`` for each batch, in their order; all are pickled. Raises WorkerDiedError."""
    from multiprocessing.connection import wait

    with _workers(min(jobs, len(batches))) as idle:
        busy: dict[Any, int] = {}
        done: dict[int, Any] = {}
        begun = 0
        for number in range(len(batches)):
            while True:
                # Before a result is made use of, whoever waits for work gets some.
                while idle and begun < min(len(batches), number + _AHEAD * jobs):
                    worker = idle.pop()
                    _send(worker, (work, batches[begun]))
                    busy[worker] = begun
                    begun += 1
                if number in done:
                    break
                ready: list[Any] = wait(list(busy))
                for worker in ready:
                    done[busy.pop(worker)] = _received(worker)
                    idle.append(worker)
            yield done.pop(number)


@contextmanager
def _workers(jobs: int) -> Iterator[list[Connection]]:
    """Start workers, and end them, with whatever they are doing."""
    import socket
    from multiprocessing.connection import Connection

    pairs = [socket.socketpair() for _ in range(jobs)]
    ends = [theirs.fileno() for _, theirs in pairs]
    path = [os.fspath(folder) for folder in sys.path]
    with interrupts_ignored():
        helper = subprocess.Popen(
            [sys.executable, "-X", f"utf8={sys.flags.utf8_mode}", "-c", _HELPER.format(path=path, ends=ends)],
            pass_fds=ends,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # it is forked, and must have no threads
        )
    connections = []
    for ours, theirs in pairs:
        theirs.close()
        connections.append(Connection(ours.detach()))
    try:
        for connection in connections:
            _greeted(connection)
        yield list(connections)
    finally:
        for connection in connections:
            connection.close()
        helper.terminate()
        helper.wait()


def _greeted(worker: Connection) -> None:
    """Wait until a worker is there: one that never was has not died of an image."""
    try:
        worker.recv()
    except (EOFError, OSError):
        raise DatalintError("worker processes cannot be started; run with --jobs 1") from None


def _send(worker: Connection, task: Any) -> None:
    try:
        worker.send(task)
    except OSError:
        raise WorkerDiedError from None


def _received(worker: Connection) -> Any:
    try:
        outcome = worker.recv()
    except (EOFError, OSError):
        raise WorkerDiedError from None
    if isinstance(outcome, _Raised):
        raise outcome.error
    return outcome


def serve(ends: Sequence[int]) -> None:
    """Fork a worker for each socket, and wait until all are gone; the program of the helper."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from multiprocessing.connection import Connection

    import datalint.measure.batch  # noqa: F401

    workers = []
    for end in ends:
        worker = os.fork()
        if not worker:
            for other in ends:
                if other != end:  # or it would not be seen that the other side is closed
                    os.close(other)
            try:
                _work(Connection(end))
            except (EOFError, OSError):
                pass  # the other side has gone
            finally:
                os._exit(0)
        workers.append(worker)

    def kill(*_: object) -> None:
        for worker in workers:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)

    signal.signal(signal.SIGTERM, kill)
    for end in ends:
        os.close(end)
    while workers:
        os.waitpid(workers[-1], 0)
        workers.pop()


def _work(connection: Connection) -> None:
    """Do what the other side sends. Raises EOFError or OSError when it closes the connection."""
    connection.send(None)
    while True:
        work, batch = connection.recv()
        try:
            outcome = work(batch)
        except Exception as error:
            outcome = _Raised(error)
        connection.send(outcome)


@contextmanager
def interrupts_ignored() -> Iterator[None]:
    """Start processes that leave Ctrl-C to this one, which ends them; each would print a traceback of its own."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
