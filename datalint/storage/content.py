"""What a source of images hands out, and what one has to be able to do."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np


class Encoded(NamedTuple):
    """An image file, open for Pillow. Close :attr:`file` at the end."""

    file: IO[bytes]
    """Seekable, at its beginning."""
    data: bytes | None
    """All of it, when it was read into memory."""
    name: str
    """Its file name, whose extension stands for a format; empty where it has none."""

    @classmethod
    def of(cls, data: bytes, name: str) -> Encoded:
        return cls(io.BytesIO(data), data, name)

    def head(self, size: int) -> bytes:
        """Return the first bytes."""
        if self.data is not None:
            return self.data[:size]
        position = self.file.tell()  # some plugins decode from where they stopped
        self.file.seek(0)
        head = self.file.read(size)
        self.file.seek(position)
        return head

    def digest(self) -> str:
        """Return the SHA-256 of all bytes, hexadecimal."""
        if self.data is not None:
            return hashlib.sha256(self.data).hexdigest()
        digest = hashlib.sha256()
        self.file.seek(0)
        while piece := self.file.read(1 << 20):
            digest.update(piece)
        return digest.hexdigest()


class Pixels(NamedTuple):
    """An image that is no file but values in an array."""

    array: np.ndarray[Any, Any]
    """H x W, or H x W x C; bool, an integer or a float type."""
    low: float
    """The value that stands for black."""
    high: float
    """The value that stands for full intensity: 255, 65535, 1 ..."""


class Unavailable(NamedTuple):
    """An image that could not be fetched."""

    reason: str
    """In words that follow "cannot be read:"."""


Content: TypeAlias = "Encoded | Pixels | Unavailable"


class ImageSource(Protocol):
    """Something that holds images, by keys of its own kind."""

    portable: bool
    """Whether it can be pickled, so that worker processes can read from it."""

    def contents(self, keys: Sequence[Any], whole: bool = True) -> Iterator[Content]:
        """Yield what each key stands for, in their order; an image that cannot be had never raises.

        Each content is done with before the next is asked for, so a source may hold one at a time, or fetch a few
        ahead. Where ``whole`` is false only the header will be looked at.
        """
        ...

    def sizes(self, keys: Sequence[Any]) -> list[int]:
        """Return about how many bytes there are to decode for each key, without reading them; 0 where unknown."""
        ...

    def location(self, key: Any) -> str | None:
        """Return the file of this machine that holds the image, and by whose state a change shows; None without one."""
        ...

    def position(self, key: Any) -> tuple[str, int]:
        """Return the container that holds the image and where in it; reading in that order is fastest."""
        ...


class Storage(ImageSource, Protocol):
    """A source of named files; its keys are paths relative to its root, with ``/``, as Python decodes file names."""

    root: str
    """Absolute path or URL, for people; as Python decodes file names."""

    def size(self, path: str) -> int | None:
        """Return the size of a file in bytes; None for one that is not there, or where a server does not say."""
        ...

    def open(self, path: str) -> IO[bytes]:
        """Open a file for reading; it can seek. Raises OSError, also for what is no regular file."""
        ...

    def local(self, path: str) -> str:
        """Return where the file lies on this machine, having copied it to a temporary place if need be.

        For libraries that want a path. The copy stays as long as the storage. Raises OSError.
        """
        ...


class ImageRef(NamedTuple):
    """Where the image of a sample is."""

    sample_id: int
    source: ImageSource
    key: Any


class Lazily(Sequence[ImageRef]):
    """Images that are named only when somebody asks for one."""

    def __init__(self, named: Callable[[], Sequence[ImageRef]]) -> None:
        self._named = named

    @cached_property
    def _images(self) -> Sequence[ImageRef]:
        return self._named()

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, place: Any) -> Any:
        return self._images[place]
