"""The arguments of Keras's ImageDataGenerator, as course texts use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datalint.augment.export.source import filled, head, not_done, own_ranges, steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from datalint.augment.record import Plan, Transform

_IMPORTS = """import numpy as np

try:
    from keras.src.legacy.preprocessing.image import ImageDataGenerator  # Keras 3
except ImportError:
    from tensorflow.keras.preprocessing.image import ImageDataGenerator"""

_USE = '''
GENERATOR = np.random.default_rng(SEED)


def change_values(image):
    """Change the values of one image, float H x W x C of 0 to 255, as the generator's own arguments cannot."""
{values}
    return np.clip(image, 0, 255)


# The generator makes the changes of place to every image; its ranges are those of the plan.
augmented = ImageDataGenerator(
{steps}
    fill_mode="{fill}",
    preprocessing_function=change_values,
    rescale=1 / 255,
)
plain = ImageDataGenerator(rescale=1 / 255)  # for validation and test images
{not_done}


def load(folder, training):
    """Read class folders: the folder that holds them, not one of them."""
    return (augmented if training else plain).flow_from_directory(
        folder,
        classes=CLASSES,
        color_mode="grayscale" if CHANNELS == 1 else "rgb",
        target_size=(HEIGHT, WIDTH),
        batch_size=BATCH,
        class_mode="sparse",
        shuffle=training,
        seed=SEED,
        interpolation="bicubic",
    )


# Standardize next: (images - MEAN) / (STD + 1e-7).
# model.fit(load("data/train", True), validation_data=load("data/validation", False), class_weight=CLASS_WEIGHT)
'''


def render(plan: Plan) -> str:
    """Return a module with ``augmented``, ``plain`` and ``load``."""
    values = [
        f"    if GENERATOR.random() < {one.share:g}:\n        {_VALUES[one.name](one)}"
        for one in plan.for_all()
        if one.name in _VALUES
    ]
    told = "\n".join(values) or "    # Nothing but their place is changed."
    fill = {"border": "nearest", "reflect": "reflect"}[plan.fill]
    return head(plan, "Augmentation with Keras's ImageDataGenerator", _IMPORTS) + filled(
        _USE, values=told, steps=_arguments(plan), not_done=not_done(plan), fill=fill
    )


def _arguments(plan: Plan) -> str:
    in_function = {name: lambda transform, plan: "# by change_values" for name in _VALUES}
    own = "; ".join(one.labels for one in own_ranges(plan))
    told = (
        f"    # Within what every class allows: ranges of single classes ({own}) are not for one generator.\n"
        if own
        else ""
    )
    return told + steps(plan, {**_WRITERS, **in_function}, "    ")


def _range(transform: Transform) -> tuple[float, float]:
    assert transform.range is not None
    return transform.range


def _most(transform: Transform) -> float:
    return max(abs(value) for value in _range(transform))


def _zoom(transform: Transform, plan: Plan) -> str:
    low, high = _range(transform)
    return f"zoom_range=[{1 / high:.4f}, {1 / low:.4f}],  # how much more is seen: below 1 enlarges"


def _shift(transform: Transform, plan: Plan) -> str:
    return f"width_shift_range={_most(transform):g},\nheight_shift_range={_most(transform):g},"


def _contrast(transform: Transform) -> str:
    return f"image = image.mean() + (image - image.mean()) * GENERATOR.uniform{_range(transform)}"


def _saturation(transform: Transform) -> str:
    grey = "image.mean(axis=2, keepdims=True)"
    return f"image = {grey} + (image - {grey}) * GENERATOR.uniform{_range(transform)}"


_WRITERS = {
    "flip-horizontal": lambda transform, plan: "horizontal_flip=True,",
    "flip-vertical": lambda transform, plan: "vertical_flip=True,",
    "rotate": lambda transform, plan: f"rotation_range={_most(transform):g},",
    "zoom": _zoom,
    "shift": _shift,
    "brightness": lambda transform, plan: f"brightness_range=[{_range(transform)[0]}, {_range(transform)[1]}],",
}
_VALUES: dict[str, Callable[[Transform], str]] = {
    "contrast": _contrast,
    "saturation": _saturation,
    "invert": lambda transform: "image = 255 - image",
}
