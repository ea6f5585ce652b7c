from __future__ import annotations

import numpy as np
import pytest
from relate.images import phash, texture

from datalint.relate.filters import luma
from datalint.relate.layout import low_frequencies
from datalint.relate.transforms import INVERSE, SEARCHED, TRANSFORMS, transformed, transformed_hashes

NUMBERS = range(len(TRANSFORMS))


def test_names_say_what_is_done() -> None:
    picture = np.arange(12).reshape(1, 2, 2, 3)[:, :, :, :1]
    turned = {name: transformed(picture, np.array([number]))[0, :, :, 0] for number, name in enumerate(TRANSFORMS)}
    plain = picture[0, :, :, 0]
    assert np.array_equal(turned["mirrored"], plain[:, ::-1])
    assert np.array_equal(turned["mirrored upside down"], plain[::-1])
    assert np.array_equal(turned["half-turned"], plain[::-1, ::-1])
    assert np.array_equal(turned["mirrored along a diagonal"], np.rot90(plain.T, 2))
    assert np.array_equal(transformed(picture, np.array([5]))[0, :, :, 0], np.rot90(plain, -1))
    assert np.array_equal(transformed(picture, np.array([6]))[0, :, :, 0], np.rot90(plain, 1))


@pytest.mark.parametrize("number", NUMBERS)
def test_the_inverse_undoes(number: int) -> None:
    pictures = texture(np.random.default_rng(1), 3)
    there = transformed(pictures, np.full(3, number))
    assert np.array_equal(transformed(there, np.full(3, INVERSE[number])), pictures)
    assert number in (0, *SEARCHED) or INVERSE[number] in SEARCHED, "every pair is met from one side"


def test_each_picture_has_its_own_transform() -> None:
    pictures = texture(np.random.default_rng(2), len(NUMBERS))
    together = transformed(pictures, np.array(NUMBERS))
    alone = [transformed(pictures[n : n + 1], np.array([n]))[0] for n in NUMBERS]
    assert np.array_equal(together, np.stack(alone))


@pytest.mark.parametrize("number", NUMBERS)
def test_hashes_are_those_of_the_transformed_picture(number: int) -> None:
    pictures = texture(np.random.default_rng(3), 50)
    told = transformed_hashes(low_frequencies(luma(pictures)), number)
    expected = np.array([phash(p) for p in transformed(pictures, np.full(50, number))], np.uint64)
    assert np.bitwise_count(told ^ expected).max() <= 2, "luma is rounded in one of them"
