"""What a layout makes of what it finds: the rows of the listing tables, before they have numbers."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.storage.fetch import is_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from datalint.discover.pointers import Pointer
    from datalint.discover.tree import Folder
    from datalint.storage import ImageSource, Storage

NO_ATTRIBUTES: Mapping[str, str] = {}


class Columns(NamedTuple):
    """Which columns of a manifest hold what, where the names do not say it."""

    image: str | None = None
    label: tuple[str, ...] = ()
    """Several where each is a label of its own, with 0 or 1 in it."""
    split: str | None = None


class Options(NamedTuple):
    """What a person said about how to read the dataset."""

    layout: str | None = None
    """One of the layouts, in place of detection."""
    exclude: tuple[str, ...] = ()
    """Gitignore patterns of what to leave out."""
    level: int | None = None
    """How many levels of a hierarchical label count, from the top."""
    columns: Columns = Columns()
    label_pattern: str | None = None
    """How file names hold the label: ``{label}.{number}.jpg``, with ``*`` for what does not matter."""
    label_separator: str | None = None
    """What stands between several labels in one cell."""
    label_names: tuple[str, ...] = ()
    """Names of the classes that labels number from 0."""
    timeout: float = 30.0
    """Seconds to wait for a server."""
    download: int = 64
    """Megabytes that one image may have to be fetched from a server."""
    staged: bool = False
    """Whether to read what is staged in git in place of what lies in the working tree."""


class Found:
    """What lies at the place that was given: a storage with its tree of files, and perhaps one file to begin with."""

    def __init__(
        self,
        storage: Storage,
        options: Options,
        read_tree: Callable[[], tuple[Folder, list[str]]],
        focus: str | None = None,
        faults: Sequence[Fault] = (),
    ) -> None:
        self.storage = storage
        self.options = options
        self.focus = focus
        """The file that was given, relative to the storage's root; None for a folder or archive."""
        self.faults = list(faults)
        """What is wrong with what lies there, whatever the layout."""
        self.pointers: dict[str, Pointer] = {}
        """What stands for files of the tree that are not there at all."""
        self.unpulled = False
        """Whether something is tracked that is not there at all; then more than the files here decides."""
        self.keep: object = None
        """What must not go away before this does."""
        self._read_tree = read_tree

    @cached_property
    def _scanned(self) -> tuple[Folder, list[str]]:
        return self._read_tree()

    def holder(self, path: str) -> ImageSource:
        """Return what holds an image that a manifest names: the storage, or the server of a URL."""
        return self._urls if is_url(path) else self.storage

    @cached_property
    def _urls(self) -> ImageSource:
        from datalint.storage.remote import Urls

        return Urls(self.options.timeout, self.options.download << 20)

    @property
    def tree(self) -> Folder:
        return self._scanned[0]

    @property
    def notices(self) -> list[str]:
        """What there is to say about reading the tree."""
        return self._scanned[1]


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


class Sample(NamedTuple):
    """An image, with what is said about it; one in several splits is several samples."""

    path: str
    """Relative to the root, as Python decodes file names; unique within a split."""
    source: ImageSource
    key: Any
    """What the source knows the image by."""
    split: str | None = None
    role: str | None = None
    labels: tuple[str, ...] = ()
    attributes: Mapping[str, str] = NO_ATTRIBUTES


class ManifestRow(NamedTuple):
    """What one row of a manifest says about one image; a row that names several images is there for each."""

    position: str
    """``legend.csv:12``, counting lines from 1."""
    name: str
    """The image as the row names it."""
    path: str | None
    """Of the sample; None where there is no such image."""
    labels: tuple[str, ...] = ()
    split: str | None = None


class Fault(NamedTuple):
    """Something in a manifest, an archive or a file of arrays that could not be read as it should."""

    file: str
    """Relative to the root."""
    kind: str
    """``row``, ``label``, ``encoding``, ``length``, ``damaged``, ``escape``, ``no-image`` or ``pickle``."""
    reason: str
    """What is wrong and what was expected, as the end of a sentence that begins with the place."""
    place: str | None = None
    """Where in the file: ``line 12``, ``member cat/1.jpg``; None for all of it."""


class ObjectCount(NamedTuple):
    """How many objects of a class are annotated in an image."""

    path: str
    """Of the sample."""
    label: str
    objects: int


class Reading(NamedTuple):
    """A dataset, understood."""

    layout: str
    description: str
    """The layout in the words of the first line of output."""
    samples: Sequence[Sample]
    notices: Sequence[str]
    """What a person should know about how the dataset was understood; not escaped."""
    places: Sequence[Place] = ()
    """The folders that stand for classes or splits."""
    copies: Sequence[Copy] = ()
    manifests: Sequence[str] = ()
    """Paths of the files that were read as a list or container of images."""
    rows: Sequence[ManifestRow] = ()
    faults: Sequence[Fault] = ()
    objects: Sequence[ObjectCount] = ()
    """Of a detection dataset."""
    multi_label: bool = False
    """Whether an image can have several labels at once."""
    positional: bool = False
    """Whether the samples have positions and no names of their own; otherwise they are put in order of path."""


class Layout(NamedTuple):
    """A way in which datasets come."""

    read: Callable[[Found], Reading]
    """Read it as this layout whatever it looks like. Raises DatasetError where that cannot be done."""
    recognise: Callable[[Found], Reading | None] | None
    """Read it if it is of this layout; None for a layout that is only forced."""
    help: str
    """For a person, in a few words."""


def samples_in(storage: Storage, places: Sequence[Place]) -> list[Sample]:
    """Take every image that lies in one of the places for a sample."""
    return [
        Sample(path, storage, path, place.split, place.role, () if place.label is None else (place.label,))
        for place in places
        for path in map(place.folder.join, place.folder.images)
    ]
