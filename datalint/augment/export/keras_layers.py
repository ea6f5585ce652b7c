"""Keras 3 preprocessing layers, for any backend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datalint.augment.export.source import by_class, filled, head, not_done, steps

if TYPE_CHECKING:
    from datalint.augment.record import Plan, Transform

_LAYERS = '''
SEEDS = itertools.count(SEED)  # one for every layer, or all would change the same images


@keras.saving.register_keras_serializable("datalint")
class Sometimes(keras.layers.Layer):
    """Apply a layer to a share of the images."""

    def __init__(self, layer, share, **kwargs):
        super().__init__(**kwargs)
        self.layer, self.share = layer, share
        self.seeds = keras.random.SeedGenerator(next(SEEDS))

    def call(self, images, training=True):
        if not training:
            return images
        chosen = keras.random.uniform((keras.ops.shape(images)[0], 1, 1, 1), seed=self.seeds) < self.share
        return keras.ops.where(chosen, self.layer(images, training=True), images)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "layer": keras.saving.serialize_keras_object(self.layer), "share": self.share}

    @classmethod
    def from_config(cls, config):
        return cls(keras.saving.deserialize_keras_object(config.pop("layer")), **config)


@keras.saving.register_keras_serializable("datalint")
class Brightness(keras.layers.Layer):
    """Multiply images; keras.layers.RandomBrightness adds."""

    def __init__(self, low, high, **kwargs):
        super().__init__(**kwargs)
        self.low, self.high = low, high
        self.seeds = keras.random.SeedGenerator(next(SEEDS))

    def call(self, images, training=True):
        if not training:
            return images
        shape = (keras.ops.shape(images)[0], 1, 1, 1)
        factor = keras.random.uniform(shape, self.low, self.high, seed=self.seeds)
        return keras.ops.clip(images * factor, 0.0, 1.0)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "low": self.low, "high": self.high}


@keras.saving.register_keras_serializable("datalint")
class QuarterTurn(keras.layers.Layer):
    """Turn images by 90, 180 or 270 degrees, a batch by the same; they are square."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seeds = keras.random.SeedGenerator(next(SEEDS))

    def call(self, images, training=True):
        if not training:
            return images
        turn = keras.random.randint((), 1, 4, seed=self.seeds)
        turned = [keras.ops.rot90(images, k, axes=(1, 2)) for k in (1, 2, 3)]
        return keras.ops.where(turn == 1, turned[0], keras.ops.where(turn == 2, turned[1], turned[2]))

    def compute_output_shape(self, input_shape):
        return input_shape
'''

_USE = '''

# Takes images of 0 to 255, N x HEIGHT x WIDTH x CHANNELS, and gives 0 to 1; it changes them in training only.
augmentation = {pipeline}
{own}{not_done}

# Follows it, and is part of the model: for new images as well.
standardization = keras.layers.Normalization(mean=MEAN, variance=[(std + 1e-7) ** 2 for std in STD])


def load(folder, training):
    """Read class folders as a dataset of images, 0 to 255, and integer labels; training data comes shuffled."""
    return keras.utils.image_dataset_from_directory(
        folder,
        class_names=CLASSES,
        color_mode="grayscale" if CHANNELS == 1 else "rgb",
        image_size=(HEIGHT, WIDTH),
        batch_size=BATCH,
        shuffle=training,
        seed=SEED,
        interpolation="bicubic",
    )


# model = keras.Sequential([augmentation, standardization, ...])
# model.fit(load("data/train", True), validation_data=load("data/validation", False), class_weight=CLASS_WEIGHT)
'''
_PIPELINE = """keras.Sequential(
    [
        keras.Input((HEIGHT, WIDTH, CHANNELS)),
        keras.layers.Rescaling(1 / 255),
{steps}
    ],
    name="augmentation",
)"""
_OWN = '''

def augment(images, labels, training=True):
    """Change images as their classes allow, with ``labels`` as indices: before the model, in place of the layers."""
    changed = augmentation(images, training=training)
    for layers in dict.fromkeys(BY_CLASS.values()):
        own = [index for index, one in BY_CLASS.items() if one is layers]
        chosen = keras.ops.any(keras.ops.equal(keras.ops.reshape(labels, (-1, 1)), own), axis=1)
        chosen = keras.ops.reshape(chosen, (-1, 1, 1, 1))
        changed = keras.ops.where(chosen, layers(images, training=training), changed)
    return changed


'''


def render(plan: Plan) -> str:
    """Return a module with ``augmentation``, ``standardization`` and ``load``."""
    text = filled(_USE, pipeline=_pipeline(plan), own=by_class(plan, _pipeline, _OWN), not_done=not_done(plan))
    return head(plan, "Augmentation with Keras layers", "import itertools\n\nimport keras") + _LAYERS + text


def _pipeline(plan: Plan) -> str:
    return _PIPELINE.replace("{steps}", steps(plan, _WRITERS, " " * 8))


def _layer(code: str, transform: Transform) -> str:
    return f"Sometimes(keras.layers.{code}, {transform.share:g}),"


def _range(transform: Transform) -> tuple[float, float]:
    assert transform.range is not None
    return transform.range


def _fill(plan: Plan) -> str:
    return f'"{ {"border": "nearest", "reflect": "reflect"}[plan.fill] }"'


def _rotate(transform: Transform, plan: Plan) -> str:
    low, high = (round(value / 360, 6) for value in _range(transform))
    return _layer(f"RandomRotation(({low}, {high}), fill_mode={_fill(plan)}, seed=next(SEEDS))", transform)


def _zoom(transform: Transform, plan: Plan) -> str:
    low, high = _range(transform)
    # Keras names by how much more is seen: -0.2 enlarges by 1.25.
    least, most = max(-0.99, round(1 / high - 1, 4)), min(1.0, round(1 / low - 1, 4))
    return _layer(f"RandomZoom(({least}, {most}), fill_mode={_fill(plan)}, seed=next(SEEDS))", transform)


def _shift(transform: Transform, plan: Plan) -> str:
    low, high = _range(transform)
    return _layer(
        f"RandomTranslation(({low}, {high}), ({low}, {high}), fill_mode={_fill(plan)}, seed=next(SEEDS))", transform
    )


def _contrast(transform: Transform, plan: Plan) -> str:
    low, high = _range(transform)
    below, above = (round(min(1.0, max(0.0, value)), 4) for value in (1 - low, high - 1))
    return _layer(f"RandomContrast(({below}, {above}), value_range=(0, 1), seed=next(SEEDS))", transform)


def _saturation(transform: Transform, plan: Plan) -> str:
    low, high = (round(value / (1 + value), 4) for value in _range(transform))  # 0.5 leaves it as it is
    return _layer(f"RandomSaturation(({low}, {high}), value_range=(0, 1), seed=next(SEEDS))", transform)


def _hue(transform: Transform, plan: Plan) -> str:
    most = max(abs(value) for value in _range(transform))
    return _layer(f"RandomHue((0.0, {2 * most:g}), value_range=(0, 1), seed=next(SEEDS))", transform)


def _brightness(transform: Transform, plan: Plan) -> str:
    low, high = _range(transform)
    return f"Sometimes(Brightness({low}, {high}), {transform.share:g}),"


_WRITERS = {
    "flip-horizontal": lambda transform, plan: _layer(
        'RandomFlip("horizontal", seed=next(SEEDS))', transform._replace(share=1)
    ),
    "flip-vertical": lambda transform, plan: _layer(
        'RandomFlip("vertical", seed=next(SEEDS))', transform._replace(share=1)
    ),
    "quarter-turn": lambda transform, plan: f"Sometimes(QuarterTurn(), {transform.share:g}),",
    "rotate": _rotate,
    "zoom": _zoom,
    "shift": _shift,
    "brightness": _brightness,
    "contrast": _contrast,
    "saturation": _saturation,
    "hue": _hue,
    "invert": lambda transform, plan: _layer(
        "RandomInvert((1.0, 1.0), value_range=(0, 1), seed=next(SEEDS))", transform
    ),
}
