"""What a path leads to: a folder or a file, here, in an archive or on a server."""

from __future__ import annotations

import os

from datalint.discover.listing import Found, Options
from datalint.discover.tree import scan
from datalint.errors import DatasetError
from datalint.model import escape_name
from datalint.storage import LocalFiles


def find(path: str | os.PathLike[str], options: Options) -> Found:
    """Look at what lies at a path. Raises DatasetError where nothing does."""
    given = os.path.abspath(os.fsdecode(path))
    if not os.path.exists(given):
        raise DatasetError(f"{escape_name(os.fsdecode(path))}: no such file or folder")
    if os.path.isdir(given):
        return Found(LocalFiles(given), options, lambda: scan(given, options.exclude))
    root, name = os.path.split(given)
    return Found(LocalFiles(root), options, lambda: scan(root, options.exclude), focus=name)
