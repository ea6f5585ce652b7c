"""What a dataset card tells, as records."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from datalint.licences import Licence
    from datalint.model import Report


class Copies(NamedTuple):
    """Groups of images that are the same, or look the same."""

    groups: int
    images: int
    conflicting: int
    """Groups under several labels."""
    leaking: int
    """Groups in several splits."""


class SplitFacts(NamedTuple):
    """One split."""

    role: str | None
    """What it is for: train, validation or test."""
    images: int
    bytes: int
    """Of its image files."""
    folder: str | None
    """Relative to the dataset's root, where it is one."""


class Images(NamedTuple):
    """The image files of a dataset."""

    headers: int
    """Images whose header could be read."""
    formats: Sequence[tuple[str, str, int, int]]
    """Format, ``colour`` or ``grey``, bits a channel, images."""
    sizes: Sequence[tuple[int, int, int]]
    """Width and height in pixels, images; the most frequent first."""
    widths: tuple[int | None, int | None]
    """The smallest and the largest, in pixels."""
    heights: tuple[int | None, int | None]
    bytes: int | None
    """Of all files; None where images are no files of their own."""
    unmeasured: Sequence[tuple[str, int]]
    """Why images could not be measured, and how many."""


class LabelErrors(NamedTuple):
    """How many labels are wrong, by a sample that somebody looked at."""

    judged: int
    wrong: int
    rate: float
    """Of the dataset, 0 to 1."""
    low: float
    """Of its interval (95 %)."""
    high: float


class CardFacts(NamedTuple):
    """What a card tells."""

    report: Report
    """By the recommended rules."""
    multi_label: bool
    objects: bool
    """Whether annotated objects are counted."""
    counts: Mapping[str, str]
    """Rows of the view ``counts``."""
    splits: Mapping[str, SplitFacts]
    folders_are_classes: bool
    """Whether the folder of each image is named like its class."""
    images: Images
    licence: Licence | None
    owners: Sequence[tuple[str, int]]
    """Who EXIF names as the owner, and of how many images."""
    cameras: Sequence[tuple[str, int]]
    located: int
    """Images whose EXIF tells where they were taken."""
    servers: Sequence[tuple[str, int]]
    """Where images come from that are fetched."""
    copies: Sequence[tuple[str, Copies]]
    label_errors: LabelErrors | None = None
