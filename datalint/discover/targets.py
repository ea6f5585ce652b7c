"""What a path leads to: a folder or a file, here, in an archive or on a server."""

from __future__ import annotations

import glob
import os
import re
from itertools import product
from typing import TYPE_CHECKING

from datalint.discover.dvc import add_unpulled
from datalint.discover.listing import Fault, Found, Options
from datalint.discover.litter import IGNORE_FILE
from datalint.discover.tree import Folder, count_below, scan, tree_of
from datalint.discover.whereabouts import index_of, lists_images
from datalint.errors import DatasetError
from datalint.model import escape_name
from datalint.storage import (
    ArchiveFiles,
    LocalFiles,
    MountedFiles,
    is_archive_name,
)
from datalint.storage.fetch import in_words, is_url
from datalint.storage.remote import RemoteFiles

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from datalint.storage import Storage

CONTAINERS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".h5", ".hdf5", ".npz", ".npy", ".txt")
_BRACES = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(\d+)\.\.(\d+)")
_MOST_MEMBERS = 100_000


def find(path: str | os.PathLike[str], options: Options) -> Found:
    """Look at what lies at a path. Raises DatasetError where nothing does."""
    if is_url(os.fsdecode(path)):
        if options.staged:
            raise DatasetError("is a URL; only a folder or a file of a git repository can be staged")
        return _remote(os.fsdecode(path), options)
    given = os.path.abspath(os.fsdecode(path))
    if options.staged:
        return _staged(given, options)
    if not os.path.exists(given):
        if any(c in given for c in "{*?["):
            return _pattern(given, options)
        raise DatasetError("no such file or folder")
    if os.path.isdir(given):
        return _folder(given, options)
    if is_archive_name(given):
        return _archive(given, options)
    root, name = os.path.split(given)
    if lists_images(name):
        return Found(LocalFiles(root), options, lambda: scan(root, options.exclude), focus=name)
    return Found(LocalFiles(root), options, lambda: (tree_of([name]), []), focus=name)


def _remote(url: str, options: Options) -> Found:
    """Look at a folder or a file of a server."""
    above, _, name = url.split("?")[0].rstrip("/").rpartition("/")
    limit = options.download << 20
    if is_archive_name(name):
        remote = RemoteFiles(above, options.timeout, limit)
        try:
            found = _archive(remote.local(name), options)
        except OSError as error:
            raise DatasetError(in_words(error)) from None
        found.keep = remote  # the copy goes away with it
        return found
    if name.lower().endswith(CONTAINERS):
        remote = RemoteFiles(above, options.timeout, limit)
        return Found(remote, options, lambda: _remote_tree(remote, options, name), focus=name)
    remote = RemoteFiles(url, options.timeout, limit)
    try:
        names = remote.names()
    except OSError as error:
        raise DatasetError(in_words(error)) from None
    if not names:
        raise DatasetError("nothing is there")
    tree = tree_of(names, [*_ignore_lines(remote, names), *options.exclude])
    return Found(remote, options, lambda: (tree, []))


def _remote_tree(remote: RemoteFiles, options: Options, name: str) -> tuple[Folder, list[str]]:
    """List what lies beside a file of a server; not every server can say that."""
    try:
        return tree_of(remote.names(), options.exclude), []
    except OSError:
        return tree_of([name]), []


def _folder(root: str, options: Options) -> Found:
    """Read a folder; where it holds no image but archives, these are what is read."""
    tree, notices = scan(root, options.exclude)
    archives = [folder.join(name) for folder in tree.walk() for name in folder.files if is_archive_name(name)]
    pointers, more = add_unpulled(LocalFiles(root), tree, options.exclude)
    notices += more
    if tree.images_below or not archives:
        found = Found(LocalFiles(root), options, lambda: (tree, notices))
        found.pointers = pointers
        found.unpulled = bool(pointers or more)
        return found
    return _mounted(LocalFiles(root), tree, archives, options, notices)


def _staged(given: str, options: Options) -> Found:
    """Read a folder or a file as it is staged in git, whether or not it is (still) in the working tree."""
    files, name = index_of(given)
    if not files.names:
        raise DatasetError("nothing is staged there; `git add` what is to be checked")
    if name is not None and is_archive_name(name):
        found = _archive(files.local(name), options)
        found.keep = files  # the copy goes away with it
        return found
    notices = [f"{path}/ is a submodule, which is not checked: run datalint in it" for path in files.submodules]
    tree = tree_of(files.names, [*_ignore_lines(files, files.names), *options.exclude])
    if name is not None:
        return Found(files, options, lambda: (tree, notices), focus=name)
    pointers, more = add_unpulled(files, tree, options.exclude)
    notices += more
    archives = [folder.join(name) for folder in tree.walk() for name in folder.files if is_archive_name(name)]
    if not tree.images_below and archives:
        return _mounted(files, tree, archives, options, notices)
    found = Found(files, options, lambda: (tree, notices))
    found.pointers = pointers
    found.unpulled = bool(pointers or more)
    return found


def _ignore_lines(storage: Storage, names: Collection[str]) -> list[str]:
    if IGNORE_FILE not in names:
        return []
    with storage.open(IGNORE_FILE) as file:
        return file.read().decode("utf-8", "replace").splitlines()


def _pattern(given: str, options: Options) -> Found:
    """Read the archives that a pattern with braces or wildcards names."""
    folder = os.path.dirname(_BRACES.split(re.split(r"[*?\[]", given)[0])[0])
    names = [
        name for one in expand_braces(given) for name in (sorted(glob.glob(one)) if glob.has_magic(one) else [one])
    ]
    there = [name for name in names if os.path.isfile(name)]
    if not there:
        raise DatasetError("no file matches this pattern")
    wrong = [name for name in there if not is_archive_name(name)]
    if wrong:
        raise DatasetError(f"a pattern names archives, and {escape_name(os.path.basename(wrong[0]))} is none")
    archives = [os.path.relpath(name, folder).replace(os.sep, "/") for name in there]
    found = _mounted(LocalFiles(folder), Folder("", ""), archives, options, [])
    missing = [os.path.relpath(name, folder) for name in names if name not in there]
    found.faults += [Fault(name, "damaged", "is named by the pattern and is not there") for name in missing]
    return found


def expand_braces(pattern: str) -> list[str]:
    """Spell out ``{000..009}`` and ``{train,val}``. Raises DatasetError where that is too much."""
    pieces = _BRACES.split(pattern)
    choices = [[piece] if number % 2 == 0 else _choices(piece) for number, piece in enumerate(pieces)]
    total = 1
    for choice in choices:
        total *= len(choice)
    if total > _MOST_MEMBERS:
        raise DatasetError(f"the pattern names {total:,} files; {_MOST_MEMBERS:,} are the most")
    return ["".join(parts) for parts in product(*choices)]


def _choices(text: str) -> list[str]:
    bounds = _RANGE.fullmatch(text)
    if not bounds:
        return text.split(",")
    first, last = int(bounds[1]), int(bounds[2])
    if last - first >= _MOST_MEMBERS:
        raise DatasetError(f"the pattern names {last - first + 1:,} files; {_MOST_MEMBERS:,} are the most")
    return [f"{number:0{len(bounds[1])}}" for number in range(first, last + 1)]


def _archive(file: str, options: Options) -> Found:
    try:
        archive = ArchiveFiles(file)
    except OSError as error:
        raise DatasetError(error.strerror or "cannot be read") from None
    tree = _tree_in(archive, options)
    faults = _faults(archive, os.path.basename(file), tree)
    return Found(archive, options, lambda: (tree, []), faults=faults)


def _mounted(files: Storage, tree: Folder, archives: Iterable[str], options: Options, notices: list[str]) -> Found:
    mounts: dict[str, ArchiveFiles] = {}
    faults: list[Fault] = []
    folders = {folder.path: folder for folder in tree.walk()}
    for path in archives:
        try:
            archive = mounts[path] = ArchiveFiles(files.local(path))
        except OSError as error:
            faults.append(Fault(path, "damaged", error.strerror or "cannot be read"))
            continue
        below = _tree_in(archive, options, path)
        faults += _faults(archive, path, below)
        below.name = re.split(r"\.", below.name)[0]
        parent = folders.get(os.path.dirname(path), tree)
        parent.folders.append(below)
        parent.folders.sort(key=lambda child: child.name)
    count_below(list(tree.walk()))
    return Found(MountedFiles(files, mounts), options, lambda: (tree, notices), faults=faults)


def _tree_in(archive: ArchiveFiles, options: Options, prefix: str = "") -> Folder:
    names = archive.names
    return tree_of(names, [*_ignore_lines(archive, names), *options.exclude], prefix)


def _faults(archive: ArchiveFiles, path: str, tree: Folder) -> list[Fault]:
    faults = [
        Fault(path, fault.kind, fault.reason, None if fault.member is None else f"member {fault.member}")
        for fault in archive.faults
    ]
    if not tree.images_below and not _readable(tree):
        names = [name for folder in tree.walk() for name in folder.files]
        kinds = sorted({os.path.splitext(name)[1].lower() or "no extension" for name in names})
        held = f"{len(names):,} files: {', '.join(kinds[:5])}" if names else "it is empty"
        faults.append(Fault(path, "no-image", f"holds no image ({held})"))
    return faults


def _readable(tree: Folder) -> bool:
    """Tell whether there are files in which images may be."""
    return any(name.lower().endswith(CONTAINERS) for folder in tree.walk() for name in folder.files)
