"""The dataset card as a file: where it is, which part of it is datalint's, and the counts that it states.

People write the rest of the card. What datalint wrote stands between two marks, and opens with a comment that states
the counts as JSON, so that a check can hold the dataset against them.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint.companion import read_companion
from datalint.storage import is_url

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from datalint.facts import Facts

FILE_NAME = "README.md"
BEGIN = "<!-- datalint card: begin -->"
END = "<!-- datalint card: end -->"
_STATEMENT = re.compile(rf"^{re.escape(BEGIN)}\s*<!-- datalint card states (\{{.*\}}) -->", re.M)
_ELSEWHERE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "#": "\\u0023", "&": "\\u0026"})


class Card(NamedTuple):
    """What a card states."""

    file: Path
    counts: tuple[tuple[str, str], ...]
    """Rows of the view ``counts``, as they were when the card was written."""


def card_place(dataset: Any, configured: Path | None) -> Path | None:
    """Return where the card of a dataset is or would be: in its folder or beside its file; None for others."""
    if configured is not None:
        return configured
    if not isinstance(dataset, str | os.PathLike) or is_url(os.fsdecode(dataset)):
        return None
    given = os.fsdecode(dataset)
    return Path(given if os.path.isdir(given) else os.path.dirname(given)) / FILE_NAME


def place_of(dataset: Any, file: Path) -> str:
    """Return where a dataset is as its card names it: relative to the card's folder, ``.`` for that folder.

    Of a URL without what may be a secret: a password, and the query, which may be a signature.
    """
    given = os.fsdecode(dataset)
    if is_url(given):
        return re.sub(r"//[^/@]*@", "//", given.partition("?")[0], count=1)
    try:
        return os.path.relpath(os.path.abspath(given), os.path.abspath(file.parent)).replace(os.sep, "/")
    except ValueError:  # on another drive
        return os.path.basename(given)


def statement(place: str, counts: Mapping[str, str], label_errors: Sequence[float] | None = None) -> str:
    """Return the comment that states the counts of the dataset at a place; nothing in it can end the comment.

    What is known of wrong labels is kept in it too, since the next run could not measure it.
    """
    said: dict[str, Any] = {"of": place, "counts": dict(counts)}
    if label_errors is not None:
        said["label_errors"] = [*label_errors]
    text = json.dumps(said, ensure_ascii=True)
    return f"<!-- datalint card states {text.translate(_ELSEWHERE)} -->"


def find_card(dataset: Any, configured: Path | None, staged: bool) -> Card | None:
    """Read what the card of a dataset states, from what is ``staged`` in git if that is what is checked.

    None without a card, for one that datalint has no part in, and for that of another dataset. A part that somebody
    broke states nothing that is right. Raises ConfigError where the card cannot be read.
    """
    file = card_place(dataset, configured)
    data = None if file is None else read_companion(file, staged, "the dataset card")
    text = (data or b"").decode("utf-8", "replace")
    if file is None or not re.search(rf"^{re.escape(BEGIN)}", text, re.M):
        return None
    said = stated(text)
    if said is None:
        return Card(file, ())
    if said["of"] != place_of(dataset, file):
        return None
    return Card(file, tuple(sorted((what, str(value)) for what, value in said["counts"].items())))


def fill_card(facts: Facts, card: Card | None) -> None:
    """Fill the table with what a card states; one that states nothing has a row that says so."""
    if card is None:
        return
    import numpy as np

    counts = card.counts or (("statement", "missing"),)
    rows = [(card.file.name, what, value) for what, value in counts]
    columns = {
        name: np.array(column, object)
        for name, column in zip(("file", "what", "value"), zip(*rows, strict=True), strict=True)
    }
    facts.insert_aside("card", columns)


def stated(text: str) -> dict[str, Any] | None:
    """Read what a card states: ``of``, ``counts``, and perhaps ``label_errors``; None where it states nothing."""
    found = _STATEMENT.search(text)
    try:
        said = json.loads(found[1]) if found else None
    except (ValueError, RecursionError):
        return None
    plain = isinstance(said, dict) and isinstance(said.get("of"), str) and isinstance(said.get("counts"), dict)
    return said if plain else None
