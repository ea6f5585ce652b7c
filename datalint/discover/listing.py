"""What a layout makes of a tree of folders: the rows of ``samples``, ``folders`` and ``files``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datalint.discover.tree import Folder


class Place(NamedTuple):
    """What a folder stands for; its images are unlabelled where ``label`` is None."""

    folder: Folder
    split: str | None = None
    role: str | None = None
    label: str | None = None


class Copy(NamedTuple):
    """A folder that holds the dataset again."""

    folder: Folder
    original: Folder


class Reading(NamedTuple):
    """A tree of folders, understood."""

    layout: str
    description: str
    """The layout in the words of the first line of output."""
    places: list[Place]
    copies: list[Copy]
    notices: list[str]
