"""Manifests: CSV, TSV, JSON, JSON Lines and plain lists that say which image has which label."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from datalint.discover import folders
from datalint.discover.copies import without
from datalint.discover.listing import Columns
from datalint.discover.manifest.candidates import candidates, is_candidate_name, is_submission
from datalint.discover.manifest.columns import MissingColumnError, Roles, find_roles
from datalint.discover.manifest.gather import Gathered
from datalint.discover.manifest.readable import readable_records
from datalint.discover.manifest.records import Manifest
from datalint.discover.manifest.resolve import Files
from datalint.discover.manifest.splits import split_in
from datalint.discover.manifest.supplement import supplemented
from datalint.discover.masks import find_masks
from datalint.errors import DatasetError
from datalint.model import escape_name
from datalint.storage.fetch import is_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datalint.discover.listing import Found, Reading

_LOOKED_AT = 1000  # records
_ENOUGH = 0.5  # of them must name images


class _Known(NamedTuple):
    """A manifest whose columns are known."""

    manifest: Manifest
    roles: Roles
    share: float
    """Of the records looked at, those that name an image."""
    columns: int

    @property
    def lists(self) -> bool:
        """Whether it gives labels to images."""
        return self.roles.labelled and not is_submission(self.manifest.path)

    @property
    def says_more(self) -> bool:
        """Whether it says anything besides the label."""
        return self.columns > 1 or split_in(self.manifest.path) is not None


def recognise(found: Found) -> Reading | None:
    """Read the dataset if a manifest names most of what it lists among the images, and says something about them.

    Where class folders give the labels, a manifest does so only if it has a column that is called a label, and lists
    at least half of the images; any other adds attributes and splits.
    """
    if found.focus is not None:
        return read(found) if is_candidate_name(found.focus) else None
    paths = candidates(found.tree)
    if not paths:
        return None
    files = Files(lambda: without(found.tree, find_masks(found.tree)), found.storage)
    known, missing = _all_known(found, paths, files)
    known = [one for one in known if one.share >= _ENOUGH and not (one.roles.pixels and found.tree.images_below)]
    if not known:
        if missing:
            raise missing[0]
        return None
    by_folder = folders.recognise(found) if found.tree.images_below else None
    in_classes = by_folder is not None and len({sample.labels for sample in by_folder.samples} - {()}) > 1
    listing = [one for one in known if one.lists and not (in_classes and one.roles.guessed)]
    if listing:
        reading = _reading(found, known, files)
        labelled = sum(bool(sample.labels) for sample in reading.samples)
        if by_folder is None or not in_classes or 2 * labelled >= len(by_folder.samples):
            return reading
    more = [one for one in known if one not in listing and one.says_more and not is_submission(one.manifest.path)]
    if by_folder is not None:
        return supplemented(by_folder, [(one.manifest, one.roles) for one in more], files) if more else None
    return _reading(found, known, files)


def read(found: Found) -> Reading:
    """Read the manifest that was given, or all that there are."""
    files = Files(lambda: without(found.tree, find_masks(found.tree)), found.storage)
    paths = [found.focus] if found.focus is not None else candidates(found.tree)
    known, missing = _all_known(found, paths, files, forced=found.focus is not None)
    listed = [one for one in known if one.share > 0]
    if not listed:
        raise missing[0] if missing else DatasetError(_nothing(known, files))
    return _reading(found, listed, files)


def _all_known(
    found: Found, paths: Sequence[str], files: Files, forced: bool = False
) -> tuple[list[_Known], list[MissingColumnError]]:
    """Find out what the columns of files hold, and which of them lack a column that was given."""
    known: list[_Known] = []
    missing: list[MissingColumnError] = []
    for path in paths:
        try:
            known.append(_known(found, path, files, found.options.columns))
        except MissingColumnError as error:
            if forced or _known(found, path, files, Columns()).share >= _ENOUGH:
                missing.append(MissingColumnError(f"{error}" if forced else f"{escape_name(path)} {error}"))
        except (OSError, ValueError) as error:
            if forced:
                raise DatasetError(getattr(error, "strerror", None) or str(error)) from None
    return known, missing


def _known(found: Found, path: str, files: Files, given: Columns) -> _Known:
    """Find out what the columns of a file hold. Raises OSError, ValueError and MissingColumnError."""
    base = path.rpartition("/")[0]
    manifest = Manifest(found.storage, path)
    rows: list[dict[str, object]] = []
    try:
        rows.extend(record.values for record in islice(manifest.records(), _LOOKED_AT) if record.values)
    except ValueError:
        if not rows:
            raise
    if not rows:
        raise ValueError("holds no records")
    roles = find_roles(rows, lambda name: bool(files.find(name, base)), given)
    share = 0.0
    if roles.pixels:
        share = 1.0
    elif roles.image is not None:
        names = [str(row.get(roles.image, "")) for row in rows]
        share = sum(is_url(name) or bool(files.find(name, base)) for name in names) / len(names)
    return _Known(manifest, roles, share, len({name for row in rows for name in row if name.strip()}))


def _nothing(known: list[_Known], files: Files) -> str:
    if not known:
        return "no manifest found (.csv, .tsv, .json, .jsonl or .txt)"
    manifest, roles, *_ = known[0]
    rows = [record.values for record in readable_records(manifest, []) if record.values]
    if roles.image is None:
        return f"no column names images that are there; the columns are {', '.join(list(rows[0])[:20])}"
    name = escape_name(str(rows[0].get(roles.image)))
    return f"none of its {len(rows):,} rows names an image that is there: no {name} among {len(files.paths):,} images"


def _reading(found: Found, known: Sequence[_Known], files: Files) -> Reading:
    """Read those that list images, then those that say more about them."""
    gathered = Gathered(found, files)
    listing = [one for one in known if one.lists] or [one for one in known if not is_submission(one.manifest.path)]
    listing = listing or list(known)
    taken = [one for one in listing if gathered.add(one.manifest, one.roles)]
    rest = [one for one in known if one not in listing]
    for one in sorted(rest, key=lambda one: is_submission(one.manifest.path)):
        submission = is_submission(one.manifest.path)
        of_split = one.roles.split is None and split_in(one.manifest.path) is not None
        added = (submission or one.roles.pixels or of_split) and gathered.add(one.manifest, one.roles)
        if not added and one.says_more and not submission:
            gathered.supplement(one.manifest, one.roles)
    gathered.add_unlabelled_test()
    names = ", ".join(one.manifest.path for one in taken[:3]) + (", ..." if len(taken) > 3 else "")
    notices = [f"{one.manifest.path}: {one.roles.guessed}" for one in taken if one.roles.guessed]
    notices += [
        f"{one.manifest.path} is read as Windows-1252, since it is no UTF-8"
        for one in taken
        if one.manifest.encoding == "cp1252"
    ]
    return gathered.reading(f"{_kind(taken[0].manifest)} {names}", [*notices, *gathered.notices])


def _kind(manifest: Manifest) -> str:
    if manifest.json:
        return "JSON Lines manifest" if manifest.lines else "JSON manifest"
    dialect = manifest.dialect
    if dialect is not None and dialect.delimiter == "\t":
        return "TSV manifest"
    return "CSV manifest" if dialect is not None and dialect.delimiter else "list"
