"""Text that strangers wrote, safe to print."""

from __future__ import annotations


def printable(text: str) -> str:
    """Show control characters, and those that change the direction of writing, as escapes.

    File names and EXIF texts are written by strangers: printed raw they could move the cursor, recolour
    the terminal or forge lines.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)
