"""One walk over the folders of a dataset, by names alone: no file is opened."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from datalint.discover.litter import IGNORE_FILE, ignore_matcher, is_litter
from datalint.errors import ConfigError, DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

# What Pillow reads, and what people take for images although Pillow cannot read it.
IMAGE_EXTENSIONS = frozenset(
    """
    .jpg .jpeg .jpe .jfif .jif .png .apng .gif .bmp .dib .webp .tif .tiff .avif .avifs .jp2 .j2k .jpc .jpf .jpx
    .ppm .pgm .pbm .pnm .pfm .tga .icb .vda .vst .pcx .dds .ico .cur .icns .sgi .rgb .rgba .bw .ras .xbm .xpm
    .psd .qoi .mpo .im .msp .spi .fli .flc .dcx .blp .ftu .ftc
    .heic .heif .jxl .dng .cr2 .cr3 .nef .arw .orf .rw2 .raf
    """.split()
)


class Folder:
    """A folder with its sub-folders and files, all in order of name.

    ``path`` is relative to the root, with ``/`` (empty for the root), as Python decodes file names.
    """

    __slots__ = ("files", "folders", "images", "images_below", "name", "path")

    def __init__(self, name: str, path: str) -> None:
        self.name = name
        self.path = path
        self.folders: list[Folder] = []
        self.files: list[str] = []
        self.images: list[str] = []
        """The files that are images, or pointers to images, by their names."""
        self.images_below = 0
        """Images in this folder and all folders below."""

    @property
    def branches(self) -> list[Folder]:
        """The sub-folders that hold images, at any depth."""
        return [folder for folder in self.folders if folder.images_below]

    def walk(self) -> Iterator[Folder]:
        """Yield this folder and all below, parents first, in order of name."""
        stack = [self]
        while stack:
            folder = stack.pop()
            yield folder
            stack.extend(reversed(folder.folders))

    def join(self, name: str) -> str:
        return f"{self.path}/{name}" if self.path else name


def tree_of(names: Iterable[str], exclude: Sequence[str] = (), prefix: str = "") -> Folder:
    """Make a tree of the names of files that lie in no folder of this machine; all paths begin with ``prefix``.

    Litter, hidden entries and whatever ``exclude`` names are left out, as :func:`scan` does.
    """
    ignored = ignore_matcher(exclude)
    tree = Folder(prefix.rpartition("/")[2], prefix)
    folders: dict[str, Folder | None] = {"": tree}

    def folder_of(path: str) -> Folder | None:
        """Return a folder of the tree, made if need be; None for one that is left out with all that it holds."""
        if path not in folders:
            above, _, name = path.rpartition("/")
            parent = None if is_litter(name) else folder_of(above)
            if parent is None:
                folders[path] = None
            else:
                folders[path] = made = Folder(name, parent.join(name))
                parent.folders.append(made)
        return folders[path]

    for path in names:
        above, _, name = path.rpartition("/")
        if is_litter(name) or (ignored and ignored(path)):
            continue
        folder = folder_of(above)
        if folder is not None:
            folder.files.append(name)
    everything = list(tree.walk())
    for folder in everything:
        folder.files = sorted(set(folder.files))
        own = set(folder.files)
        folder.images = [name for name in folder.files if is_image(name, own)]
        folder.folders.sort(key=lambda child: child.name)
    count_below(everything)
    return tree


def count_below(folders: Sequence[Folder]) -> None:
    """Count the images below each folder; parents come before their children."""
    for folder in reversed(folders):
        folder.images_below = len(folder.images) + sum(child.images_below for child in folder.folders)


def scan(root: str, exclude: Sequence[str] = ()) -> tuple[Folder, list[str]]:
    """Read the names below ``root``; return the tree, and notices about folders that could not be read.

    Litter, hidden entries and whatever ``.datalintignore`` at the root or ``exclude`` names are left out.
    A link to a folder is followed unless its target was read already, so that there is no circle and
    nothing counts twice. A real folder wins over a link to it.
    """
    ignored = ignore_matcher([*_ignore_lines(root), *exclude])
    tree = Folder("", "")
    notices: list[str] = []
    seen: set[tuple[int, int]] = set()
    pending = [tree]
    links: list[tuple[Folder, Folder]] = []
    order = [tree]
    while pending or links:
        if pending:
            folder = pending.pop()
        else:
            parent, folder = links.pop(0)
            if _leads_up(root, folder):
                notices.append(f"link {folder.path} leads to a folder that holds the dataset; it is not followed")
                continue
            if _identity(os.path.join(root, folder.path)) in seen:
                continue
            parent.folders.append(folder)
            order.append(folder)
        location = os.path.join(root, folder.path)
        identity = _identity(location)
        if identity is not None:
            seen.add(identity)
        try:
            _read(folder, location, ignored, links)
        except OSError as error:
            if folder is tree:
                raise DatasetError(f"{root}: cannot be read: {error.strerror}") from None
            notices.append(f"folder {folder.path} cannot be read: {error.strerror}; it is left out")
        pending.extend(folder.folders)
        order.extend(folder.folders)
    for folder in order:
        folder.folders.sort(key=lambda child: child.name)
    count_below(order)
    return tree, notices


def _read(
    folder: Folder, location: str, ignored: Callable[[str], bool] | None, links: list[tuple[Folder, Folder]]
) -> None:
    with os.scandir(location) as entries:
        for entry in entries:
            name = entry.name
            if is_litter(name):
                continue
            path = folder.join(name)
            kind = _kind(entry)
            if kind == "folder":
                if ignored and ignored(path + "/"):
                    continue
                child = Folder(name, path)
                if entry.is_symlink():
                    links.append((folder, child))
                else:
                    folder.folders.append(child)
            elif kind == "file" and not (ignored and ignored(path)):
                folder.files.append(name)
    folder.files.sort()
    names = set(folder.files)
    folder.images = [name for name in folder.files if is_image(name, names)]


def _kind(entry: os.DirEntry[str]) -> str:
    """Tell folder, file or other; a link that leads nowhere is a file, to be found unreadable.

    Pipes, sockets and devices are other: opening them could block for ever.
    """
    try:
        if entry.is_dir():
            return "folder"
        if entry.is_file():
            return "file"
    except OSError:  # a link in a circle
        return "file"
    return "file" if entry.is_symlink() and not os.path.exists(entry.path) else "other"


def split_suffix(name: str) -> tuple[str, str]:
    """Split a file name as ``os.path.splitext`` does, several times as fast; there may be very many."""
    dot = name.rfind(".")
    if dot <= 0 or (name[0] == "." and not name[:dot].strip(".")):
        return name, ""
    return name[:dot], name[dot:]


def is_image(name: str, siblings: set[str]) -> bool:
    """Tell by name whether a file is an image, or a ``.dvc`` file that stands for an image not pulled."""
    stem, extension = split_suffix(name)
    if extension == ".dvc":
        return stem not in siblings and split_suffix(stem)[1].lower() in IMAGE_EXTENSIONS
    return extension.lower() in IMAGE_EXTENSIONS


def is_image_name(path: str) -> bool:
    """Tell by its extension whether a file is an image."""
    return os.path.splitext(path)[1].lower() in IMAGE_EXTENSIONS


def _ignore_lines(root: str) -> list[str]:
    file = os.path.join(root, IGNORE_FILE)
    if not os.path.isfile(file):  # a pipe would wait for a writer
        return []
    try:
        with open(file, encoding="utf-8") as lines:
            return lines.read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", file) from None


def _leads_up(root: str, folder: Folder) -> bool:
    target = os.path.realpath(os.path.join(root, folder.path))
    return os.path.commonpath([target, os.path.realpath(root)]) == target != os.path.realpath(root)


def _identity(location: str) -> tuple[int, int] | None:
    try:
        status = os.stat(location)
    except OSError:
        return None
    return status.st_dev, status.st_ino
