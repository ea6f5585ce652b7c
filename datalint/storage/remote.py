"""Images on servers: the files below a URL, and URLs one by one."""

from __future__ import annotations

import io
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from datalint.storage.content import Content, Encoded, Unavailable
from datalint.storage.copies import LocalCopies
from datalint.storage.fetch import FetchError, fetch, file_system, in_words, is_local

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_AT_ONCE = 16  # requests
_AHEAD = 32  # images that are held in memory
_HEAD = 1 << 16  # bytes in which the header of nearly every image is
_LARGEST_FILE = 1 << 40  # of a manifest or an archive, which the person asked for


class Urls:
    """Images by their URLs."""

    portable = True

    def __init__(self, timeout: float, limit: int) -> None:
        self._timeout = timeout
        """Seconds."""
        self._limit = limit
        """Bytes of one image."""

    def contents(self, keys: Sequence[str], whole: bool = True) -> Iterator[Content]:
        return in_parallel([partial(self._content, key, whole) for key in keys])

    def sizes(self, keys: Sequence[str]) -> list[int]:
        return [0] * len(keys)

    def location(self, key: str) -> str | None:
        return None

    def position(self, key: str) -> tuple[str, int]:
        return "", 0

    def _content(self, url: str, whole: bool) -> Content:
        if is_local(url):
            return Unavailable("a URL of this machine, which a manifest must not name")
        return content_at(url, url, self._timeout, self._limit, whole)


class RemoteFiles(LocalCopies):
    """The files below a URL."""

    portable = True

    def __init__(self, url: str, timeout: float, limit: int) -> None:
        super().__init__()
        self.root = url.rstrip("/")
        self._timeout = timeout
        self._limit = limit
        self._sizes: dict[str, int | None] = {}
        """None where the server does not say."""

    def names(self) -> list[str]:
        """List all files below the URL, with one request where the server can. Raises FetchError."""
        try:
            system, path = file_system(self.root)
            found = system.find(path, detail=True)
        except FetchError:
            raise
        except Exception as error:  # each library has its own
            raise FetchError(in_words(error)) from None
        base = path.rstrip("/") + "/"
        self._sizes = {
            unquote(name[len(base) :]) if "://" in name else name[len(base) :]: about.get("size")
            for name, about in found.items()
            if name.startswith(base) and about.get("type") != "directory"
        }
        return list(self._sizes)

    def contents(self, keys: Sequence[str], whole: bool = True) -> Iterator[Content]:
        return in_parallel(
            [partial(content_at, self._url(key), key, self._timeout, self._limit, whole) for key in keys]
        )

    def sizes(self, keys: Sequence[str]) -> list[int]:
        return [self._sizes.get(key) or 0 for key in keys]

    def location(self, key: str) -> str | None:
        return None

    def position(self, key: str) -> tuple[str, int]:
        return "", 0

    def size(self, path: str) -> int | None:
        return self._sizes.get(path)

    def open(self, path: str) -> IO[bytes]:
        return io.BytesIO(fetch(self._url(path), self._timeout, _LARGEST_FILE))

    def _url(self, path: str) -> str:
        plain = urlsplit(self.root).scheme.lower() not in ("http", "https")
        return f"{self.root}/{path if plain else quote(path)}"

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_sizes": {}}


def content_at(url: str, name: str, timeout: float, limit: int, whole: bool) -> Content:
    """Fetch one image."""
    try:
        data = fetch(url, timeout, limit, None if whole else _HEAD)
    except OSError as error:
        return Unavailable(in_words(error))
    return Encoded.of(data, urlsplit(name).path if "://" in name else name)


def in_parallel(tasks: Sequence[Callable[[], Content]]) -> Iterator[Content]:
    """Run tasks on several threads and yield their results in order, a few ahead of what is asked for."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        waiting: deque[Any] = deque()
        try:
            for task in tasks:
                waiting.append(pool.submit(task))
                if len(waiting) >= _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
