"""Text that strangers wrote, safe to print."""

from __future__ import annotations

import re

# What GitHub's and other runners take for commands when it is printed: `::error::` at the start of a line (which a
# fold can make of any place in it), `##[error]` anywhere.
_COMMAND = re.compile(r":(?=:[\w-]+(?: [^\n]*?)?::)|#(?=#\w*\[)")


def printable(text: str) -> str:
    """Show control characters, those that change the direction of writing, and commands to CI runners as escapes.

    File names and EXIF texts are written by strangers: printed raw they could move the cursor, recolour
    the terminal, forge lines or set variables of a build.
    """
    if "::" in text or "##" in text:
        text = _COMMAND.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)
