"""``datalint sample``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from datalint.cli.running import configured, progress_bar, reading_options, run_of
from datalint.cli.writing import writing_to
from datalint.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datalint.label_errors import Estimate
    from datalint.marking import Mark

_VERDICTS = {
    "under": "the labels stay under it",
    "over": "more labels are wrong than that",
    "open": "the interval holds it, so look at more images (--n) to settle it",
}


@click.command("sample")
@click.argument("path", default=".", type=click.Path())
@click.option("--n", "number", type=click.IntRange(1, 2000), default=200, show_default=True, help="Images to look at.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Another one draws other images.")
@click.option("--out", type=click.Path(dir_okay=False), metavar="FILE", help="The sheet to write (HTML).")
@click.option("--marks", type=click.Path(dir_okay=False), metavar="FILE", help="Marks that were saved from a sheet.")
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
@reading_options
def command(path: str, number: int, seed: int, out: str | None, marks: str | None, **options: Any) -> int:
    """Have a second pair of eyes look at labels, and estimate how many are wrong.

    With --out, draws a random sample of the dataset at PATH (default: the current folder), class by class and split by
    split, images that look the same once, and writes a page on which each is marked right, wrong or unsure. It needs
    no network and can be sent.

    With --marks, estimates from what was marked the share of wrong labels, with its interval (95 %), against the rule
    of thumb of 4 %, and lists the wrong ones.

    \b
    Examples:
      datalint sample data/ --n 200 --out sheet.html
      datalint sample data/ --marks marks.csv
    """
    if (out is None) == (marks is None):
        raise ConfigError("give either --out FILE, to draw a sample, or --marks FILE, to read what was marked")
    if marks is not None:
        return _estimate(path, Path(marks), options)
    from datalint import sampling
    from datalint.report import printable
    from datalint.report.sheet import sheet

    assert out is not None
    config = configured(path, options)
    with progress_bar(options["quiet"]) as progress:
        sample = sampling.draw(path, config, run_of(config, options, progress), number, seed)
    with writing_to(out):
        Path(out).write_text(
            sheet(sample.dataset, sample.images, sample.population, sample.pictures), encoding="utf-8", newline="\n"
        )
    left_out = f"; {sample.left_out:,} look like these or cannot be decoded" if sample.left_out else ""
    drawn = f"{len(sample.images):,} of {sample.population:,} images, from {sample.strata:,} strata"
    click.echo(f"{printable(out)}: {drawn}{left_out}")
    return 0


def _estimate(path: str, file: Path, options: dict[str, Any]) -> int:
    from datalint.label_errors import estimate
    from datalint.marking import read_marks, strata_of

    marks = read_marks(file)
    found = estimate(strata_of(marks))
    at_worst = estimate(strata_of(marks, unsure_is_wrong=True))
    changed = _changed(path, marks, options)
    if options["format_"] == "json":
        document = {
            "version": 1,
            **found._asdict(),
            "verdict": found.verdict,
            "if_unsure_is_wrong": at_worst._asdict(),
            "marks": {word: [one._asdict() for one in marks if one.mark == word] for word in ("wrong", "unsure")},
            "changed": changed,
        }
        click.echo(json.dumps(document, indent=2, ensure_ascii=True))
        return 0
    from rich.console import Console

    from datalint.report.lines import print_lines

    console = Console(highlight=False)
    for line in _lines(marks, found, at_worst, changed):
        print_lines(console, line.lstrip(), indent=len(line) - len(line.lstrip()))
    return 0


def _changed(path: str, marks: Sequence[Mark], options: dict[str, Any]) -> int:
    """Count the images that the dataset no longer has under that label and split."""
    from datalint import pipeline
    from datalint.report import printable

    config = configured(path, options)
    with progress_bar(options["quiet"]) as progress:
        facts = pipeline.read(path, config, run_of(config, options, progress), ("samples",)).facts
    rows = facts.run("SELECT path, label, coalesce(split, '') FROM samples WHERE label IS NOT NULL")
    there = {tuple(map(printable, row)) for row in rows}
    missing = sum((mark.path, mark.label, mark.split) not in there for mark in marks)
    if missing == len(marks):
        raise ConfigError(f"none of the images that are marked is in {path}; give the dataset that they are of")
    return missing


def _lines(marks: Sequence[Mark], found: Estimate, at_worst: Estimate, changed: int) -> Iterator[str]:
    from datalint.label_errors import RULE_OF_THUMB
    from datalint.report.wording import counted

    of = {word: [one for one in marks if one.mark == word] for word in ("right", "wrong", "unsure", "")}
    judged = len(of["right"]) + len(of["wrong"])
    yield f"wrong labels: {found.rate:.1%}, 95 % interval {found.low:.1%} to {found.high:.1%}"
    yield f"rule of thumb: under {RULE_OF_THUMB:.0%}; {_VERDICTS[found.verdict]}"
    yield f"{counted(judged, 'image')} judged: {len(of['wrong']):,} wrong, {len(of['right']):,} right"
    if of["unsure"]:
        yield (
            f"{len(of['unsure']):,} unsure, left out; if all of them are wrong: {at_worst.rate:.1%}, "
            f"{at_worst.low:.1%} to {at_worst.high:.1%}"
        )
    if of[""]:
        yield f"{len(of['']):,} not marked, left out"
    if changed:
        yield f"notice: the dataset no longer has {counted(changed, 'image')} of the sample under that label and split"
    for word in ("wrong", "unsure"):
        if of[word]:
            yield f"{word}:"
        for one in of[word]:
            yield f"  {one.path}  {one.label}{f' in {one.split}' if one.split else ''}"
