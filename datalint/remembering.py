"""From run to run: what an earlier run found out about a dataset, and keeping what this one does.

Two things are kept. The tables of a dataset (``facts.snapshot``): when no file changed they are judged as they are, and
else the images whose files did not change are taken over. And what was measured of every content (``facts.contents``),
for images that are at other places than before.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint import measure
from datalint.facts import Facts, amendment, contents, searches, snapshot
from datalint.facts.shelf import FINISHED, PARTIAL, Reader, Shelf
from datalint.storage import FileState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from datalint.facts.searches import Array, EarlierPairs
    from datalint.facts.snapshot import About
    from datalint.storage import ImageRef, TreeState


class Kept(NamedTuple):
    """The tables of a dataset, closed to changes."""

    facts: Facts
    dataset: Sequence[Any]
    """What there is to tell of the dataset."""
    file: Path | None = None
    """Where they are kept."""
    tree: str | None = None
    """Digest of the files for which they hold as they are."""


class Memory:
    """What is kept of one dataset; without a folder to keep it in, or files to recognise it by, nothing."""

    def __init__(self, folder: Path | None, reader: Reader, tree: TreeState | None) -> None:
        self._shelf = None if folder is None or tree is None else Shelf(folder, reader)
        self._reader = reader
        self._tree = tree
        self._partial: Path | None = None
        self._earlier: list[Path] = []
        self._outside = False
        self._new: list[int] | None = None
        self.base: amendment.Base | None = None
        """The tables of an earlier run of which few have to change, once :meth:`unchanged` has looked for them."""
        self.problem: str | None = None
        """Why it is not used, in words for people."""

    def unchanged(self) -> Kept | None:
        """Open the tables of an earlier run if they hold as they are."""
        if self._shelf is None or self._tree is None:
            return None
        tree = self._tree.digest()
        for file in self._shelf.snapshots(FINISHED):
            opened = snapshot.reopen(file, self._shelf.thumbnails)
            if opened is None:
                continue
            facts, about = opened
            fits = self._made_alike(about) and self._reader.tables <= {*about.tables}
            if fits and about.tree == tree and about.dataset is not None:
                with suppress(OSError):
                    os.utime(file)  # it was of use
                self._shelf.sweep(snapshot.in_use)
                return Kept(facts, about.dataset, file, tree)
            if fits and about.dataset is not None and self.base is None:
                self.base = amendment.Base.of(facts, file, about, self._tree)
            facts.close()
        return None

    def begin(self) -> Facts:
        """Begin the tables of this run. Raises OSError or duckdb.IOException where they cannot be kept."""
        if self._shelf is None:
            return Facts()
        self._earlier = [*self._shelf.snapshots(PARTIAL), *self._shelf.snapshots(FINISHED)]
        self._partial = self._shelf.partial()
        return snapshot.begin(self._partial, self._shelf.thumbnails, self._about)

    def take_over(self) -> Facts | None:
        """Begin with a copy of the tables that :attr:`base` names; None where they are gone. Raises OSError."""
        assert self._shelf is not None and self.base is not None
        self._earlier = [*self._shelf.snapshots(PARTIAL), *self._shelf.snapshots(FINISHED)]
        self._partial = self._shelf.partial()
        try:
            shutil.copyfile(self.base.file, self._partial)
        except FileNotFoundError:
            return None
        opened = snapshot.reopen(self._partial, self._shelf.thumbnails, read_only=False)
        return opened and opened[0]

    def describe(self, facts: Facts) -> None:
        """Let tables that were taken over say that they are of this run."""
        snapshot.describe(facts, self._about)

    def give_up(self, facts: Facts) -> None:
        """Remove tables that were taken over."""
        facts.close()
        assert self._partial is not None
        contents.remove(self._partial)
        self.base = None

    def recall(self, facts: Facts, images: Sequence[ImageRef], jobs: int) -> set[int]:
        """Fill the tables of one image each for images that are known; return their sample_ids."""
        if self._shelf is None:
            return set()
        states = self._states(images)
        snapshot.remember_states(facts, states)
        found: set[int] = set()
        for file in self._earlier:
            if self.base and file == self.base.file:
                continue
            with snapshot.attached(facts, file) as about:
                if len(found) == len(states) or about is None or not self._comparable(about):
                    continue
                known = snapshot.recall(facts, about.taken)
                self._renew(facts, known, about)
                found |= known
        moved = [image for image in images if image.sample_id in states and image.sample_id not in found]
        found |= self._recall_moved(facts, moved, jobs)
        self._new = sorted(states.keys() - found)
        return found

    def renew_states(self, facts: Facts, images: Sequence[ImageRef]) -> None:
        """Keep how the files of images are now whose contents are what they were."""
        amendment.forget_states(facts, [image.sample_id for image in images])
        snapshot.remember_states(facts, self._states(images))

    def earlier_pairs(self, facts: Facts) -> EarlierPairs | None:
        """Return the near-duplicates that were found when last searched for, and among which images."""
        for file in self._earlier:
            with snapshot.attached(facts, file) as about:
                if about is None or about.dataset is None or "near_pairs" not in about.tables:
                    continue
                if self._made_alike(about) and (pairs := searches.earlier_pairs(facts)):
                    return pairs
        return None

    def keep_search(self, facts: Facts, compared: Array, layouts: Array, changes: int) -> None:
        """Keep which images were compared when near-duplicates were searched for, and the changes since all were."""
        if self._shelf is not None:
            searches.remember_search(facts, compared, layouts, changes)

    def recall_blobs(self, facts: Facts) -> dict[str, int]:
        """Return what the last run knew of blobs of git: their sizes."""
        for file in self._earlier[:1]:
            with snapshot.attached(facts, file) as about:
                if about is not None:
                    return snapshot.blob_sizes(facts, "earlier.kept")
        return {}

    def finish(self, facts: Facts, dataset: Sequence[Any], self_contained: bool, blobs: Mapping[str, int]) -> Kept:
        """Keep the tables, and the sizes of ``blobs`` of git.

        The tables hold for as long as no file changes if the dataset is ``self_contained``: nothing else decides.
        """
        if self._shelf is None or self._partial is None or self._tree is None:
            return Kept(facts, dataset)
        contained = self_contained and not self._outside
        exact = contained and self._tree.settled and snapshot.all_read(facts)
        tree = self._tree.digest() if exact else None
        snapshot.describe(facts, self._about._replace(tree=tree, contained=contained, dataset=dataset))
        snapshot.remember_tree(facts, self._tree)
        snapshot.remember_blobs(facts, blobs)
        self._keep_contents(facts, self._shelf.store)
        if not self._partial.is_file():  # somebody emptied the cache
            return Kept(facts, dataset)
        facts.close()
        file = self._partial.rename(self._partial.with_suffix(FINISHED))
        opened = snapshot.reopen(file, self._shelf.thumbnails)
        if opened is None:
            raise OSError(None, "what was written cannot be read", str(file))
        self._shelf.remove_former(self._earlier)
        self._shelf.sweep(snapshot.in_use)
        return Kept(opened[0], dataset, file, tree)

    def _recall_moved(self, facts: Facts, images: Sequence[ImageRef], jobs: int) -> set[int]:
        """Recognise images by their content."""
        assert self._shelf is not None
        if not images or not self._shelf.store.is_file():
            return set()
        import duckdb

        try:
            with contents.attached(facts, self._shelf.store, read_only=True):
                known = contents.candidates(facts, [image.sample_id for image in images])
            images = [image for image in images if image.sample_id in known]
            digests = measure.content_digests(images, jobs)
            named = {image.sample_id: digest for image, digest in zip(images, digests, strict=True) if digest}
            with contents.attached(facts, self._shelf.store, read_only=True):
                return contents.recall(facts, named, self._reader.pixel_limit)
        except contents.InUseError as error:
            self.problem = f"images that moved were measured anew: {error}"
        except duckdb.Error:  # it is broken, and will be begun anew
            pass
        return set()

    def _keep_contents(self, facts: Facts, store: Path) -> None:
        import duckdb

        try:
            try:
                contents.keep(facts, store, self._new if store.is_file() else None)
            except duckdb.Error:
                contents.remove(store)
                contents.keep(facts, store)
        except (duckdb.Error, OSError, contents.InUseError) as error:
            self.problem = f"what was measured is kept for this place only: {error}"

    def _made_alike(self, about: About) -> bool:
        """Tell whether the same code filled the tables."""
        return (about.measured, about.versions) == (self._about.measured, self._about.versions)

    def _comparable(self, about: About) -> bool:
        """Tell whether measurements can be taken over."""
        mine = self._about
        if about.thumbnails != mine.thumbnails or not set(snapshot.PER_IMAGE) <= {*about.tables}:
            return False
        return all(
            about.measured.get(name) == version
            for name, version in mine.measured.items()
            if name not in measure.FROM_THUMBNAILS
        )

    def _renew(self, facts: Facts, sample_ids: Collection[int], about: About) -> None:
        """Make those measurements anew whose way has changed, of kept thumbnails."""
        for name in measure.FROM_THUMBNAILS:
            if about.measured.get(name) != self._about.measured[name]:
                facts.renew(sample_ids, partial(measure.from_thumbnails, name))

    def _states(self, images: Sequence[ImageRef]) -> dict[int, FileState]:
        assert self._tree is not None
        states = {}
        for image in images:
            location = image.source.location(image.key)
            state = None if location is None else self._tree.known(location)
            if state is None:
                self._outside = True
                state = None if location is None else FileState.at(location)
            if state is not None:
                states[image.sample_id] = state
        return states

    @property
    def _about(self) -> About:
        """What a snapshot of this run says of itself until it is finished."""
        assert self._shelf is not None and self._tree is not None
        reader, tables = self._reader, sorted(self._reader.tables)
        name = self._shelf.thumbnails.name
        return snapshot.About(self._shelf.measured, reader.versions, tables, self._tree.taken, name, reader.root)
