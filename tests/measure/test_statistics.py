"""Statistics on images that have nothing to be found, and on images that were made to have it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from conftest import photo
from PIL import Image, ImageFilter

from datalint.measure.sharpness import sharpness
from datalint.measure.statistics import colour, light

Array = np.ndarray[Any, Any]


def light_of(grey: Array) -> dict[str, float]:
    columns = light(np.bincount(grey.ravel(), minlength=256)[None])
    assert all(values.dtype == np.float32 for values in columns.values())
    return {name: float(values[0]) for name, values in columns.items()}


def sharpness_of(image: Image.Image) -> float:
    return float(sharpness(np.asarray(image.convert("L"))[None])[0])


def test_light_of_a_flat_image() -> None:
    for level in (0, 100, 255):
        values = light_of(np.full((20, 30), level, np.uint8))
        shade = pytest.approx(level / 255, abs=1e-6)
        assert values == {
            "brightness": shade,
            "dark_level": shade,
            "bright_level": shade,
            "contrast": pytest.approx(0, abs=1e-4),
            "entropy": 0,
        }


def test_light_of_known_histograms() -> None:
    values = light_of(np.array([0] * 50 + [255] * 50, np.uint8))
    assert values == pytest.approx(
        {"brightness": 0.5, "dark_level": 0, "bright_level": 1, "contrast": 0.5, "entropy": 1}, abs=1e-6
    )
    values = light_of(np.arange(256, dtype=np.uint8))
    assert values["entropy"] == pytest.approx(8)
    assert values["dark_level"] == pytest.approx(0.05, abs=0.005)
    assert values["bright_level"] == pytest.approx(0.95, abs=0.005)


def test_light_agrees_with_numpy() -> None:
    grey = np.asarray(photo((90, 70), 0).convert("L"))
    values = light_of(grey)
    assert values["brightness"] == pytest.approx(grey.mean() / 255, abs=1e-5)
    assert values["contrast"] == pytest.approx(grey.std() / 255, abs=1e-5)
    assert values["bright_level"] == pytest.approx(np.percentile(grey, 95) / 255, abs=1 / 255)
    assert values["dark_level"] == pytest.approx(np.percentile(grey, 5) / 255, abs=1 / 255)


def test_darkening_and_brightening_move_the_levels() -> None:
    grey = np.asarray(photo((90, 70), 0).convert("L")).astype(float)
    assert light_of((grey * 0.1).astype(np.uint8))["bright_level"] < 0.1
    assert light_of((grey * 0.1 + 229).astype(np.uint8))["dark_level"] > 0.89
    assert (
        light_of((grey * 0.1 + 100).astype(np.uint8))["contrast"] < 0.05 < light_of(grey.astype(np.uint8))["contrast"]
    )


def test_colour() -> None:
    grey, red, pale, black = (
        np.full((32, 32, 3), shade, np.uint8) for shade in ((90, 90, 90), (200, 0, 0), (200, 100, 150), (0, 0, 0))
    )
    spot = grey.copy()
    spot[3, 4] = 90, 120, 100
    values = colour(np.stack([grey, red, pale, black, spot]))
    assert values["saturation"].dtype == np.float32
    assert values["saturation"] == pytest.approx([0, 1, 0.5, 0, 0.25 / 1024], abs=1e-6)
    assert values["chroma_range"].tolist() == [0, 200, 100, 0, 30]
    assert values["chroma_range"].dtype == np.uint8


def edge(size: int, width: float) -> Image.Image:
    """Bars along both axes whose edges rise over ``width`` pixels."""
    position = np.arange(size)
    profile = sum(
        np.clip((position - centre) / width + 0.5, 0, 1) * (-1) ** k for k, centre in enumerate((19.5, 59.5, 89.5))
    )
    return Image.fromarray(np.clip(60 + 70 * (profile[:, None] + profile[None]), 0, 255).astype(np.uint8))


def test_sharpness_of_steps_and_ramps() -> None:
    assert sharpness_of(edge(120, 0.01)) == pytest.approx(1, abs=0.03)
    assert sharpness_of(edge(120, 30)) < 0.1
    assert sharpness_of(Image.linear_gradient("L").resize((120, 120))) < 0.02


def test_sharpness_falls_with_blur() -> None:
    for seed in range(8):
        image = photo((125, 94), seed)
        values = [sharpness_of(image.filter(ImageFilter.GaussianBlur(radius))) for radius in (0, 1, 2, 3, 5)]
        assert values == sorted(values, reverse=True)
        assert values[0] > 0.4 > 0.25 > values[3]


def test_motion_along_either_axis_is_blur() -> None:
    kernel = np.ones(13) / 13
    for seed in range(8):
        grey = np.asarray(photo((125, 94), seed).convert("L"), float)
        across = np.apply_along_axis(np.convolve, 1, grey, kernel, "valid").astype(np.uint8)
        down = np.apply_along_axis(np.convolve, 0, grey, kernel, "valid").astype(np.uint8)
        sharp = sharpness_of(Image.fromarray(grey.astype(np.uint8)))
        for moved in (across, down):
            assert sharpness_of(Image.fromarray(moved)) < min(0.4, sharp / 1.5)


def test_contrast_does_not_count() -> None:
    image = edge(120, 4)
    faint = image.point(lambda level: 100 + level / 5)
    assert sharpness_of(faint) == pytest.approx(sharpness_of(image), abs=0.06)


def test_resolution_does_not_count() -> None:
    image = edge(120, 6).filter(ImageFilter.GaussianBlur(2))
    assert sharpness_of(image.resize((66, 66), Image.Resampling.BOX)) == pytest.approx(sharpness_of(image), abs=0.12)


def test_one_direction_without_edges_does_not_count() -> None:
    bars = np.zeros((100, 100), np.uint8)
    bars[:, ::10] = 200
    faint = bars + np.linspace(0, 12, 100).astype(np.uint8)[:, None]
    assert float(sharpness(bars[None])[0]) > 0.9
    assert float(sharpness(faint[None])[0]) > 0.9


def test_no_edges_have_no_sharpness() -> None:
    for shape in [(100, 80), (1, 1), (1, 50), (2, 2)]:
        assert np.isnan(sharpness(np.full((2, *shape), 77, np.uint8))).all()
    assert sharpness(np.zeros((0, 9, 9), np.uint8)).shape == (0,)


def test_each_image_is_measured_by_itself() -> None:
    batch = np.stack([np.asarray(photo((125, 94), seed).convert("L")) for seed in range(40)])
    alone = np.concatenate([sharpness(grey[None]) for grey in batch])
    assert np.array_equal(sharpness(batch), alone)
