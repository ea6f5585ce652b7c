"""The members of a zip or tar archive, read where they are."""

from __future__ import annotations

import io
import lzma
import os
import re
import tarfile
import zipfile
import zlib
from functools import lru_cache
from typing import IO, TYPE_CHECKING, NamedTuple, Protocol

from datalint.storage.content import Content, Encoded, Unavailable
from datalint.storage.copies import LocalCopies

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BLOCK = tarfile.BLOCKSIZE
_LARGEST_MEMBER = 1 << 30  # bytes; no image has more, and a zip bomb does
_BROKEN = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
    RuntimeError,
    ValueError,
)
_NAME = re.compile(r"\.(zip|tar|tgz|tbz2?|txz|tar\.(gz|bz2|xz|zst))$", re.I)


class MemberFault(NamedTuple):
    """Something in an archive that is not right."""

    kind: str
    """``escape`` or ``damaged``."""
    reason: str
    member: str | None


class ArchiveFiles(LocalCopies):
    """The files in an archive, by their names in it."""

    portable = True

    def __init__(self, file: str) -> None:
        """Open the archive. Raises OSError where it cannot be read at all."""
        super().__init__()
        self.root = file
        status = os.stat(file)
        self._version = (status.st_mtime_ns, status.st_size)
        _ = self._members

    @property
    def _members(self) -> _Members:
        return _opened(self.root, self._version)

    @property
    def names(self) -> list[str]:
        """The names of all files that can be read, in the order of the archive."""
        return list(self._members.sizes)

    @property
    def faults(self) -> list[MemberFault]:
        return self._members.faults

    def contents(self, keys: Sequence[str], whole: bool = True) -> Iterator[Content]:
        for key in keys:
            try:
                data = self._members.read(key)
            except _BROKEN as error:
                yield Unavailable(_in_words(error))
            except KeyError:
                yield Unavailable("not in the archive")
            else:
                yield Encoded.of(data, key)

    def sizes(self, keys: Sequence[str]) -> list[int]:
        return [self._members.sizes.get(key, 0) for key in keys]

    def location(self, key: str) -> str | None:
        return self.root

    def position(self, key: str) -> tuple[str, int]:
        return self.root, self._members.positions.get(key, 0)

    def size(self, path: str) -> int | None:
        return self._members.sizes.get(path)

    def open(self, path: str) -> IO[bytes]:
        try:
            return io.BytesIO(self._members.read(path))
        except KeyError:
            raise FileNotFoundError(None, "not in the archive", path) from None
        except _BROKEN as error:
            raise OSError(None, _in_words(error), path) from None


def is_archive_name(name: str) -> bool:
    """Tell by its name whether a file is an archive that :class:`ArchiveFiles` reads."""
    return _NAME.search(name) is not None


class _Members(Protocol):
    """An open archive."""

    sizes: dict[str, int]
    positions: dict[str, int]
    faults: list[MemberFault]

    def read(self, name: str) -> bytes: ...


class _ZipMembers:
    def __init__(self, file: str) -> None:
        self._archive = zipfile.ZipFile(file)
        self.faults: list[MemberFault] = []
        self._infos: dict[str, zipfile.ZipInfo] = {}
        for info in self._archive.infolist():
            name = _inside(info.filename, self.faults)
            if name and not info.is_dir():
                self._infos[name] = info
        self.sizes = {name: info.file_size for name, info in self._infos.items()}
        self.positions = {name: info.header_offset for name, info in self._infos.items()}

    def read(self, name: str) -> bytes:
        info = self._infos[name]
        if info.file_size > _LARGEST_MEMBER:
            raise OSError(None, f"{info.file_size / 1e9:.1f} GB in one member")
        if info.flag_bits & 1:
            raise OSError(None, "encrypted")
        return self._archive.read(info)


class _TarMembers:
    """A tar; of a compressed one members are best read in order, since going back begins anew."""

    def __init__(self, file: str) -> None:
        self._archive = tarfile.TarFile.open(file)
        self.faults: list[MemberFault] = []
        end = os.path.getsize(file) if _is_plain_tar(file) else None
        self._infos: dict[str, tarfile.TarInfo] = {}
        links: list[tuple[str, tarfile.TarInfo]] = []
        try:
            for info in self._archive:
                name = _inside(info.name, self.faults)
                if name and info.isreg():
                    self._infos[name] = info
                elif name and (info.issym() or info.islnk()):
                    links.append((name, info))
            if end is not None and self._archive.offset + _BLOCK > end:  # an archive ends with empty blocks
                whole = {name: info for name, info in self._infos.items() if info.offset_data + info.size <= end}
                self._infos = whole
                raise tarfile.ReadError("unexpected end of data")
        except _BROKEN as error:
            kept = len(self._infos)
            reason = f"is cut off or damaged ({_in_words(error)}) after {kept:,} files; fetch it again"
            self.faults.append(MemberFault("damaged", reason, None))
        for name, info in links:
            self._link(name, info)
        self.sizes = {name: info.size for name, info in self._infos.items()}
        self.positions = {name: info.offset_data for name, info in self._infos.items()}

    def _link(self, name: str, info: tarfile.TarInfo) -> None:
        base = os.path.dirname(name) if info.issym() else ""
        target = os.path.normpath(os.path.join(base, info.linkname)).replace(os.sep, "/")
        if target in self._infos:
            self._infos[name] = self._infos[target]
        elif target.startswith(("../", "/")):
            self.faults.append(MemberFault("escape", "is a link that leads out of the archive; it is not read", name))

    def read(self, name: str) -> bytes:
        info = self._infos[name]
        if info.size > _LARGEST_MEMBER:
            raise OSError(None, f"{info.size / 1e9:.1f} GB in one member")
        file = self._archive.extractfile(info)
        assert file is not None
        with file:
            data = file.read()
        if len(data) < info.size:
            raise OSError(None, "cut off")
        return data


@lru_cache(maxsize=64)
def _opened(file: str, version: tuple[int, int]) -> _Members:
    """Open an archive once in a process: its list of members is long, and batches of images are many."""
    try:
        if zipfile.is_zipfile(file):
            return _ZipMembers(file)
        return _TarMembers(file)
    except _BROKEN as error:
        words = _in_words(error)
        if words.startswith("file could not be opened"):  # as any of a list of formats
            words = "neither zip nor tar"
        raise OSError(None, f"is no archive that can be read: {words}", file) from None


def _is_plain_tar(file: str) -> bool:
    """Tell whether a tar is not compressed, so that its members end before it does."""
    try:
        tarfile.open(file, "r:").close()
    except tarfile.TarError:
        return False
    return True


def _inside(name: str, faults: list[MemberFault]) -> str | None:
    """Return the name of a member relative to the archive, or None where it leads out of it."""
    plain = name.removeprefix("./").rstrip("/")
    if plain.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", plain) or ".." in re.split(r"[/\\]", plain):
        faults.append(MemberFault("escape", "is a path that leads out of the archive; it is not read", name))
        return None
    return plain if plain not in ("", ".") else None


def _in_words(error: BaseException) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    first = text.splitlines()[0] if text else type(error).__name__
    return first[:1].lower() + first[1:]
