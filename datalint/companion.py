"""Files that people keep beside a dataset for datalint: in the working tree, or as they are staged in git."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from datalint import git
from datalint.errors import ConfigError, GitError

if TYPE_CHECKING:
    from pathlib import Path


def read_companion(file: Path, staged: bool, what: str) -> bytes | None:
    """Read a file, from what is ``staged`` if that is what is checked; None where there is none.

    Raises ConfigError for one that cannot be read, called ``what``.
    """
    try:
        if staged:
            repository = git.find_repository(os.path.abspath(file.parent))
            return repository.git("cat-file", "blob", f":{repository.inside(str(file))}")
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except GitError:  # nothing of this name is staged
        return None
    except OSError as error:
        raise ConfigError(f"{what} cannot be read: {error.strerror}", file) from None
