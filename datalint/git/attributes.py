"""What ``.gitattributes`` says about files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datalint.git.repository import Repository

_ASKED = ("filter", "text", "crlf", "eol")


class Attributes(NamedTuple):
    """The attributes of one file."""

    lfs: bool
    """Whether git-lfs stores its content."""
    converted: str | None
    """The attribute by which git changes its line ends whatever it holds: text, eol=lf ...; None where it does not."""


def attributes(repository: Repository, paths: Sequence[str], staged: bool) -> list[Attributes]:
    """Return the attributes of files, whose paths are relative to the top. Raises GitError.

    They are those of ``.gitattributes`` as it is staged, or as it is in the working tree.
    """
    cached = ["--cached"] if staged else []
    given = os.fsencode("".join(f"{path}\0" for path in paths))
    said = os.fsdecode(repository.git("check-attr", *cached, "--stdin", "-z", *_ASKED, given=given)).split("\0")
    width = 3 * len(_ASKED)  # path, attribute and value of each
    values = [said[3 * number + 2 :: width] for number in range(len(_ASKED))]
    rows = zip(*(column[: len(paths)] for column in values), strict=True)
    known: dict[tuple[str, ...], Attributes] = {}
    return [known.get(row) or known.setdefault(row, _read(*row)) for row in rows]


def _read(filter_: str, text: str, crlf: str, eol: str) -> Attributes:
    """Read the attributes as git does; ``crlf`` is the old name of ``text``.

    ``text=auto``, and ``core.autocrlf``, leave files with NUL bytes alone, as nearly all images are. ``eol`` alone
    makes a file text.
    """
    name, value = ("text", text) if text in ("set", "unset", "auto", "input") else ("crlf", crlf)
    converted = None
    if value in ("set", "input"):
        converted = name if value == "set" else f"{name}={value}"
    elif value not in ("unset", "auto") and eol in ("lf", "crlf"):
        converted = f"eol={eol}"
    return Attributes(filter_ == "lfs", converted)
