"""OpenCV and NumPy alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datalint.augment.export.source import advice_of, branches, filled, head, not_done, own_ranges, steps

if TYPE_CHECKING:
    from datalint.augment.record import Plan, Transform

_IMPORTS = """from pathlib import Path

import cv2
import numpy as np"""

_USE = '''

def read(file):
    """Return an image file upright, as uint8 HEIGHT x WIDTH x CHANNELS, in the order RGB: OpenCV itself gives BGR."""
    data = np.frombuffer(Path(file).read_bytes(), np.uint8)  # imread cannot open every name on every system
    image = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE if CHANNELS == 1 else cv2.IMREAD_COLOR) if len(data) else None
    if image is None:
        raise ValueError(f"{file} is no image that OpenCV can read")
    if CHANNELS == 3:
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    shrinks = image.shape[0] >= HEIGHT and image.shape[1] >= WIDTH
    image = cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return image.reshape(HEIGHT, WIDTH, CHANNELS)


def augment(image, generator{label}):
    """Change an image that ``read`` returned at random, into another like it; ``generator`` is NumPy's.{about}"""

    def happens(share):
        return generator.random() < share

    def uniform(low, high):
        return float(generator.uniform(low, high))

    def ratio(low, high):  # as often half as double
        return float(np.exp(generator.uniform(np.log(low), np.log(high))))

    image = image.astype(np.float32) / 255
{steps}
    return np.clip(np.rint(image * 255), 0, 255).astype(np.uint8).reshape(HEIGHT, WIDTH, CHANNELS)


{not_done}


{helpers}def standardize(images):
    """Return images, uint8 of 0 to 255, as a network takes them: float32."""
    values = images.astype(np.float32) / 255
    return ((values - np.array(MEAN, np.float32)) / (np.array(STD, np.float32) + 1e-7)).astype(np.float32)


def batches(folder, training, epoch=0):
    """Read every image of class folders once; yield images, float32 N x HEIGHT x WIDTH x CHANNELS, and labels, int64 N.

    For training they are shuffled and changed, in another way in every epoch. Files that are none of OpenCV's formats
    are left out; a broken image raises ValueError.
    """
    files = [
        (file, index)
        for index, label in enumerate(CLASSES)
        for file in sorted((Path(folder) / label).glob("*"))
        if file.is_file() and cv2.haveImageReader(str(file))
    ]
    generator = np.random.default_rng((SEED, epoch))
    order = generator.permutation(len(files)) if training else np.arange(len(files))
    for start in range(0, len(files), BATCH):
        chosen = [files[number] for number in order[start : start + BATCH]]
        images = [augment(read(file), generator{of}) if training else read(file) for file, {index} in chosen]
        yield standardize(np.stack(images)), np.array([index for _, index in chosen], np.int64)


# for images, labels in batches("data/train", True, epoch):
#     weights = np.array([CLASS_WEIGHT[label] for label in labels.tolist()])
'''

_MOVED = '''def moved(image, degrees, zoom, across, down):
    """Turn counter-clockwise, enlarge and move an image at once; ``across`` and ``down`` are shares of the sides."""
    if degrees == 0 and zoom == 1 and across == down == 0:
        return image
    if abs(degrees) > 15:  # shrunk, so that no corner is lost
        cos, sin = abs(np.cos(np.radians(degrees))), abs(np.sin(np.radians(degrees)))
        zoom *= min(WIDTH / (WIDTH * cos + HEIGHT * sin), HEIGHT / (WIDTH * sin + HEIGHT * cos))
    matrix = cv2.getRotationMatrix2D(((WIDTH - 1) / 2, (HEIGHT - 1) / 2), degrees, zoom)
    matrix[:, 2] += across * WIDTH, down * HEIGHT
    {filled}


'''
_FILLED = {
    "border": """values = image.reshape(HEIGHT, WIDTH, CHANNELS)
    border = np.median(np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]]), axis=0).tolist()
    return cv2.warpAffine(
        image, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=border
    )""",
    "reflect": """return cv2.warpAffine(
        image, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )""",
}
_LUMA = '''def luma(image):
    """Return the light of the pixels, float32 HEIGHT x WIDTH x 1."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if CHANNELS == 3 else image
    return grey.reshape(HEIGHT, WIDTH, 1)


'''
_OWN = {
    "label": ", index=None",
    "about": "\n\n    ``index`` is that of its class.\n    ",
    "of": ", index",
    "index": "index",
}
_COMMON = {"label": "", "about": "", "of": "", "index": "_"}
_MOVING = ("rotate", "zoom", "shift")
_COLOUR = ("saturation", "hue")
_OF_LUMA = ("contrast", "saturation")


def render(plan: Plan) -> str:
    """Return a module with ``read``, ``augment``, ``standardize`` and ``batches``."""
    if advice_of(plan).channels == 1:
        plan = plan._replace(transforms=tuple(one for one in plan.transforms if one.name not in _COLOUR))
    own = own_ranges(plan)
    names = {one.name for part in (plan, *(one.plan for one in own)) for one in part.for_all()}
    helpers = _MOVED.replace("{filled}", _FILLED[plan.fill]) if names.intersection(_MOVING) else ""
    helpers += _LUMA if names.intersection(_OF_LUMA) else ""
    text = filled(
        _USE,
        steps=branches(plan, _steps, lambda _, own: f"index in {own.indices}"),
        helpers=helpers,
        not_done=not_done(plan),
        **(_OWN if own else _COMMON),
    )
    return head(plan, "Augmentation with OpenCV and NumPy", _IMPORTS) + text


def _steps(plan: Plan) -> str:
    """Draw all that moves pixels before it is done, so that an image is resampled once."""
    moving = tuple(one for one in plan.for_all() if one.name in _MOVING)
    turning = tuple(one for one in plan.for_all() if one.name in ("flip-horizontal", "flip-vertical", "quarter-turn"))
    rest = tuple(one for one in plan.for_all() if one not in moving and one not in turning)
    parts = [steps(plan._replace(transforms=turning), _WRITERS, " " * 4)]
    if moving:
        parts.append("    degrees, zoom, across, down = 0.0, 1.0, 0.0, 0.0")
        parts.append(steps(plan._replace(transforms=moving), _WRITERS, " " * 4))
        parts.append("    image = moved(image, degrees, zoom, across, down)")
    parts.append(steps(plan._replace(transforms=rest), _WRITERS, " " * 4))
    return "\n".join(part for part in parts if part)


def _sometimes(transform: Transform, *lines: str) -> str:
    return "\n".join([f"if happens({transform.share:g}):", *(f"    {line}" for line in lines)])


def _draw(transform: Transform, of_ratios: bool = True) -> str:
    assert transform.range is not None
    low, high = transform.range
    return f"{'ratio' if of_ratios and low > 0 else 'uniform'}({low}, {high})"


def _quarter_turn(transform: Transform, plan: Plan) -> str:
    """Turn by any quarter where that leaves the size as it is."""
    advice = advice_of(plan)
    code = "int(generator.integers(3))" if advice.width == advice.height else "cv2.ROTATE_180"
    return _sometimes(transform, f"image = cv2.rotate(image, {code})")


def _shift(transform: Transform, plan: Plan) -> str:
    draw = _draw(transform, of_ratios=False)
    return _sometimes(transform, f"across, down = {draw}, {draw}")


def _contrast(transform: Transform, plan: Plan) -> str:
    return _sometimes(
        transform, "mean = float(luma(image).mean())", f"image = mean + (image - mean) * {_draw(transform)}"
    )


def _saturation(transform: Transform, plan: Plan) -> str:
    return _sometimes(transform, "grey = luma(image)", f"image = grey + (image - grey) * {_draw(transform)}")


def _hue(transform: Transform, plan: Plan) -> str:
    return _sometimes(
        transform,
        "hsv = cv2.cvtColor(np.clip(image, 0, 1), cv2.COLOR_RGB2HSV)  # hue in degrees, for these are floats",
        f"hsv[..., 0] = (hsv[..., 0] + 360 * {_draw(transform, of_ratios=False)}) % 360",
        "image = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)",
    )


_WRITERS = {
    "flip-horizontal": lambda transform, plan: _sometimes(transform, "image = cv2.flip(image, 1)"),
    "flip-vertical": lambda transform, plan: _sometimes(transform, "image = cv2.flip(image, 0)"),
    "quarter-turn": _quarter_turn,
    "rotate": lambda transform, plan: _sometimes(transform, f"degrees = {_draw(transform, of_ratios=False)}"),
    "zoom": lambda transform, plan: _sometimes(transform, f"zoom = {_draw(transform)}"),
    "shift": _shift,
    "brightness": lambda transform, plan: _sometimes(transform, f"image = image * {_draw(transform)}"),
    "contrast": _contrast,
    "saturation": _saturation,
    "hue": _hue,
    "invert": lambda transform, plan: _sometimes(transform, "image = 1 - image"),
}
