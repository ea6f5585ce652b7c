"""Work on several threads: NumPy lets go of the interpreter where the work is."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from datalint.machine import processors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_Result = TypeVar("_Result")

_AHEAD = 4  # tasks a thread that are begun before they are asked for, so that memory is bounded


def in_threads(function: Callable[[Any], _Result], items: Iterable[Any]) -> Iterator[_Result]:
    """Yield what the function makes of each item, in their order."""
    from threadpoolctl import threadpool_limits

    number = processors()
    if number == 1:
        yield from map(function, items)
        return
    # Products have threads of their own; two kinds of them would be in each other's way.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(number) as pool:
        waiting: deque[Any] = deque()
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > _AHEAD * number:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def for_each(function: Callable[[Any], None], items: Iterable[Any]) -> None:
    """Let the function do its work on each item; no two may write to one place."""
    for _ in in_threads(function, items):
        pass
