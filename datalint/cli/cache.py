"""``datalint cache``."""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from datalint.cache_folder import cache_folder
from datalint.config import config_for
from datalint.errors import DatalintError

if TYPE_CHECKING:
    from collections.abc import Iterator

_folder_option = click.option(
    "--cache-dir", type=click.Path(file_okay=False), metavar="DIR", help="Where measurements are kept."
)


@click.group("cache")
def command() -> None:
    """Show or remove what is kept of the images that were measured.

    \b
    Examples:
      datalint cache info
      datalint cache prune --days 7
    """


@command.command("info")
@_folder_option
def info(cache_dir: str | None) -> int:
    """Say where the cache is, how large, and what it holds.

    \b
    Examples:
      datalint cache info
      datalint cache info --cache-dir .cache/
    """
    from datalint.facts import housekeeping

    folder = _folder(cache_dir)
    click.echo(f"folder      {folder}")
    click.echo(f"size        {_megabytes(housekeeping.size(folder))}")
    click.echo(f"contents    {housekeeping.count_contents(folder):,}")
    for dataset in housekeeping.datasets(folder):
        days = int((time.time() - dataset.used) / 86_400)
        used = "today" if days < 1 else "1 day ago" if days == 1 else f"{days} days ago"
        click.echo(f"dataset     {dataset.root}: {dataset.images:,} images, {_megabytes(dataset.bytes)}, used {used}")
    return 0


@command.command("clean")
@_folder_option
def clean(cache_dir: str | None) -> int:
    """Remove the cache.

    \b
    Examples:
      datalint cache clean
      datalint cache clean --cache-dir .cache/
    """
    from datalint.facts import housekeeping

    folder = _folder(cache_dir)
    before = housekeeping.size(folder)
    with _told(folder):
        housekeeping.clear(folder)
    click.echo(f"{_megabytes(before - housekeeping.size(folder))} removed")
    return 0


@command.command("prune")
@click.option("--days", type=click.IntRange(0), default=30, show_default=True, help="Keep what was of use since.")
@_folder_option
def prune(days: int, cache_dir: str | None) -> int:
    """Remove datasets that are gone or were not checked for long, and what no other dataset needs.

    \b
    Examples:
      datalint cache prune
      datalint cache prune --days 7
    """
    from datalint.facts import housekeeping

    folder = _folder(cache_dir)
    before = housekeeping.size(folder)
    with _told(folder):
        removed = housekeeping.prune(folder, time.time() - days * 86_400)
    word = "dataset" if removed == 1 else "datasets"
    click.echo(f"{removed} {word} and {_megabytes(before - housekeeping.size(folder))} removed")
    return 0


def _folder(given: str | None) -> Path:
    folder = cache_folder(given, config_for(Path()).cache_folder())
    if folder is None:
        raise DatalintError("there is no cache: the variable DATALINT_CACHE_DIR is empty")
    return Path(folder)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DatalintError(f"{error.filename or folder}: cannot be removed: {error.strerror}") from None


def _megabytes(count: int) -> str:
    return f"{max(0, count) / 1e6:,.1f} MB"
