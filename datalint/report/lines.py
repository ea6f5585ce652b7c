"""Lines on a console: wrapped by what is seen, indented, without trailing blanks, and safe to print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 80
_NARROWEST = 20


def printable(text: str) -> str:
    """Show control characters, and those that change the direction of writing, as escapes.

    File names and EXIF texts are written by strangers: printed raw they could move the cursor, recolour
    the terminal or forge lines.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def print_lines(console: Console, text: Text | str, indent: int = 0) -> None:
    """Print a text, folded to the width of the console; a string is made printable first."""
    if isinstance(text, str):
        text = Text(printable(text))
    for line in text.wrap(console, max(console.width - indent, _NARROWEST), overflow="fold"):
        line.rstrip()
        console.print(Text(" " * indent) + line, soft_wrap=True, highlight=False)
