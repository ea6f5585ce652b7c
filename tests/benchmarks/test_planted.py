"""The composed datasets of benchmarks/background.py hold what they say: masks, shares, halves, seeds."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from PIL import Image, ImageDraw
from planted import composing, cutouts, datasets, places, plans, scores, sources

SEED = 3


def disc(colour: tuple[int, int, int], ground: tuple[int, int, int]) -> np.ndarray:
    """Draw a disc of radius 30 in the middle of 100 x 100 pixels, with noise."""
    image = Image.new("RGB", (100, 100), ground)
    ImageDraw.Draw(image).ellipse((20, 20, 80, 80), fill=colour)
    noise = np.random.default_rng(SEED).normal(0, 4, (100, 100, 3))
    return np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def material() -> sources.Material:
    """Return 6 classes of coloured discs, and 60 places: 15 in reds, 15 in blues, 30 in greys."""
    rng = np.random.default_rng(SEED)
    objects = {}
    for number in range(6):
        image = disc((40 * number + 20, 200, 30), (255, 255, 255))
        alpha = np.asarray(Image.fromarray(disc((255,) * 3, (0,) * 3)).convert("L"))
        objects[f"c{number}"] = [np.dstack([image, alpha])]
    found = []
    for number in range(60):
        colour = ((200, 30, 30), (30, 30, 200), (128, 128, 128), (128, 128, 128))[number % 4]
        photo = np.clip(colour + rng.normal(0, 12, (150, 150, 3)), 0, 255).astype(np.uint8)
        found.append(places.Place(f"p{number}", "photo", (photo,), places.Window(0.4, 0.8)))
    return sources.Material("tuning", {"discs": objects}, frozenset({"discs"}), tuple(found), places.scenes(found))


@pytest.mark.parametrize(
    ("mask", "colour", "ground"),
    [
        (cutouts.leaf_mask, (70, 120, 50), (150, 140, 155)),
        (cutouts.leaf_mask, (130, 100, 60), (150, 140, 155)),
        (cutouts.hand_mask, (200, 150, 120), (190, 190, 195)),
        (cutouts.fruit_mask, (180, 30, 40), (255, 255, 255)),
    ],
)
def test_a_mask_covers_the_object_and_none_of_its_background(mask, colour, ground):
    found = mask(disc(colour, ground))
    truth = np.asarray(Image.fromarray(disc((255,) * 3, (0,) * 3)).convert("L")) > 128
    assert not (found & ~truth).any()
    assert found.sum() > 0.85 * truth.sum()


def test_what_cannot_be_told_from_its_background_is_not_cut_out():
    flat = disc((150, 140, 155), (150, 140, 155))
    assert cutouts.cut(flat, np.zeros((100, 100), bool)) is None
    assert cutouts.cut(flat, np.ones((100, 100), bool)) is None


def make(material: sources.Material, kind: str, **changes: object) -> datasets.Planted:
    return datasets.make(plans.plan(kind, 0)._replace(**changes), material, SEED)


@pytest.mark.parametrize("rho", plans.ALL_RHOS)
def test_a_share_of_rho_of_the_biased_class_is_on_its_scene(material, rho):
    made = make(material, "scene", rho=rho, per_class=40, classes=3)
    ((label, how),) = made.biased.items()
    assert how == "background"
    carrying = [carries for carries, name in zip(made.carrying, made.labels, strict=True) if name == label]
    assert sum(carrying) == round(rho * 40)


def test_the_background_is_what_is_recorded(material):
    made = make(material, "scene, all classes", rho=1.0, per_class=30, classes=2)
    reds = Counter()
    for image, label in zip(made.images, made.labels, strict=True):
        corners = np.concatenate([image[:4, :4], image[:4, -4:], image[-4:, :4], image[-4:, -4:]]).reshape(-1, 3)
        reds[label] += bool(np.median(corners[:, 0]) > np.median(corners[:, 2]))
    assert sorted(reds[label] for label in set(made.labels)) == [0, 30]


def test_without_a_bias_all_classes_have_all_places(material):
    made = make(material, "plain", per_class=100, classes=2)
    assert not made.biased
    assert not any(made.carrying)
    red = [image[0, 0, 0] > image[0, 0, 2] for image in made.images]
    for label in set(made.labels):
        assert 30 < sum(x for x, name in zip(red, made.labels, strict=True) if name == label) < 70


@pytest.mark.parametrize("kind", plans.KINDS)
def test_every_kind_is_made_and_again_the_same(material, kind):
    first, second = (make(material, kind, per_class=12, classes=3, rho=0.75) for _ in range(2))
    assert first.labels == second.labels
    assert all(np.array_equal(a, b) for a, b in zip(first.images, second.images, strict=True))
    assert set(first.biased.values()) == ({plans.KINDS[kind].how} - {""})
    assert any(first.carrying) == bool(plans.KINDS[kind].how)
    if not plans.KINDS[kind].imbalanced:
        assert set(Counter(first.labels).values()) == {12}


def test_a_close_up_shows_no_background():
    rng = np.random.default_rng(SEED)
    image = disc((60, 200, 30), (255, 255, 255))
    alpha = np.asarray(Image.fromarray(disc((255,) * 3, (0,) * 3)).convert("L"))
    for _ in range(20):
        assert composing.close_up(rng, np.dstack([image, alpha]), 60, 90)[..., 2].max() < 120


def test_the_halves_share_no_source():
    folders = {
        half: {source.folder for source in (*sources.OBJECTS, *sources.PHOTOS) if source.half == half} - {""}
        for half in sources.HALVES
    }
    assert not folders["tuning"] & folders["reporting"]


def test_the_seeds_of_the_halves_differ(material):
    other = material._replace(half="reporting")
    first, second = make(material, "plain"), make(other, "plain")
    assert any(a.shape != b.shape or not np.array_equal(a, b) for a, b in zip(first.images, second.images, strict=True))


def test_every_kind_has_its_turn():
    laid_out = list(plans.plans(400))
    assert {plan.kind for plan in laid_out} == set(plans.KINDS)
    assert {plan.rho for plan in laid_out if plan.kind == "scene"} == set(plans.ALL_RHOS)
    assert {plan.per_class for plan in laid_out if plan.kind == "plain"} == set(plans.SIZES)
    assert {plan.classes for plan in laid_out} == set(plans.CLASSES)


def outcome(kind: str, biased: dict[str, str], found: set[scores.Found], classes: int = 3) -> scores.Outcome:
    sizes = {f"c{number}": 50 for number in range(classes)}
    return scores.Outcome(kind, plans.plan(kind, 0)._replace(rho=0.9), biased, {}, sizes, frozenset(found))


def test_warnings_are_counted_apart_from_notes_and_by_class():
    right = outcome("scene", {"c0": "background"}, {scores.Found("BIA001", True, "c0")})
    note = outcome("scene", {"c0": "background"}, {scores.Found("BIA001", False, "c0")})
    wrong = outcome("scene", {"c0": "background"}, {scores.Found("BIA001", True, "c1")})
    of_two = outcome("scene", {"c0": "background"}, {scores.Found("BIA001", True, "c1")}, classes=2)
    told = [item.tells("c0", ("BIA001",)) for item in (right, note, wrong, of_two)]
    assert told == [True, False, False, True]
    assert [item.blamed() for item in (right, note, wrong, of_two)] == [{"c0": True}, {}, {"c1": False}, {"c1": True}]
    assert scores.recall([right, note, wrong], lambda _: ("BIA001",)) == scores.Share(1, 3)


def test_wilsons_interval():
    low, high = scores.Share(1, 10).interval()  # 0.0179 to 0.4042: Newcombe 1998, method 3
    assert (round(low, 4), round(high, 4)) == (0.0179, 0.4042)
    assert scores.Share(0, 0).interval() == (0.0, 1.0)
