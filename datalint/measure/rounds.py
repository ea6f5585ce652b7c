"""Batches on joblib's backends that hand back whole lists only, and fail as a whole when a worker dies."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING, Any, TypeVar

from datalint.errors import ClusterError
from datalint.measure.pool import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")
R = TypeVar("R")

_TIMEOUT = 10  # seconds for an address to answer
_BATCHES = 16  # of a round, for each worker: the last ones of a round leave some workers idle


class Rounds:
    """Workers behind a backend that is registered with joblib."""

    def __init__(self, backend: str, workers: int, failures: type[Exception], **settings: Any) -> None:
        """``failures`` is raised when a worker dies; ``settings`` are the backend's own."""
        self._backend = backend
        self._workers = max(2, workers)  # joblib runs what is for one worker in this process
        self._failures = failures
        self._settings = settings

    def outcomes(self, work: Callable[[Sequence[T]], R], batches: Sequence[Sequence[T]]) -> Iterator[R | Lost]:
        size = _BATCHES * self._workers
        for start in range(0, len(batches), size):
            yield from self._halved(work, batches[start : start + size])

    def _halved(self, work: Callable[[Sequence[T]], R], batches: Sequence[Sequence[T]]) -> list[R | Lost]:
        """Run batches, and where that fails each half of them alone, until those that cannot be done are left."""
        try:
            return self._parallel(work, batches)
        except self._failures:
            self._make_sure_of_workers()
        if len(batches) == 1:
            return [Lost()]
        half = len(batches) // 2
        return [*self._halved(work, batches[:half]), *self._halved(work, batches[half:])]

    def _make_sure_of_workers(self) -> None:
        try:
            self._parallel(_nothing, [()])
        except self._failures:
            raise ClusterError(f"the {self._backend} cluster is gone; run datalint again") from None

    def _parallel(self, work: Callable[[Sequence[T]], Any], batches: Sequence[Sequence[T]]) -> list[Any]:
        from joblib import Parallel, delayed

        parallel = Parallel(n_jobs=self._workers, backend=self._backend, batch_size=1, **self._settings)
        results: list[Any] = parallel(delayed(work)(batch) for batch in batches)
        return results


def _nothing(batch: Sequence[Any]) -> None:
    """Do nothing."""


def make_sure_of_listener(address: str, kind: str) -> None:
    """Call at ``[scheme://]host:port``, since the libraries take minutes to give up; pass over other addresses."""
    found = re.fullmatch(r"(?:\w+://)?([\w.-]+):(\d+)", address)
    if found is None:
        return
    try:
        socket.create_connection((found[1], int(found[2])), _TIMEOUT).close()
    except (OSError, OverflowError) as error:
        raise ClusterError(f"no {kind} answers at {address}: {error}") from None
