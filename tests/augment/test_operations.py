"""Changes to images, where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import photo
from PIL import Image

from datalint.augment.operations import change


def values(image: Image.Image) -> np.ndarray:
    return np.asarray(image).astype(np.float64)


def spot(size: tuple[int, int] = (40, 40), at: tuple[int, int] = (20, 20), mode: str = "L") -> Image.Image:
    """A bright square of 6 pixels on a dark ground, centred at a place."""
    canvas = np.full((size[1], size[0]), 20, np.uint8)
    canvas[at[1] - 3 : at[1] + 3, at[0] - 3 : at[0] + 3] = 220
    return Image.fromarray(canvas).convert(mode)


def centre(image: Image.Image) -> tuple[float, float]:
    mass = values(image.convert("L")) - 20
    y, x = np.mgrid[: mass.shape[0], : mass.shape[1]] + 0.5
    return float((mass * x).sum() / mass.sum()), float((mass * y).sum() / mass.sum())


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("fill", ["border", "reflect"])
def test_size_and_mode_stay(mode: str, fill: str) -> None:
    image = photo((37, 23), 1).convert(mode)
    everything = {
        "flip-horizontal": True, "flip-vertical": True, "quarter-turn": 90, "rotate": 40.0, "zoom": 0.7, "hue": 0.1,
        "shift": [0.2, -0.1], "background": {"strength": 0.8}, "brightness": 1.3, "contrast": 0.8, "saturation": 1.2,
        "invert": True,
    }  # fmt: skip
    out = change(image, everything, fill, photo((64, 64), 2))
    assert (out.size, out.mode) == (image.size, image.mode)


def test_nothing_is_nothing() -> None:
    image = photo((30, 20), 3)
    assert np.array_equal(values(change(image, {}, "reflect")), values(image))


def test_flips_turns_and_inversion_are_exact() -> None:
    image = photo((30, 30), 4)
    assert np.array_equal(values(change(image, {"flip-horizontal": True}, "border")), values(image)[:, ::-1])
    assert np.array_equal(values(change(image, {"flip-vertical": True}, "border")), values(image)[::-1])
    assert np.array_equal(values(change(image, {"quarter-turn": 90}, "border")), np.rot90(values(image)))
    assert np.array_equal(values(change(image, {"invert": True}, "border")), 255 - values(image))


def test_a_quarter_turn_never_makes_height_of_width() -> None:
    image = photo((30, 20), 5)
    assert np.array_equal(values(change(image, {"quarter-turn": 90}, "border")), values(image)[::-1, ::-1])


def test_shifts_go_right_and_down_by_shares_of_the_sides() -> None:
    x, y = centre(change(spot((40, 60), (20, 30)), {"shift": [0.2, -0.1]}, "border"))
    assert (x, y) == pytest.approx((28, 24), abs=0.05)


def test_zoom_enlarges_from_the_centre() -> None:
    out = change(spot(), {"zoom": 1.5}, "border")
    assert centre(out) == pytest.approx((20, 20), abs=0.05)
    assert (values(out) > 120).sum() == pytest.approx(81, rel=0.15)


def test_rotation_is_counter_clockwise() -> None:
    x, y = centre(change(spot(at=(32, 20)), {"rotate": 15.0}, "border"))
    assert (x, y) == pytest.approx((20 + 12 * np.cos(np.pi / 12), 20 - 12 * np.sin(np.pi / 12)), abs=0.1)


@pytest.mark.parametrize("size", [(40, 40), (60, 30)])
@pytest.mark.parametrize("degrees", [20.0, 45.0, 90.0, -135.0, 180.0])
def test_beyond_15_degrees_nothing_is_clipped(size: tuple[int, int], degrees: float) -> None:
    width, height = size
    whole = np.full((height, width), 220, np.uint8)
    whole[1:-1, 1:-1] = 20  # a frame: all four sides must still be seen
    canvas = Image.fromarray(whole)
    corner = Image.fromarray(np.full((height, width), 20, np.uint8))
    corner.paste(220, (3, 3, 7, 7))
    out = change(corner, {"rotate": degrees}, "border")
    grown = values(out) - 20
    assert grown.sum() > 0.2 * (200 * 16)
    ring = np.r_[grown[0], grown[-1], grown[:, 0], grown[:, -1]]
    assert ring.max() < 60  # it was 3 pixels from the border, and is not cut by it
    assert change(canvas, {"rotate": degrees}, "border").size == size


def test_what_is_beyond_a_border_has_its_colour_or_mirrors_it() -> None:
    image = Image.new("RGB", (30, 30), (10, 200, 90))
    for fill in ("border", "reflect"):
        out = values(change(image, {"rotate": 14.0, "zoom": 0.6, "shift": [0.2, 0.2]}, fill))
        assert np.abs(out - (10, 200, 90)).max() <= 1
    touching = np.full((30, 30), 20, np.uint8)
    touching[:3, 12:18] = 220  # an object that reaches the border leaves no streak beyond it
    moved = values(change(Image.fromarray(touching), {"shift": [0.0, 0.2]}, "border"))
    assert moved[:5].max() < 30 and moved[6:8, 14:16].min() > 200


def test_light_contrast_and_colour() -> None:
    image = Image.new("RGB", (8, 8), (100, 80, 60))
    assert values(change(image, {"brightness": 1.5}, "border"))[0, 0].tolist() == [150, 120, 90]
    assert values(change(image, {"saturation": 0.0}, "border"))[0, 0].tolist() == [84, 84, 84]
    two = Image.fromarray(np.array([[100, 140]], np.uint8))
    assert values(change(two, {"contrast": 0.5}, "border")).tolist() == [[110, 130]]
    red = Image.new("RGB", (4, 4), (200, 0, 0))
    assert values(change(red, {"hue": 1 / 3}, "border"))[0, 0].argmax() == 1


def test_alpha_moves_with_the_picture_and_keeps_its_values() -> None:
    image = Image.new("RGBA", (20, 20), (50, 60, 70, 255))
    image.paste((50, 60, 70, 0), (0, 0, 10, 20))
    out = values(change(image, {"flip-horizontal": True, "brightness": 2.0, "invert": True}, "border"))
    assert out[0, 0].tolist() == [155, 135, 115, 255] and out[0, 19, 3] == 0


def test_a_mixed_background_leaves_the_middle() -> None:
    image, other = Image.new("RGB", (40, 40), (200, 0, 0)), Image.new("RGB", (10, 10), (0, 0, 200))
    out = values(change(image, {"background": {"strength": 0.9}}, "border", other))
    assert out[20, 20].tolist() == [200, 0, 0]
    assert out[0, 0].tolist() == [20, 0, 180]


def test_what_is_only_moved_carries_nothing_but_its_pixels() -> None:
    image = photo((24, 20), 3)
    image.info = {"comment": b"mine", "icc_profile": b"x"}
    for parameters in ({}, {"flip-horizontal": True}, {"rotate": 5.0}, {"brightness": 1.1}):
        assert change(image, parameters, "border").info == {}
    assert np.array_equal(change(image, {}, "border"), image)
