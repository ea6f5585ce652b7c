"""The report of a dataset as it was in a commit, whatever the working tree holds."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datalint.errors import DatasetError, GitError
from datalint.findings import read_report
from datalint.git import find_repository
from datalint.model import escape_name

if TYPE_CHECKING:
    from collections.abc import Sequence

_PROGRAM = (sys.executable, "-m", "datalint", "check")


def report_of(path: str, revision: str, options: Sequence[str]) -> dict[str, Any]:
    """Check the dataset at ``path`` as it was in a commit, and return the report as JSON has it.

    The commit is read into an index of its own, and that is checked as what is staged is before a commit, by a process
    that is told of it as git tells its hooks. ``options`` are further ones of ``datalint check``. Raises DatasetError.
    """
    shown = escape_name(path)
    folder = os.path.abspath(path)
    try:
        repository = find_repository(folder)
        inside = repository.inside(folder) or "."
        commit = os.fsdecode(repository.git("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}"))
    except GitError as error:
        raise DatasetError(f"{shown} at {escape_name(revision)}: {error}") from None
    with tempfile.TemporaryDirectory(prefix="datalint-") as aside:
        index, report = os.path.join(aside, "index"), Path(aside, "report.json")
        located = dict(repository.located) | {"GIT_INDEX_FILE": index}
        repository._replace(located=tuple(located.items())).git("read-tree", commit.strip())
        how = ("--staged", "--fail-on", "never", "--quiet", "--format", "json", "--output", str(report))
        done = subprocess.run(
            [*_PROGRAM, *how, *options, "--", inside],
            cwd=repository.top,
            env={**os.environ, **located},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        if done.returncode:
            lines = os.fsdecode(done.stderr).strip().splitlines() or [f"it ended with status {done.returncode}"]
            raise DatasetError(f"at {escape_name(revision)}: {lines[-1].removeprefix('datalint: ')}")
        return read_report(report)
