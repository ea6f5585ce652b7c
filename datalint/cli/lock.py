"""``datalint lock``: freeze the evaluation set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from datalint import pipeline
from datalint.cli.running import configured, progress_bar, reading_options, run_of
from datalint.cli.writing import writing_to
from datalint.errors import ConfigError, DatasetError
from datalint.locking import evaluation_set, lock_place, write_lock
from datalint.report import printable

_TABLES = ("samples", "contents")
_LEAKED = """
    SELECT count(*) FROM samples JOIN contents USING (sample_id) WHERE role IN ('validation', 'test') AND content IN (
        SELECT content FROM samples JOIN contents USING (sample_id) WHERE role = 'train'
    )
"""


@click.command("lock")
@click.argument("path", default=".", type=click.Path())
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False), metavar="FILE", help="The lock.  [default: PATH/datalint.lock]"
)
@reading_options
def command(path: str, output: str | None, **options: Any) -> int:
    """Freeze the validation and test images of the dataset at PATH (default: the current folder).

    Writes content, split and label of each to a file. From then on rule SPL006 reports every such image that is added,
    removed, relabelled, moved, or found in training as well, until this command is run again.

    \b
    Examples:
      datalint lock data/
      datalint lock data/legend.csv --output evaluation.lock
    """
    config = configured(path, options)
    file = Path(output) if output else lock_place(path, config.lock_file())
    if file is None:
        raise ConfigError("which file? Give --output FILE, and set lock in datalint.toml")
    with progress_bar(options["quiet"]) as progress:
        facts = pipeline.read(path, config, run_of(config, options, progress), _TABLES).facts
    images = evaluation_set(facts)
    if not images:
        raise DatasetError(f"{path}: there is no validation or test split to freeze")
    with writing_to(file):
        write_lock(file, images)
    splits = ", ".join(sorted({image.split for image in images}))
    click.echo(f"{len(images):,} images of {printable(splits)} frozen in {printable(str(file))}")
    leaked = facts.run(_LEAKED)[0][0]
    if leaked:
        click.echo(f"{leaked:,} of them are in training too, which SPL006 will report")
    return 0
