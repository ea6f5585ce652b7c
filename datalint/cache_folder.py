"""Where measurements are kept from run to run."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "DATALINT_CACHE_DIR"


def cache_folder(given: str | os.PathLike[str] | None = None, configured: Path | None = None) -> Path | None:
    """Return the folder that was given, else that of the environment (none where it is empty), else the configured one.

    Where none is named, it is in the user's folder for caches.
    """
    if given is None:
        given = os.environ.get(VARIABLE)
        if given == "":
            return None
    if given is not None or configured is not None:
        return Path(given or configured or "").absolute()
    from platformdirs import user_cache_path

    return user_cache_path("datalint", appauthor=False)
