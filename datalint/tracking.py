"""Fill ``tracked_files``: what git stores of a dataset and how, for the rules about the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from datalint import git
from datalint.errors import GitError, NoRepositoryError
from datalint.model import escape_name
from datalint.storage import IndexFiles, LocalFiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from datalint.facts import Facts
    from datalint.model import Columns
    from datalint.storage import Storage


class Tracked(NamedTuple):
    """The staged tree of a dataset, or why there is none."""

    files: IndexFiles | None
    staged: bool = False
    """Whether the staged tree is what is checked, in place of the working tree."""
    reason: str | None = None
    nothing: bool = False
    """Whether git has nothing to do with the dataset, so that rules about it need not be spoken of."""


NOT_ASKED = Tracked(None)
"""Where no rule is about the repository."""


def find_tracked(storage: Storage | None) -> Tracked:
    """Look for the repository of a dataset that is a folder, or a file in one."""
    if isinstance(storage, IndexFiles):
        return Tracked(storage, staged=True)
    if not isinstance(storage, LocalFiles):
        return Tracked(None, reason="the dataset is not a folder of files", nothing=True)
    try:
        files = IndexFiles(storage.root)
    except NoRepositoryError:
        return Tracked(None, reason="not in a git repository", nothing=True)
    except GitError as error:
        return Tracked(None, reason=str(error))
    if not files.regular:
        return Tracked(None, reason="git tracks no file of the dataset", nothing=True)
    return Tracked(files)


def fill_tracked(facts: Facts, tracked: Tracked, since: str | None) -> dict[str, str]:
    """Fill the table; contents are new against HEAD, or where its history parted from that of the commit ``since``.

    Returns the reason where that cannot be done, by table.
    """
    if tracked.files is None:
        return {} if tracked.reason is None else {"tracked_files": tracked.reason}
    try:
        facts.insert_aside("tracked_files", _rows(tracked.files, since, tracked.staged))
    except GitError as error:
        return {"tracked_files": str(error)}
    return {}


def _rows(files: IndexFiles, since: str | None, staged: bool) -> Columns:
    import numpy as np

    paths = list(files.regular)
    start = f"{files.folder}/" if files.folder else ""
    tops = [start + path for path in paths]
    said = git.attributes(files.repository, tops, staged)
    blobs = list(files.regular.values())
    texts = [files.small(blob) or b"" for blob in blobs]
    marks = list(map(git.is_lfs_pointer, texts))
    pointers = [git.lfs_pointer(text) if marked else None for text, marked in zip(texts, marks, strict=True)]
    new = git.new_blobs(files.repository, git.base_of(files.repository, since or "HEAD"))
    sizes = [files.blob_size(blob) for blob in blobs]
    return {
        "path": _texts([escape_name(path) for path in paths]),
        "top_path": _texts([escape_name(path) for path in tops]),
        "blob": _texts(blobs),
        "bytes": np.ma.masked_array([size or 0 for size in sizes], [size is None for size in sizes], np.uint64),
        "content_bytes": np.ma.masked_array(
            [pointer.size if pointer else 0 for pointer in pointers],
            [pointer is None for pointer in pointers],
            np.uint64,
        ),
        "pointer": np.array(marks, bool),
        "lfs": np.fromiter((attributes.lfs for attributes in said), bool, len(paths)),
        "lfs_extension": _texts(_covered_spellings(files, tops, [one.lfs for one in said], staged)),
        "converted": _texts([attributes.converted for attributes in said]),
        "is_new": np.fromiter((blob in new for blob in blobs), bool, len(paths)),
    }


def _covered_spellings(files: IndexFiles, tops: Sequence[str], lfs: Sequence[bool], staged: bool) -> list[str | None]:
    """For each file that git-lfs does not cover, find the spelling of its extension that it covers, if any.

    One file of a kind is asked for in each folder: patterns go by extension.
    """
    kinds = [None if covered else _kind(path) for path, covered in zip(tops, lfs, strict=True)]
    asked = {
        (folder, extension, spelling): f"{folder}/x{spelling}" if folder else f"x{spelling}"
        for folder, extension in {kind for kind in kinds if kind}
        for spelling in {extension.lower(), extension.upper()} - {extension}
    }
    answers = git.attributes(files.repository, list(asked.values()), staged)
    covered_as = {
        (folder, extension): spelling
        for (folder, extension, spelling), attributes in zip(asked, answers, strict=True)
        if attributes.lfs
    }
    return [covered_as.get(kind) if kind else None for kind in kinds]


def _kind(path: str) -> tuple[str, str]:
    """Return the folder of a file and its extension."""
    folder, _, name = path.rpartition("/")
    stem, dot, extension = name.rpartition(".")
    return folder, dot + extension if stem else ""


def _texts(values: Sequence[str | None]) -> np.ndarray[Any, Any]:
    import numpy as np

    return np.fromiter(values, dtype=object, count=len(values))
