"""Markdown for a dataset card: what was measured of a dataset, the same for the same dataset wherever it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datalint.report.markdown import escaped
from datalint.report.text import in_role_order
from datalint.report.wording import counted, found, population

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from datalint.model import Report
    from datalint.report.card_record import CardFacts, Images, LabelErrors

_MOST_CLASSES = 100
_MOST_ROWS = 10
_LEAK = "SPL007"
"""Sums up how much of a split leaked."""


def render(facts: CardFacts) -> str:
    """Write the part of a card that is measured, without its marks."""
    sections = {
        "Dataset": _dataset(facts),
        "Classes": _classes(facts),
        "Images": _images(facts.images),
        "Licence and provenance": _provenance(facts),
        "Duplicates and leakage": _copies(facts),
        "Label errors": _label_errors(facts.label_errors),
        "Known gaps": _gaps(facts.report),
    }
    return "\n".join(f"## {title}\n\n" + "\n".join(lines) + "\n" for title, lines in sections.items())


def _dataset(facts: CardFacts) -> Iterator[str]:
    dataset = facts.report.dataset
    yield "Measured by datalint, which writes all between the two marks; `datalint card` keeps it up to date."
    yield ""
    classes = int(facts.counts["classes"])
    of = f" of {counted(classes, 'class', 'classes')}" if classes else ""
    yield f"- {counted(dataset.images, 'image')}{of}; {escaped(dataset.description)}"
    if dataset.splits:
        total = sum(dataset.splits.values())
        shares = (f"{escaped(split)} {images:,} ({images / total:.1%})" for split, images in in_role_order(dataset))
        yield f"- Splits: {', '.join(shares)}"
    if facts.images.bytes is not None:
        yield f"- Files: {facts.images.bytes:,} bytes"
    if facts.multi_label:
        yield "- An image can have several labels"
    if sample := population(dataset):
        yield f"- Population: {escaped(sample)}"


def _classes(facts: CardFacts) -> Iterator[str]:
    labels = facts.report.dataset.labels
    if not labels:
        yield "The images have no labels."
        return
    splits = [split for split, _ in in_role_order(facts.report.dataset)]
    chosen = sorted(labels)
    if len(chosen) > _MOST_CLASSES:
        chosen = sorted(chosen, key=lambda label: (-labels[label].total, label))[:_MOST_CLASSES]
    unit = "objects" if facts.objects else "images"
    yield from _table(
        ["class", *map(escaped, splits), f"all {unit}" if splits else unit],
        (
            [escaped(label), *(labels[label].splits.get(split, 0) for split in splits), labels[label].total]
            for label in chosen
        ),
    )
    rest = [count.total for label, count in labels.items() if label not in set(chosen)]
    if rest:
        yield ""
        smaller = counted(len(rest), "smaller class", "smaller classes")
        yield f"and {smaller}, of {min(rest):,} to {max(rest):,} {unit} each"


def _images(images: Images) -> Iterator[str]:
    if not images.headers:
        yield "No image could be read."
    else:
        yield from _table(
            ["format", "channels", "bits", "images"],
            (
                [escaped(format_), channels, bits, number]
                for format_, channels, bits, number in images.formats[:_MOST_ROWS]
            ),
        )
        yield from _more(len(images.formats))
        yield ""
        yield from _table(
            ["width × height", "images"],
            ([f"{width:,} × {height:,}", number] for width, height, number in images.sizes[:_MOST_ROWS]),
        )
        yield from _more(len(images.sizes))
        yield ""
        (narrow, wide), (low, high) = images.widths, images.heights
        yield f"Widths from {narrow:,} to {wide:,} pixels, heights from {low:,} to {high:,}."
    if images.unmeasured:
        yield ""
        yield f"Not measured: {', '.join(f'{number:,} {kind}' for kind, number in images.unmeasured)}."


def _provenance(facts: CardFacts) -> Iterator[str]:
    licence = facts.licence
    if licence is None:
        yield "- Licence: there is no licence file beside the images"
    elif licence.spdx:
        yield f"- Licence: {escaped(licence.spdx)}, by how {escaped(licence.file)} begins"
    else:
        yield f"- Licence: {escaped(licence.file)}, which is none of the well-known ones ({escaped(licence.title)})"
    read = facts.images.headers
    yield f"- Position (GPS) in EXIF: {facts.located:,} of {counted(read, 'image')}"
    yield f"- Notice of an owner in EXIF: {sum(number for _, number in facts.owners):,} of {counted(read, 'image')}"
    for title, rows in (("owner", facts.owners), ("camera", facts.cameras), ("server", facts.servers)):
        if rows:
            yield ""
            yield from _table([title, "images"], ([escaped(name), number] for name, number in rows[:_MOST_ROWS]))
            yield from _more(len(rows))


def _copies(facts: CardFacts) -> Iterator[str]:
    found_any = [(name, copies) for name, copies in facts.copies if copies.groups]
    if not found_any:
        yield "No duplicates and no near-duplicates were found."
        return
    yield from _table(
        ["", "groups", "images", "groups under several labels", "groups in several splits"],
        ([name, *copies] for name, copies in found_any),
    )
    leaks = [finding.message for finding in facts.report.findings if finding.code == _LEAK]
    yield from ("", *(f"- {escaped(message)}" for message in leaks)) if leaks else ()


def _label_errors(known: LabelErrors | None) -> Iterator[str]:
    if known is None:
        yield "Not known; `datalint sample` estimates how many labels are wrong."
    else:
        yield f"Wrong labels: {known.rate:.1%}, 95 % interval {known.low:.1%} to {known.high:.1%};"
        yield f"{counted(known.judged, 'image')} drawn at random were judged, {known.wrong:,} of them wrong."


def _gaps(report: Report) -> Iterator[str]:
    rules = found(report)
    if rules:
        yield from _table(
            ["severity", "rule", "findings", ""],
            (
                [rule.severity.word, f"{rule.code} {escaped(rule.name)}", len(rule.findings), escaped(rule.text.title)]
                for rule in rules
            ),
        )
        yield ""
    passed = sum(rule.status == "passed" for rule in report.rules)
    yield f"{counted(len(report.rules), 'rule')} of the profile recommended, {passed} passed."
    skipped = [rule.code for rule in report.rules if rule.status == "not-evaluated"]
    if skipped:
        yield f"Not evaluated: {', '.join(skipped)}."


def _table(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Write a table; columns of numbers are set flush right."""
    kept = [[f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in rows]
    yield f"| {' | '.join(titles)} |"
    yield f"| {' | '.join('---:' if _numeric(kept, place) else '---' for place in range(len(titles)))} |"
    for row in kept:
        yield f"| {' | '.join(row)} |"


def _numeric(rows: Sequence[Sequence[str]], place: int) -> bool:
    return bool(rows) and all(row[place].replace(",", "").isdigit() for row in rows)


def _more(number: int) -> Iterator[str]:
    if number > _MOST_ROWS:
        yield ""
        yield f"and {number - _MOST_ROWS:,} more"
