"""What is known of one image, for the terminal and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from rich.text import Text

from datalint.report.half_blocks import half_blocks
from datalint.report.lines import print_lines
from datalint.report.printable import printable
from datalint.report.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from rich.console import Console

    from datalint.model import Finding

Row: TypeAlias = "dict[str, Any]"
"""A row of a table, by column."""

_STYLES = {"error": "bold red", "warning": "bold yellow", "note": "bold blue"}
_LISTED = 10
"""Copies, rows and attributes that a terminal shows of each kind."""


class ImageFacts(NamedTuple):
    """What is known of one image. Rows have the columns of their tables, less ``sample_id``."""

    dataset: str
    """Absolute path or URL, escaped."""
    path: str
    """In the dataset, escaped."""
    samples: Sequence[Row]
    """One for each split that it is in; none for a file that is not listed as an image."""
    manifest_rows: Sequence[Row]
    attributes: Sequence[Row]
    objects: Sequence[Row]
    file: Row | None
    header: Row | None
    pixels: Row | None
    unmeasured: Row | None
    """Why it could not be measured."""
    locked: Sequence[Row]
    """Where its content stands in the frozen evaluation set."""
    duplicates: Sequence[Row]
    """Other samples that are the same."""
    near_duplicates: Sequence[Row]
    """Other samples that look the same; their distance is NULL where they do so by way of a third."""
    findings: Sequence[Finding]
    """Those that name it, worst first."""
    thumbnail: np.ndarray[Any, Any] | None
    """uint8[32, 32, 3], squeezed to a square; None where it could not be decoded."""


def write(image: ImageFacts, console: Console) -> None:
    """Write to a console; the picture where that shows colours."""
    print_lines(console, Text(printable(image.path), "bold"))
    print_lines(console, Text(printable(f"in {image.dataset}"), "dim"))
    if image.thumbnail is not None and console.color_system and not console.no_color:
        header = image.header or {}
        console.print(half_blocks(image.thumbnail, *_shape(header)))
    for name, values in _facts(image):
        _write_facts(console, name, values)
    print_lines(console, Text(f"findings: {len(image.findings) or 'none'}", "bold"))
    for finding in image.findings:
        head = Text.assemble(
            (finding.severity.word, _STYLES[finding.severity.word]), f"  {finding.code} {finding.name}"
        )
        print_lines(console, head, indent=2)
        print_lines(console, finding.message, indent=4)


def to_json(image: ImageFacts) -> str:
    """Return one JSON object; digests and hashes are hexadecimal."""
    pixels = None
    if image.pixels is not None:
        pixels = {**image.pixels, "phash": f"{image.pixels['phash']:016x}"}
    document = {
        "version": 1,
        "dataset": image.dataset,
        "path": image.path,
        "samples": image.samples,
        "manifest_rows": image.manifest_rows,
        "attributes": {row["name"]: row["value"] for row in image.attributes},
        "objects": {row["label"]: row["objects"] for row in image.objects},
        "file": image.file,
        "header": image.header,
        "pixels": pixels,
        "unmeasured": image.unmeasured,
        "locked": image.locked,
        "duplicates": image.duplicates,
        "near_duplicates": image.near_duplicates,
        "findings": [{**one._asdict(), "severity": one.severity.word} for one in image.findings],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _facts(image: ImageFacts) -> Iterator[tuple[str, list[str]]]:
    """Yield what there is to tell, by the name of what it is about."""
    yield "label", [_said(sample) for sample in image.samples] or ["none: this is no image of the dataset"]
    yield "listed", [f"{row['position']} as {_said(row)}" for row in image.manifest_rows]
    yield "attributes", [f"{row['name']} = {row['value']}" for row in image.attributes]
    yield "objects", [f"{row['label']} x {row['objects']}" for row in image.objects]
    yield "file", [*_file(image.file)]
    yield "header", [*_header(image.header)]
    yield "broken", [f"{row['kind']}: {row['reason']}" for row in (image.unmeasured,) if row]
    yield "pixels", [*_pixels(image.pixels)]
    yield "frozen", [f"in the lock as {row['path']}, {_said(row)}" for row in image.locked]
    kinds = {"bytes": "the same file", "pixels": "the same pixels"}
    yield "copies", [f"{_place(row)}: {kinds[row['kind']]}" for row in image.duplicates]
    yield "alike", [f"{_place(row)}: {_likeness(row)}" for row in image.near_duplicates]


def _said(row: Row) -> str:
    label = "no label" if row["label"] is None else row["label"]
    return label if row["split"] is None else f"{label} in {row['split']}"


def _place(row: Row) -> str:
    return f"{row['path']} ({_said(row)})"


def _likeness(row: Row) -> str:
    if row["confidence"] is None:
        return "looks like an image that looks like it"
    return f"{row['changes'] or 'near-duplicate'}, confidence {row['confidence']:.2f}, {row['distance']} bits apart"


def _file(row: Row | None) -> Iterator[str]:
    if row is None:
        return
    size = "size unknown" if row["bytes"] is None else counted(row["bytes"], "byte")
    yield f"{size}, {row['kind']}"
    if row["pointer"]:
        yield f"a pointer of {row['pointer']}: its content was not pulled"


def _header(row: Row | None) -> Iterator[str]:
    if row is None:
        return
    compression = f", {row['compression']}" if row["compression"] else ""
    yield f"{row['format'] or 'array'}, {row['width']} x {row['height']}, {row['mode']}{compression}"
    depth = f"{counted(row['channels'], 'channel')} of {row['bit_depth']} bits"
    frames = f", {row['frames']} frames" if row["frames"] > 1 else ""
    turned = f", EXIF orientation {row['orientation']}" if row["orientation"] > 1 else ""
    yield f"{depth}{', alpha' if row['alpha'] else ''}{frames}{turned}"
    for name in ("camera", "gps", "copyright"):
        if row[name]:
            yield f"{name} {row[name]}"


def _pixels(row: Row | None) -> Iterator[str]:
    if row is None:
        return
    sharpness = "none measurable" if row["sharpness"] is None else f"{row['sharpness']:.2f}"
    yield f"brightness {row['brightness']:.2f} ({row['dark_level']:.2f} to {row['bright_level']:.2f})"
    yield f"contrast {row['contrast']:.2f}, saturation {row['saturation']:.2f}, entropy {row['entropy']:.1f} bits"
    yield f"sharpness {sharpness}, perceptual hash {row['phash']:016x}"
    yield f"sha256 {row['content_digest']}"


def _write_facts(console: Console, name: str, values: Sequence[str]) -> None:
    lead = 12
    shown = values if len(values) <= _LISTED + 1 else [*values[:_LISTED], f"... and {len(values) - _LISTED:,} more"]
    lines = [
        line
        for value in shown
        for line in Text(printable(value)).wrap(console, max(console.width - lead, 20), overflow="fold")
    ]
    for number, line in enumerate(lines):
        line.rstrip()
        start = f"{name:<{lead}}" if not number else " " * lead
        console.print(Text.assemble((start, "cyan"), line), soft_wrap=True, highlight=False)


def _shape(header: Row) -> tuple[int, int]:
    """Return width and height of an image as it is shown."""
    width, height = header.get("width", 1), header.get("height", 1)
    return (height, width) if header.get("orientation", 1) >= 5 else (width, height)
