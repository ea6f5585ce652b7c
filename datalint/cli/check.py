"""``datalint check``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from datalint import pipeline
from datalint.cli.options import config_option, profile_option, selection_options
from datalint.cli.running import configured, layout_option, progress_bar, run_of
from datalint.cli.writing import report_files, timing_lines, write_reports, writing_to
from datalint.config import FAIL_ON
from datalint.errors import ConfigError
from datalint.report import FORMATS, printable
from datalint.timing import Timings, untimed

if TYPE_CHECKING:
    from datalint.config import Config
    from datalint.model import Report


@click.command("check")
@click.argument("paths", nargs=-1, metavar="PATH...", type=click.Path())
@selection_options
@config_option
@profile_option
@click.option("--set", "values", multiple=True, metavar="RULE.OPTION=VALUE", help="Set an option of a rule.")
@layout_option
@click.option("--level", type=click.IntRange(1), metavar="N", help="Cut hierarchical labels to N levels.")
@click.option("--label-pattern", metavar="PATTERN", help="File names that hold the label: '{label}.{number}.jpg'.")
@click.option("--against", metavar="PATH", help="Look for the images in another dataset, which is not checked.")
@click.option(
    "--embeddings", type=click.Path(dir_okay=False), metavar="FILE", help="Embeddings or probabilities of your network."
)
@click.option("--staged", is_flag=True, help="Check what is staged in git, as it will be committed.")
@click.option("--changed-only", is_flag=True, help="Show what touches files that changed since the last commit.")
@click.option(
    "--since", metavar="REV", help="Show what touches files that changed since REV (a branch: since it parted)."
)
@click.option("--no-cache", is_flag=True, help="Measure every image anew, and keep nothing.")
@click.option("--cache-dir", type=click.Path(file_okay=False), metavar="DIR", help="Where measurements are kept.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--output", "-o", type=click.Path(dir_okay=False), help="Write the report to a file.")
@click.option(
    "--report", "reports", multiple=True, metavar="FORMAT=FILE", help="Write a report to a file as well; repeatable."
)
@click.option(
    "--evidence", type=click.Path(dir_okay=False), metavar="FILE", help="Draw what gives classes away (BIA), as PNG."
)
@click.option("--baseline", type=click.Path(dir_okay=False), metavar="FILE", help="Tell and fail on new findings only.")
@click.option("--fail-on", type=click.Choice(FAIL_ON), help="Exit with 1 from this severity on.  [default: error]")
@click.option(
    "--max-findings", type=click.IntRange(0), metavar="N", help="Let up to N such findings pass.  [default: 0]"
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option(
    "--show", type=click.IntRange(0), default=5, metavar="N", help="Findings shown per rule.  [default: 5; 0: all]"
)
@click.option("--statistics", is_flag=True, help="Show how many findings each rule has.")
@click.option("--explain-timing", is_flag=True, help="Say on stderr where the time went.")
@click.option("--quiet", "-q", is_flag=True, help="Show findings only.")
@click.option(
    "--jobs", "-j", type=click.IntRange(1), metavar="N", help="Worker processes.  [default: one per processor]"
)
@click.option("--backend", type=click.Choice(pipeline.BACKENDS), default="local", help="Measure on a cluster.")
@click.option("--scheduler", metavar="URL", help="Address of the cluster, where it is not a new one on this machine.")
def command(**options: Any) -> int:
    """Check image datasets. A PATH (default: the current folder) is a folder, a file, an archive or a URL.

    \b
    Examples:
      datalint check data/
      datalint check data/ --select SPL,DUP --fail-on warning
      datalint check data/ --against benchmark/ --select SPL
      datalint check data/ --embeddings embeddings.npz --select DUP,SPL,LBL,QUA006
      datalint check data/ --staged --changed-only
      datalint check data/ --since origin/main
      datalint check data/ --baseline baseline.json
      datalint check data/ --set class-too-small.min_images=500
      datalint check data/ --format json --output report.json
      datalint check data/ --report html=report.html --report sarif=datalint.sarif
      datalint check data/ --select BIA --evidence evidence.png
      datalint check data/ --explain-timing
      datalint check s3://bucket/data --backend dask --scheduler tcp://host:8786

    Exit status: 0 no finding at or above --fail-on, 1 findings, 2 could not run, 130 interrupted.
    """
    if options["jobs"] and options["scheduler"]:
        raise ConfigError(
            "--jobs counts workers of this machine; how many there are behind --scheduler, the cluster says"
        )
    files = report_files(options["reports"])
    paths = options["paths"] or (".",)
    if options["evidence"] and len(paths) > 1:
        raise ConfigError("--evidence draws one dataset; give a single PATH")
    reports = []
    timings = Timings() if options["explain_timing"] else None
    timed = timings.stage if timings else untimed
    for path in paths:
        config = configured(path, options)
        baseline = Path(options["baseline"]) if options["baseline"] else config.baseline_file()
        if baseline and len(paths) > 1:
            raise ConfigError("a baseline holds the findings of one dataset; give a single PATH")
        with progress_bar(options["quiet"]) as progress:
            run = run_of(config, options, progress)._replace(
                against=options["against"],
                embeddings=options["embeddings"] or config.embeddings_file(),
                backend=options["backend"],
                scheduler=options["scheduler"],
                since=options["since"] or ("HEAD" if options["changed_only"] else None),
                baseline=baseline,
                timed=timed,
            )
            report = pipeline.check(path, config, run)
            reports.append(_with_plan(report, path, config, run) if options.get("plan") else report)
    write_reports(reports, options, files, timed)
    if options["evidence"]:
        _draw(reports[0], Path(options["evidence"]))
    for rule in (rule for report in reports for rule in report.rules if rule.failed):
        click.echo(f"datalint: rule {rule.code} {rule.name} failed: {printable(rule.reason or '')}", err=True)
    for line in timing_lines(timings) if timings else ():
        click.echo(line, err=True)
    status = max(report.exit_status for report in reports)
    return 0 if options["exit_zero"] and status == 1 else status


def _with_plan(report: Report, path: str, config: Config, run: pipeline.Run) -> Report:
    """Add what augmentation could do, for ``datalint audit``."""
    from datalint.planning import summary

    with run.timed("plan"):
        return replace(report, plan=summary(path, config, run))


def _draw(report: Report, file: Path) -> None:
    from datalint.report.evidence import evidence

    picture = evidence(report)
    if picture is None:
        click.echo("datalint: no finding of family BIA has a picture, so there is no evidence to draw", err=True)
        return
    with writing_to(file):
        picture.save(file, "PNG")
