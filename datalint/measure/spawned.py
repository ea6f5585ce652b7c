"""Worker processes by joblib, where they cannot be forked: each imports everything."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, TypeVar

from datalint.measure.workers import WorkerDiedError, interrupts_ignored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")
R = TypeVar("R")


def spawned(work: Callable[[Sequence[T]], R], batches: Sequence[Sequence[T]], jobs: int) -> Iterator[R]:
    """Yield ``work(batch)`` for each batch, in their order; all are pickled. Raises WorkerDiedError."""
    from joblib import Parallel, delayed
    from joblib.externals.loky import get_reusable_executor
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    # Batches are large enough as they are, and hold no arrays that would need memory maps. What is for one job alone,
    # joblib would run in this process.
    pool = Parallel(n_jobs=max(2, jobs), batch_size=1, max_nbytes=None, return_as="generator")
    with interrupts_ignored():
        results: Any = pool(delayed(work)(batch) for batch in batches)
    while True:
        with warnings.catch_warnings():
            # A worker that has used much memory is replaced, which is as it should be.
            warnings.filterwarnings("ignore", message="A worker stopped")
            try:
                result = next(results)
            except StopIteration:
                break
            except TerminatedWorkerError:
                raise WorkerDiedError from None
        yield result
    # Give back their memory; what comes next may need it. After an interrupt this would wait for work that nobody does.
    get_reusable_executor().shutdown(wait=True, kill_workers=True)
