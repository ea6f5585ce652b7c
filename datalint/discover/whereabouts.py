"""Where the files of a dataset are and how they are, before anything is listed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from datalint.augment_log import log_above
from datalint.discover.litter import IGNORE_FILE, is_litter
from datalint.discover.manifest.candidates import is_candidate_name
from datalint.discover.memory import InMemory
from datalint.errors import DatasetError
from datalint.storage import FileState, IndexFiles, LocalFiles, file_state, is_archive_name, is_url, tree_state

if TYPE_CHECKING:
    from datalint.storage import Storage, TreeState


def files_of(path: str | os.PathLike[str] | InMemory, staged: bool = False) -> TreeState | None:
    """Look at the files that a dataset may be made of, as they are; None where they are not known in advance.

    Hardly anything else is looked at, so it costs little more than the system takes to answer.
    """
    if isinstance(path, InMemory) or is_url(os.fsdecode(path)):
        return None
    given = os.path.abspath(os.fsdecode(path))
    try:
        if staged:
            files, name = index_of(given)
            return files.state() if name is None else None
        if os.path.isdir(given):
            return _below(given)
        root, name = os.path.split(given)
        if is_archive_name(name) or not lists_images(name):
            return file_state(given)
        return _below(root)
    except (OSError, DatasetError):
        return None


def _below(root: str) -> TreeState:
    """Look at the files of a folder, and at the log of the augmented folder that it may be part of."""
    state = tree_state(root, _passed_over)
    above = log_above(root)
    status = FileState.at(os.path.join(root, above)) if above else None
    if above and status:
        state.add(above, status)
    return state


def storage_of(path: str | os.PathLike[str] | InMemory, staged: bool) -> Storage | None:
    """Return where the files of a dataset are that is a folder, or a file in one, of this machine; None for others."""
    if isinstance(path, InMemory) or is_url(os.fsdecode(path)):
        return None
    given = os.path.abspath(os.fsdecode(path))
    if staged:
        return index_of(given)[0]
    if os.path.isdir(given):
        return LocalFiles(given)
    return None if is_archive_name(given) or not os.path.exists(given) else LocalFiles(os.path.dirname(given))


def _passed_over(name: str) -> bool:
    return is_litter(name) and name not in (IGNORE_FILE, ".gitattributes")


def lists_images(name: str) -> bool:
    """Tell by its name whether a file may list images that lie beside it."""
    return is_candidate_name(name) or name.lower().endswith(".parquet")


def index_of(given: str) -> tuple[IndexFiles, str | None]:
    """Return what is staged at a path: of a folder, or of the folder above and the name of a file in it."""
    files = IndexFiles(given)
    if not files.names and os.path.basename(given):
        above = IndexFiles(os.path.dirname(given)) if files.folder else files
        if os.path.basename(given) in above.names:
            return above, os.path.basename(given)
    return files, None
