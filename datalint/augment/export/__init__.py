"""A plan as code for the libraries that train networks; one file each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from datalint.errors import ConfigError

if TYPE_CHECKING:
    from datalint.augment.record import Plan

CODE = {
    "keras": "keras_layers",
    "keras-legacy": "keras_legacy",
    "torchvision": "torchvision_v2",
    "albumentations": "albumentations_python",
    "albumentations-json": "albumentations_json",
    "imgaug": "imgaug_source",
    "tf": "tf_image",
    "opencv": "opencv_source",
    "pillow": "pillow_source",
    "notebook": "notebook",
}
"""Every format of code, with its module here: it has a function ``render(plan) -> str``."""


def render(plan: Plan, format_: str) -> str:
    """Return the plan as code in one of :data:`CODE`. Raises ConfigError where no image could be decoded."""
    if plan.preprocessing is None:
        raise ConfigError(f"{plan.dataset}: no image could be decoded, so there is nothing to write code for")
    text: str = import_module(f"datalint.augment.export.{CODE[format_]}").render(plan)
    return text
