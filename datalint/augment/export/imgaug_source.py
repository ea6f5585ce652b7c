"""imgaug 0.4, which needs NumPy below 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datalint.augment.export.source import by_class, filled, head, not_done, steps

if TYPE_CHECKING:
    from datalint.augment.record import Plan, Transform

_IMPORTS = """import numpy as np
from imgaug import augmenters as iaa"""

_USE = '''
# Takes uint8 images of any size, H x W x CHANNELS, and gives them HEIGHT x WIDTH: augmentation(images=images).
augmentation = {pipeline}
{own}{not_done}


def standardize(images):
    """Return images, uint8 of 0 to 255, as a network takes them."""
    return (np.asarray(images, np.float32) / 255 - MEAN) / (np.array(STD) + 1e-7)
'''
_PIPELINE = """iaa.Sequential(
    [
        iaa.Resize({"height": HEIGHT, "width": WIDTH}, interpolation="cubic"),
{steps}
    ],
    seed=SEED,
)"""
_OWN = '''

def augment(images, labels):
    """Change images as their classes allow; ``labels`` are indices."""
    return [
        BY_CLASS.get(int(label), augmentation)(image=image) for image, label in zip(images, labels, strict=True)
    ]


'''


def render(plan: Plan) -> str:
    """Return a module with ``augmentation`` and ``standardize``."""
    text = filled(_USE, pipeline=_pipeline(plan), own=by_class(plan, _pipeline, _OWN), not_done=not_done(plan))
    return head(plan, "Augmentation with imgaug", _IMPORTS) + text


def _pipeline(plan: Plan) -> str:
    return _PIPELINE.replace("{steps}", steps(plan, _WRITERS, " " * 8))


def _range(transform: Transform) -> tuple[float, float]:
    assert transform.range is not None
    return transform.range


def _sometimes(code: str, transform: Transform) -> str:
    return f"iaa.Sometimes({transform.share:g}, iaa.{code}),"


def _affine(arguments: str, transform: Transform, plan: Plan) -> str:
    mode = {"border": "edge", "reflect": "symmetric"}[plan.fill]
    return _sometimes(f'Affine({arguments}, mode="{mode}")', transform)


def _rotate(transform: Transform, plan: Plan) -> str:
    inside = ", fit_output=True" if max(map(abs, _range(transform))) > 15 else ""
    mode = {"border": "edge", "reflect": "symmetric"}[plan.fill]
    code = f'Affine(rotate={_range(transform)}, mode="{mode}"{inside})'
    if not inside:
        return _sometimes(code, transform)
    resize = 'iaa.Resize({"height": HEIGHT, "width": WIDTH})'
    return f"iaa.Sometimes({transform.share:g}, iaa.Sequential([iaa.{code}, {resize}])),"


def _shift(transform: Transform, plan: Plan) -> str:
    low_high = _range(transform)
    return _affine(f'translate_percent={{"x": {low_high}, "y": {low_high}}}', transform, plan)


def _zoom(transform: Transform, plan: Plan) -> str:
    return _affine(f"scale={_range(transform)}", transform, plan)


def _hue(transform: Transform, plan: Plan) -> str:
    low, high = (round(255 * value) for value in _range(transform))
    return _sometimes(f"AddToHue(({low}, {high}))", transform)


_WRITERS = {
    "flip-horizontal": lambda transform, plan: f"iaa.Fliplr({transform.share:g}),",
    "flip-vertical": lambda transform, plan: f"iaa.Flipud({transform.share:g}),",
    "quarter-turn": lambda transform, plan: _sometimes("Rot90((1, 3), keep_size=True)", transform),
    "rotate": _rotate,
    "zoom": _zoom,
    "shift": _shift,
    "brightness": lambda transform, plan: _sometimes(f"Multiply({_range(transform)})", transform),
    "contrast": lambda transform, plan: _sometimes(f"LinearContrast({_range(transform)})", transform),
    "saturation": lambda transform, plan: _sometimes(f"MultiplySaturation({_range(transform)})", transform),
    "hue": _hue,
    "invert": lambda transform, plan: f"iaa.Invert({transform.share:g}),",
}
