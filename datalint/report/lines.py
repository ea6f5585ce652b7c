"""Lines on a console: wrapped by what is seen, indented, without trailing blanks, and safe to print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from datalint.report.printable import printable

if TYPE_CHECKING:
    from typing import TextIO

WIDTH = 80
_NARROWEST = 20


def plain_console(file: TextIO) -> Console:
    """Return a console for a file: 80 columns, no colour."""
    return Console(file=file, width=WIDTH, color_system=None)


def print_lines(console: Console, text: Text | str, indent: int = 0) -> None:
    """Print a text, made printable, and folded to the width of the console."""
    if isinstance(text, str):
        text = Text(printable(text))
    elif (safe := printable(text.plain)) != text.plain:
        text = Text(safe)
    for line in text.wrap(console, max(console.width - indent, _NARROWEST), overflow="fold"):
        line.rstrip()
        console.print(Text(" " * indent) + line, soft_wrap=True, highlight=False)
