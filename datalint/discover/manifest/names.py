"""What columns of manifests go by."""

from __future__ import annotations

import re

from datalint.discover.tree import IMAGE_EXTENSIONS

IMAGE_NAMES = (
    "image imagepath imgpath path filepath filename file imagefile imagefilename imagename imgname img images "
    "location url imageurl imageuri uri imageid imgid imageindex photo photopath picture src relativepath relpath "
    "fullpath id name"
).split()
"""In order of preference."""
LABEL_NAMES = (
    "label labels class classname classlabel labelname category categoryname target emotion expression diagnosis dx "
    "species breed findinglabels classes tags tag classid labelid categoryid gt groundtruth y disease grade severity "
    "level variety"
).split()
SPLIT_NAMES = "split set fold usage subset partition phase dataset datasetsplit".split()
PIXEL_NAMES = "pixels pixel image imagedata data array".split()


def plain(name: str) -> str:
    """Reduce a column's name to what does not vary: ``File Name`` and ``file_name`` are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def is_known_name(name: str) -> bool:
    """Tell whether a cell is the name of a column of images, labels, splits or pixels."""
    return plain(name) in {*IMAGE_NAMES, *LABEL_NAMES, *SPLIT_NAMES, *PIXEL_NAMES}


def looks_like_image(value: str) -> bool:
    """Tell whether a cell names an image file."""
    end = value.strip().split("?")[0].rpartition(".")
    return bool(end[1]) and "." + end[2].lower() in IMAGE_EXTENSIONS
