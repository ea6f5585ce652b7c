"""TOML files that people write: read with the line of a mistake."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from datalint.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Failed = Callable[..., ConfigError]  # makes an error of a message and the keys that lead to the mistake


def read_file(file: Path) -> str:
    """Read text. Raises ConfigError."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file) from None
    except UnicodeDecodeError:
        raise ConfigError("is not UTF-8 text", file) from None


def read_toml(file: Path) -> dict[str, Any]:
    """Read a file. Raises ConfigError with the line of the mistake."""
    text = read_file(file)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = int(place[1]) if place else text.rstrip().count("\n") + 1
        raise ConfigError(f"is not valid TOML: {error}", file, line) from None


def find_line(file: Path, keys: tuple[str, ...]) -> int | None:
    """Find the line of the innermost key of a TOML file that can be found, counting from 1.

    ``keys`` lead from the outside in. TOML parsers keep no positions, so the text is searched: each key
    behind the line of the one before it.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    found: int | None = None
    for key in keys:
        dashed = "[-_]".join(map(re.escape, re.split("[-_]", key)))
        pattern = re.compile(rf"^[^#]*(?<![\w-])[\"']?{dashed}[\"']?(?![\w-])")
        for number in range(found or 0, len(lines)):
            if pattern.search(lines[number]):
                found = number
                break
    return None if found is None else found + 1


def read_text(failed: Failed, table: Mapping[str, Any], key: str, default: Any) -> Any:
    """Return a string of a table, or the default."""
    value = table.get(key, default)
    if value is not default and not isinstance(value, str):
        raise failed(f"{key} must be a string, not {value!r}", key)
    return value


def read_whole(failed: Failed, table: Mapping[str, Any], key: str, least: int) -> int | None:
    """Return a whole number of a table, not below ``least`` (0 or 1), or None."""
    value = table.get(key)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
        text = "above 0" if least else "of 0 or more"
        raise failed(f"{key} must be a whole number {text}, not {value!r}", key)
    return value


def read_words(failed: Failed, table: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    """Return a list of strings of a table, or None."""
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, str) or not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
        raise failed(f"{key} must be a list of strings, not {value!r}", key)
    return tuple(value)
