"""Run git: its environment, its time limit and its complaints."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from datalint.errors import GitError, NoRepositoryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOCATIONS = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_PREFIX",
)
"""What git sets for its hooks: the repository that they run for, which need not be that of the dataset."""

_SECONDS = 300.0
_FIXED = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",  # a check leaves the index as it is
    "GIT_NO_LAZY_FETCH": "1",  # and fetches nothing into a partial clone
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",  # a folder may be called *
}


def environment(located: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which git finds one repository: that of the folder it runs in, or as located."""
    own = {name: value for name, value in os.environ.items() if name not in LOCATIONS}
    return {**own, **located, **_FIXED}


def run_git(folder: str, arguments: Sequence[str], located: Mapping[str, str], given: bytes = b"") -> bytes:
    """Run git in a folder and return what it prints. Raises GitError, with git's own complaint in one line."""
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environment(located),
            input=given,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise NoRepositoryError("git is not installed, or is not on PATH") from None
    except OSError as error:
        raise GitError(f"git cannot be run: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise GitError(f"git {arguments[0]} took more than {_SECONDS:g} s") from None
    if done.returncode:
        complaint = _complaint(done.stderr) or f"git {arguments[0]} failed with status {done.returncode}"
        if complaint.startswith("not a git repository"):
            raise NoRepositoryError("is in no git repository")
        raise GitError(complaint)
    return done.stdout


def _complaint(stderr: bytes) -> str:
    """Put the lines of an error, and of what git advises to do about it, into one."""
    text = " ".join(os.fsdecode(stderr).split())
    return text.removeprefix("fatal: ").removeprefix("error: ")
