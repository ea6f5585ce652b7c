"""``datalint audit``."""

from __future__ import annotations

import click

from datalint.cli import check
from datalint.cli.completing import complete_profile
from datalint.cli.options import config_option
from datalint.config import FAIL_ON


@click.command("audit")
@click.argument("paths", nargs=-1, metavar="PATH...", type=click.Path())
@config_option
@click.option(
    "--profile",
    metavar="NAME",
    default="handbook",
    show_default=True,
    help="Rules and their thresholds.",
    shell_complete=complete_profile,
)
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False), default="datalint-report.html", show_default=True, metavar="FILE"
)
@click.option("--fail-on", type=click.Choice(FAIL_ON), help="Exit with 1 from this severity on.  [default: error]")
@click.option("--no-cache", is_flag=True, help="Measure every image anew, and keep nothing.")
@click.option("--cache-dir", type=click.Path(file_okay=False), metavar="DIR", help="Where measurements are kept.")
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[str, ...],
    config: str | None,
    profile: str,
    output: str,
    fail_on: str | None,
    no_cache: bool,
    cache_dir: str | None,
) -> int:
    """Look at everything, once: all rules, a summary in the terminal and a report to read and to send.

    \b
    Examples:
      datalint audit data/
      datalint audit data/ --output report.html --fail-on never

    The report is one HTML file that needs no network, with what augmentation could do in short. `datalint check` has
    all further options.
    """
    status = context.invoke(
        check.command,
        paths=paths,
        config=config,
        profile=profile,
        reports=(f"html={output}",),
        statistics=True,
        plan=True,
        fail_on=fail_on,
        no_cache=no_cache,
        cache_dir=cache_dir,
    )
    click.echo(f"report: {output}")
    assert isinstance(status, int)
    return status
