"""A contact sheet: a row a class, originals on the left, what the plan makes of them on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from PIL import Image, ImageDraw, ImageFont

from datalint.augment.draw import draws
from datalint.augment.images import NoImageError, load
from datalint.augment.operations import change

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from datalint.augment.draw import Draw
    from datalint.augment.record import Plan
    from datalint.storage import ImageRef

_CELL, _GAP, _TITLE, _LINE = 132, 8, 20, 11  # pixels
_LINES = 4
_ORIGINALS, _MADE = 3, 6
_MOST_ROWS = 40
_SHORT = {"flip-horizontal": "mirrored", "flip-vertical": "upside down", "invert": "inverted", "quarter-turn": "turn"}


class _Cell(NamedTuple):
    image: Image.Image | None
    """None where it cannot be decoded."""
    lines: Sequence[str] = ()


def sheet(plan: Plan, sources: Mapping[str, Sequence[ImageRef]]) -> Image.Image:
    """Draw the classes, at most 40, with what is drawn for them first."""
    drawn: dict[str, dict[str, list[Draw]]] = {}
    for draw in draws(plan, {label: len(refs) for label, refs in sources.items()}):
        kept = drawn.setdefault(draw.label, {}).setdefault(draw.purpose, [])
        if len(kept) < _MADE:
            kept.append(draw)
    rows = []
    for one in plan.classes[:_MOST_ROWS]:
        refs = sources.get(one.label, ())
        chosen = [*_turns(drawn.get(one.label, {}))][:_MADE]
        shown = list(dict.fromkeys([*(draw.source for draw in chosen), *range(len(refs))]))[:_ORIGINALS]
        cells = [_Cell(_small(refs[place])) for place in shown]
        cells += [_Cell(None)] * (_ORIGINALS - len(cells))
        cells += [_Cell(_made(plan, draw, sources), _captions(draw.parameters)) for draw in chosen]
        made = f"{one.made:,} to make" if one.made else "nothing to make"
        rows.append((f"{one.label}: {one.have:,} images, {made}", cells))
    return _arranged(rows)


def _turns(by_purpose: Mapping[str, Sequence[Draw]]) -> Iterator[Draw]:
    """Take one of each purpose in turn."""
    for number in range(_MADE):
        for of in by_purpose.values():
            if number < len(of):
                yield of[number]


def _small(ref: ImageRef) -> Image.Image | None:
    """Decode an image no larger than needed."""
    try:
        image = load(ref, 2 * _CELL)[0]
    except NoImageError:
        return None
    image.thumbnail((2 * _CELL, 2 * _CELL), Image.Resampling.BICUBIC)
    return image


def _made(plan: Plan, draw: Draw, sources: Mapping[str, Sequence[ImageRef]]) -> Image.Image | None:
    image = _small(sources[draw.label][draw.source])
    other = None if draw.other is None else _small(sources[draw.other[0]][draw.other[1]])
    return None if image is None else change(image, draw.parameters, plan.fill, other)


def _captions(parameters: Mapping[str, Any]) -> list[str]:
    words = []
    for name, value in parameters.items():
        if name == "shift":
            words.append(f"shift {value[0]:+.2f} {value[1]:+.2f}")
        elif name == "background":
            words.append(f"background {value['strength']:.2f}")
        else:
            words.append(_SHORT.get(name, name) if value is True else f"{_SHORT.get(name, name)} {value:g}")
    lines = [words[0]] if words else []
    for word in words[1:]:
        if len(lines[-1]) + len(word) < 24:
            lines[-1] += f", {word}"
        else:
            lines.append(word)
    return lines[:_LINES]


def _arranged(rows: Sequence[tuple[str, Sequence[_Cell]]]) -> Image.Image:
    height = _TITLE + _CELL + _LINES * _LINE + _GAP
    width = (_ORIGINALS + _MADE) * (_CELL + _GAP) + 3 * _GAP
    canvas = Image.new("RGB", (width, max(1, len(rows)) * height + _GAP), "white")
    pen = ImageDraw.Draw(canvas)
    title, small = ImageFont.load_default(14), ImageFont.load_default(9)
    for number, (name, cells) in enumerate(rows):
        top = number * height + _GAP
        pen.text((_GAP, top), name, fill="black", font=title)
        for column, cell in enumerate(cells):
            left = _GAP + column * (_CELL + _GAP) + (2 * _GAP if column >= _ORIGINALS else 0)
            if cell.image is not None:
                _paste(canvas, cell.image, (left, top + _TITLE))
            for line, text in enumerate(cell.lines):
                pen.text((left, top + _TITLE + _CELL + line * _LINE), text, fill="black", font=small)
    return canvas


def _paste(canvas: Image.Image, image: Image.Image, at: tuple[int, int]) -> None:
    """Put an image into its cell, all of it to be seen; what is smaller is enlarged as it is."""
    scale = min(_CELL / image.width, _CELL / image.height)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    cell = image.convert("RGB").resize(size, Image.Resampling.NEAREST if scale > 2 else Image.Resampling.BICUBIC)
    canvas.paste(cell, (at[0] + (_CELL - size[0]) // 2, at[1] + (_CELL - size[1]) // 2))
