"""Batches on a Dask cluster.

joblib's own backend for Dask waits for ever for a batch whose workers die, and has the scheduler load what only workers
have installed; so this is another one, on joblib's interface for backends.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import takewhile
from typing import TYPE_CHECKING, Any, TypeVar

import cloudpickle
import dask
import distributed
from distributed.utils import silence_logging_cmgr
from joblib import Parallel, delayed
from joblib.parallel import ParallelBackendBase

from datalint.errors import ClusterError
from datalint.measure.pool import Lost
from datalint.measure.workers import interrupts_ignored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from datalint.measure.pool import Pool

T = TypeVar("T")
R = TypeVar("R")

_TIMEOUT = 10  # seconds, for the scheduler to answer, and for a worker to be there
_LEAST_WORKERS = 16  # to have batches ready for, since a cluster can grow
_DEATHS = 2  # of workers, in a cluster that is started here, until a batch is lost


@contextmanager
def connect(scheduler: str | None, jobs: int) -> Iterator[Pool]:
    """Connect to a scheduler, to the one that Dask is configured for, or to a cluster that is started for it."""
    with ExitStack() as stack:
        # Of workers that come and go; what matters is said by errors.
        stack.enter_context(silence_logging_cmgr(logging.CRITICAL))
        address = scheduler or dask.config.get("scheduler-address", None) or stack.enter_context(_started(jobs))
        try:
            # A client waits for ever for what listens and is no scheduler. There may be an event loop in this thread.
            with ThreadPoolExecutor(1) as thread:
                thread.submit(asyncio.run, _answer(address)).result()
            client = stack.enter_context(distributed.Client(address, timeout=_TIMEOUT, set_as_default=False))
        except TimeoutError:
            raise ClusterError(f"no Dask scheduler answers at {address} within {_TIMEOUT} s") from None
        except (OSError, ValueError) as error:
            raise ClusterError(f"{address} is no Dask scheduler: {error}") from None
        try:
            client.wait_for_workers(1, timeout=_TIMEOUT)
        except TimeoutError:
            raise ClusterError(f"the Dask scheduler at {address} has no workers; start `dask worker`") from None
        yield DaskPool(client)


@contextmanager
def _started(jobs: int) -> Iterator[str]:
    """Start a scheduler and workers on this machine."""
    try:
        with interrupts_ignored(), dask.config.set({"distributed.scheduler.allowed-failures": _DEATHS - 1}):
            cluster = distributed.LocalCluster(
                n_workers=jobs, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL
            )
    except RuntimeError as error:
        raise ClusterError(f"no Dask cluster can be started on this machine: {error}") from None
    with cluster:
        yield cluster.scheduler_address


async def _answer(address: str) -> None:
    """Ask a scheduler who it is."""
    arguments = distributed.Security().get_connection_args("client")
    async with asyncio.timeout(_TIMEOUT), distributed.rpc(address, connection_args=arguments) as server:
        await server.identity()


class DaskPool:
    """The workers of a Dask cluster; Dask gives the batches of one that dies to others."""

    def __init__(self, client: distributed.Client) -> None:
        self._client = client

    def outcomes(self, work: Callable[[Sequence[T]], R], batches: Sequence[Sequence[T]]) -> Iterator[R | Lost]:
        done = 0
        try:
            while done < len(batches):
                for outcome in self._until_lost(work, batches[done:]):
                    yield outcome
                    done += 1
        except (OSError, CancelledError):
            raise ClusterError("the connection to the Dask scheduler was lost; run datalint again") from None

    def _until_lost(self, work: Callable[[Sequence[T]], R], batches: Sequence[Sequence[T]]) -> Iterator[R | Lost]:
        """Yield outcomes, and start no more batches once one is lost.

        Dask blames all that a worker had to do for its death. When nothing else is under way the blame is right: then
        an item that was lost is tried again, and the caller can try those of a batch one by one.
        """
        held: list[tuple[Sequence[T], R | Lost]] = []
        started = takewhile(lambda batch: not held, batches)
        for outcome, batch in zip(self._parallel(work, started), batches, strict=False):
            if held or isinstance(outcome, Lost):
                held.append((batch, outcome))
            else:
                yield outcome
        for batch, outcome in held:
            if isinstance(outcome, Lost) and len(batch) == 1:
                yield from self._parallel(work, [batch])
            else:
                yield outcome

    def _parallel(self, work: Callable[[Sequence[T]], R], batches: Iterable[Sequence[T]]) -> Iterator[R | Lost]:
        parallel = Parallel(
            n_jobs=-1, backend=_Backend(self._client), batch_size=1, pre_dispatch="4 * n_jobs", return_as="generator"
        )
        outcomes: Iterator[R | Lost] = parallel(delayed(work)(batch) for batch in batches)
        return outcomes


class _Backend(ParallelBackendBase):  # type: ignore[misc]  # joblib has no types
    supports_retrieve_callback = True

    def __init__(self, client: distributed.Client) -> None:
        super().__init__()
        self._client = client

    def effective_n_jobs(self, n_jobs: int) -> int:
        threads: int = sum(self._client.nthreads().values())
        return max(_LEAST_WORKERS, threads)

    def submit(self, func: Callable[[], Any], callback: Callable[[Any], None]) -> distributed.Future:
        # A scheduler loads the tasks that it is given, and would have to have datalint; bytes it leaves alone.
        future = self._client.submit(pickle.loads, cloudpickle.dumps(_Call(func)), pure=False)
        future.add_done_callback(callback)
        return future

    def retrieve_result_callback(self, future: distributed.Future) -> Any:
        try:
            return future.result()
        except distributed.KilledWorker:
            return [Lost()]


class _Call:
    """A call, carried out by loading its pickle."""

    def __init__(self, func: Callable[[], Any]) -> None:
        self._func = func

    def __reduce__(self) -> tuple[Callable[[], Any], tuple[()]]:
        return self._func, ()
