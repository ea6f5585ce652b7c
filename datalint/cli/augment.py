"""``datalint augment``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from datalint.cli.plan import collect, plan_config
from datalint.cli.running import dataset_options, progress_bar
from datalint.machine import processors
from datalint.toml_file import read_file


@click.command("augment")
@click.argument("path", default=".", type=click.Path())
@click.option("--plan", "plan_file", type=click.Path(dir_okay=False), metavar="FILE", help="A plan, JSON or TOML.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The new folder.")
@click.option(
    "--force", is_flag=True, help="Begin anew in a folder that is not empty; what earlier runs put there goes."
)
@click.option("--copy", is_flag=True, help="Copy the originals; by default they are hard links where these work.")
@dataset_options
def command(**options: Any) -> int:
    """Carry out a plan: write a new folder with the originals and what is made of them.

    Without --plan, the plan that `datalint plan` shows is carried out. The dataset itself is never changed, and of
    validation and test splits nothing is made. A run that was stopped goes on when it is started again;
    with --force it begins anew.

    \b
    Examples:
      datalint plan data/ --format json --output plan.json
      datalint augment data/ --plan plan.json --out augmented/
    """
    from datalint import augmenting, planning
    from datalint.augment.document import read_plan
    from datalint.report.printable import printable
    from datalint.report.wording import counted

    config = plan_config(options)
    plan = None
    if options["plan_file"]:
        plan = read_plan(read_file(Path(options["plan_file"])), options["plan_file"])
    data = collect(config, options)
    plan = plan or planning.plan(data, config)
    with progress_bar(options["quiet"], "augmenting") as progress:
        settings = augmenting.Options(
            options["out"], options["jobs"] or processors(), options["force"], options["copy"], progress
        )
        outcome = augmenting.augment(data, plan, settings)
    if not options["quiet"]:
        skipped = f"; {outcome.skipped:,} without a label are left out" if outcome.skipped else ""
        click.echo(f"{options['out']}: {outcome.originals:,} originals, {outcome.made:,} made of them{skipped}")
    if outcome.others:
        some = printable(", ".join(outcome.others[:3])) + (" ..." if len(outcome.others) > 3 else "")
        there = counted(len(outcome.others), "file")
        click.echo(f"datalint: {there} put there by no run, left as found: {some}", err=True)
    for one in outcome.failed[:10]:
        click.echo(f"datalint: {printable(one.place)}: {printable(one.problem or '')}", err=True)
    if len(outcome.failed) > 10:
        click.echo(f"datalint: ... and {len(outcome.failed) - 10:,} more", err=True)
    return 1 if outcome.failed else 0
