"""Bars around pictures."""

from __future__ import annotations

import numpy as np
import pytest
from relate.images import texture

from datalint.relate.bars import without_bars


@pytest.mark.parametrize("colour", [0, 255, 114])
@pytest.mark.parametrize("sides", ["rows", "columns", "both"])
def test_bars_are_cut_off(colour: int, sides: str) -> None:
    rng = np.random.default_rng(colour)
    pictures = texture(rng, 50)
    barred = pictures.copy()
    if sides != "columns":
        barred[:, :4] = barred[:, -4:] = colour
    if sides != "rows":
        barred[:, :, :4] = barred[:, :, -4:] = colour
    noisy = np.clip(barred + rng.normal(0, 1.5, barred.shape), 0, 255).astype(np.uint8)
    cut, found = without_bars(noisy)
    assert found.mean() > 0.9
    for image in cut[found]:
        edges = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
        assert np.mean(np.abs(edges.astype(int) - colour).max(axis=1) < 6) < 0.2


def test_pictures_without_bars_stay_as_they_are() -> None:
    rng = np.random.default_rng(1)
    pictures = texture(rng, 200)
    cut, found = without_bars(pictures)
    assert not found.any()
    assert (cut == pictures).all()


def test_an_object_on_a_plain_wall_has_no_bars() -> None:
    rows, columns = np.mgrid[0:32, 0:32]
    images = np.full((40, 32, 32, 3), 240, np.uint8)
    for number, image in enumerate(images):
        radius = 6 + number % 9
        image[(rows - 16) ** 2 + (columns - 16) ** 2 < radius**2] = (90, 60, 30)
    assert not without_bars(images)[1].any()


def test_a_sky_over_a_straight_horizon_has_no_bars() -> None:
    images = np.full((5, 32, 32, 3), 255, np.uint8)
    images[:, 16:] = texture(np.random.default_rng(2), 5)[:, 16:]
    assert not without_bars(images)[1].any()


@pytest.mark.parametrize("half", [5, 7, 9])
def test_a_box_on_a_plain_wall_has_no_border(half: int) -> None:
    images = np.full((10, 32, 32, 3), 200, np.uint8)
    images[:, 16 - half : 16 + half, 16 - half : 16 + half] = texture(np.random.default_rng(half), 10)[
        :, : 2 * half, : 2 * half
    ]
    cut, found = without_bars(images)
    assert not found.any()
    assert (cut == images).all()
