"""What the code that reads the images should do with them: size, channels, scale, memory, batches."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.augment.record import Preprocessing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PIL import Image

    Array: TypeAlias = "np.ndarray[Any, Any]"

_SIDES = (16, 28, 32, 48, 64, 96, 128, 160, 192, 224)
_FROM_SCRATCH = 128
_LITTLE = 10_000  # images to train on
_BATCHES = (8, 16, 32, 64, 128)
_STEPS = 50
_USUAL = 0.95


class Shapes(NamedTuple):
    """The training split's images, as their headers tell."""

    width: Array
    """uint32[n], upright."""
    height: Array
    channels: int
    """1 where all are grey, else 3."""
    bit_depth: int


class Task(NamedTuple):
    """What there is to learn."""

    images: int
    """To train on, with what is made."""
    total: int
    """In all splits, without what is made."""
    classes: int
    multi_label: bool


class Statistics(NamedTuple):
    """Per channel, of values from 0 to 1."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


def target_size(shapes: Shapes, task: Task) -> tuple[int, int]:
    """Return the width and height to resize to."""
    sizes, counts = np.unique(np.stack([shapes.width, shapes.height]), axis=1, return_counts=True)
    width, height = map(int, sizes[:, counts.argmax()])
    if counts.max() >= _USUAL * counts.sum() and max(width, height) <= _SIDES[-1]:
        return width, height
    most = _SIDES[-1] if task.images < _LITTLE else _FROM_SCRATCH
    shorter = float(np.median(np.minimum(shapes.width, shapes.height)))
    side = max((side for side in _SIDES if side <= min(shorter, most)), default=_SIDES[0])
    return side, side


def statistics(images: Iterable[Image.Image], size: tuple[int, int], channels: int) -> Statistics:
    """Return mean and standard deviation of images at that size."""
    total, squares, count = np.zeros(channels), np.zeros(channels), 0
    for image in images:
        values = np.asarray(image.convert("L" if channels == 1 else "RGB").resize(size), np.float64) / 255
        values = values.reshape(-1, channels)
        total += values.sum(axis=0)
        squares += (values**2).sum(axis=0)
        count += len(values)
    mean = total / max(1, count)
    std = np.sqrt(np.maximum(squares / max(1, count) - mean**2, 0))
    return Statistics(tuple(np.round(mean, 4).tolist()), tuple(np.round(std, 4).tolist()))


def preprocessing(shapes: Shapes, task: Task, size: tuple[int, int], values: Statistics) -> Preprocessing:
    """Put the advice together."""
    width, height = size
    stretch = np.log(shapes.width / shapes.height) - math.log(width / height)
    pixels = task.images * width * height * shapes.channels
    batch = max((batch for batch in _BATCHES if task.images // batch >= _STEPS), default=_BATCHES[0])
    test, validation = split_shares(task.total)
    return Preprocessing(
        width=width,
        height=height,
        enlarged=round(float(((shapes.width < width) | (shapes.height < height)).mean()), 4),
        squeezed=round(float((np.abs(stretch) > math.log(1.25)).mean()), 4),
        channels=shapes.channels,
        bit_depth=shapes.bit_depth,
        scale=float(2**shapes.bit_depth - 1),
        mean=values.mean,
        std=values.std,
        bytes_float64=8 * pixels,
        bytes_float32=4 * pixels,
        bytes_float16=2 * pixels,
        shrink_filter="area, or any with antialiasing",
        enlarge_filter="bicubic; bilinear is faster and close",
        label_type="a row of 0 and 1" if task.multi_label else "uint8" if task.classes <= 256 else "uint16",
        loss=_loss(task),
        outputs=1 if task.classes == 2 and not task.multi_label else task.classes,
        validation_share=validation,
        test_share=test,
        batch=batch,
        steps_per_epoch=math.ceil(task.images / batch),
        pretrained=task.images < _LITTLE,
    )


def split_shares(images: int) -> tuple[float, float]:
    """Return the test split's share of all images, and the validation split's share of what is left for training."""
    return 0.20 if images < 1000 else 0.10 if images < 10_000 else 0.05, 0.10


def _loss(task: Task) -> str:
    if task.multi_label or task.classes == 2:
        return "binary cross-entropy, sigmoid"
    return "sparse categorical cross-entropy, softmax"
