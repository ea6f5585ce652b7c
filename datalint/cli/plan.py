"""``datalint plan``."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from datalint.augment.export import CODE
from datalint.cli.running import configured, dataset_options, progress_bar, run_of
from datalint.cli.writing import writing_to
from datalint.machine import processors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from datalint.augment.record import Plan
    from datalint.config import Config
    from datalint.planning import Collected
    from datalint.verifying import Verified

FORMATS = ("text", "json", "toml", *CODE)


@click.command("plan")
@click.argument("path", default=".", type=click.Path())
@click.option("--target", metavar="N", help="Images per class: a number, mean, largest or floor.  [default: floor]")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    metavar="FORMAT",
    help=f"One of {', '.join(FORMATS)}.  [default: text]",
)
@click.option("--output", "-o", type=click.Path(dir_okay=False), help="Write the plan to a file.")
@click.option(
    "--preview", type=click.Path(dir_okay=False), metavar="FILE", help="Draw samples of what is made, as PNG."
)
@click.option("--splits", type=click.Path(dir_okay=False), metavar="FILE", help="Write a suggested split, as CSV.")
@click.option("--verify", is_flag=True, help="Try the plan out on a sample, and say what it changes.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Images in that sample, about.  [default: 500]")
@click.option("--seed", type=click.IntRange(0), help="Of all that is drawn at random.  [default: 0]")
@dataset_options
def command(**options: Any) -> int:
    """Plan what augmentation can do for a dataset, and say what it cannot. PATH is what `datalint check` takes.

    \b
    Examples:
      datalint plan data/
      datalint plan data/ --target 1000 --format json --output plan.json
      datalint plan data/ --preview sheet.png --verify
      datalint plan data/ --format keras --output augmentation.py

    With --verify, the exit status is 1 where the plan does not keep a promise.
    """
    config = plan_config(options)
    data = collect(config, options)
    from datalint import planning, splitting

    plan = planning.plan(data, config)
    _write(plan, options)
    if options["splits"]:
        write_splits(splitting.splits(data, plan.seed), options["splits"])
    if options["preview"]:
        _draw(plan, data, options["preview"])
    return _verify(plan, data, config, options) if options["verify"] else 0


def plan_config(options: dict[str, Any]) -> Config:
    """Lay the command line over the configuration that applies to the dataset."""
    config = configured(options["path"], options)
    return replace(config, plan=config.plan.for_all(options.get("target"), options.get("seed")))


def collect(config: Config, options: dict[str, Any]) -> Collected:
    """Measure the dataset."""
    from datalint import planning

    with progress_bar(options["quiet"]) as progress:
        return planning.collected(options["path"], config, run_of(config, options, progress))


def _write(plan: Plan, options: dict[str, Any]) -> None:
    output = options["output"]
    with writing_to(output or "standard output"):
        if options["format_"] != "text":
            text = _rendered(plan, options["format_"])
            if output:
                Path(output).write_text(text, encoding="utf-8")
            else:
                sys.stdout.buffer.write(text.encode())
        elif output:
            from datalint.report.lines import plain_console

            with open(output, "w", encoding="utf-8") as file:
                write_text(plan, plain_console(file))
        else:
            from rich.console import Console

            write_text(plan, Console())


def _rendered(plan: Plan, format_: str) -> str:
    from datalint.augment.document import to_json, to_toml
    from datalint.augment.export import render

    if format_ in CODE:
        return render(plan, format_)
    return to_json(plan) if format_ == "json" else to_toml(plan)


def _draw(plan: Plan, data: Collected, file: str) -> None:
    from datalint import planning
    from datalint.augment.preview import sheet

    with writing_to(file):
        sheet(plan, planning.source_images(data)).save(file, "PNG")


def write_splits(rows: Sequence[tuple[str, str, str]], file: str) -> None:
    """Write a manifest of paths, labels and splits."""
    import csv

    with writing_to(file), open(file, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("path", "label", "split"))
        writer.writerows(rows)


def _verify(plan: Plan, data: Collected, config: Config, options: dict[str, Any]) -> int:
    """Print before and after on stderr where the plan itself is on stdout for programs, else on stdout."""
    from rich.console import Console

    from datalint import verifying

    with progress_bar(options["quiet"], "verifying") as progress:
        images = options["sample"] or verifying.IMAGES
        found = verifying.verify(data, plan, config, options["jobs"] or processors(), progress, images)
    console = Console(stderr=options["format_"] != "text" and not options["output"])
    _write_verified(found, console)
    return 0 if found.good else 1


def _write_verified(found: Verified, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    from datalint.report.printable import printable

    console.print()
    console.print(Text(f"verified with {found.originals:,} of {found.of:,} training images", "bold"))
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("", "", "before", "after", ""):
        table.add_column(heading, justify="right" if heading else "left", overflow="fold")
    topic = ""
    for line in found.lines:
        cells = ["" if line.topic == topic else line.topic, line.what, line.before, line.after]
        broken = Text(f"broken: {printable(line.broken)}" if line.broken else "", "red")
        table.add_row(*(Text(printable(cell)) for cell in cells), broken)
        topic = line.topic
    console.print(table)
    console.print(Text("the plan keeps what it promises" if found.good else "the plan does not keep what it promises"))


def write_text(plan: Plan, console: Console) -> None:
    """Write the plan to a console."""
    from rich.table import Table
    from rich.text import Text

    from datalint.augment import plan_text
    from datalint.report.lines import print_lines
    from datalint.report.printable import printable

    print_lines(console, Text.assemble((printable(plan.dataset), "bold"), "  ", printable(plan_text.headline(plan))))
    console.print()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for number, heading in enumerate(plan_text.HEADINGS):
        table.add_column(heading, justify="right" if number else "left", style="" if number else "bold")
    for one in plan.classes:
        table.add_row(*(Text(printable(cell)) for cell in plan_text.class_row(one)))
    console.print(table)
    print_lines(console, Text(plan_text.legend(plan), "dim"))
    for line in plan_text.own_lines(plan):
        print_lines(console, Text(printable(line)))
    for one in plan.classes:
        if one.warning:
            print_lines(console, Text.assemble(("warning: ", "yellow"), printable(f"{one.label}: {one.warning}")))
    _write_rows(
        console, "do", [(f"{name} {range_}".rstrip(), why) for name, range_, why in plan_text.transform_lines(plan)]
    )
    _write_rows(console, "do not", [("", line) for line in plan_text.guard_lines(plan)])
    if plan.preprocessing:
        _write_rows(console, "prepare", [*plan_text.advice_lines(plan.preprocessing)])
    _write_rows(console, "note", [("", note) for note in plan.notes])


def _write_rows(console: Console, title: str, rows: list[tuple[str, str]]) -> None:
    from rich.text import Text

    from datalint.report.printable import printable

    if not rows:
        return
    console.print()
    console.print(Text(title, "bold"))
    width = max(len(name) for name, _ in rows)
    indent = width + 4 if width else 2
    for name, text in rows:
        for number, line in enumerate(Text(printable(text)).wrap(console, max(console.width - indent, 20))):
            line.rstrip()
            lead = f"  {printable(name):<{indent - 2}}" if not number else " " * indent
            console.print(Text.assemble((lead, "cyan"), line), soft_wrap=True, highlight=False)
