"""Fill the tables of facts between images: which are the same, which look the same, and which another dataset has."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from datalint import measure
from datalint.timing import untimed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from datalint.facts import Facts
    from datalint.facts.searches import Array, EarlierPairs
    from datalint.facts.thumbnails import StoredThumbnails
    from datalint.model import Columns
    from datalint.relate import Contents, Embedded
    from datalint.storage import ImageRef
    from datalint.timing import Stage

VERSION = 8
"""Of the relations; it goes up whenever one changes, so that what was kept is not believed."""

NEEDED = frozenset({"pixels", "headers", "thumbnails", "files", "augmented"})
"""Tables that the relations are made from."""

SHORTCUTS = frozenset({"background", "file_traits"})
"""Tables that say what gives classes away apart from their objects; made from near-duplicates and pictures."""

VARIETY = frozenset({"variation", "diversity", "class_colours", "population"})
"""Tables that say how much the images of a class vary, made from what is measured of each."""
LABELS = frozenset({"suspects", "label_quality"})
"""Tables that say which labels are wrong; made from near-duplicates and pictures, or from embeddings."""

DRIFT = frozenset({"drift"})
"""Tables that hold splits against each other, by what is measured of each image, or by embeddings too."""

OF_PICTURES = SHORTCUTS | VARIETY | LABELS | DRIFT
"""Tables that are made from near-duplicates, and so are others where these are."""


class Measured(NamedTuple):
    """A dataset whose images are measured."""

    name: str
    facts: Facts
    images: Sequence[ImageRef]


class Memory(Protocol):
    """What is known of earlier searches for near-duplicates."""

    def earlier_pairs(self, facts: Facts) -> EarlierPairs | None:
        """Return what the last search found, and among which images; None where there was none."""
        ...

    def keep_search(self, facts: Facts, compared: Array, layouts: Array, changes: int) -> None:
        """Keep which images were compared, their colour layouts, and how many came or went since all were."""
        ...


def relate(
    data: Measured,
    needed: Collection[str],
    options: measure.MeasureOptions,
    memory: Memory,
    timed: Stage = untimed,
) -> None:
    """Fill those of the tables that are needed, apart from ``contamination``.

    Where the memory knows the near-duplicates of an earlier run, only those with new images are searched for.
    """
    if "duplicates" in needed:
        _relate_copies(data, needed, options, memory, timed)
    for table, columns in pictures_related(data.facts, needed, timed):
        if columns:  # there are none where no class has pictures enough
            data.facts.insert(table, columns)


def pictures_related(
    facts: Facts,
    needed: Collection[str],
    timed: Stage = untimed,
    embeddings: Callable[[Array], Embedded] | None = None,
) -> Iterator[tuple[str, Columns]]:
    """Yield the rows of those tables of :data:`OF_PICTURES` that are needed, table by table.

    ``embeddings`` gives those of some images (int[n], sample_ids), which drift asks too where there are any.
    """
    if shortcuts := SHORTCUTS.intersection(needed):
        yield from _shortcuts(facts, shortcuts, timed).items()
    if variety := VARIETY.intersection(needed):
        yield from _variety(facts, variety, timed).items()
    if LABELS.intersection(needed):
        yield from _labels(facts, timed).items()
    if DRIFT.intersection(needed):
        yield "drift", _drift(facts, timed, embeddings)


def _relate_copies(
    data: Measured, needed: Collection[str], options: measure.MeasureOptions, memory: Memory, timed: Stage
) -> None:
    from datalint.relate import near_duplicates, near_pairs

    with timed("relate: duplicates"):
        contents = _contents(data.facts)
        duplicates = _duplicates(contents, data.images, _pointers(data.facts), options)
        data.facts.insert("duplicates", duplicates)
    if "near_pairs" not in needed:
        return
    with timed("relate: near_duplicates"):
        contents, duplicates = compared(data.facts, duplicates, contents)
        search = near_pairs(contents, duplicates, memory.earlier_pairs(data.facts))
        data.facts.insert("near_pairs", search.pairs)
        data.facts.insert("near_duplicates", near_duplicates(contents, search.pairs, duplicates))
        memory.keep_search(data.facts, *search[1:])


def compared(facts: Facts, duplicates: Columns, contents: Contents | None = None) -> tuple[Contents, Columns]:
    """Return the contents that near-duplicates are looked for among, and the rows of ``duplicates`` of these.

    What was made of an image that is there looks like it by design, and would pass for a look-alike of others.
    """
    import numpy as np

    from datalint.relate import STAND_INS_SQL

    stand_ins = np.ma.getdata(facts.columns(STAND_INS_SQL)["sample_id"])
    if contents is None or len(stand_ins):
        contents = _contents(facts, stand_ins)
    decoded = np.isin(duplicates["sample_id"], contents.sample_id)
    return contents, {name: values[decoded] for name, values in duplicates.items()}


def _shortcuts(facts: Facts, needed: Collection[str], timed: Stage) -> dict[str, Columns]:
    from datalint.relate import HEADERS_SQL, PICTURES_SQL, Pictures, background, file_traits

    pictures = Pictures.of(facts.columns(PICTURES_SQL))
    tables: dict[str, Columns] = {}
    if "background" in needed:
        with timed("relate: background"):
            tables["background"] = background(pictures, facts.thumbnails.at(pictures.slot))
    if "file_traits" in needed:
        with timed("relate: file_traits"):
            tables["file_traits"] = file_traits(pictures, facts.columns(HEADERS_SQL))
    return tables


def _variety(facts: Facts, needed: Collection[str], timed: Stage) -> dict[str, Columns]:
    from datalint.relate import VIEWS_SQL, Views, class_colours, diversity, parts, population, variation

    views = Views.of(facts.columns(VIEWS_SQL))
    classes = list(parts(views))
    makers: dict[str, Callable[[], Columns]] = {
        "variation": lambda: variation(classes),
        "diversity": lambda: diversity(classes, facts.thumbnails.at),
        "class_colours": lambda: class_colours(classes),
        "population": lambda: population(views),
    }
    tables: dict[str, Columns] = {}
    for table in sorted(needed):
        with timed(f"relate: {table}"):
            tables[table] = makers[table]()
    return tables


def _drift(facts: Facts, timed: Stage, embeddings: Callable[[Array], Embedded] | None) -> Columns:
    from datalint.relate import DRIFT_SQL, drift

    with timed("relate: drift"):
        return drift(facts.columns(DRIFT_SQL), facts.thumbnails.at, embeddings)


def _labels(facts: Facts, timed: Stage) -> dict[str, Columns]:
    from datalint.relate import LABELS_SQL, Labelled, described, suspects

    images = Labelled.of(facts.columns(LABELS_SQL))
    images = images.at(images.slot >= 0)
    thumbnails = facts.thumbnails.at(images.slot)
    with timed("relate: suspects"):
        tables = suspects(images, [lambda rows, seed: described(thumbnails, rows, seed)], "descriptors of thumbnails")
    return tables._asdict()


def _contents(facts: Facts, without: Array | None = None) -> Contents:
    """Look up what is known of the decoded images, ``without`` some (int32, sample_ids)."""
    import numpy as np

    from datalint.relate import CONTENTS_SQL, THUMBNAILS_SQL, Contents

    columns, slots = facts.columns(CONTENTS_SQL), facts.columns(THUMBNAILS_SQL)["slot"]
    if without is not None:
        kept = ~np.isin(np.ma.getdata(columns["sample_id"]), without)
        columns, slots = {name: column[kept] for name, column in columns.items()}, slots[kept]
    return Contents.of(columns, facts.thumbnails.at(slots))


def _thumbnails(facts: Facts) -> StoredThumbnails:
    from datalint.relate import THUMBNAILS_SQL

    return facts.thumbnails.at(facts.columns(THUMBNAILS_SQL)["slot"])


def _pointers(facts: Facts) -> Columns:
    from datalint.relate import POINTERS_SQL

    return facts.columns(POINTERS_SQL)


def _duplicates(
    contents: Contents, images: Sequence[ImageRef], pointers: Columns, options: measure.MeasureOptions
) -> Columns:
    """Find exact duplicates; those that may be equal in pixels are decoded once more, fully."""
    from datalint.relate import exact_duplicates, pixel_candidates

    candidates = set(pixel_candidates(contents).tolist())
    chosen = [image for image in images if image.sample_id in candidates] if candidates else []
    digests = measure.pixel_digests(chosen, options)
    confirmed = {image.sample_id: digest for image, digest in zip(chosen, digests, strict=True) if digest is not None}
    return exact_duplicates(contents, confirmed, pointers)


def contaminate(data: Measured, other: Measured, options: measure.MeasureOptions) -> None:
    """Fill ``contamination``: find the images of a dataset in another one."""
    import numpy as np

    from datalint.relate import Contents, contamination

    contents = _contents(data.facts)

    shift = 1 + max((image.sample_id for image in data.images), default=-1)
    theirs = _contents(other.facts)
    thumbnails = _thumbnails(data.facts).followed_by(_thumbnails(other.facts))
    both = Contents.joined(contents, theirs, shift, thumbnails)
    images = [*data.images, *(image._replace(sample_id=image.sample_id + shift) for image in other.images)]
    pointers, their_pointers = _pointers(data.facts), _pointers(other.facts)
    pointers = {
        "sample_id": np.r_[np.ma.getdata(pointers["sample_id"]), np.ma.getdata(their_pointers["sample_id"]) + shift],
        "content_digest": np.r_[*(np.ma.getdata(p["content_digest"]) for p in (pointers, their_pointers))],
    }
    found = contamination(both, shift, _duplicates(both, images, pointers, options))
    places = {number: place for number, *place in other.facts.run("SELECT sample_id, path, label, split FROM samples")}
    rows = [places[number] for number in found["other_id"].tolist()]
    columns = {name: column for name, column in found.items() if name != "other_id"}
    columns["other"] = np.full(len(rows), other.name, object)
    for place, name in enumerate(("other_path", "other_label", "other_split")):
        values = np.empty(len(rows), object)
        values[:] = [row[place] for row in rows]
        columns[name] = values
    data.facts.insert_aside("contamination", columns)
