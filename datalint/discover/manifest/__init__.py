"""Manifests: CSV, TSV, JSON, JSON Lines and plain lists that say which image has which label."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from datalint.discover import folders
from datalint.discover.manifest.candidates import candidates, is_candidate_name, is_submission
from datalint.discover.manifest.columns import Roles, find_roles
from datalint.discover.manifest.gather import Gathered
from datalint.discover.manifest.records import Manifest
from datalint.discover.manifest.resolve import Files
from datalint.errors import DatasetError
from datalint.storage.fetch import is_url

if TYPE_CHECKING:
    from typing import Any

    from datalint.discover.listing import Found, Reading

_LOOKED_AT = 1000  # records
_ENOUGH = 0.5  # of them must name images


class _Known(NamedTuple):
    """A manifest whose columns are known."""

    manifest: Manifest
    roles: Roles
    share: float
    """Of the records looked at, those that name an image."""

    @property
    def labelled(self) -> bool:
        return self.roles.label is not None or bool(self.roles.hot)


def recognise(found: Found) -> Reading | None:
    """Read the dataset if a manifest names most of what it lists among the images, and says something about them."""
    if found.focus is not None:
        return read(found) if is_candidate_name(found.focus) else None
    paths = candidates(found.tree)
    if not paths:
        return None
    files = Files(lambda: found.tree)
    known = [one for path in paths if (one := _known(found, path, files)) and one.share >= _ENOUGH]
    if not known:
        return None
    if not any(one.labelled for one in known):
        return _supplemented(found, known, files)
    return _reading(found, known, files)


def read(found: Found) -> Reading:
    """Read the manifest that was given, or all that there are."""
    files = Files(lambda: found.tree)
    paths = [found.focus] if found.focus is not None else candidates(found.tree)
    known = [one for path in paths if (one := _known(found, path, files, forced=found.focus is not None))]
    listed = [one for one in known if one.share > 0]
    if not listed:
        raise DatasetError(_nothing(known, files))
    return _reading(found, listed, files)


def _known(found: Found, path: str, files: Files, forced: bool = False) -> _Known | None:
    """Find out what the columns of a file hold; None for one that is no manifest. Raises DatasetError if forced."""
    base = path.rpartition("/")[0]
    try:
        manifest = Manifest(found.storage, path)
        rows = [record.values for record in islice(manifest.records(), _LOOKED_AT) if record.values]
        if not rows:
            raise ValueError("holds no records")
        given = found.options.columns
        roles = find_roles(rows, lambda name: bool(files.find(name, base)), given)
    except (OSError, ValueError, DatasetError) as error:
        if forced:
            raise DatasetError(getattr(error, "strerror", None) or str(error)) from None
        return None
    if roles.pixels:
        return _Known(manifest, roles, 1.0)
    if roles.image is None:
        return _Known(manifest, roles, 0.0) if forced else None
    names = [str(row.get(roles.image, "")) for row in rows]
    return _Known(manifest, roles, sum(is_url(name) or bool(files.find(name, base)) for name in names) / len(names))


def _nothing(known: list[_Known], files: Files) -> str:
    if not known:
        return "no manifest found (.csv, .tsv, .json, .jsonl or .txt)"
    manifest, roles, _ = known[0]
    if roles.image is None:
        names = ", ".join(next(manifest.records()).values)
        return f"no column names images that are there; the columns are {names}"
    name = next(str(record.values.get(roles.image)) for record in manifest.records() if record.values)
    return f"none of the images that it lists is there: {name} was not found among {len(files.paths):,} images"


def _reading(found: Found, known: list[_Known], files: Files) -> Reading:
    gathered = Gathered(found, files)
    taken = []
    for one in known:
        submission = is_submission(one.manifest.path) and len(known) > 1
        if not one.labelled and not submission and not one.roles.pixels and any(other.labelled for other in known):
            continue
        if gathered.add(one.manifest, one.roles, submission):
            taken.append(one)
    gathered.add_unlabelled_test()
    names = ", ".join(one.manifest.path for one in taken[:3]) + (", ..." if len(taken) > 3 else "")
    notices = [f"{one.manifest.path}: {one.roles.guessed}" for one in taken if one.roles.guessed]
    notices += [
        f"{one.manifest.path} is read as {one.manifest.encoding}, since it is no UTF-8"
        for one in taken
        if one.manifest.encoding == "cp1252"
    ]
    return gathered.reading(f"{_kind(taken)} {names}", [*notices, *gathered.notices])


def _supplemented(found: Found, known: list[_Known], files: Files) -> Reading | None:
    """Read class folders, with what manifests without a label say about the images."""
    reading = folders.recognise(found)
    extra = [one for one in known if one.roles.split or len(one.roles.used) < _columns(one)]
    if reading is None or not extra or not any(sample.labels for sample in reading.samples):
        return None
    about: dict[str, dict[str, Any]] = {}
    for one in extra:
        base = one.manifest.path.rpartition("/")[0]
        for record in one.manifest.records():
            image = "" if one.roles.image is None else str(record.values.get(one.roles.image, ""))
            values = {k: str(v) for k, v in record.values.items() if k != one.roles.image and v not in (None, "")}
            for path in files.find(image, base):
                about.setdefault(path, {}).update(values)
    samples = [sample._replace(attributes=about.get(sample.path, {})) for sample in reading.samples]
    paths = [one.manifest.path for one in extra]
    return reading._replace(
        description=f"{reading.description}, with {', '.join(paths)}", samples=samples, manifests=paths
    )


def _columns(one: _Known) -> int:
    return len(next(one.manifest.records()).values)


def _kind(known: list[_Known]) -> str:
    manifest = known[0].manifest
    if manifest.json:
        return "JSON Lines manifest" if manifest.lines else "JSON manifest"
    dialect = manifest.dialect
    if dialect is not None and dialect.delimiter == "\t":
        return "TSV manifest"
    return "CSV manifest" if dialect is not None and dialect.delimiter else "list"
