"""What stands out from plain backgrounds: known discs, bars and crosses on walls, and images without any."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalint.measure.foreground import foreground
from datalint.measure.lab import lab, temperature
from datalint.measure.structure import structure

PLACE = (np.arange(32) + 0.5) / 32 - 0.5
Y, X = np.meshgrid(PLACE, PLACE, indexing="ij")


def drawn(shape: np.ndarray, colour: tuple[int, int, int], ground: tuple[int, int, int]) -> np.ndarray:
    return np.where(shape[..., None], colour, ground).astype(np.uint8)


def disc(x: float, y: float, radius: float) -> np.ndarray:
    return np.hypot(X - x, Y - y) < radius


def one(image: np.ndarray) -> dict[str, float]:
    return {name: values[0] for name, values in foreground(image[None]).items()}


@settings(max_examples=50, deadline=None)
@given(
    x=st.floats(-0.2, 0.2),
    y=st.floats(-0.2, 0.2),
    radius=st.floats(0.12, 0.25),
    level=st.integers(60, 200),
    step=st.sampled_from([-55, 55]),
)
def test_a_disc_is_found_where_it_is(x: float, y: float, radius: float, level: int, step: int) -> None:
    found = one(drawn(disc(x, y, radius), (level + step,) * 3, (level,) * 3))
    assert (found["centre_x"], found["centre_y"]) == pytest.approx((x, y), abs=0.01)
    assert found["foreground"] == pytest.approx(np.pi * radius**2, rel=0.25)  # of few pixels
    assert found["extent"] == pytest.approx(radius * np.sqrt(3), rel=0.08)  # variance r² / 4 = a² / 12
    assert found["stroke"] == pytest.approx(radius, rel=0.25)
    assert found["polarity"] == pytest.approx(step / 255, abs=0.01)


def test_uneven_light_and_dark_corners_are_background() -> None:
    for light in (90 * X + 60 * Y, -160 * (X**2 + Y**2)):
        wall = np.clip(170 + light, 0, 255)
        image = np.where(disc(0.1, 0, 0.2), 60, wall)[..., None].repeat(3, axis=2).astype(np.uint8)
        found = one(image)
        assert found["centre_x"] == pytest.approx(0.1, abs=0.01)
        assert found["extent"] == pytest.approx(0.2 * np.sqrt(3), rel=0.1)


def test_what_touches_an_edge_is_still_told_from_the_wall() -> None:
    arm = (np.abs(X) < 0.12) & (Y > -0.1)
    found = one(drawn(arm, (190, 140, 110), (210, 210, 215)))
    assert found["centre_y"] == pytest.approx(Y[arm].mean(), abs=0.01)


def test_the_colour_is_that_of_what_stands_out() -> None:
    found = one(drawn(disc(0, 0, 0.2), (200, 30, 30), (230, 230, 230)))
    expected = lab(np.array([[200, 30, 30]]))[0]
    assert [found[f"foreground_{axis}"] for axis in "lab"] == pytest.approx(expected, abs=0.5)


def test_a_stroke_is_as_thick_as_it_is() -> None:
    bar = (np.abs(X) < 2 / 32) & (np.abs(Y) < 0.4)  # 4 pixels of 32
    assert one(drawn(bar, (255,) * 3, (0,) * 3))["stroke"] == pytest.approx(4 / 32, rel=0.25)


@pytest.mark.parametrize("degrees", [0, 35, 90, 150])
def test_the_tilt_is_that_of_the_long_axis(degrees: int) -> None:
    angle = np.radians(degrees)
    along, across = X * np.cos(angle) - Y * np.sin(angle), X * np.sin(angle) + Y * np.cos(angle)
    found = one(drawn((np.abs(along) < 0.3) & (np.abs(across) < 0.1), (30,) * 3, (200,) * 3))
    assert (found["tilt"] - degrees + 90) % 180 - 90 == pytest.approx(0, abs=2)
    assert found["elongation"] == pytest.approx(0.8, abs=0.05)  # (9 - 1) / (9 + 1)
    assert one(drawn(disc(0, 0, 0.2), (30,) * 3, (200,) * 3))["elongation"] < 0.05


def test_nothing_is_told_where_nothing_or_everything_stands_out() -> None:
    rng = np.random.default_rng(0)
    images = np.stack(
        [
            np.full((32, 32, 3), 120, np.uint8),
            rng.integers(0, 256, (32, 32, 3), dtype=np.uint8),
            drawn(Y > 0, (200, 180, 90), (90, 120, 220)),
            drawn(np.indices((32, 32)).sum(axis=0) % 8 < 4, (200,) * 3, (40,) * 3),
        ]
    )
    for values in foreground(images).values():
        assert np.ma.getmaskarray(values).all()
        assert values.dtype == np.float32


def test_images_do_not_influence_each_other() -> None:
    rng = np.random.default_rng(1)
    images = np.stack([drawn(disc(*rng.uniform(-0.2, 0.2, 2), 0.2), (200,) * 3, (40,) * 3) for _ in range(300)])
    together = foreground(images)
    for row in (0, 127, 128, 299):
        for name, values in foreground(images[row : row + 1]).items():
            assert values[0] == pytest.approx(together[name][row], abs=1e-5)
    assert all(len(values) == 0 for values in foreground(images[:0]).values())
    assert all(len(values) == 0 for values in structure(images[:0]).values())


@pytest.mark.parametrize("degrees", [0, 30, 45, 90, 120, 170])
def test_the_direction_of_stripes(degrees: int) -> None:
    angle = np.radians(degrees)
    across = -X * np.sin(angle) - Y * np.cos(angle)  # rows count downward
    stripes = np.round(127 + 100 * np.sin(15 * across)).astype(np.uint8)[..., None].repeat(3, axis=2)
    found = structure(stripes[None])
    assert (found["direction"][0] - degrees + 90) % 180 - 90 == pytest.approx(0, abs=3)
    assert found["coherence"][0] > 0.95
    rings = np.round(127 + 100 * np.sin(40 * np.hypot(X, Y))).astype(np.uint8)[..., None].repeat(3, axis=2)
    assert structure(rings[None])["coherence"][0] < 0.05


def test_coarse_structure_has_a_coarser_grain_and_flat_images_have_none() -> None:
    fine, coarse = (
        np.round(127 + 100 * np.sin(frequency * X)).astype(np.uint8)[..., None].repeat(3, axis=2)
        for frequency in (20, 10)
    )
    grain = structure(np.stack([fine, coarse, np.full((32, 32, 3), 9, np.uint8)]))["grain"]
    assert grain[1] == pytest.approx(2 * grain[0], rel=0.15)
    assert grain.mask.tolist() == [False, False, True]


def test_lab_and_temperature_of_known_colours() -> None:
    white, red, black = lab(np.array([[255, 255, 255], [255, 0, 0], [0, 0, 0]]))
    assert white == pytest.approx([100, 0, 0], abs=0.02)
    assert red == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
    assert black == pytest.approx([0, 0, 0], abs=1e-6)
    grey, warm, cool, none = temperature(np.array([[128, 128, 128], [255, 180, 107], [201, 218, 255], [0, 0, 0]]))
    assert grey == pytest.approx(6504, abs=30)
    assert 2700 < warm < 3300
    assert 8500 < cool < 11000
    assert none == pytest.approx(6504, abs=30)
