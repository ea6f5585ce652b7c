"""Discover: from a path to rows of ``samples``. Knows layouts, and nothing about pixels."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from datalint.discover import detection, folders
from datalint.discover.tables import file_rows, folder_rows, sample_rows
from datalint.discover.tree import Folder, scan
from datalint.errors import ConfigError, DatasetError, did_you_mean
from datalint.model import escape_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datalint.discover.listing import Reading
    from datalint.model import Columns

LAYOUTS: dict[str, Callable[[Folder], Reading]] = {
    "class-folders": folders.read_class_folders,
    "split-folders": folders.read_split_folders,
    "hierarchy": folders.read_hierarchy,
    "flat": folders.read_flat,
    "detection": detection.read,
}
"""Every layout that can be forced, with the function that reads a tree as one."""


class Listing(NamedTuple):
    """A dataset by the names of its files."""

    root: str
    """Absolute path, as Python decodes file names."""
    tree: Folder
    reading: Reading
    notices: tuple[str, ...]
    """What a person should know about how the tree was understood; escaped."""

    def samples(self) -> Columns:
        return sample_rows(self.reading)

    def folders(self) -> Columns:
        return folder_rows(self.reading)

    def files(self) -> Columns:
        """Look at every file: its size, and the first bytes of small ones."""
        return file_rows(self.root, self.tree, self.reading)


def discover(path: str | os.PathLike[str], layout: str | None = None, exclude: Sequence[str] = ()) -> Listing:
    """List the samples below a folder.

    ``layout`` forces one of :data:`LAYOUTS`; otherwise the structure of the tree decides. ``exclude`` holds
    gitignore patterns, as ``.datalintignore`` at the root does.

    Raises DatasetError where there is no folder or no image in it, ConfigError for an unknown layout.
    """
    if layout is not None and layout not in LAYOUTS:
        raise ConfigError(f"unknown layout {layout!r}{did_you_mean(layout, LAYOUTS)}; known: {', '.join(LAYOUTS)}")
    root = os.path.abspath(os.fsdecode(path))
    shown = escape_name(os.fsdecode(path))
    if not os.path.exists(root):
        raise DatasetError(f"{shown}: no such folder")
    if not os.path.isdir(root):
        raise DatasetError(f"{shown}: is a file; give the folder that holds the class folders")
    tree, notices = scan(root, exclude)
    if not tree.images_below:
        raise DatasetError(f"{shown}: {_no_image(tree)}")
    reading = LAYOUTS[layout](tree) if layout else detection.recognise(tree) or folders.read(tree)
    return Listing(root, tree, reading, tuple(map(escape_name, (*reading.notices, *notices))))


def _no_image(tree: Folder) -> str:
    names = [name for folder in tree.walk() for name in folder.files]
    if not names:
        return "no image found: the folder is empty"
    kinds = sorted({os.path.splitext(name)[1].lower() or "no extension" for name in names})
    more = ", ..." if len(kinds) > 5 else ""
    return f"no image found among {len(names):,} files ({', '.join(kinds[:5])}{more})"
