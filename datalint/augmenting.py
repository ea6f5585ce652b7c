"""Carry out an augmentation plan: a new folder with the originals and what is made of them."""

from __future__ import annotations

import hashlib
import json
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.augment.document import to_json
from datalint.augment.draw import Draw, draws
from datalint.augment.earlier import Record, check_links, clear, others, read_record, write_record
from datalint.augment.execute import Copy, Made, Make, file_digest, make_batch, place_batch
from datalint.augment.output import Names, Original, original_places
from datalint.augment_log import NAME as LOG
from datalint.augment_log import MadeImage, log_above, log_text
from datalint.errors import ConfigError, DatasetError
from datalint.measure.pool import portable, processes, run_batches
from datalint.model import unescape_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datalint.augment.record import Plan
    from datalint.planning import Collected
    from datalint.storage import ImageRef

_BATCH = 16


class Options(NamedTuple):
    """How to carry a plan out."""

    out: Path
    jobs: int
    force: bool = False
    """Whether to begin anew in a folder that is not empty: what earlier runs put there is replaced or removed, and all
    else stays."""
    copy: bool = False
    """Whether originals are copied, in place of hard links."""
    progress: Callable[[int, int], None] = lambda done, total: None
    only: frozenset[int] | None = None
    """Sample_ids to place and to make images of, for a sample; the plan is taken to be for these. None for all."""


class Outcome(NamedTuple):
    """What was done."""

    originals: int
    made: int
    failed: tuple[Made, ...]
    """What could not be placed or made, with the reason."""
    skipped: int
    """Samples without a label, which have no place in class folders."""
    others: tuple[str, ...] = ()
    """Files in the folder that no run put there, where that was not empty; they stay."""


def augment(data: Collected, plan: Plan, options: Options) -> Outcome:
    """Write the new folder. Where it was begun by the same plan, go on. Raises DatalintError."""
    if options.only is None:
        _check_plan(data, plan)
    references, twins = data.listing.images()
    images = {image.sample_id: image for image in references}
    originals = [
        Original(number, sample.path, "|".join(sample.labels) or None, sample.split)
        for number, sample in enumerate(data.listing.samples)
    ]
    places = original_places(originals, data.listing.reading.layout)
    if options.only is not None:
        places = {number: place for number, place in places.items() if number in options.only}
    work = _work(data, plan, images, places)
    record = Record(
        _stamp(data, to_json(plan)),
        json.loads(to_json(plan)),
        tuple(places.values()),
        tuple(one.stem + one.suffix for _, one in work),
    )
    anew, made = _prepared(data, options, record)
    copies = [Copy(images[twins.get(number, number)], place) for number, place in places.items()]
    total = len(copies) + len(work)
    pool = processes(options.jobs if portable(references) else 1)
    folder = os.fspath(options.out)
    outcomes: list[Made] = []
    try:
        for place, items in (
            (partial(place_batch, folder, options.copy, anew), copies),
            (partial(make_batch, folder, made), [one for _, one in work]),
        ):
            for batch in run_batches(place, _crashed, items, _BATCH, pool):
                outcomes += batch
                options.progress(len(outcomes), total)
        done = outcomes[len(copies) :]
        _write_log(data, plan, options.out, places, [(d, o) for (d, _), o in zip(work, done, strict=True)])
        if anew:
            write_record(options.out, record)
        stay = others(options.out, {one.place for one in outcomes}) if anew else []
    except OSError as error:
        raise DatasetError(f"{error.filename or folder}: cannot be written: {error.strerror}") from None
    failed = tuple(one for one in outcomes if one.problem is not None)
    good = sum(one.problem is None for one in done)
    return Outcome(len(copies), good, failed, len(originals) - len(copies), tuple(stay))


def _crashed(item: Any) -> list[Made]:
    return [Made(getattr(item, "place", "") or item.stem, "decoding it ends the process")]


def _check_plan(data: Collected, plan: Plan) -> None:
    """Refuse a plan that was made for other images."""
    counts = dict(data.facts.run("SELECT label, coalesce(images, 0) FROM classes"))
    planned = {one.label: one.have for one in plan.classes}
    if not counts.keys() & planned.keys():
        raise ConfigError(f"the plan is for {plan.dataset}, and has no class of {data.listing.name}; is it another's?")
    for label in sorted(planned.keys() - counts.keys()):
        raise ConfigError(f"the plan has a class {label}, which the dataset has no more; make the plan anew")
    for label in sorted(counts.keys() - planned.keys()):
        raise ConfigError(f"the dataset has a class {label}, which the plan does not know; make the plan anew")
    for label in sorted(counts.keys() | planned.keys()):
        if counts.get(label) != planned.get(label):
            there, then = counts.get(label, 0), planned.get(label, 0)
            text = f"the plan was made for {then:,} images of {label}, and there are {there:,}; make the plan anew"
            raise ConfigError(text)


def _work(data: Collected, plan: Plan, images: dict[int, ImageRef], places: dict[int, str]) -> list[tuple[Draw, Make]]:
    sources: dict[str, list[int]] = {}
    for sample_id, _, label in data.sources:
        if sample_id in places and sample_id in images:
            sources.setdefault(label, []).append(sample_id)
    names, found = Names(places.values()), []
    for draw in draws(plan, {label: len(ids) for label, ids in sources.items()}):
        source = sources[draw.label][draw.source]
        stem, suffix = names.stem(places[source]), os.path.splitext(places[source])[1]
        other = None if draw.other is None else images[sources[draw.other[0]][draw.other[1]]]
        if draw.other is not None:
            draw.parameters["background"]["of"] = places[sources[draw.other[0]][draw.other[1]]]
        make = Make(images[source], stem, suffix, draw.parameters, plan.fill, other)
        found.append((draw._replace(source=source), make))
    return found


def _prepared(data: Collected, options: Options, record: Record) -> tuple[bool, frozenset[str]]:
    """Make the folder ready. Raises DatalintError.

    Returns whether what is there is replaced, and if not, what a run of the same plan made before.
    """
    out = options.out
    root = Path(unescape_name(data.listing.root))
    real, dataset = Path(os.path.realpath(out)), Path(os.path.realpath(root))
    if dataset.exists() and (real == dataset or dataset in real.parents or real in dataset.parents):
        raise ConfigError(f"{out} and the dataset lie in one another; give a folder beside it")
    if (root / LOG).is_file() or log_above(os.fspath(root)):
        raise ConfigError(f"{root} was made by `datalint augment` itself; augment the originals")
    if out.exists() and not out.is_dir():
        raise ConfigError(f"{out} is a file; give a folder")
    try:
        filled = out.exists() and any(out.iterdir())
        anew = filled and options.force
        before = None if anew else read_record(out)
        if filled and not anew and (before is None or before.stamp != record.stamp):
            raise ConfigError(
                f"{out} {_what_is_there(before)}; give another folder, or --force to begin anew in this one"
            )
        out.mkdir(parents=True, exist_ok=True)
        check_links(out, record)
        if anew:
            clear(out, record)
        # Stopped while it replaces what was there, a run cannot go on: nobody knows what was replaced.
        write_record(out, record._replace(stamp=None) if anew else record)
    except OSError as error:
        raise ConfigError(f"{error.filename or out} cannot be used: {error.strerror or error}") from None
    except ValueError as error:
        raise ConfigError(f"{out} cannot be used: {error}") from None
    return anew, frozenset() if anew else frozenset({*_files(out)}.difference(record.originals))


def _what_is_there(before: Record | None) -> str:
    if before is None:
        return "is not empty"
    return "was made by another plan, or of other images" if before.stamp else "was begun anew and not finished"


def _stamp(data: Collected, document: str) -> str:
    """Identify a plan and the images that it is carried out on."""
    digest = hashlib.sha256(document.encode())
    rows = "SELECT path, content_digest FROM samples LEFT JOIN pixels USING (sample_id) ORDER BY path, sample_id"
    for path, content in data.facts.run(rows):
        digest.update(f"{path}\0{content}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _files(out: Path) -> list[str]:
    return [path.relative_to(out).as_posix() for path in out.rglob("*__aug*") if path.is_file()]


def _write_log(
    data: Collected, plan: Plan, out: Path, places: dict[int, str], work: Sequence[tuple[Draw, Made]]
) -> None:
    """Trace what was made; see ``augment_log``. Raises OSError."""
    samples = data.listing.samples
    # Values of arrays are no files before they are placed.
    rows = "SELECT sample_id, content_digest FROM pixels JOIN headers USING (sample_id) WHERE format IS NOT NULL"
    contents: dict[int, str] = dict(data.facts.run(rows))
    images = []
    for draw, made in work:
        if made.problem is not None or made.content is None:
            continue
        original = places[draw.source]
        if draw.source not in contents:
            contents[draw.source] = file_digest(os.path.join(out, original))
        sample = samples[draw.source]
        traced = (made.content, original, contents[draw.source], sample.path, sample.split)
        images.append(MadeImage(made.place, *traced, draw.label, draw.purpose, draw.parameters))
    digest = hashlib.sha256(to_json(plan).encode()).hexdigest()
    partial = out / (LOG + ".part")
    partial.write_text(log_text(plan.dataset, plan.seed, digest, images), encoding="utf-8")
    os.replace(partial, out / LOG)
