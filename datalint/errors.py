"""What can go wrong, as a tree.

DatalintError                 the run could not be done: one clear line, exit status 2
├── DatasetError              the path is missing, is no folder, holds no image ...
│   └── GitError              git cannot do what it was asked
│       └── NoRepositoryError the folder is in no repository, or git is not installed
├── ClusterError              workers cannot be reached, or cannot do what this machine does
├── ConfigError               a mistake in a configuration file or an option
└── RuleError                 a mistake in a rule file, or a rule that outgrew its limits

A broken image is none of these: it is a finding.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class DatalintError(Exception):
    """A run that could not be done. Its text says what, where and what to do."""


class DatasetError(DatalintError):
    """The dataset cannot be read at all."""


class ClusterError(DatalintError):
    """A cluster that cannot be used."""


class GitError(DatasetError):
    """git cannot do what it was asked; the text is its complaint in one line."""


class NoRepositoryError(GitError):
    """The folder is in no repository, or git is not installed."""


class _LocatedError(DatalintError):
    """An error in a file that a person wrote, at a line when it is known (the first is 1)."""

    def __init__(self, message: str, file: Path | str | None = None, line: int | None = None) -> None:
        place = "" if file is None else f"{file}: " if line is None else f"{file}:{line}: "
        super().__init__(place + message)
        self.file = file
        self.line = line


class ConfigError(_LocatedError):
    """A mistake in a configuration file or on the command line."""


class RuleError(_LocatedError):
    """A mistake in a rule file, or a rule that outgrew its time or memory limit."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the nearest known word, or nothing."""
    near = get_close_matches(word.lower(), sorted(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""
