"""Folders of masks beside the images that they belong to: they are no class, and no further images."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from datalint.discover.listing import Copy

if TYPE_CHECKING:
    from datalint.discover.tree import Folder

_MASKS = re.compile(r"((segmentation_?)?masks?|segmentations?|gt|ground_?truth|labels?|annotations?|trimaps?)$", re.I)
# Not any name: where faces with a mask and without lie in folders, "mask" is a class.
_IMAGES = re.compile(r"(jpeg|jpg|png|rgb|colou?r|input)?_?(images?|imgs?|photos?|pictures?|inputs?|rgb|data)$", re.I)
_ENOUGH = 0.9  # of the masks have the name of an image


def find_masks(tree: Folder) -> list[Copy]:
    """Find folders of masks, each with the folder of its images beside it."""
    return [
        Copy(masks, images)
        for parent in tree.walk()
        for masks in parent.branches
        if _MASKS.match(masks.name)
        for images in parent.branches
        if _IMAGES.match(images.name) and _belong(masks, images)
    ]


def _belong(masks: Folder, images: Folder) -> bool:
    stems = {_stem(name) for folder in images.walk() for name in folder.images}
    theirs = [_stem(name) for folder in masks.walk() for name in folder.images]
    return sum(stem in stems for stem in theirs) >= _ENOUGH * len(theirs)


def _stem(name: str) -> str:
    return re.sub(r"[_-]?(mask|seg|segmentation|gt|label)$", "", name.rpartition(".")[0], flags=re.I)
