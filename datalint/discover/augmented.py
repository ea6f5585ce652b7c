"""What of a dataset was made by ``datalint augment``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datalint.augment_log import NAME, MadeImage, read_log
from datalint.model import escape_name

if TYPE_CHECKING:
    from datalint.discover.listing import Found
    from datalint.model import Columns


def augmented_rows(found: Found) -> tuple[Columns, list[str]]:
    """Rows of ``augmented``, and what there is to say about the logs that they are from.

    A log is looked for at the root and one level below, where an archive has a folder that wraps the dataset. An image
    that no line traces is judged as any other, so that a broken log hides nothing.
    """
    rows: list[MadeImage] = []
    notices = []
    for folder in (found.tree, *found.tree.folders):
        if NAME not in folder.files:
            continue
        place = folder.join(NAME)
        try:
            with found.storage.open(place) as file:
                images, unread = read_log(file.read())
        except OSError as error:
            notices.append(f"{place} cannot be read: {error.strerror or error}; what it traces is judged as any image")
            continue
        if unread:
            notices.append(f"{place}: {unread:,} lines are not of this version of datalint, or damaged; left out")
        rows += [one._replace(image=folder.join(one.image), original=folder.join(one.original)) for one in images]
    columns = {
        "content": [one.content for one in rows],
        "path": [escape_name(one.image) for one in rows],
        "source": [one.original_content for one in rows],
        "source_path": [escape_name(one.original) for one in rows],
    }
    return {name: np.fromiter(values, object, len(rows)) for name, values in columns.items()}, notices
