"""Batches over workers, in order; a worker that dies takes only the image with it that killed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, TypeVar

from datalint.measure.workers import WorkerDiedError, can_fork, forked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from datalint.storage import ImageRef

    Run: TypeAlias = Callable[[Callable[[Any], Any], Sequence[Any], int], Iterator[Any]]

T = TypeVar("T")
R = TypeVar("R")

# Starting workers takes some 0.3 s of CPU, and twice as long. Below this much work, a second process would save less
# than it costs.
_WORTHWHILE_SECONDS = 2.5
_SECONDS_PER_IMAGE = 0.2e-3
_SECONDS_PER_BYTE = 8e-9  # JPEG; of compressed PNG about twice as much
_SIZES_LOOKED_AT = 256
_BATCH_SECONDS = 0.25


class Lost(NamedTuple):
    """What comes of a batch that killed the workers that tried it."""


class Pool(Protocol):
    """Workers for batches."""

    def outcomes(self, work: Callable[[Sequence[T]], R], batches: Sequence[Sequence[T]]) -> Iterator[R | Lost]:
        """Yield ``work(batch)`` for each batch, in their order."""
        ...


class ThisProcess:
    """No workers."""

    def outcomes(self, work: Callable[[Sequence[T]], R], batches: Sequence[Sequence[T]]) -> Iterator[R | Lost]:
        return map(work, batches)


class Processes:
    """Processes of this machine."""

    def __init__(self, jobs: int, run: Run) -> None:
        self._jobs = jobs
        self._run = run

    def outcomes(self, work: Callable[[Sequence[T]], R], batches: Sequence[Sequence[T]]) -> Iterator[R | Lost]:
        """When a process dies, all die, and the first unfinished batch is run again alone."""
        done = 0
        while done < len(batches):
            try:
                for result in self._run(work, batches[done:], self._jobs):
                    yield result
                    done += 1
            except WorkerDiedError:
                try:
                    outcome: R | Lost = next(self._run(work, [batches[done]], 1))
                except WorkerDiedError:
                    outcome = Lost()
                yield outcome
                done += 1


def processes(jobs: int) -> Pool:
    """Return a pool of this many processes; one is this process."""
    if jobs == 1:
        return ThisProcess()
    if can_fork():
        return Processes(jobs, forked)
    from datalint.measure.spawned import spawned

    return Processes(jobs, spawned)


def portable(images: Sequence[ImageRef]) -> bool:
    """Say whether images can be sent to other processes."""
    return all(source.portable for source in {id(image.source): image.source for image in images}.values())


def worthwhile(images: Sequence[ImageRef]) -> bool:
    """Say whether decoding all of these images takes long enough for worker processes, and whether they can be sent."""
    if len(images) < 2 or seconds_per_image(images) * len(images) <= _WORTHWHILE_SECONDS:
        return False
    return portable(images)


def moderate_batch(images: Sequence[ImageRef], largest: int) -> int:
    """Return how many of these images to put in a batch, so that large ones do not keep one process busy for long."""
    return max(1, min(largest, int(_BATCH_SECONDS / seconds_per_image(images)))) if images else largest


def seconds_per_image(images: Sequence[ImageRef]) -> float:
    """Estimate from some of the images' sizes how long one takes to decode."""
    looked_at = images[:: -(-len(images) // _SIZES_LOOKED_AT)]
    total = sum(image.source.sizes([image.key])[0] for image in looked_at)
    return _SECONDS_PER_IMAGE + _SECONDS_PER_BYTE * total / len(looked_at)


def run_batches(
    work: Callable[[Sequence[T]], R], crashed: Callable[[T], R], items: Sequence[T], batch_size: int, pool: Pool
) -> Iterator[R]:
    """Yield ``work(batch)`` for successive batches of items, in order.

    A batch that is lost is run again item by item: each then yields a result of its own, ``crashed(item)`` for one that
    is lost again.
    """
    batches = [items[start : start + batch_size] for start in range(0, len(items), batch_size)]
    for batch, outcome in zip(batches, pool.outcomes(work, batches), strict=True):
        if not isinstance(outcome, Lost):
            yield outcome
        elif len(batch) == 1:
            yield crashed(batch[0])
        else:
            yield from run_batches(work, crashed, batch, 1, pool)
