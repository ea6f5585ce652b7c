"""Find a dataset inside itself, as unpacking an archive twice leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datalint.discover.listing import Copy
from datalint.discover.roles import split_roles
from datalint.discover.tree import Folder

if TYPE_CHECKING:
    from collections.abc import Sequence


def find_copies(tree: Folder) -> list[Copy]:
    """Find folders whose sub-folders and images repeat those of a folder above them.

    It takes two names of sub-folders in common, at least half of them on both sides, and at least half of
    the images under the same names: a level that recurs by design (every species has ``day`` and ``night``)
    has images of its own. A split is never a copy.
    """
    found: list[Copy] = []
    stack: list[tuple[Folder, tuple[Folder, ...]]] = [(tree, ())]
    while stack:
        folder, above = stack.pop()
        original = next((ancestor for ancestor in above if _repeats(folder, ancestor)), None)
        if original is not None and not split_roles([folder.name]):
            found.append(Copy(folder, original))
            continue
        stack.extend((child, (*above, folder)) for child in reversed(folder.branches))
    return found


def _repeats(folder: Folder, ancestor: Folder) -> bool:
    here = {child.name.lower() for child in folder.branches}
    if len(here) < 2:
        return False
    there = {
        child.name.lower()
        for child in ancestor.branches
        if child is not folder and not folder.path.startswith(child.path + "/")
    }
    common = here & there
    if len(common) < 2 or 2 * len(common) < max(len(here), len(there)):
        return False
    copied = _image_names(folder)
    return 2 * len(copied & _image_names(ancestor)) >= len(copied)


def _image_names(folder: Folder) -> set[str]:
    """Return the paths of all images below the folder, relative to it."""
    start = len(folder.path) + 1 if folder.path else 0
    return {below.join(name)[start:] for below in folder.walk() for name in below.images}


def without(tree: Folder, copies: Sequence[Copy]) -> Folder:
    """Return the tree less the copies; folders that hold none of them are shared, not copied."""
    left_out = {copy.folder.path for copy in copies}
    return _prune(tree, left_out) if left_out else tree


def _prune(folder: Folder, left_out: set[str]) -> Folder:
    inside = folder.path + "/" if folder.path else ""
    if not any(path.startswith(inside) for path in left_out):
        return folder
    pruned = Folder(folder.name, folder.path)
    pruned.files, pruned.images = folder.files, folder.images
    pruned.folders = [_prune(child, left_out) for child in folder.folders if child.path not in left_out]
    pruned.images_below = len(pruned.images) + sum(child.images_below for child in pruned.folders)
    return pruned
