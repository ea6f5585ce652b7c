"""``datalint show``."""

from __future__ import annotations

import sys
from typing import Any

import click

from datalint.cli.running import configured, progress_bar, reading_options, run_of
from datalint.cli.writing import writing_to
from datalint.errors import DatasetError


@click.command("show")
@click.argument("path", type=click.Path())
@click.argument("image", required=False)
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
@reading_options
def command(path: str, image: str | None, format_: str, **options: Any) -> int:
    """Show everything that is known of one image: a small picture, labels, header, pixels, copies, findings.

    PATH is the image's, or with IMAGE that of its dataset; IMAGE is its path in there, as reports print it.

    Without IMAGE the dataset is the nearest folder above the image that has datalint.toml, .datalintignore or
    datalint.lock, or that gives the image a label and a split; else the nearest that gives it a label. It is looked for
    up to the top of the git repository, or else four folders up.

    \b
    Examples:
      datalint show data/train/cat/1.jpg
      datalint show data/ train/cat/1.jpg --format json
      datalint show digits.npz "x_train[12]"
    """
    from datalint import locating, showing
    from datalint.report.image import to_json, write

    if image is None and "://" in path:
        raise DatasetError(f"{path}: give the dataset and the image in it: datalint show URL IMAGE")
    if image is None:
        config = configured(path, options) if options["config"] else None
        path, image = locating.locate(path, config)
    config = configured(path, options)
    with progress_bar(options["quiet"]) as progress:
        facts = showing.image_facts(path, image, config, run_of(config, options, progress))
    with writing_to("standard output"):
        if format_ == "json":
            sys.stdout.buffer.write(to_json(facts).encode())
        else:
            from rich.console import Console

            write(facts, Console())
    return 0
