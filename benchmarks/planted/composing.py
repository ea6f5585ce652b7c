"""One image: an object on a background, and what a camera, a pipeline or a file does to it afterwards."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Rng = np.random.Generator
    Pixels = NDArray[np.uint8]
    Background = Callable[[Rng, int, int], Pixels]
    """Makes a background, height x width x 3, of a width and a height."""

MARGIN = 4  # pixels around a frame that a burst moves within


class Pose(NamedTuple):
    """How an object stands in the frame."""

    least: float = 0.35
    """Share of the frame's shorter side that the object's longer side has, at least."""
    most: float = 0.75
    centred: bool = False
    border: bool = False
    """Whether the object reaches beyond the border."""
    camouflaged: bool = False
    """Whether it takes on the mean colour of its background."""


def compose(rng: Rng, cutout: Pixels, background: Pixels, pose: Pose) -> Pixels:
    """Put an object, H x W x 4, on a background, H x W x 3."""
    tall, wide = background.shape[:2]
    item = turned(rng, cutout, rng.uniform(pose.least, pose.most) * min(tall, wide))
    if pose.camouflaged:
        item = recoloured(item, background.reshape(-1, 3).mean(axis=0))
    room = wide - item.width, tall - item.height
    if pose.centred:
        corner = room[0] // 2, room[1] // 2
    elif pose.border:
        corner = across(rng, item.size, room)
    else:
        corner = tuple(int(rng.integers(min(0, part), max(0, part) + 1)) for part in room)
    frame = Image.fromarray(background)
    frame.paste(item, corner, item)
    return np.asarray(frame)


def across(rng: Rng, size: tuple[int, int], room: tuple[int, int]) -> tuple[int, int]:
    """Choose a place where a fifth to a half of an object is beyond one or two of the borders."""
    corner = [int(rng.integers(min(0, part), max(0, part) + 1)) for part in room]
    for axis in [0, 1] if rng.random() < 0.5 else [int(rng.integers(2))]:
        beyond = int(rng.uniform(0.2, 0.5) * size[axis])
        corner[axis] = -beyond if rng.integers(2) else room[axis] + beyond
    return corner[0], corner[1]


def close_up(rng: Rng, cutout: Pixels, width: int, height: int) -> Pixels:
    """Fill a frame with some of the inside of an object, so that no background is left."""
    depth = ndimage.distance_transform_edt(np.pad(cutout[..., 3] > 200, 1))[1:-1, 1:-1]
    rows, columns = np.nonzero(depth >= 0.7 * depth.max())
    chosen = rng.integers(len(rows))
    row, column = rows[chosen] + 0.5, columns[chosen] + 0.5
    # The half diagonal of the window is less than the way to the outline.
    scale = max(2.0, depth[rows[chosen], columns[chosen]] * rng.uniform(0.8, 0.98)) / np.hypot(width, height)
    right, down = width * scale, height * scale
    tall, wide = depth.shape
    box = max(0.0, column - right), max(0.0, row - down), min(wide, column + right), min(tall, row + down)
    inside = Image.fromarray(cutout[..., :3]).resize((width, height), Image.Resampling.BICUBIC, box)
    return np.asarray(inside)


def turned(rng: Rng, cutout: Pixels, longest: float) -> Image.Image:
    """Give an object its size, mirror it or not, turn it by up to 20 degrees, and vary its light by up to 15 %."""
    scale = longest / max(cutout.shape)
    size = max(4, round(cutout.shape[1] * scale)), max(4, round(cutout.shape[0] * scale))
    lit = np.asarray(Image.fromarray(cutout).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)).copy()
    lit[..., :3] = np.clip(lit[..., :3] * rng.uniform(0.85, 1.15), 0, 255)
    image = Image.fromarray(lit[:, ::-1] if rng.integers(2) else lit)
    return image.rotate(rng.uniform(-20, 20), Image.Resampling.BILINEAR, expand=True)


def recoloured(image: Image.Image, colour: NDArray[np.float64]) -> Image.Image:
    """Give an RGBA image a mean colour, keeping its contrast."""
    pixels = np.asarray(image).copy()
    solid = pixels[..., 3] > 127
    if solid.any():
        moved = pixels[..., :3] + (colour - pixels[solid][:, :3].mean(axis=0))
        pixels[..., :3] = np.clip(moved, 0, 255)
    return Image.fromarray(pixels)


def sheet(rng: Rng, colour: NDArray[np.float64], width: int, height: int) -> Pixels:
    """Make a uniform background as a camera sees it: uneven light, a little noise."""
    slope = rng.normal(0, 4, 2)
    down, right = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    light = (rng.normal(0, 3) + slope[0] * down + slope[1] * right)[..., None]
    return np.clip(colour + light + rng.normal(0, 2, (height, width, 3)), 0, 255).astype(np.uint8)


def burst(rng: Rng, pixels: Pixels, frames: int) -> list[Pixels]:
    """Take neighbouring frames of one composition: moved by up to MARGIN pixels, up to 4 % brighter or darker."""
    tall, wide = (side - 2 * MARGIN for side in pixels.shape[:2])
    if frames == 1:
        return [pixels[MARGIN:-MARGIN, MARGIN:-MARGIN]]
    taken = []
    for _ in range(frames):
        top, left = rng.integers(0, 2 * MARGIN + 1, 2)
        frame = pixels[top : top + tall, left : left + wide] * rng.uniform(0.96, 1.04)
        taken.append(np.clip(frame, 0, 255).astype(np.uint8))
    return taken


def letterboxed(rng: Rng, pixels: Pixels) -> Pixels:
    """Cover the top and the bottom with black bars, each 8 to 18 % of the height."""
    bar = max(2, round(rng.uniform(0.08, 0.18) * pixels.shape[0]))
    barred = pixels.copy()
    barred[:bar] = barred[-bar:] = 0
    return barred


def padded(rng: Rng, pixels: Pixels, colour: NDArray[np.float64]) -> Pixels:
    """Shrink the image into a frame of one colour, 5 to 12 % wide, the size unchanged."""
    tall, wide = pixels.shape[:2]
    border = max(2, round(rng.uniform(0.05, 0.12) * min(tall, wide)))
    framed = np.broadcast_to(colour.astype(np.uint8), pixels.shape).copy()
    inner = Image.fromarray(pixels).resize((wide - 2 * border, tall - 2 * border))
    framed[border:-border, border:-border] = np.asarray(inner)
    return framed


def tinted(pixels: Pixels, gains: NDArray[np.float64]) -> Pixels:
    return np.clip(pixels * gains, 0, 255).astype(np.uint8)


def encoded(pixels: Pixels, quality: int | None) -> bytes:
    """Encode as JPEG of a quality, as PNG where there is none."""
    file = io.BytesIO()
    if quality is None:
        Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    else:
        Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return file.getvalue()


def stored(rng: Rng, pixels: Pixels) -> Pixels:
    """Encode as JPEG at quality 75 to 95 and decode again, so that there is real noise."""
    with Image.open(io.BytesIO(encoded(pixels, int(rng.integers(75, 96))))) as image:
        return np.asarray(image.convert("RGB"))
