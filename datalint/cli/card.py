"""``datalint card``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from datalint.cli.running import configured, progress_bar, reading_options, run_of
from datalint.cli.writing import writing_to
from datalint.errors import ConfigError, DatalintError, DatasetError
from datalint.storage import is_url

if TYPE_CHECKING:
    from datalint.card_text import Written


@click.command("card")
@click.argument("path", default=".", type=click.Path())
@click.option("--output", "-o", type=click.Path(dir_okay=False), metavar="FILE", help="Write or update this card.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if the card is out of date.")
@click.option(
    "--marks",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="Tell how many labels are wrong, by the marks of a sheet of `datalint sample`. The card keeps it.",
)
@reading_options
def command(path: str, output: str | None, check: bool, marks: str | None, **options: Any) -> int:
    """Write the dataset card of the dataset at PATH (default: the current folder) to stdout, or update one.

    A card is Markdown with YAML in front, as the Hugging Face hub reads it: counts by class and split, sizes and
    formats, licence and provenance, duplicates and leakage, and what the recommended rules found. In a card that is
    there already, only what is measured changes: some keys in front, and what stands between two marks.

    --check compares the card at --output, or else that of the dataset: README.md in its folder, or the file that card
    names in datalint.toml. Rule PRV003 tells in every check when its counts are out of date.

    \b
    Examples:
      datalint card data/
      datalint card data/ --output data/README.md
      datalint card data/ --check
    """
    from datalint.card_facts import describe
    from datalint.card_file import card_place, place_of
    from datalint.card_text import differences, has_part, write
    from datalint.companion import read_companion
    from datalint.report import printable

    config = configured(path, options)
    file = Path(output) if output else card_place(path, config.card_file())
    if file is None and check:
        raise ConfigError("which card? Give it with --output FILE")
    if options["staged"] and output and not check:
        raise ConfigError("--staged reads only; a card that is written goes into the working tree")
    old = _text(read_companion(file, options["staged"], "the card"), file) if file and (output or check) else None
    if check and (old is None or not has_part(old)):
        if not is_url(path) and not os.path.exists(path):
            raise DatasetError(f"{path}: no such file or folder")
        click.echo(f"{printable(str(file))}: there is no card of datalint; datalint card with --output makes one")
        return 1
    with progress_bar(options["quiet"]) as progress:
        facts = describe(path, config, run_of(config, options, progress), Path(marks) if marks else None)
    try:
        card = write(old, facts, place_of(path, file or Path()))
    except DatalintError as error:
        raise ConfigError(str(error), file) from None
    if check and old is not None:
        if card.text == old:
            return 0
        lines = (f"  {printable(line)}" for line in differences(old, card.text))
        click.echo("\n".join([f"{printable(str(file))} is out of date:", *lines]))
        return 1
    _tell(card, file)
    if not output or file is None:
        with writing_to("standard output"):
            sys.stdout.buffer.write(card.text.encode())
    elif card.text != old:
        with writing_to(file):
            file.write_bytes(card.text.encode())
    return 0


def _text(data: bytes | None, file: Path) -> str | None:
    try:
        return None if data is None else data.decode()
    except UnicodeDecodeError:
        raise ConfigError("is no UTF-8 text, so it is no card", file) from None


def _tell(card: Written, file: Path | None) -> None:
    if card.kept:
        click.echo(f"{file}: {', '.join(card.kept)} say more than is measured, and stay as they are", err=True)
