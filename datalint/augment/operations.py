"""Changes to an image, with Pillow and NumPy. What is drawn at random is drawn elsewhere; this only carries it out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Mapping

    Array: TypeAlias = "np.ndarray[Any, Any]"

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_MOVING = frozenset({"flip-horizontal", "flip-vertical", "quarter-turn", "rotate", "zoom", "shift"})
_CLIPPED_UP_TO = 15.0
"""Degrees up to which a rotation may lose corners; beyond, the image is shrunk so that nothing is lost."""
_TURNS = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}


def change(
    image: Image.Image, parameters: Mapping[str, Any], fill: str, other: Image.Image | None = None
) -> Image.Image:
    """Return a changed image of the same size and mode (L, LA, RGB or RGBA).

    ``parameters`` are those of one draw, by kind; ``fill`` says what takes the place of what is beyond the border: its
    median colour (``border``) or a reflection (``reflect``). ``other`` is an image of another class, for the kind
    ``background``.
    """
    image = _moved(image, parameters, fill)
    if parameters.keys() <= _MOVING:
        return Image.fromarray(np.asarray(image))  # without comments and profiles, as from below
    values = np.asarray(image).astype(np.float32)
    values = values.reshape(*values.shape[:2], -1)
    alpha = values[..., -1:] if image.mode in ("LA", "RGBA") else values[..., :0]
    colour = values[..., : values.shape[2] - alpha.shape[2]]
    if "background" in parameters and other is not None:
        colour = _mixed(colour, other, parameters["background"]["strength"])
    colour = _recoloured(colour, parameters)
    result = np.clip(np.rint(np.concatenate([colour, alpha], axis=2)), 0, 255).astype(np.uint8)
    return Image.fromarray(result[..., 0] if result.shape[2] == 1 else result)


def _moved(image: Image.Image, parameters: Mapping[str, Any], fill: str) -> Image.Image:
    if parameters.get("flip-horizontal"):
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if parameters.get("flip-vertical"):
        image = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    turn = parameters.get("quarter-turn", 0)
    if turn:
        # The size stays, so that height cannot become width where they differ.
        image = image.transpose(_TURNS[turn if image.width == image.height else 180])
    degrees = parameters.get("rotate", 0.0)
    zoom = parameters.get("zoom", 1.0)
    across, down = parameters.get("shift", (0.0, 0.0))
    if degrees == 0 and zoom == 1 and across == down == 0:
        return image
    if abs(degrees) > _CLIPPED_UP_TO:
        zoom *= _fitting(image.size, degrees)
    return _affine(image, degrees, zoom, (across * image.width, down * image.height), fill)


def _fitting(size: tuple[int, int], degrees: float) -> float:
    """Return by how much to shrink a turned image so that it fits into its own size."""
    width, height = size
    cos, sin = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    return min(width / (width * cos + height * sin), height / (width * sin + height * cos))


def _affine(image: Image.Image, degrees: float, zoom: float, shift: tuple[float, float], fill: str) -> Image.Image:
    """Turn counter-clockwise, enlarge and move an image at once, so that it is resampled once."""
    width, height = image.size
    cos, sin = math.cos(math.radians(degrees)) / zoom, math.sin(math.radians(degrees)) / zoom

    def origin(x: float, y: float) -> tuple[float, float]:
        right, down = x - width / 2 - shift[0], y - height / 2 - shift[1]
        return right * cos - down * sin + width / 2, right * sin + down * cos + height / 2

    corners = [origin(x, y) for x in (0, width) for y in (0, height)]
    margin = 2  # for the filter
    left = math.ceil(max(0.0, -min(x for x, _ in corners))) + margin
    above = math.ceil(max(0.0, -min(y for _, y in corners))) + margin
    right = math.ceil(max(0.0, max(x for x, _ in corners) - width)) + margin
    below = math.ceil(max(0.0, max(y for _, y in corners) - height)) + margin
    padded = Image.fromarray(_padded(np.asarray(image), (above, below), (left, right), fill))
    x, y = origin(0, 0)
    coefficients = (cos, -sin, x + left, sin, cos, y + above)
    return padded.transform(image.size, Image.Transform.AFFINE, coefficients, Image.Resampling.BICUBIC)


def _padded(values: Array, rows: tuple[int, int], columns: tuple[int, int], fill: str) -> Array:
    """Add rows above and below, and columns on the left and right."""
    if fill == "reflect":
        return np.pad(values, (rows, columns, *[(0, 0)] * (values.ndim - 2)), mode="symmetric")
    border = np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
    height, width = values.shape[:2]
    result = np.empty((height + sum(rows), width + sum(columns), *values.shape[2:]), values.dtype)
    result[...] = np.median(border, axis=0)
    result[rows[0] : rows[0] + height, columns[0] : columns[0] + width] = values
    return result


def _recoloured(values: Array, parameters: Mapping[str, Any]) -> Array:
    """Change values, float32[h, w, 1 or 3], 0 to 255."""
    colour = values.shape[2] == 3
    if colour and "hue" in parameters:
        values = _turned_hue(values, parameters["hue"])
    if colour and "saturation" in parameters:
        grey = np.repeat((values @ _LUMA)[..., None], 3, axis=2)  # to broadcast takes NumPy several times as long
        values = grey + (values - grey) * parameters["saturation"]
    if "brightness" in parameters:
        values = values * parameters["brightness"]
    if "contrast" in parameters:
        mean = float((values @ _LUMA).mean() if colour else values.mean())
        values = mean + (values - mean) * parameters["contrast"]
    return 255 - values if parameters.get("invert") else values


def _turned_hue(values: Array, turn: float) -> Array:
    hsv = np.asarray(Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8)).convert("HSV")).copy()
    hsv[..., 0] = (hsv[..., 0].astype(np.int16) + round(turn * 256)) % 256
    return np.asarray(Image.fromarray(hsv, "HSV").convert("RGB")).astype(np.float32)


def _mixed(values: Array, other: Image.Image, strength: float) -> Array:
    """Fade an image into another towards the border; the middle, where the object is expected, stays."""
    height, width, channels = values.shape
    theirs = other.convert("RGB" if channels == 3 else "L").resize((width, height), Image.Resampling.BILINEAR)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    radius = np.hypot((x + 0.5) / width * 2 - 1, (y + 0.5) / height * 2 - 1)
    step = np.clip((radius - 0.55) / 0.45, 0, 1)
    weight = (strength * step**2 * (3 - 2 * step))[..., None].astype(np.float32)
    mixed: Array = values * (1 - weight) + np.asarray(theirs, np.float32).reshape(height, width, channels) * weight
    return mixed
