"""The command line: one file a command; the only place that prints or exits."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

import click

from datalint import __version__
from datalint.errors import DatalintError

COMMANDS = {
    "check": "Check a dataset and say what is wrong with it.",
    "audit": "Look at everything, once, and write a report to read and to send (HTML).",
    "init": "Look at a dataset and write a configuration that fits it.",
    "baseline": "Record the findings of a dataset, so that only new ones fail.",
    "card": "Write the dataset card: counts, sizes, licence and known gaps, kept up to date.",
    "lock": "Freeze the validation and test images: from then on a change of them is an error.",
    "diff": "Say what changed between two reports of a dataset.",
    "show": "Show everything that is known of one image.",
    "sample": "Have somebody look at labels, and estimate how many are wrong.",
    "query": "Run a query of your own over the tables of a dataset.",
    "plan": "Plan what augmentation can do for a dataset.",
    "augment": "Carry out a plan: a new folder with the originals and what is made of them.",
    "rules": "List the rules.",
    "explain": "Explain one rule: what it finds, why it matters, its options and its query.",
    "tables": "Describe the tables that rules read.",
    "cache": "Show or remove what is kept of the images that were measured.",
}
"""Every command with its line of help; the code of a command is loaded when it runs."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"datalint.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", "-V", prog_name="datalint", message="%(prog)s %(version)s")
def cli() -> None:
    """A linter for image-classification datasets.

    \b
    datalint check data/          what is wrong with the images in data/
    datalint audit data/          the same with pictures, as a page to send
    datalint explain SPL001       what a finding means and what to do
    """


def main() -> None:
    """Run the command line and exit: 0 fine, 1 findings, 2 could not run, 130 interrupted."""
    # Its threads are started when NumPy is imported, and the matrices here are too small for them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Rows by the million and hardly a cycle among them: looking for some is time lost.
    gc.set_threshold(200_000, 100, 100)
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command line and return its exit status. The one boundary of expected errors."""
    try:
        status = cli.main(arguments, prog_name="datalint", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return 2
    except DatalintError as error:
        from datalint.report import printable

        click.echo(f"datalint: {printable(str(error))}", err=True)
        return 2
    except (KeyboardInterrupt, click.Abort):
        click.echo("datalint: interrupted", err=True)
        return 130
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        sys.stderr.close()
        return 0
    except Exception:  # a bug: 1 would be taken for findings
        import traceback

        traceback.print_exc()
        click.echo("datalint: this is a bug in datalint; please report it with the lines above", err=True)
        return 2
    return status if isinstance(status, int) else 0
