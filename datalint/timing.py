"""Where the time of a run goes. What is timed is handed a :data:`Stage` by its caller, and keeps nothing itself."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Stage: TypeAlias = Callable[[str], AbstractContextManager[None]]


def untimed(name: str) -> AbstractContextManager[None]:
    """Time nothing."""
    return nullcontext()


class Timing(NamedTuple):
    """The time that a stage took, over all of its runs."""

    name: str
    depth: int
    """0 for a stage of its own, 1 for a part of the one before, and so on."""
    seconds: float


class Timings:
    """Takes the time of stages, which may lie in one another."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._seconds: dict[tuple[str, ...], float] = {}
        self._open: tuple[str, ...] = ()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time that this is open to that of the stage."""
        outer, self._open = self._open, (*self._open, name)
        self._seconds.setdefault(self._open, 0.0)
        started = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[self._open] += time.perf_counter() - started
            self._open = outer

    def taken(self) -> list[Timing]:
        """Return all stages in the order in which they began first, each followed by its parts."""
        order = {path: number for number, path in enumerate(self._seconds)}

        def place(path: tuple[str, ...]) -> list[int]:
            return [order[path[: length + 1]] for length in range(len(path))]

        return [Timing(path[-1], len(path) - 1, self._seconds[path]) for path in sorted(order, key=place)]

    def total(self) -> float:
        """Return the seconds since the first."""
        return time.perf_counter() - self._started
