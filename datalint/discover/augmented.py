"""What of a dataset was made by ``datalint augment``."""

from __future__ import annotations

import os
from itertools import takewhile
from typing import TYPE_CHECKING

import numpy as np

from datalint.augment_log import NAME, MadeImage, log_above, read_log
from datalint.model import escape_name
from datalint.storage import LocalFiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from datalint.discover.listing import Found
    from datalint.model import Columns


def augmented_rows(found: Found) -> tuple[Columns, list[str]]:
    """Rows of ``augmented``, and what there is to say about the logs that they are from.

    A log is looked for at the root and one level below, where an archive has a folder that wraps the dataset; else in
    the folders above, since a part of an augmented folder may be given, such as a split. An image that no line traces
    is judged as any other, so that a broken log hides nothing.
    """
    rows: list[MadeImage] = []
    notices = []
    logs = [folder.join(NAME) for folder in (found.tree, *found.tree.folders) if NAME in folder.files]
    root = found.storage.root if isinstance(found.storage, LocalFiles) else None
    if not logs and root is not None and (above := log_above(root)):
        logs = [above]
    for place in logs:
        try:
            with found.storage.open(place) as file:
                images, unread = read_log(file.read())
        except OSError as error:
            notices.append(f"{place} cannot be read: {error.strerror or error}; what it traces is judged as any image")
            continue
        if unread:
            notices.append(f"{place}: {unread:,} lines are not of this version of datalint, or damaged; left out")
        seen_from = _place_of(place, root or "")
        rows += [one._replace(image=seen_from(one.image), original=seen_from(one.original)) for one in images]
    columns = {
        "content": [one.content for one in rows],
        "path": [escape_name(one.image) for one in rows],
        "source": [one.original_content for one in rows],
        "source_path": [escape_name(one.original) for one in rows],
    }
    return {name: np.fromiter(values, object, len(rows)) for name, values in columns.items()}, notices


def _place_of(log: str, root: str) -> Callable[[str], str]:
    """Return what makes a place that a log names, relative to its own folder, one relative to the root."""
    folder = log[: -len(NAME)]
    # Seen from `augmented/train`, `train/cat/1.jpg` is `cat/1.jpg`, and `test/cat/1.jpg` is `../test/cat/1.jpg`.
    parts = os.path.realpath(root).split(os.sep)[-folder.count("../") :] if folder.startswith("../") else []

    def place(path: str) -> str:
        names = path.split("/")
        shared = len([*takewhile(lambda pair: pair[0] == pair[1], zip(names, parts, strict=False))])
        return "../" * (len(parts) - shared) + "/".join(names[shared:]) if parts else folder + path

    return place
