"""From the path of one image to the dataset that it belongs to, and its name there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from datalint import discover, pipeline
from datalint.config import FILE_NAME, config_for
from datalint.errors import ConfigError, DatasetError, GitError
from datalint.git import find_repository

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datalint.config import Config

_MARKS = (FILE_NAME, discover.IGNORE_FILE, "datalint.lock")
_HIGHEST = 4  # folders looked at outside of a repository: of the class, of the split, of the dataset, one around it


class Located(NamedTuple):
    """An image by where it is."""

    dataset: str
    """Path of the dataset."""
    image: str
    """Path in the dataset, with ``/``, as Python decodes file names."""


def locate(image: str, config: Config | None = None) -> Located:
    """Find the dataset of an image by its path alone.

    It is the nearest folder above that has ``datalint.toml``, ``.datalintignore`` or ``datalint.lock``, or that gives
    the image a label and a split; else the nearest that gives it a label; else the image's own folder. Without a
    ``config`` each folder is read as the configuration says that applies to it. Raises DatasetError.
    """
    file = os.path.abspath(image)
    if os.path.isdir(file):
        raise DatasetError(f"{image}: is a folder; give an image, or the dataset and an image in it")
    if not os.path.lexists(file):
        raise DatasetError(f"{image}: there is no such file")
    labelled = None
    for folder in _above(file):
        name = os.path.relpath(file, folder).replace(os.sep, "/")
        if any(os.path.isfile(os.path.join(folder, mark)) for mark in _MARKS):
            return Located(folder, name)
        said = _what_is_said(folder, name, config)
        if said == (True, True):
            return Located(folder, name)
        if said[0] and labelled is None:
            labelled = Located(folder, name)
    return labelled or Located(os.path.dirname(file), os.path.basename(file))


def _above(file: str) -> Iterator[str]:
    """Name the folders above a file, to the top of its repository; outside of one, the nearest few."""
    folder = os.path.dirname(file)
    try:
        top = find_repository(folder).top
    except GitError:
        top = ""
    for number in range(1, 1000):
        yield folder
        at_top = os.path.realpath(folder) == top if top else number == _HIGHEST
        if at_top or folder == os.path.dirname(folder):
            return
        folder = os.path.dirname(folder)


def _what_is_said(folder: str, name: str, config: Config | None) -> tuple[bool, bool]:
    """Tell whether a folder, read as a dataset, gives an image a label, and a split."""
    try:
        options = pipeline.reading_options(config or config_for(Path(folder)))
        samples = [sample for sample in discover.discover(folder, options).samples if sample.path == name]
    except (DatasetError, ConfigError):
        return False, False
    return any(sample.labels for sample in samples), any(sample.split is not None for sample in samples)
