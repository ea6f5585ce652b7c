"""Small pictures in a terminal that shows colours: a character cell shows two pixels, one above the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.style import Style
from rich.text import Text

if TYPE_CHECKING:
    import numpy as np

_SIDE = 32
"""Pixels of the longer side, and so the most columns."""


def half_blocks(pixels: np.ndarray[Any, Any], width: int, height: int) -> Text:
    """Draw a thumbnail, uint8[32, 32, 3], squeezed to a square, in the proportions of ``width`` and ``height``."""
    import numpy as np
    from PIL import Image

    scale = _SIDE / max(width, height, 1)
    columns, rows = max(1, round(width * scale)), max(1, round(height * scale / 2))
    picture = np.asarray(Image.fromarray(pixels).resize((columns, 2 * rows), Image.Resampling.BOX))
    lines = []
    for upper, lower in zip(picture[::2].tolist(), picture[1::2].tolist(), strict=True):
        line = Text()
        for above, below in zip(upper, lower, strict=True):
            line.append("▀", Style(color=_colour(above), bgcolor=_colour(below)))
        lines.append(line)
    return Text("\n").join(lines)


def _colour(rgb: list[int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)
