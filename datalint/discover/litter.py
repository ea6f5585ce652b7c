"""What is in a dataset folder without being part of the dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datalint.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

IGNORE_FILE = ".datalintignore"

_LITTER = frozenset(
    {
        "__macosx",
        "__pycache__",
        "@eadir",
        "$recycle.bin",
        "system volume information",
        "lost+found",
        "thumbs.db",
        "ehthumbs.db",
        "ehthumbs_vista.db",
        "desktop.ini",
        "icon\r",
    }
)


def is_litter(name: str) -> bool:
    """Tell whether operating systems, editors and notebooks leave entries of this name behind."""
    return name.startswith(".") or name.endswith("~") or name.lower() in _LITTER


def ignore_matcher(patterns: Iterable[str]) -> Callable[[str], bool] | None:
    """Compile gitignore patterns into a predicate over relative paths, a folder's ending in ``/``."""
    lines = [line for line in patterns if line.strip() and not line.startswith("#")]
    if not lines:
        return None
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines).match_file
    except ValueError as error:
        raise ConfigError(f"a pattern to leave files out cannot be read: {error}") from None
