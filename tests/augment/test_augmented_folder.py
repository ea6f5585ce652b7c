"""An augmented folder, checked by itself: nothing is said of what is as it should be, and every leak is found."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import datalint
from datalint import augmenting
from datalint.augment_log import NAME, MadeImage, log_text, read_log

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from datalint.augment.record import Plan
    from datalint.model import Report
    from datalint.planning import Collected

    Planned = Callable[..., tuple[Collected, Plan]]

QUIET = {"fail-on": "error"}


@pytest.fixture
def augmented(planned: Planned, split_dataset: Path, tmp_path: Path) -> Path:
    data, plan = planned(split_dataset, target=14)
    augmenting.augment(data, plan, augmenting.Options(tmp_path / "out", 1, copy=True))
    return tmp_path / "out"


def check(folder: Path) -> Report:
    return datalint.check(folder, config=QUIET)


def told(report: Report, *families: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.code, one.paths) for one in report.findings if one.code.startswith(families)]


def made_of(folder: Path, original: str) -> list[MadeImage]:
    return [one for one in read_log((folder / NAME).read_bytes())[0] if one.original == original]


def test_nothing_is_said_that_was_not_said_of_the_dataset(split_dataset: Path, augmented: Path) -> None:
    before, after = check(split_dataset), check(augmented)
    assert not told(before, "DUP", "SPL", "BIA") and not told(after, "DUP", "SPL", "BIA")
    assert {one.code for one in after.findings} <= {one.code for one in before.findings}
    assert after.tables.run("SELECT count(*) FROM augmented") == [(after.dataset.images - before.dataset.images,)]
    (augmented / NAME).unlink()
    assert told(check(augmented), "DUP003")  # it is the log that tells


def test_a_copy_moved_to_another_split_is_found_whatever_its_name(augmented: Path) -> None:
    moved = made_of(augmented, "train/dog/1.jpg")[1]
    (augmented / moved.image).rename(augmented / "test" / "dog" / "new.jpg")
    report = check(augmented)
    assert told(report, "DUP", "SPL") == [("SPL010", ("train/dog/1.jpg", "test/dog/new.jpg")), ("SPL007", ())]
    assert next(one for one in report.findings if one.code == "SPL007").values["leaked"] == 1
    assert report.exit_status == 1


def test_a_source_moved_to_another_split_is_found(augmented: Path) -> None:
    (augmented / "train" / "cat" / "0.jpg").rename(augmented / "test" / "cat" / "moved.jpg")
    ((_, paths),) = told(check(augmented), "SPL010")
    assert paths == ("test/cat/moved.jpg", *sorted(one.image for one in made_of(augmented, "train/cat/0.jpg")))


def test_other_leaks_and_duplicates_are_found_as_ever(augmented: Path) -> None:
    with Image.open(augmented / "train" / "cat" / "2.jpg") as image:
        image.save(augmented / "test" / "cat" / "again.jpg", quality=60)
    shutil.copy(augmented / "train" / "dog" / "2.jpg", augmented / "train" / "dog" / "twin.jpg")
    made = made_of(augmented, "train/cat/3.jpg")[0].image
    shutil.copy(augmented / made, augmented / "test" / "cat" / "made.jpg")
    found = told(check(augmented), "DUP", "SPL00", "SPL010")
    assert ("DUP001", ("train/dog/2.jpg", "train/dog/twin.jpg")) in found
    assert ("SPL002", ("train/cat/2.jpg", "test/cat/again.jpg")) in found
    assert ("SPL001", (made, "test/cat/made.jpg")) in found
    assert [paths for code, paths in found if code == "SPL010"] == [("train/cat/3.jpg", "test/cat/made.jpg")]


def test_what_was_made_of_an_image_that_is_gone_is_compared_like_any_other(augmented: Path) -> None:
    made = made_of(augmented, "train/dog/0.jpg")[0].image
    with Image.open(augmented / made) as image:
        image.save(augmented / "train" / "dog" / "twin.jpg", quality=60)
    (augmented / "train" / "dog" / "0.jpg").unlink()
    assert ("DUP003", (made, "train/dog/twin.jpg")) in told(check(augmented), "DUP")


def test_a_log_cannot_hide_an_image_of_a_test_split(augmented: Path) -> None:
    with Image.open(augmented / "train" / "cat" / "2.jpg") as image:
        image.save(augmented / "test" / "cat" / "again.jpg", quality=60)
    digests = dict(check(augmented).tables.run("SELECT path, content FROM contents JOIN samples USING (sample_id)"))
    mine, other = "test/cat/again.jpg", "test/cat/0.jpg"
    line = MadeImage(mine, digests[mine], other, digests[other], other, "test", "cat", "balance", {})
    with (augmented / NAME).open("a") as log:
        log.write(json.dumps(line._asdict()) + "\n")
    assert ("SPL002", ("train/cat/2.jpg", mine)) in told(check(augmented), "SPL")


def test_a_broken_log_is_told_and_hides_nothing(augmented: Path) -> None:
    log = augmented / NAME
    log.write_bytes(log.read_bytes() + b'{"image": 3}\n\xff\n[]\n')
    report = check(augmented)
    assert f"{NAME}: 3 lines are not of this version of datalint, or damaged; left out" in report.dataset.notices
    assert not told(report, "DUP", "SPL")
    log.write_text("no log\n")
    report = check(augmented)
    assert any(notice.startswith(f"{NAME}: 1 line") for notice in report.dataset.notices) and told(report, "DUP003")


def test_an_archive_that_wraps_the_folder(augmented: Path, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "packed"), "zip", augmented.parent, augmented.name)
    assert not told(datalint.check(archive, config=QUIET), "DUP", "SPL", "BIA")


def test_arrays_that_became_files_are_traced_too(planned: Planned, tmp_path: Path, make_image: Any) -> None:
    images = [
        np.asarray(Image.open(make_image(tmp_path / "one" / f"{n}.png", seed=n)).convert("RGB")) for n in range(8)
    ]
    labels = [0, 0, 0, 1, 1, 0, 1, 1]
    np.savez(tmp_path / "set.npz", x_train=images[:5], y_train=labels[:5], x_test=images[5:], y_test=labels[5:])
    data, plan = planned(tmp_path / "set.npz", target=12)
    augmenting.augment(data, plan, augmenting.Options(tmp_path / "out", 1))
    assert not told(check(tmp_path / "out"), "DUP", "SPL")
    moved = next(one for one in read_log((tmp_path / "out" / NAME).read_bytes())[0] if one.label == "1")
    (tmp_path / "out" / moved.image).rename(tmp_path / "out" / "test" / "1" / "x.png")
    assert [code for code, _ in told(check(tmp_path / "out"), "SPL010")] == ["SPL010"]


def test_what_is_kept_from_run_to_run_follows_the_log(augmented: Path, tmp_path: Path) -> None:
    def counted() -> dict[str, int]:
        report = datalint.check(augmented, config=QUIET, cache=tmp_path / "cache")
        return {code: len(told(report, code)) for code in ("DUP003", "SPL010")}

    assert counted() == counted() == {"DUP003": 0, "SPL010": 0}
    moved = made_of(augmented, "train/dog/1.jpg")[0]
    (augmented / moved.image).rename(augmented / "test" / "dog" / "new.jpg")
    assert counted() == {"DUP003": 0, "SPL010": 1}
    (augmented / "test" / "dog" / "new.jpg").rename(augmented / moved.image)
    text = log_text("x", 0, "", [])
    (augmented / NAME).write_text(text)
    assert counted()["DUP003"] > 0


@pytest.mark.parametrize("part", ["train", "train/cat", "train/dog", "test"])
def test_a_part_of_the_folder_is_as_good_as_the_whole(
    split_dataset: Path, augmented: Path, tmp_path: Path, part: str
) -> None:
    before, after = check(split_dataset / part), check(augmented / part)
    assert {one.code for one in after.findings} <= {one.code for one in before.findings}
    made = [one for one in read_log((augmented / NAME).read_bytes())[0] if one.image.startswith(f"{part}/")]
    rows = after.tables.run("SELECT path, source_path FROM augmented SEMI JOIN samples USING (path) ORDER BY path")
    assert rows == sorted((one.image[len(part) + 1 :], one.original[len(part) + 1 :]) for one in made)
    (tmp_path / "link").symlink_to(augmented / part)
    assert told(check(tmp_path / "link"), "DUP", "SPL") == told(after, "DUP", "SPL") == []
    (augmented / NAME).unlink()
    assert bool(told(check(augmented / part), "DUP003")) is part.startswith("train")  # it is the log that tells


def test_a_copy_in_a_part_of_the_folder_is_seen_from_there(augmented: Path) -> None:
    moved = made_of(augmented, "train/dog/1.jpg")[0]
    (augmented / moved.image).rename(augmented / "test" / "dog" / "new.jpg")
    rows = check(augmented / "test").tables.run(
        "SELECT augmented.path, source_path FROM augmented JOIN contents USING (content) JOIN samples USING (sample_id)"
    )
    assert rows == [(f"../{moved.image}", "../train/dog/1.jpg")]


def test_a_folder_that_was_copied_or_moved_is_known(augmented: Path, tmp_path: Path) -> None:
    shutil.copytree(augmented, tmp_path / "elsewhere" / "copy")
    augmented.rename(tmp_path / "elsewhere" / "moved")
    for name in ("copy", "moved"):
        for part in (".", "train", "train/cat"):
            assert not told(check(tmp_path / "elsewhere" / name / part), "DUP", "SPL", "BIA")
    (tmp_path / "elsewhere" / "copy").rename(tmp_path / "wrapping")
    shutil.move(tmp_path / "elsewhere" / "moved", tmp_path / "wrapping" / "inside")
    assert not told(check(tmp_path / "wrapping" / "inside" / "train"), "DUP", "SPL")  # by the nearest log


def test_a_log_far_above_is_not_looked_for(augmented: Path) -> None:
    deep = augmented / "a" / "b" / "c" / "d"
    deep.mkdir(parents=True)
    (augmented / "train").rename(deep / "train")
    assert told(check(deep / "train"), "DUP003")


def test_what_is_kept_of_a_part_follows_the_log_above(augmented: Path, tmp_path: Path) -> None:
    def copies() -> int:
        return len(told(datalint.check(augmented / "train", config=QUIET, cache=tmp_path / "cache"), "DUP003"))

    assert copies() == copies() == 0
    log = augmented / NAME
    log.rename(augmented / "hidden")
    assert copies() > 0
    (augmented / "hidden").rename(log)
    assert copies() == 0
    log.write_text(log_text("x", 0, "", []))
    assert copies() > 0
