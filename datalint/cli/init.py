"""``datalint init``: a configuration that fits a dataset, and files for the places that run datalint."""

from __future__ import annotations

import json
import os
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from datalint import pipeline
from datalint.cli.running import configured, progress_bar, reading_options, run_of
from datalint.config import FILE_NAME, config_from
from datalint.discover import LAYOUTS
from datalint.errors import DatalintError
from datalint.proposing import TABLES, propose
from datalint.report import printable
from datalint.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datalint.model import Described
    from datalint.proposing import Proposal

_STARTERS = {
    "hook": ("pre-commit.yaml", ".pre-commit-config.yaml", "a pre-commit hook"),
    "github": ("github.yaml", ".github/workflows/dataset.yml", "a workflow for GitHub"),
    "gitlab": ("gitlab.yaml", ".gitlab-ci.yml", "a pipeline for GitLab"),
}
"""By option: the file that datalint ships, where a copy goes, and what it is."""


@click.command("init")
@click.argument("path", default=".", type=click.Path())
@click.option("--hook/--no-hook", default=None, help="Write .pre-commit-config.yaml as well.")
@click.option("--github/--no-github", default=None, help="Write a workflow for GitHub as well.")
@click.option("--gitlab/--no-gitlab", default=None, help="Write a pipeline for GitLab as well.")
@reading_options
def command(path: str, hook: bool | None, github: bool | None, gitlab: bool | None, **options: Any) -> int:
    """Look at the dataset at PATH (default: the current folder) and write a datalint.toml that fits it.

    It goes into the current folder if the dataset is below that, else into the dataset's folder. On a terminal, files
    for pre-commit, GitHub and GitLab are offered. No file that is there already is changed.

    \b
    Examples:
      datalint init data/
      datalint init data/ --hook --github
    """
    folder = _folder(path)
    file = folder / FILE_NAME
    if file.exists():
        raise DatalintError(f"{file}: is there already; remove it to begin anew")
    config = configured(path, options)
    with progress_bar(options["quiet"]) as progress:
        data = pipeline.read(path, config, run_of(config, options, progress), TABLES)
    text = _configuration(data.about, propose(data.facts))
    _write(file, text)
    config_from(read_toml(file), file)  # what it wrote is what it reads
    click.echo(f"{printable(data.about.name)}: {data.about.description}")
    click.echo(f"{printable(str(file))} is written")
    inside = path if "://" in path else os.path.relpath(path, folder).replace(os.sep, "/")
    for name, asked in (("hook", hook), ("github", github), ("gitlab", gitlab)):
        _start(folder, inside, name, asked)
    click.echo(f"next: datalint check {printable(path)}; to adopt it as it is: datalint baseline --help")
    return 0


def _folder(path: str) -> Path:
    """Return the folder that the configuration is for; the dataset is in it or below."""
    here, dataset = Path.cwd(), Path(os.path.abspath(path))
    if "://" in path or dataset.is_relative_to(here):
        return Path()
    return Path(path) if dataset.is_dir() else Path(path).parent


def _start(folder: Path, dataset: str, name: str, asked: bool | None) -> None:
    """Write one of the files, if it is asked for or, on a terminal, agreed to."""
    source, target, what = _STARTERS[name]
    file = folder / target
    if asked is None and sys.stdin.isatty() and not file.exists():
        asked = click.confirm(f"write {what} ({file})?", default=False)
    if not asked:
        return
    text = files("datalint").joinpath("starters", source).read_text(encoding="utf-8")
    text = text.replace("__PATH__", json.dumps(dataset))  # a string of JSON is one of YAML
    if file.exists():
        click.echo(f"{printable(str(file))} is there already; this is what it needs:\n\n{text}")
        return
    _write(file, text)
    click.echo(f"{printable(str(file))} is written")


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise DatalintError(f"{file}: cannot be written: {error.strerror}") from None


def _configuration(about: Described, proposals: Sequence[Proposal]) -> str:
    return "\n".join(_lines(about, proposals)) + "\n"


def _lines(about: Described, proposals: Sequence[Proposal]) -> Iterator[str]:
    yield f"# Written by datalint init, which saw: {printable(about.name)}, {printable(about.description)}."
    for notice in about.notices:
        yield f"# {printable(notice)}"
    yield '# What can be set: README.md, "Configuration". What a rule judges: datalint explain RULE.'
    yield ""
    yield 'profile = "recommended"        # or handbook: every rule of thumb as published; hook: quick'
    yield 'fail-on = "error"              # error, warning, note or never'
    yield '# exclude = ["raw/"]           # gitignore patterns of files to leave out'
    yield '# ignore = ["PRV"]             # rules not to run: codes, beginnings of codes, or names'
    if about.layout in LAYOUTS:
        yield f'# layout = "{about.layout}"'.ljust(30) + " # keeps another one from being recognised"
    yield '# baseline = "baseline.json"   # findings to live with for now: datalint baseline PATH'
    for proposal in proposals:
        yield ""
        yield f"[rules.{proposal.rule}]"
        yield f"{proposal.option} = {proposal.value}  # {printable(proposal.seen)}"
