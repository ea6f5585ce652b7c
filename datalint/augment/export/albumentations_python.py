"""Albumentations 2.0, as Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datalint.augment.export.albumentations_json import entries
from datalint.augment.export.source import by_class, filled, head, not_done, steps

if TYPE_CHECKING:
    from datalint.augment.record import Plan, Transform

_IMPORTS = """import albumentations as A
import cv2
import numpy as np
from PIL import Image, ImageOps"""

_USE = '''
# Takes uint8 images, HEIGHT x WIDTH x CHANNELS, and gives float32, standardized: augmentation(image=image)["image"].
_begin = [A.Resize(height=HEIGHT, width=WIDTH, interpolation=cv2.INTER_CUBIC)]
_end = [A.Normalize(mean=MEAN, std=[std + 1e-7 for std in STD], max_pixel_value=255.0)]
augmentation = {pipeline}
{own}preprocessing = A.Compose([*_begin, *_end])  # for validation and test images
{not_done}


def read(file):
    """Read an image as Albumentations wants it: uint8, RGB and not BGR, upright."""
    with Image.open(file) as image:
        image = ImageOps.exif_transpose(image).convert("L" if CHANNELS == 1 else "RGB")
        return np.asarray(image).reshape(image.height, image.width, CHANNELS)


def sample_weights(targets):
    """Return a weight an image, to draw every class equally often; ``targets`` are class indices."""
    counts = np.maximum(1, np.bincount(targets, minlength=len(CLASSES)))
    return 1 / counts[targets]
'''
_PIPELINE = """A.Compose(
    [
        *_begin,
{steps}
        *_end,
    ],
    seed=SEED,
)"""
_OWN = '# Of an image of class ``index``: BY_CLASS.get(index, augmentation)(image=image)["image"].\n'


def render(plan: Plan) -> str:
    """Return a module with ``augmentation``, ``preprocessing``, ``read`` and ``sample_weights``."""
    text = filled(_USE, pipeline=_pipeline(plan), own=by_class(plan, _pipeline, _OWN), not_done=not_done(plan))
    return head(plan, "Augmentation with Albumentations 2.0", _IMPORTS) + text


def _pipeline(plan: Plan) -> str:
    names = {one.name for one in plan.for_all() if entries(one, plan)}
    return _PIPELINE.replace("{steps}", steps(plan, dict.fromkeys(names, _code), " " * 8))


def _code(transform: Transform, plan: Plan) -> str:
    return "\n".join(_call(entry) for entry in entries(transform, plan))


def _call(entry: dict[str, Any]) -> str:
    arguments = [f"{name}={_value(value)}" for name, value in entry.items() if name not in ("__class_fullname__", "p")]
    arguments.append(f"p={entry['p']:g}")
    return f"A.{entry['__class_fullname__']}({', '.join(arguments)}),"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"({', '.join(map(_value, value))})"
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}": {_value(item)}' for key, item in value.items()) + "}"
    return repr(value)
