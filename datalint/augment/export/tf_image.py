"""tf.image and tf.data, with seeds of their own for every image."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from datalint.augment.export.source import branches, filled, head, not_done, own_ranges, steps

if TYPE_CHECKING:
    from datalint.augment.record import Plan, Transform

_USE = '''

def augment(image, seed{label}):
    """Change one image, float32 HEIGHT x WIDTH x CHANNELS of 0 to 1; ``seed`` is int32[2], another for every image."""
    seeds = iter(tf.unstack(tf.random.experimental.stateless_split(seed, 40)))

    def uniform(low, high):
        return tf.random.stateless_uniform([], next(seeds), low, high)

    def sometimes(share, changed):
        return tf.where(uniform(0.0, 1.0) < share, changed, image)

    def moved(radians=0.0, zoom=1.0, across=0.0, down=0.0):
        """Turn, enlarge and move the image about its centre; ``across`` and ``down`` are shares of the sides."""
        cos, sin = tf.cos(radians) / zoom, tf.sin(radians) / zoom
        x, y = (WIDTH - 1) / 2, (HEIGHT - 1) / 2
        right, below = x + across * WIDTH, y + down * HEIGHT
        matrix = [cos, -sin, x - cos * right + sin * below, sin, cos, y - sin * right - cos * below, 0.0, 0.0]
        return tf.raw_ops.ImageProjectiveTransformV3(
            images=image[None],
            transforms=tf.cast(tf.stack(matrix), tf.float32)[None],
            output_shape=[HEIGHT, WIDTH],
            interpolation="BILINEAR",
            fill_mode="{fill}",
            fill_value=0.0,
        )[0]

{steps}
    return tf.clip_by_value(image, 0.0, 1.0)

{own}
{not_done}


def prepare(image):
    """Return a decoded image, uint8 of any size, as float32 HEIGHT x WIDTH x CHANNELS of 0 to 1."""
    image = tf.image.resize(tf.cast(image, tf.float32) / 255, (HEIGHT, WIDTH), "bicubic", antialias=True)
    return tf.ensure_shape(tf.clip_by_value(image, 0.0, 1.0), (HEIGHT, WIDTH, CHANNELS))


def standardize(image):
    """Return an image of 0 to 1 as a network takes it."""
    return (image - tf.constant(MEAN)) / (tf.constant(STD) + 1e-7)


def dataset(images, labels, training):
    """Return batches of images, uint8 N x H x W x CHANNELS, and labels; another change in every epoch."""
    data = tf.data.Dataset.from_tensor_slices((images, labels))
    if training:
        data = data.shuffle(len(labels), SEED)
        random = tf.data.Dataset.random(SEED).batch(2)
        data = tf.data.Dataset.zip((data, random))
        data = data.map(lambda one, seed: (standardize({augment}), one[1]))
    else:
        data = data.map(lambda image, label: (standardize(prepare(image)), label))
    return data.batch(BATCH).prefetch(tf.data.AUTOTUNE)


# model.fit(dataset(x_train, y_train, True), class_weight=CLASS_WEIGHT)
'''
_OWN = '''
def augment_as(image, seed, index):
    """Change one image as its class allows, which ``index`` says."""
    changed = augment(image, seed)
    for own, indices in enumerate(BY_CLASS):
        chosen = tf.reduce_any(tf.cast(index, tf.int32) == tf.constant(indices, tf.int32))
        changed = tf.where(chosen, augment(image, seed, own), changed)
    return changed


# Classes with ranges of their own; `augment` itself keeps to what every class allows.
BY_CLASS = [{indices}]

'''


def render(plan: Plan) -> str:
    """Return a module with ``augment``, ``prepare``, ``standardize`` and ``dataset``."""
    fill = {"border": "NEAREST", "reflect": "REFLECT"}[plan.fill]
    own = ", ".join(one.indices for one in own_ranges(plan))
    seeded = "prepare(one[0]), tf.cast(seed, tf.int32)"
    text = filled(
        _USE,
        steps=branches(plan, _steps, lambda number, _: f"own == {number}"),
        own=filled(_OWN, indices=own) if own else "",
        label=", own=None" if own else "",
        augment=f"augment_as({seeded}, one[1])" if own else f"augment({seeded})",
        not_done=not_done(plan),
        fill=fill,
    )
    return head(plan, "Augmentation with tf.image", "import tensorflow as tf") + text


def _steps(plan: Plan) -> str:
    return steps(plan, _WRITERS, " " * 4)


def _draw(transform: Transform, scale: float = 1.0) -> str:
    assert transform.range is not None
    low, high = (float(f"{value * scale:.6g}") for value in transform.range)
    return f"uniform({low}, {high})"


def _sometimes(code: str, transform: Transform) -> str:
    return f"image = sometimes({transform.share:g}, {code})"


def _contrast(transform: Transform, plan: Plan) -> str:
    mean = "tf.reduce_mean(image)"
    return _sometimes(f"{mean} + (image - {mean}) * {_draw(transform)}", transform)


def _hue(transform: Transform, plan: Plan) -> str:
    return _sometimes(f"tf.image.adjust_hue(image, {_draw(transform)})", transform)


_WRITERS = {
    "flip-horizontal": lambda transform, plan: _sometimes("tf.image.flip_left_right(image)", transform),
    "flip-vertical": lambda transform, plan: _sometimes("tf.image.flip_up_down(image)", transform),
    "quarter-turn": lambda transform, plan: _sometimes(
        "tf.image.rot90(image, tf.cast(uniform(1.0, 3.999), tf.int32))", transform
    ),
    "rotate": lambda transform, plan: _sometimes(f"moved(radians={_draw(transform, math.pi / 180)})", transform),
    "zoom": lambda transform, plan: _sometimes(f"moved(zoom={_draw(transform)})", transform),
    "shift": lambda transform, plan: _sometimes(
        f"moved(across={_draw(transform)}, down={_draw(transform)})", transform
    ),
    "brightness": lambda transform, plan: _sometimes(f"image * {_draw(transform)}", transform),
    "contrast": _contrast,
    "saturation": lambda transform, plan: _sometimes(
        f"tf.image.adjust_saturation(image, {_draw(transform)})", transform
    ),
    "hue": _hue,
    "invert": lambda transform, plan: _sometimes("1.0 - image", transform),
}
