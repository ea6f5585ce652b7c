"""Pillow and NumPy alone: the very operations that ``datalint augment`` carries out, as source."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from datalint.augment.export.source import by_class, filled, head, not_done

if TYPE_CHECKING:
    from datalint.augment.record import Plan

_USE = '''

def draw(generator{label}):
    """Draw which changes are made, and how far; ``generator`` is NumPy's{about}."""
    parameters = {}
    for name, share, limits in {transforms}:
        if generator.random() >= share:
            continue
        if name == "quarter-turn":
            parameters[name] = int(generator.choice((90, 180, 270)))
        elif limits is None:
            parameters[name] = True
        elif name in ("zoom", "brightness", "contrast", "saturation") and limits[0] > 0:  # as often half as double
            parameters[name] = float(np.exp(generator.uniform(*np.log(limits))))
        elif name == "shift":
            parameters[name] = generator.uniform(*limits, 2).tolist()
        else:
            parameters[name] = float(generator.uniform(*limits))
    return parameters


def augment(image, generator{label}):
    """Return an image (L, LA, RGB or RGBA) changed at random, of the same size and mode."""
    return change(image, draw(generator{index}), FILL)


def prepare(image):
    """Return an image as a network takes it: float32 HEIGHT x WIDTH x CHANNELS, standardized."""
    image = ImageOps.exif_transpose(image).convert("L" if CHANNELS == 1 else "RGB")
    image = image.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    values = np.asarray(image, np.float32).reshape(HEIGHT, WIDTH, CHANNELS) / 255
    return ((values - MEAN) / (np.array(STD) + 1e-7)).astype(np.float32)


def sample_weights(targets):
    """Return a weight an image, to draw every class equally often; ``targets`` are class indices."""
    counts = np.maximum(1, np.bincount(targets, minlength=len(CLASSES)))
    return 1 / counts[targets]
'''
_OWN = {
    "label": ", index=None",
    "index": ", index",
    "about": ", ``index`` that of the class",
    "transforms": "BY_CLASS.get(index, TRANSFORMS)",
}
_COMMON = {"label": "", "index": "", "about": "", "transforms": "TRANSFORMS"}


def render(plan: Plan) -> str:
    """Return a module with ``augment``, ``prepare`` and ``sample_weights``."""
    source = files("datalint.augment").joinpath("operations.py").read_text(encoding="utf-8")
    _, _, body = source.partition("\n_LUMA = ")
    imports = "import math\n\nimport numpy as np\nfrom PIL import Image, ImageOps"
    own = by_class(plan, _table)
    table = f"""FILL = {plan.fill!r}
TRANSFORMS = {_table(plan)}  # name, share of the images, range
{own.replace("`augmentation`", "TRANSFORMS")}{not_done(plan)}

_LUMA = """
    top = head(plan, "Augmentation with Pillow and NumPy", f"from __future__ import annotations\n\n{imports}")
    return top + table + body.rstrip("\n") + "\n" + filled(_USE, **(_OWN if own else _COMMON))


def _table(plan: Plan) -> str:
    rows = (one for one in plan.for_all() if one.name != "background")
    return "".join(["[\n", *(f"    ({one.name!r}, {one.share!r}, {one.range!r}),\n" for one in rows), "]"])
