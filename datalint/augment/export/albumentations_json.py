"""Albumentations 2.0, as the JSON that ``albumentations.from_dict`` loads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from datalint.augment.export.source import advice_of, own_ranges

if TYPE_CHECKING:
    from datalint.augment.record import Plan, Transform

VERSION = "2.0.8"
_CUBIC, _LINEAR = 2, 1  # cv2.INTER_CUBIC, cv2.INTER_LINEAR
_BORDERS = {"border": 1, "reflect": 2}  # cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT
_SAME = {"brightness": (1, 1), "contrast": (1, 1), "saturation": (1, 1), "hue": (0, 0)}


def render(plan: Plan) -> str:
    """Return JSON: resizing, the changes, and standardizing.

    Under ``by_class``, which ``from_dict`` leaves alone, the same by label of classes that have ranges of their own.
    """
    own = {label: _document(one.plan) for one in own_ranges(plan) for label in one.classes.values()}
    document = {**_document(plan), "by_class": own} if own else _document(plan)
    return json.dumps(document, indent=2) + "\n"


def _document(plan: Plan) -> dict[str, Any]:
    advice = advice_of(plan)
    changes = [entry for one in plan.for_all() for entry in entries(one, plan)]
    resize = _entry("Resize", 1.0, height=advice.height, width=advice.width, interpolation=_CUBIC)
    normalize = _entry(
        "Normalize", 1.0, mean=[*advice.mean], std=[round(std + 1e-7, 7) for std in advice.std], max_pixel_value=255.0
    )
    compose = {
        "__class_fullname__": "Compose",
        "p": 1.0,
        "transforms": [resize, *changes, normalize],
        "seed": plan.seed,
    }
    return {"__version__": VERSION, "transform": compose}


def entries(transform: Transform, plan: Plan) -> list[dict[str, Any]]:
    """Return a change as Albumentations serializes it; none for one that it lacks."""
    share = transform.share
    low, high = transform.range or (0.0, 0.0)
    border = _BORDERS[plan.fill]
    if transform.name in _SAME:
        values = {**{name: [*same] for name, same in _SAME.items()}, transform.name: [low, high]}
        return [_entry("ColorJitter", share, **values)]
    if transform.name == "rotate":
        if max(abs(low), abs(high)) > 15:  # shrunk so that nothing is lost
            return [_entry("SafeRotate", share, limit=[low, high], interpolation=_LINEAR, border_mode=border)]
        return [_affine(share, border, rotate=[low, high])]
    if transform.name == "zoom":
        return [_affine(share, border, scale=[low, high], keep_ratio=True)]
    if transform.name == "shift":
        return [_affine(share, border, translate_percent={"x": [low, high], "y": [low, high]})]
    names = {
        "flip-horizontal": "HorizontalFlip",
        "flip-vertical": "VerticalFlip",
        "quarter-turn": "RandomRotate90",
        "invert": "InvertImg",
    }
    return [_entry(names[transform.name], share)] if transform.name in names else []


def _affine(share: float, border: int, **values: Any) -> dict[str, Any]:
    return _entry("Affine", share, **values, interpolation=_LINEAR, border_mode=border)


def _entry(name: str, share: float, **values: Any) -> dict[str, Any]:
    return {"__class_fullname__": name, "p": share, **values}
