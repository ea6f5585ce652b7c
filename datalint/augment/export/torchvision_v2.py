"""torchvision.transforms.v2."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from datalint.augment.export.source import advice_of, by_class, filled, head, not_done, steps

if TYPE_CHECKING:
    from datalint.augment.record import Plan, Transform

_IMPORTS = """import torch
from torch.utils.data import WeightedRandomSampler
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2"""

_USE = '''

def sometimes(share, *transforms):
    """Apply transforms to a share of the images."""
    return v2.RandomApply([*transforms], p=share)


# Both take a Pillow image or a uint8 tensor, and give a float32 tensor, CHANNELS x HEIGHT x WIDTH, standardized.
_begin = [
    v2.ToImage(),
    {colour}
    v2.Resize((HEIGHT, WIDTH), v2.InterpolationMode.BICUBIC, antialias=True),
]
_end = [
    v2.ToDtype(torch.float32, scale=True),
    v2.Normalize(MEAN, [std + 1e-7 for std in STD]),
]
augmentation = {pipeline}
{own}preprocessing = v2.Compose([*_begin, *_end])  # for validation and test images
{not_done}


def dataset(folder, training):
    """Read class folders; ImageFolder numbers them in order of name, which is that of CLASSES."""
    return {folder}


def sampler(targets):
    """Draw every class equally often, in place of weighting it; ``targets`` are class indices."""
    counts = torch.bincount(torch.as_tensor(targets), minlength=len(CLASSES)).clamp(min=1)
    weights = (1 / counts)[torch.as_tensor(targets)]
    return WeightedRandomSampler(weights, len(targets), generator=torch.Generator().manual_seed(SEED))


# train = dataset("data/train", True)
# loader = torch.utils.data.DataLoader(train, BATCH, sampler=sampler(train.targets))
# loss = torch.nn.CrossEntropyLoss(weight=torch.tensor([*CLASS_WEIGHT.values()]))  # or this, without the sampler
'''
_PIPELINE = """v2.Compose(
    [
        *_begin,
{steps}
        *_end,
    ]
)"""
_FOLDER = "ImageFolder(folder, augmentation if training else preprocessing)"
_OWN_FOLDER = "Folder(folder) if training else ImageFolder(folder, preprocessing)"
_OWN = '''

class Folder(ImageFolder):
    """Class folders whose images are changed as their class allows."""

    def __getitem__(self, index):
        file, target = self.samples[index]
        return BY_CLASS.get(target, augmentation)(self.loader(file)), target


'''


def render(plan: Plan) -> str:
    """Return a module with ``augmentation``, ``preprocessing``, ``dataset`` and ``sampler``."""
    channels = advice_of(plan).channels
    colour = "v2.Grayscale(1)," if channels == 1 else "v2.RGB(),"
    own = by_class(plan, _pipeline, _OWN)
    text = filled(
        _USE,
        colour=colour,
        pipeline=_pipeline(plan),
        own=own,
        folder=_OWN_FOLDER if own else _FOLDER,
        not_done=not_done(plan),
    )
    return head(plan, "Augmentation with torchvision.transforms.v2", _IMPORTS) + text


def _pipeline(plan: Plan) -> str:
    return _PIPELINE.replace("{steps}", _steps(plan))


def _steps(plan: Plan) -> str:
    """Put those that move pixels between padding and cropping, so that what is beyond the border is filled."""
    moving = [one for one in plan.for_all() if one.name in _MOVING]
    before = tuple(one for one in plan.for_all() if one.name in ("flip-horizontal", "flip-vertical", "quarter-turn"))
    after = tuple(one for one in plan.for_all() if one not in before and one not in moving)
    parts = [steps(plan._replace(transforms=before), _WRITERS, " " * 8)]
    if moving:
        mode = {"border": "edge", "reflect": "symmetric"}[plan.fill]
        parts.append(f'        v2.Pad([{_margins(plan)}], padding_mode="{mode}"),')
        parts.append(steps(plan._replace(transforms=tuple(moving)), _WRITERS, " " * 8))
        parts.append("        v2.CenterCrop((HEIGHT, WIDTH)),")
    parts.append(steps(plan._replace(transforms=after), _WRITERS, " " * 8))
    return "\n".join(part for part in parts if part)


def _pads(plan: Plan) -> tuple[int, int]:
    """Half of a side is enough for a shift of a fifth, a size of two thirds and a turn."""
    advice = advice_of(plan)
    return math.ceil(advice.width / 2), math.ceil(advice.height / 2)


def _margins(plan: Plan) -> str:
    return ", ".join(map(str, _pads(plan)))


def _range(transform: Transform) -> tuple[float, float]:
    assert transform.range is not None
    return transform.range


def _affine(transform: Transform, arguments: str) -> str:
    bilinear = "interpolation=v2.InterpolationMode.BILINEAR"
    return f"sometimes({transform.share:g}, v2.RandomAffine({arguments}, {bilinear})),"


def _shift(transform: Transform, plan: Plan) -> str:
    most = max(abs(value) for value in _range(transform))
    advice, (across, down) = advice_of(plan), _pads(plan)
    # Shares are of the padded image.
    shares = most * advice.width / (advice.width + 2 * across), most * advice.height / (advice.height + 2 * down)
    return _affine(transform, f"0, translate=({shares[0]:.4f}, {shares[1]:.4f})")


def _jitter(name: str, transform: Transform) -> str:
    return f"sometimes({transform.share:g}, v2.ColorJitter({name}={_range(transform)})),"


_MOVING = ("rotate", "zoom", "shift")
_WRITERS = {
    "flip-horizontal": lambda transform, plan: f"v2.RandomHorizontalFlip({transform.share:g}),",
    "flip-vertical": lambda transform, plan: f"v2.RandomVerticalFlip({transform.share:g}),",
    "quarter-turn": lambda transform, plan: (
        f"sometimes({transform.share:g}, v2.RandomChoice([v2.RandomRotation((d, d)) for d in (90, 180, 270)])),"
    ),
    "rotate": lambda transform, plan: _affine(transform, f"{_range(transform)}"),
    "zoom": lambda transform, plan: _affine(transform, f"0, scale={_range(transform)}"),
    "shift": _shift,
    "brightness": lambda transform, plan: _jitter("brightness", transform),
    "contrast": lambda transform, plan: _jitter("contrast", transform),
    "saturation": lambda transform, plan: _jitter("saturation", transform),
    "hue": lambda transform, plan: _jitter("hue", transform),
    "invert": lambda transform, plan: f"v2.RandomInvert({transform.share:g}),",
}
