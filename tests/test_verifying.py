"""Plans tried out on a sample: what is told before and after, and which broken promises are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from datalint import pipeline, planning, verifying
from datalint.augment.sample import scaled, share_of, stratified
from datalint.config import config_from

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from datalint.augment.record import Plan
    from datalint.config import Config
    from datalint.planning import Collected


@pytest.fixture
def discs(tmp_path: Path) -> Path:
    """Grey discs and squares, centred and of one size, light on dark; some to test on."""
    generator = np.random.default_rng(0)
    away = np.abs(np.mgrid[:32, :32] - 15.5)
    shapes = {"disc": (away**2).sum(axis=0) < 60, "square": away.max(axis=0) < 7}
    for label, shape in shapes.items():
        for split, count in (("train", 60 if label == "disc" else 25), ("test", 5)):
            (tmp_path / "discs" / split / label).mkdir(parents=True)
            for number in range(count):
                values = np.where(shape, 200, 30) + generator.normal(0, 6, (32, 32)) + generator.normal(0, 8)
                Image.fromarray(values.clip(0, 255).astype(np.uint8)).save(
                    tmp_path / "discs" / split / label / f"{number}.png"
                )
    return tmp_path / "discs"


def prepared(root: Path, **plan: Any) -> tuple[Collected, Plan, Config]:
    config = config_from({"plan": plan})
    data = planning.collected(root, config, pipeline.Run(1))
    return data, planning.plan(data, config), config


def verified(data: Collected, plan: Plan, config: Config, images: int = 300) -> verifying.Verified:
    return verifying.verify(data, plan, config, 1, lambda done, total: None, images)


def line(found: verifying.Verified, what: str) -> verifying.Line:
    (one,) = (line for line in found.lines if line.topic != "change" and line.what.startswith(what))
    return one


def test_before_and_after(discs: Path) -> None:
    found = verified(*prepared(discs, target=60), images=150)
    assert found.good and found.originals < found.of == 85
    assert line(found, "BAL001")[2:] == ("2", "0", "")
    assert line(found, "SPL002")[2:] == ("0", "0", "")
    for name in ("scale", "off-centre", "brightness", "light-on-dark"):
        before, after = (float(value) for value in line(found, name)[2:4])
        assert min(after, 1 - after) > min(before, 1 - before)
    assert {line.what for line in found.lines if line.topic == "change"} >= {"rotate ±15°", "invert"}
    assert not any(discs.parent.glob("datalint-*"))


def test_balance_is_that_of_the_whole_dataset(discs: Path) -> None:
    found = verified(*prepared(discs), images=40)
    assert found.good and found.originals < 40
    assert line(found, "BAL001")[2:] == ("2", "0", "")


def test_a_class_that_another_leaves_behind_is_warned_of_and_breaks_nothing(discs: Path) -> None:
    labels = {"disc": {"target": 1500, "max-factor": 100}}
    data, plan, config = prepared(discs, target=30, forbid=["zoom", "shift", "brightness", "contrast"], labels=labels)
    assert [bool(one.warning) for one in plan.classes] == [False, True]
    found = verified(data, plan, config, 60)
    assert line(found, "BAL003")[2:] == ("0", "1", "")
    silent = plan._replace(classes=tuple(one._replace(warning=None) for one in plan.classes))
    assert "square" in line(verified(data, silent, config, 60), "BAL003").broken


def test_broken_promises_are_told(discs: Path) -> None:
    data, plan, config = prepared(discs)
    few = plan.classes[1]._replace(synthesize=2, append=0, invert=0, target=27)
    assert line(verified(data, plan._replace(classes=(plan.classes[0], few)), config, 60), "BAL001").broken
    warned = few._replace(warning="collect more")
    assert not line(verified(data, plan._replace(classes=(plan.classes[0], warned)), config, 60), "BAL001").broken
    # A plan that says that it makes up for a lack, and does not.
    upright = tuple(one._replace(invert=0) for one in plan.classes)
    found = verified(data, plan._replace(classes=upright), config, 150)
    assert line(found, "light-on-dark").broken == "no larger" and not line(found, "scale").broken and not found.good


def test_an_image_that_cannot_be_made_breaks_it(discs: Path) -> None:
    data, plan, config = prepared(discs)
    for file in (discs / "train" / "disc").iterdir():
        file.write_bytes(b"gone")  # since it was measured
    found = verified(data, plan, config, 60)
    assert not found.good and "could not be made" in line(found, "made").broken


def test_what_was_made_is_looked_for_in_other_splits_without_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_image: Callable[..., Path]
) -> None:
    """Were an image of the test augmented, it would be found, whatever the log says."""
    root = tmp_path / "photos"
    for number in range(12):
        make_image(root / "train" / "ab"[number % 2] / f"{number}.jpg", seed=number)
        make_image(root / "test" / "ab"[number % 2] / f"{number}.jpg", seed=100 + number)
    data, plan, config = prepared(root, target=12)
    assert verified(data, plan, config).good
    tests = {image.sample_id: image for image in data.listing.images()[0]}
    wrong = [number for number, (split, _) in planning.evaluation_images(data) if split == "test"]
    real = data.listing.images

    def mixed_up() -> Any:
        images, twins = real()
        mine = [number for number, *_ in data.sources]
        swapped = dict(zip(mine, wrong, strict=True))
        return [
            image._replace(key=tests[swapped[image.sample_id]].key) if image.sample_id in swapped else image
            for image in images
        ], twins

    monkeypatch.setattr(data.listing, "images", mixed_up)
    assert not verified(data, plan, config).good


def test_a_sample_is_stratified_and_repeats() -> None:
    rows = [(number, "few" if number < 3 else "many") for number in range(1003)]
    chosen = stratified(rows, 0.1, 7)
    assert chosen == stratified(rows, 0.1, 7) != stratified(rows, 0.1, 8)
    assert len([number for number in chosen if number < 3]) == 2 and len(chosen) == 102
    assert stratified([(1, "one")], 0.001, 0) == {1}


def test_a_part_of_a_plan_keeps_every_class_and_purpose(discs: Path) -> None:
    _, plan, _ = prepared(discs)
    part = scaled(plan, share_of(plan, 10))
    assert all(
        0 < small.synthesize <= big.synthesize and 0 < small.append <= big.append
        for small, big in zip(part.classes, plan.classes, strict=True)
    )
    assert share_of(plan, 10**6) == 1.0 and scaled(plan, 1.0) == plan
