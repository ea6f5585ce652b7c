"""How much classes vary: spreads with intervals, different pictures, distinct colours, what all have in common."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalint.relate import Views, class_colours, diversity, parts, population, variation
from datalint.relate.colours import colour_name
from datalint.relate.spreads import axial, spread_of

COLOUR = ("foreground_l", "foreground_a", "foreground_b")
UNKNOWN = ("polarity", "centre_x", "centre_y", "extent", "tilt", "elongation", "stroke", *COLOUR)


def views(count: int, seed: int = 0, **columns: Any) -> Views:
    """Make varied images of a class; columns in their place."""
    rng = np.random.default_rng(seed)
    made: dict[str, Any] = {
        "sample_id": np.arange(count),
        "label": np.full(count, "cat", object),
        "split": np.full(count, None, object),
        "role": np.full(count, None, object),
        "slot": np.arange(count),
        "stand_in": np.zeros(count, bool),
        "picture": np.arange(count),
        "brightness": rng.uniform(0.2, 0.8, count),
        "contrast": rng.uniform(0.1, 0.3, count),
        "temperature": rng.uniform(3000, 10000, count),
        "tint_a": rng.normal(0, 5, count),
        "tint_b": rng.normal(0, 9, count),
        "chroma_range": np.full(count, 90),
        "direction": rng.uniform(0, 180, count),
        "coherence": rng.uniform(0.2, 0.6, count),
        "width": rng.integers(200, 900, count),
        "height": rng.integers(200, 900, count),
        **dict.fromkeys(UNKNOWN, np.nan),
        **columns,
    }
    return Views.of(
        {
            name: np.ma.masked_array(values, [value is None for value in values])
            if values.dtype == object
            else np.ma.masked_invalid(values)
            for name, values in ((name, np.broadcast_to(np.asarray(value), count)) for name, value in made.items())
        }
    )


def rows_of(columns: dict[str, Any]) -> list[dict[str, Any]]:
    values = [np.ma.asarray(column).tolist() for column in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]


@pytest.mark.parametrize("draw", ["normal", "uniform", "laplace"])
@pytest.mark.parametrize("count", [12, 40, 200])
def test_the_interval_of_a_spread_holds_the_true_one(draw: str, count: int) -> None:
    rng = np.random.default_rng(count)
    true = {"normal": 1.0, "uniform": 1 / np.sqrt(12), "laplace": np.sqrt(2)}[draw]
    found = [spread_of(getattr(rng, draw)(size=count)) for _ in range(600)]
    assert np.mean([one.low <= true <= one.high for one in found]) > 0.9
    assert all(one.low <= one.spread <= one.high for one in found)


def test_values_that_are_all_alike_do_not_spread() -> None:
    assert spread_of(np.full(20, 0.3)) == (pytest.approx(0.3), 0.0, 0.0, 0.0)


@given(st.lists(st.floats(0, 180), min_size=3, max_size=30), st.floats(0, 180))
def test_directions_have_no_sense_and_no_beginning(directions: list[float], turn: float) -> None:
    degrees = np.array(directions)
    _, apart = axial(degrees)
    assert (np.abs(apart) <= 90 + 1e-6).all()
    strength = abs(np.exp(2j * np.radians(degrees)).sum())
    if strength > 0.1:  # else no direction is the mean
        _, turned = axial((degrees + turn) % 180)
        assert np.sin(np.radians(turned)) ** 2 == pytest.approx(np.sin(np.radians(apart)) ** 2, abs=1e-3)


def test_copies_count_once_and_few_pictures_say_nothing() -> None:
    many = list(parts(views(60, picture=np.arange(60) // 3)))
    assert [(len(part.images["picture"]), len(part.pictures["picture"])) for part in many] == [(60, 20)]
    assert not list(parts(views(27, picture=np.arange(27) // 3)))


def test_classes_and_splits_are_told_apart_and_compared() -> None:
    label = np.array(["cat"] * 30 + ["dog"] * 30, object)
    split = np.array((["train"] * 15 + ["test"] * 15) * 2, object)
    brightness = np.where(label == "cat", 0.5, np.linspace(0.1, 0.9, 60))
    rows = rows_of(variation(list(parts(views(60, label=label, split=split, role=split, brightness=brightness)))))
    light = {(row["label"], row["split"]): row for row in rows if row["fact"] == "lightness"}
    assert list(light) == [("cat", "test"), ("cat", "train"), ("dog", "test"), ("dog", "train")]
    assert light["cat", "train"]["spread"] == 0 < light["dog", "train"]["spread"]
    assert light["cat", "train"]["typical"] == pytest.approx(light["dog", "train"]["spread"] / 2)
    assert not [row for row in rows if row["fact"] == "scale"], "nothing stands out"


def noise(count: int, seed: int) -> np.ndarray:
    """Photos of nothing in particular: random structure at several scales."""
    rng = np.random.default_rng(seed)
    layers = [
        np.repeat(np.repeat(rng.uniform(0, 60, (count, side, side, 3)), 32 // side, axis=1), 32 // side, axis=2)
        for side in (4, 8, 16, 32)
    ]
    return np.clip(sum(layers), 0, 255).astype(np.uint8)


def different(images: np.ndarray, **columns: Any) -> dict[str, Any]:
    made = views(len(images), width=96, height=96, **columns)
    return rows_of(diversity(list(parts(made)), lambda slots: images[slots]))[0]


def test_different_pictures_are_counted_as_such() -> None:
    row = different(noise(150, 0))
    assert row["different"] == row["different_high"] == row["images"] == 150


@pytest.mark.parametrize("pictures", [1, 5, 40])
def test_a_class_of_copies_is_seen_whatever_is_known(pictures: int) -> None:
    rng = np.random.default_rng(pictures)
    made = noise(pictures, 1)[np.arange(400) % pictures].astype(float)
    made = made * rng.uniform(0.9, 1.1, (400, 1, 1, 1)) + rng.normal(0, 3, made.shape)
    row = different(np.clip(made, 0, 255).astype(np.uint8))
    assert pictures * 0.8 <= row["different"] <= pictures * 1.3 + 8
    assert row["different_high"] < 100


def test_what_is_known_to_be_one_picture_counts_as_one() -> None:
    row = different(noise(120, 2), picture=np.arange(120) // 6)
    assert row["pictures"] == 20
    assert row["different"] == pytest.approx(20, rel=0.25)


def test_lights_and_viewpoints_are_counted() -> None:
    images = noise(60, 3)
    studio = different(images, brightness=0.5, contrast=0.2, temperature=6000.0)
    assert studio["lights"] == pytest.approx(1)
    assert studio["viewpoints"] is None and studio["colours"] is None
    three = np.repeat([0.1, 0.5, 0.9], 20)
    lit = {"brightness": three, "contrast": 0.2, "temperature": 6000.0}
    row = different(images, **lit, centre_x=0.0, centre_y=three, extent=0.5, tilt=0.0, elongation=0.5)
    assert (row["lights"], row["viewpoints"]) == pytest.approx((3, 3))


FOCAL = {"red": (45, 60, 40), "green": (55, -35, 40), "yellow": (82, 2, 70)}


def coloured(shares: dict[str, int], spread: float = 2.5) -> list[dict[str, Any]]:
    rng = np.random.default_rng(0)
    colours = np.concatenate([rng.normal(FOCAL[name], spread, (count, 3)) for name, count in shares.items()])
    return rows_of(class_colours(list(parts(views(len(colours), **dict(zip(COLOUR, colours.T, strict=True)))))))


def test_colours_that_are_apart_are_told_apart() -> None:
    rows = coloured({"red": 100, "green": 90, "yellow": 6})
    assert [(row["colour"], row["pictures"]) for row in rows] == [("red", 100), ("green", 90), ("yellow", 6)]
    assert rows[2]["share_low"] < 6 / 196 < rows[2]["share_high"] < 0.1
    assert {row["scattered"] for row in rows} == {0.0}


def test_colours_that_pass_into_one_another_are_one_and_grey_ones_none() -> None:
    rng = np.random.default_rng(0)
    way = rng.random((200, 1))
    mixed = np.array(FOCAL["red"]) * way + np.array(FOCAL["yellow"]) * (1 - way) + rng.normal(0, 2, (200, 3))
    assert len(rows_of(class_colours(list(parts(views(200, **dict(zip(COLOUR, mixed.T, strict=True)))))))) == 1
    grey = rng.normal((50, 0, 0), (25, 1, 1), (200, 3))
    assert not class_colours(list(parts(views(200, **dict(zip(COLOUR, grey.T, strict=True))))))
    assert not class_colours(list(parts(views(200)))), "nothing stands out"


@pytest.mark.parametrize(
    ("colour", "name"),
    [((5, 0, 0), "black"), ((98, 0, 1), "white"), ((55, 1, -2), "grey"), ((53, 80, 67), "red"),
     ((32, 79, -108), "blue"), ((88, -86, 83), "green"), ((97, -21, 94), "yellow"), ((67, 43, 74), "orange"),
     ((30, 18, 24), "brown")],
)  # fmt: skip
def test_colours_have_the_names_that_people_give_them(colour: tuple[float, float, float], name: str) -> None:
    assert colour_name(np.array(colour, float)) == name


def told(made: Views) -> dict[str, tuple[str, str | None]]:
    return {row["aspect"]: (row["what"], row["fails_on"]) for row in rows_of(population(made))}


def test_a_population_of_digits() -> None:
    rng = np.random.default_rng(0)
    digits = views(
        200, width=28, height=28, chroma_range=0, polarity=rng.uniform(0.3, 0.7, 200),
        centre_x=rng.normal(0, 0.02, 200), centre_y=rng.normal(0, 0.03, 200), extent=rng.normal(0.55, 0.03, 200),
        stroke=rng.normal(0.1, 0.01, 200),
    )  # fmt: skip
    assert told(digits) == {
        "size": ("28×28", None),
        "colour": ("grey", "coloured"),
        "background": ("light on dark", "inverted"),
        "place": ("centred", "shifted"),
        "scale": ("filling 50-60 % of the frame", "smaller"),
        "stroke": ("strokes 2-3 px", "thick-stroked"),
    }


def test_varied_photos_have_nothing_in_common() -> None:
    assert told(views(200)) == {}
    assert told(views(40, width=28, height=28, chroma_range=0)) == {}, "too few"


def test_a_studio_has_one_light_and_training_counts_alone() -> None:
    role = np.array(["train"] * 100 + ["test"] * 100, object)
    light = np.where(role == "train", 0.5, np.linspace(0, 1, 200))
    made = views(200, role=role, split=role, brightness=light, temperature=5500.0)
    assert told(made) == {"light": ("in one light", "darker or brighter")}


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_what_is_told_does_not_depend_on_names(seed: int) -> None:
    made = views(60, seed)
    renamed = views(60, seed, label=np.full(60, "renamed", object), sample_id=np.arange(60) + 7)
    one, other = (rows_of(variation(list(parts(some)))) for some in (made, renamed))
    assert [{**row, "label": ""} for row in one] == [{**row, "label": ""} for row in other]
