"""Where measurements are kept from run to run."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "DATALINT_CACHE_DIR"


def cache_folder(given: str | None = None) -> Path | None:
    """Return the folder that was given, else that of the environment (none where it is empty), else the user's."""
    if given is None:
        given = os.environ.get(VARIABLE)
    if given is not None:
        return Path(given).absolute() if given else None
    from platformdirs import user_cache_path

    return user_cache_path("datalint", appauthor=False)
