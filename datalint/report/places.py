"""Where a person, or a service that shows files, is to look for a finding: a file, a line of a manifest, a folder."""

from __future__ import annotations

import os
import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from datalint.errors import GitError
from datalint.git import find_repository
from datalint.model import escape_name, unescape_name
from datalint.storage import is_archive_name, is_url

if TYPE_CHECKING:
    from datalint.model import Finding, Report

_IN_FILES = ("manifest", "parquet", "hdf5", "npz")
_POSITION = re.compile(r"(:[^:]*)?\[\d+\]$")
"""After the name of a file that holds many images: ``digits.h5:x_train[12]``."""


class Place(NamedTuple):
    """A file or a folder, with a line (from 1) where there is one to point at."""

    path: str
    """Relative to the top of the git working tree that holds the dataset, or else to the dataset; escaped. Or a URL."""
    line: int | None = None
    is_folder: bool = False

    @property
    def uri(self) -> str:
        """The path as a URI reference, a folder's with a slash at its end."""
        if is_url(self.path):
            return quote(self.path, safe="/:?#[]@!$&'()*+,;=%")
        encoded = quote(unescape_name(self.path).encode("utf-8", "surrogateescape"))
        return encoded + "/" if self.is_folder and encoded else encoded


class Places:
    """Tells where findings of one report are."""

    def __init__(self, report: Report) -> None:
        self._report = report
        root = report.dataset.root
        local = unescape_name(root)
        self._remote = is_url(root)
        self._within = os.path.basename(root) if is_archive_name(root) and os.path.isfile(local) else ""
        folder = local if self._remote or os.path.isdir(local) else os.path.dirname(local)
        self._base = root if self._remote else _in_repository(folder)

    def of(self, finding: Finding) -> list[Place]:
        """Return the files that a finding is about, else the folder or the line that stands for its class or split.

        There is at least one; for a finding about the whole dataset it is the dataset.
        """
        if finding.paths:
            return [self._place(path) for path in finding.paths]
        labels = finding.values.get("labels")
        label = finding.label or (labels[0] if isinstance(labels, list) and labels else None)
        return [self._class(label, finding.split) or self._dataset]

    def _place(self, path: str, line: int | None = None, is_folder: bool = False) -> Place:
        if is_url(path):
            return Place(path)
        if self._report.dataset.layout in _IN_FILES:
            path = _POSITION.sub("", path)
        return Place("/".join(part for part in (self._base, self._within, path) if part), line, is_folder)

    def _class(self, label: str | None, split: str | None) -> Place | None:
        """Return the place of a class, of a split, or of a class in a split; None where nothing stands for it."""
        if label is None and split is None:
            return None
        wanted = [(label, split), (label, None)] if label is not None else [(None, split)]
        for key in wanted:
            if folder := self._folders.get(key):
                return self._place(folder, is_folder=True)
            if position := self._rows.get(key):
                file, _, line = position.rpartition(":")
                return self._place(file, int(line)) if line.isdigit() else self._place(position)
        return None

    @property
    def _dataset(self) -> Place:
        root = unescape_name(self._report.dataset.root)
        is_file = not self._remote and os.path.isfile(root)
        name = os.path.basename(self._report.dataset.root)
        path = "/".join(part for part in (self._base, name if is_file else "") if part)
        return Place(path or ".", is_folder=not is_file)

    @cached_property
    def _folders(self) -> dict[tuple[str | None, str | None], str]:
        """Folders by label and split: of a class in a split, of a class (for training, if there is one), of a split."""
        folders = self._report.table("folders").filter("kind = 'class'")
        rows = folders.order("role IS NOT DISTINCT FROM 'train' DESC, path").project("label, split, path")
        known: dict[tuple[str | None, str | None], str] = {}
        splits: dict[str, list[str]] = {}
        for label, split, path in rows.fetchall():
            known.setdefault((label, split), path)
            known.setdefault((label, None), path)
            if split is not None:
                splits.setdefault(split, []).append(os.path.dirname(path))
        for split, above in splits.items():
            known[None, split] = os.path.commonpath(above)
        return known

    @cached_property
    def _rows(self) -> dict[tuple[str | None, str | None], str]:
        """Positions of first rows in manifests by label and split."""
        rows = self._report.table("manifest_rows").aggregate("label, split, arg_min(position, row) AS p, min(row) AS r")
        known: dict[tuple[str | None, str | None], str] = {}
        for label, split, position, _ in rows.order("r").fetchall():
            for key in ((label, split), (label, None), (None, split)):
                known.setdefault(key, position)
        return known


def _in_repository(folder: str) -> str:
    """Return a folder relative to the top of the working tree that holds it, escaped; '' where there is none."""
    try:
        return escape_name(find_repository(folder).inside(folder))
    except GitError:
        return ""
