"""YAML files of a few lines, which may come from anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datalint.storage import Storage

_LARGEST = 4 << 20  # bytes


def read_yaml(storage: Storage, path: str) -> Any:
    """Read a file as strings, lists and mappings of strings. Raises OSError, and ValueError for what is no YAML.

    Scalars stay as they are written: a class ``no`` is not False, and an MD5 of digits is no number.
    """
    import yaml

    with storage.open(path) as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ValueError(f"has more than {_LARGEST:,} bytes")
    try:
        return yaml.load(data.decode("utf-8-sig"), Loader=yaml.BaseLoader)
    except (ValueError, yaml.YAMLError, RecursionError):
        raise ValueError("is no YAML") from None
