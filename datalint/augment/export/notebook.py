"""A notebook that shows images beside what the plan makes of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from datalint.augment.export.pillow_source import render as pillow_source
from datalint.augment.export.source import own_ranges

if TYPE_CHECKING:
    from datalint.augment.record import Plan

_SHOW = '''from pathlib import Path

from PIL import Image

FOLDER = Path("data")  # class folders
generator = np.random.default_rng(SEED)


def row(file, side=128, count=6):
    """Return an image and some changed ones side by side."""
    with Image.open(file) as image:
        image = ImageOps.exif_transpose(image).convert("L" if CHANNELS == 1 else "RGB")
    image.thumbnail((side, side))
    sheet = Image.new("RGB", ((count + 1) * side, side), "white")
    for column in range(count + 1):
        sheet.paste(augment(image, generator) if column else image, (column * side, 0))
    return sheet


files = [file for label in CLASSES for file in sorted((FOLDER / label).glob("*"))[:1]]
rows = [row(file) for file in files[:10]]
rows[0] if rows else "put class folders into data/"'''


def render(plan: Plan) -> str:
    """Return a notebook (nbformat 4)."""
    made = sum(one.made for one in plan.classes)
    title = f"# {plan.dataset}\n\nTarget {plan.target}: {made:,} images to make. Written by `datalint plan`."
    cells = [_cell("markdown", title), _cell("code", pillow_source(plan)), _cell("code", _shown(plan))]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    document = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=1) + "\n"


def _shown(plan: Plan) -> str:
    """Say which class an image is of, where that makes a difference."""
    if not own_ranges(plan):
        return _SHOW
    text = _SHOW.replace("row(file, ", "row(file, index, ").replace(
        "augment(image, generator)", "augment(image, generator, index)"
    )
    text = text.replace(
        "files = [file for label in CLASSES", "files = [(file, index) for index, label in enumerate(CLASSES)"
    )
    return text.replace("[row(file) for file in", "[row(file, index) for file, index in")


def _cell(kind: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": f"{kind}-{len(text)}", "metadata": {}}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return {**cell, "source": text.splitlines(keepends=True)}
