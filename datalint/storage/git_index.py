"""The staged tree of a git repository: files as they will be committed, wherever the working tree stands."""

from __future__ import annotations

import io
import os
import posixpath
from functools import cached_property, lru_cache
from typing import IO, TYPE_CHECKING, Any

from datalint import git
from datalint.storage.content import Content, Encoded, Unavailable
from datalint.storage.copies import LocalCopies
from datalint.storage.local import LocalFiles
from datalint.storage.state import TreeState, blobs_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class IndexFiles(LocalCopies):
    """What is staged below a folder, by paths relative to it.

    Where a pointer of git-lfs is staged, the file is its content if that was pulled, else the pointer. A symbolic link
    is the staged file below the folder that it leads to, and cannot be read where there is none.
    """

    portable = True

    def __init__(self, folder: str) -> None:
        """List what is staged. Raises GitError."""
        super().__init__()
        self.root = folder
        self.repository = git.find_repository(folder)
        self.folder = self.repository.inside(folder)
        """The folder relative to the top of the working tree; ``''`` for the top."""
        self._version = self.repository.version()
        self._tree = _Tree(self.repository, _entries(self.repository, self.folder, self._version))

    @property
    def names(self) -> list[str]:
        """All files, then the links that lead to none. A link to a folder is left out: its files have names already."""
        return self._tree.names

    @property
    def plain(self) -> dict[str, int]:
        """Bytes by blob of those that are known to be no pointers; whoever knows more may add to it."""
        return plain_blobs(self.repository.common)

    @property
    def submodules(self) -> tuple[str, ...]:
        """Folders that are repositories of their own, whose files are not staged here."""
        return self._tree.submodules

    @property
    def regular(self) -> dict[str, str]:
        """The blob of each file that is no link."""
        return self._tree.regular

    def blob_size(self, blob: str) -> int | None:
        """Return the bytes that git keeps, of a pointer its own; None where the blob is not in this clone."""
        return self._tree.blob_size(blob)

    def small(self, blob: str) -> bytes | None:
        """Return the content of a blob that may be a pointer of git-lfs; None for a larger one."""
        return self._tree.small.get(blob)

    def blob(self, path: str) -> str:
        """Return what names the content for ever: ``sha256:`` and the digest that git-lfs has, or the id of the blob.

        Raises KeyError for what is not staged.
        """
        return self._tree.content_id(self._tree.blobs[path])

    def state(self) -> TreeState:
        """Describe all files, so that a change shows; that the content of a pointer was pulled does not."""
        return blobs_state(self.root, self._tree.recorded, self.submodules)

    @property
    def has_pointers(self) -> bool:
        """Whether a pointer of git-lfs is staged, so that what was pulled decides as well."""
        return self._tree.has_pointers

    def contents(self, keys: Sequence[str], whole: bool = True) -> Iterator[Content]:
        tree = self._tree
        for key in keys:
            try:
                data = tree.read(key)
            except (KeyError, OSError) as error:
                yield Unavailable(tree.reason(key, error))
                continue
            pulled = tree.pulled(data)
            if pulled is None:
                yield Encoded.of(data, key)
                continue
            (content,) = LocalFiles("").contents([tree.location(pulled)], whole)
            yield content._replace(name=key) if isinstance(content, Encoded) else content

    def sizes(self, keys: Sequence[str]) -> list[int]:
        return [self.size(key) or 0 for key in keys]

    def location(self, key: str) -> str | None:
        return os.path.join(self.root, key)

    def position(self, key: str) -> tuple[str, int]:
        return "", 0

    def size(self, path: str) -> int | None:
        blob = self._tree.blobs.get(path)
        return None if blob is None else self._tree.size(blob)

    def open(self, path: str) -> IO[bytes]:
        tree = self._tree
        try:
            data = tree.read(path)
            pulled = tree.pulled(data)
            return io.BytesIO(data) if pulled is None else open(tree.location(pulled), "rb")
        except (KeyError, OSError) as error:
            raise FileNotFoundError(None, tree.reason(path, error), path) from None

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__getstate__().items() if name != "_tree"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._tree = _listed(self.repository, self.folder, self._version)


class _Tree:
    """A staged tree, and what was read of it so far."""

    def __init__(self, repository: git.Repository, entries: git.Entries) -> None:
        self._repository = repository
        self._content = git.Blobs(repository)
        self.regular = entries.blobs
        self.submodules = entries.submodules
        texts = self._content.read_all(list(entries.links.values()))
        self._targets = {
            path: os.fsdecode(text) for path, text in zip(entries.links, texts, strict=True) if text is not None
        }
        ends = {path: git.follow(path, self._targets, entries.blobs) for path in self._targets}
        self.blobs = {**entries.blobs, **{path: entries.blobs[end] for path, end in ends.items() if end is not None}}
        """The blob of each file, and of each link to one."""
        folders = _folders(entries.blobs) if self._targets else {}
        dangling = [path for path in self._targets if git.follow(path, self._targets, folders) is None]
        self.recorded = {**entries.links, **self.blobs}
        """What the index holds of each file, and of each link where it leads to none."""
        self.names = [*self.blobs, *(path for path in dangling if path not in self.blobs)]

    @cached_property
    def _sizes(self) -> dict[str, int | None]:
        """Bytes of each blob; None for one that is not in this clone."""
        plain = plain_blobs(self._repository.common)
        blobs = dict.fromkeys(self.blobs.values())
        unknown = [blob for blob in blobs if blob not in plain]
        asked = dict(zip(unknown, self._content.sizes(unknown), strict=True))
        plain.update((blob, size) for blob, size in asked.items() if size is not None and size > git.LARGEST_POINTER)
        return {blob: plain.get(blob, asked.get(blob)) for blob in blobs}

    @cached_property
    def small(self) -> dict[str, bytes | None]:
        """The contents of blobs that may be pointers, which are read much faster together than one by one."""
        plain = plain_blobs(self._repository.common)
        blobs = [blob for blob, size in self._sizes.items() if size is not None and blob not in plain]
        texts = dict(zip(blobs, self._content.read_all(blobs), strict=True))
        plain.update((blob, len(text)) for blob, text in texts.items() if text and not git.is_lfs_pointer(text))
        return texts

    @property
    def has_pointers(self) -> bool:
        return any(text is not None and git.is_lfs_pointer(text) for text in self.small.values())

    @cached_property
    def _objects(self) -> str:
        return git.lfs_folder(self._repository)

    @cached_property
    def _pulled(self) -> dict[str, git.LfsPointer]:
        """What each blob points to that is a pointer whose content is here."""
        texts = {blob: text for blob, text in self.small.items() if text is not None and git.is_lfs_pointer(text)}
        found = {blob: self.pulled(text) for blob, text in texts.items()}
        return {blob: pointer for blob, pointer in found.items() if pointer is not None}

    def blob_size(self, blob: str) -> int | None:
        return self._sizes[blob]

    def size(self, blob: str) -> int | None:
        pointer = self._pulled.get(blob)
        return self._sizes[blob] if pointer is None else pointer.size

    def content_id(self, blob: str) -> str:
        pointer = self._pulled.get(blob)
        return blob if pointer is None else f"sha256:{pointer.digest}"

    def read(self, path: str) -> bytes:
        """Return the blob of a file. Raises KeyError and OSError."""
        blob = self.blobs[path]
        # A worker process reads some files only, and does not look at all of them for that.
        small = self.small.get(blob) if "small" in self.__dict__ else None
        return self._content.read(blob) if small is None else small

    def pulled(self, data: bytes) -> git.LfsPointer | None:
        """Read a blob as a pointer; None where it is none, or the content that it stands for is not here."""
        pointer = git.lfs_pointer(data) if len(data) <= git.LARGEST_POINTER else None
        return pointer if pointer and os.path.isfile(self.location(pointer)) else None

    def location(self, pointer: git.LfsPointer) -> str:
        """Return where the content of a pointer lies."""
        return git.lfs_object(self._objects, pointer.digest)

    def reason(self, path: str, error: Exception) -> str:
        """Say why a file cannot be read."""
        if isinstance(error, OSError):
            return error.strerror or type(error).__name__
        target = self._targets.get(path)
        return "not staged" if target is None else f"a link to {target}, which is not staged below this folder"


def _folders(paths: Iterable[str]) -> dict[str, str]:
    """Return the folders above files, as keys."""
    found: dict[str, str] = {}
    for path in paths:
        while (path := posixpath.dirname(path)) and path not in found:
            found[path] = ""
    return found


@lru_cache(maxsize=4)
def _entries(repository: git.Repository, folder: str, version: tuple[int, int, int]) -> git.Entries:
    """List what is staged once: a run looks at it before it lists, while it does, and for what git stores."""
    return git.read_index(repository, folder)


@lru_cache(maxsize=4)
def plain_blobs(repository: str) -> dict[str, int]:
    """Return bytes by blob of those that are known to be no pointers; what is learned of a blob holds for ever.

    ``repository`` is the folder that its worktrees share. Asking git about 100,000 blobs takes seconds, so all trees
    of a process share what they learn, and a cache can keep it: whoever knows more adds to what this returns.
    """
    return {}


@lru_cache(maxsize=4)
def _listed(repository: git.Repository, folder: str, version: tuple[int, int, int]) -> _Tree:
    """List a tree once in a worker process: it is long, and batches of images are many."""
    return _Tree(repository, _entries(repository, folder, version))
