"""``datalint cache``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from datalint.cli.cache_folder import cache_folder
from datalint.errors import DatalintError

if TYPE_CHECKING:
    from pathlib import Path

_folder_option = click.option(
    "--cache-dir", type=click.Path(file_okay=False), metavar="DIR", help="Where measurements are kept."
)


@click.group("cache")
def command() -> None:
    """Show or remove what is kept of the images that were measured."""


@command.command("info")
@_folder_option
def info(cache_dir: str | None) -> int:
    """Say where the cache is, how large, and what it holds."""
    from datalint.facts import Cache

    folder = _folder(cache_dir)
    click.echo(f"folder  {folder}")
    for file in _files(folder):
        files, contents = Cache.counts(file)
        click.echo(f"{file.name}  {file.stat().st_size / 1e6:,.1f} MB, {files:,} files, {contents:,} contents")
    return 0


@command.command("clean")
@_folder_option
def clean(cache_dir: str | None) -> int:
    """Remove the cache."""
    freed = 0
    for file in _files(_folder(cache_dir)):
        freed += file.stat().st_size
        file.unlink()
        file.with_name(file.name + ".wal").unlink(missing_ok=True)
    click.echo(f"{freed / 1e6:,.1f} MB removed")
    return 0


def _folder(given: str | None) -> Path:
    folder = cache_folder(given)
    if folder is None:
        raise DatalintError("there is no cache: the variable DATALINT_CACHE_DIR is empty")
    return folder


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("measurements-*.duckdb"))
