"""Pickles hold datasets in the wild. They are recognised, and not opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datalint.discover.listing import Found

REFUSAL = (
    "is a pickle: opening one runs whatever code it holds, so it is not opened; "
    "save the arrays with numpy.savez or as HDF5 and check that"
)
_EXTENSIONS = (".pkl", ".pickle", ".p", ".pt", ".pth", ".joblib", ".dill")
_MOST_LOOKED_AT = 50


def find_pickle(found: Found) -> str | None:
    """Return the first file that is a pickle by its name or, without an extension, by its first bytes."""
    if found.focus is not None:
        return found.focus if _is_pickle(found, found.focus) else None
    files = [folder.join(name) for folder in found.tree.walk() for name in folder.files]
    return next((path for path in files[:_MOST_LOOKED_AT] if _is_pickle(found, path)), None)


def _is_pickle(found: Found, path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    if name.endswith(_EXTENSIONS):
        return True
    if "." in name:
        return False
    try:
        with found.storage.open(path) as file:
            head = file.read(2)
    except OSError:
        return False
    return len(head) == 2 and head[0] == 0x80 and 2 <= head[1] <= 5
