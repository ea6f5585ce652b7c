"""Every kind of change, in the order in which they are applied."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of change to an image."""

    unit: str
    help: str
    """For a person, in a few words."""


KINDS: dict[str, Kind] = {
    "flip-horizontal": Kind("", "mirrored"),
    "flip-vertical": Kind("", "upside down"),
    "quarter-turn": Kind("", "turned by 90, 180 or 270 degrees"),
    "rotate": Kind("°", "turned about the centre"),
    "zoom": Kind("×", "enlarged from the centre, or shrunk"),
    "shift": Kind(" of the side", "moved along both sides"),
    "background": Kind("", "its surroundings mixed with those of another class"),
    "brightness": Kind("×", "brighter or darker"),
    "contrast": Kind("×", "contrast about the mean"),
    "saturation": Kind("×", "more or less colour"),
    "hue": Kind(" of the circle", "other colours"),
    "invert": Kind("", "negative"),
}

MILD: dict[str, tuple[float, float]] = {
    "rotate": (-10.0, 10.0),
    "zoom": (0.9, 1.1),
    "shift": (-0.08, 0.08),
    "brightness": (0.8, 1.25),
    "contrast": (0.8, 1.25),
}
"""Ranges within which an image stays like others of its class."""

FLIPS = ("flip-horizontal", "flip-vertical", "quarter-turn")
CROPPING = ("zoom", "shift")
"""May push what is near the border out of the picture."""
