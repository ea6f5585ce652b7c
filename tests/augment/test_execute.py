"""A plan carried out: what is in the new folder, and what never happens."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import datalint
from datalint import augment_log, augmenting
from datalint.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from datalint.augment.record import Plan
    from datalint.planning import Collected

    Planned = Callable[..., tuple[Collected, Plan]]


def contents(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def images_in(folder: Path) -> dict[str, bytes]:
    return {
        name: data for name, data in contents(folder).items() if not name.rpartition("/")[2].startswith((".", "augm"))
    }


def log_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "augment-log.jsonl").read_text().splitlines()]


def carry_out(planned: Planned, root: Path, out: Path, jobs: int = 1, **settings: Any) -> augmenting.Outcome:
    data, plan = planned(root, **settings)
    return augmenting.augment(data, plan, augmenting.Options(out, jobs))


def test_counts_are_as_planned_and_every_image_is_traced(planned: Planned, split_dataset: Path, tmp_path: Path) -> None:
    before = contents(split_dataset)
    data, plan = planned(split_dataset, target=9)
    outcome = augmenting.augment(data, plan, augmenting.Options(tmp_path / "out", 1))
    after = images_in(tmp_path / "out")
    for one in plan.classes:
        assert sum(name.startswith(f"train/{one.label}/") for name in after) == one.have + one.made
    assert outcome.made == sum(one.made for one in plan.classes) > 0
    head, *lines = log_of(tmp_path / "out")
    assert head["schema"] == augment_log.SCHEMA
    assert {line["image"] for line in lines} == after.keys() - before.keys()
    for line in lines:
        assert line["source"] in before and line["source"].startswith(f"train/{line['label']}/")
        assert line["split"] == "train" and line["transforms"]
    assert contents(split_dataset) == before


def test_validation_and_test_stay_as_they_are(planned: Planned, split_dataset: Path, tmp_path: Path) -> None:
    carry_out(planned, split_dataset, tmp_path / "out", target=9)
    after = images_in(tmp_path / "out")
    tests = {name: data for name, data in contents(split_dataset).items() if name.startswith("test/")}
    assert {name: data for name, data in after.items() if name.startswith("test/")} == tests


def test_the_same_seed_gives_the_same_bytes_whatever_the_number_of_jobs(
    planned: Planned, split_dataset: Path, tmp_path: Path
) -> None:
    carry_out(planned, split_dataset, tmp_path / "one", jobs=1, target=30)
    carry_out(planned, split_dataset, tmp_path / "three", jobs=3, target=30)
    assert contents(tmp_path / "one") == contents(tmp_path / "three")
    carry_out(planned, split_dataset, tmp_path / "other", target=30, seed=1)
    assert len(images_in(tmp_path / "other")) == len(images_in(tmp_path / "one"))
    assert contents(tmp_path / "other") != contents(tmp_path / "one")


def test_a_stopped_run_goes_on(
    planned: Planned, split_dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out(planned, split_dataset, tmp_path / "whole", target=9)
    carry_out(planned, split_dataset, tmp_path / "out", target=9)
    (tmp_path / "out" / "augment-log.jsonl").unlink()
    made = sorted((tmp_path / "out").rglob("*__aug*"))
    for file in made[::2]:
        file.unlink()
    times = {file: file.stat().st_mtime_ns for file in made[1::2]}
    carry_out(planned, split_dataset, tmp_path / "out", target=9)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert times == {file: file.stat().st_mtime_ns for file in times}


def test_it_does_not_write_where_something_is(planned: Planned, split_dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "notes").mkdir(parents=True)
    with pytest.raises(ConfigError, match="is not empty"):
        carry_out(planned, split_dataset, out)
    carry_out(planned, split_dataset, tmp_path / "first", target=9)
    with pytest.raises(ConfigError, match="was made by another plan, or of other images;"):
        carry_out(planned, split_dataset, tmp_path / "first", target=8)
    data, plan = planned(split_dataset, target=8)
    augmenting.augment(data, plan, augmenting.Options(tmp_path / "first", 1, force=True))
    carry_out(planned, split_dataset, tmp_path / "second", target=8)
    assert contents(tmp_path / "first") == contents(tmp_path / "second")


def forced(planned: Planned, root: Path, out: Path, copy: bool = False, **settings: Any) -> augmenting.Outcome:
    data, plan = planned(root, **settings)
    return augmenting.augment(data, plan, augmenting.Options(out, 1, force=True, copy=copy))


@pytest.mark.parametrize("copy", [False, True])
def test_by_force_all_is_as_the_plan_says(
    planned: Planned, split_dataset: Path, tmp_path: Path, make_image: Callable[..., Path], copy: bool
) -> None:
    out = tmp_path / "out"
    forced(planned, split_dataset, out, copy, target=14)
    gone = [split_dataset / "test" / "cat" / "1.jpg", *sorted((split_dataset / "train" / "dog").glob("*.jpg"))[1:]]
    for file in gone:
        file.unlink()
    (split_dataset / "test" / "dog").rename(split_dataset / "test" / "fox")
    before = split_dataset / "train" / "cat" / "0.jpg"
    before.unlink()  # or the link in the new folder would change with it
    make_image(before, seed=77)
    made = next((out / "train" / "cat").glob("1__aug*"))
    made.write_bytes(b"edited by hand")
    (out / "train" / "cat" / "notes__aug.txt").write_text("mine")
    present = contents(split_dataset)
    outcome = forced(planned, split_dataset, out, copy, target=9)
    assert outcome.others == ("train/cat/notes__aug.txt",) and not outcome.failed
    assert (out / "train" / "cat" / "notes__aug.txt").read_text() == "mine"
    (out / "train" / "cat" / "notes__aug.txt").unlink()
    carry_out(planned, split_dataset, tmp_path / "fresh", target=9)
    assert contents(out) == contents(tmp_path / "fresh") and contents(split_dataset) == present
    assert not (out / "test" / "dog").exists()
    assert os.path.samefile(before, out / "train" / "cat" / "0.jpg") is not copy
    carry_out(planned, split_dataset, out, target=9)  # as if it had been made here at first


def test_by_force_what_was_changed_by_hand_is_made_again(planned: Planned, split_dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    forced(planned, split_dataset, out, copy=True, target=9)
    whole = contents(out)
    for file in ("train/cat/0.jpg", next(name for name in whole if "__aug" in name)):
        (out / file).write_bytes(b"edited")
    forced(planned, split_dataset, out, target=9)
    assert contents(out) == whole


@pytest.mark.parametrize("copy", [False, True])
def test_what_a_stopped_run_left_is_not_written_through(
    planned: Planned, split_dataset: Path, tmp_path: Path, copy: bool
) -> None:
    out, original = tmp_path / "out", split_dataset / "train" / "cat" / "0.jpg"
    forced(planned, split_dataset, out, copy=True, target=9)
    made = next(name for name in contents(out) if "__aug" in name)
    for name in ("train/cat/0.jpg", made):
        os.link(original, out / f"{name}.part")  # as if stopped before it took its place
    before = contents(split_dataset), original.stat().st_mtime_ns
    forced(planned, split_dataset, out, copy, target=9)
    assert (contents(split_dataset), original.stat().st_mtime_ns) == before
    assert os.path.samefile(original, out / "train" / "cat" / "0.jpg") is not copy
    assert not [*out.rglob("*.part")]


@pytest.mark.parametrize("at", ["place_batch", "make_batch"])
def test_a_forced_run_that_was_stopped_does_not_go_on_but_anew(
    planned: Planned, split_dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    out = tmp_path / "out"
    carry_out(planned, split_dataset, out, target=14)

    def stopped(*_: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(augmenting, at, stopped)
        forced(planned, split_dataset, out, target=9)
    with pytest.raises(ConfigError, match=r"was begun anew and not finished; .* --force"):
        carry_out(planned, split_dataset, out, target=9)
    forced(planned, split_dataset, out, target=9)
    carry_out(planned, split_dataset, tmp_path / "fresh", target=9)
    assert contents(out) == contents(tmp_path / "fresh")


def test_a_first_run_that_was_stopped_leaves_nothing_when_another_plan_is_forced(
    planned: Planned, split_dataset: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    carry_out(planned, split_dataset, out, target=14)
    (out / augment_log.NAME).unlink()  # it is written last
    assert not forced(planned, split_dataset, out, target=9).others
    carry_out(planned, split_dataset, tmp_path / "fresh", target=9)
    assert contents(out) == contents(tmp_path / "fresh")


def test_a_log_cannot_have_files_elsewhere_removed(planned: Planned, split_dataset: Path, tmp_path: Path) -> None:
    out, mine = tmp_path / "out", tmp_path / "mine.jpg"
    carry_out(planned, split_dataset, out, target=9)
    mine.write_bytes(b"mine")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "1.jpg").write_bytes(b"mine")
    (out / "linked").symlink_to(tmp_path / "linked")
    lines = (out / augment_log.NAME).read_text().splitlines()
    for place in ("../mine.jpg", str(mine), "linked/1.jpg"):
        lines.append(json.dumps({**json.loads(lines[1]), "image": place}))
    (out / augment_log.NAME).write_text("\n".join(lines))
    forced(planned, split_dataset, out, target=8)
    assert mine.read_bytes() == (tmp_path / "linked" / "1.jpg").read_bytes() == b"mine"


@pytest.mark.parametrize("place", ["train/cat/0.jpg", "train/cat/0__aug01.jpg", "train/cat/0__aug01.png"])
def test_by_force_no_file_of_somebody_else_is_replaced(
    planned: Planned, split_dataset: Path, tmp_path: Path, place: str
) -> None:
    mine = tmp_path / "out" / place
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    for _ in range(2):
        with pytest.raises(ConfigError, match=f"{place} in it is of no earlier run, and would be replaced; move it"):
            forced(planned, split_dataset, tmp_path / "out", target=12)
        assert contents(tmp_path / "out") == {place: b"mine"}


def test_no_link_leads_out_of_the_new_folder(planned: Planned, split_dataset: Path, tmp_path: Path) -> None:
    out, before = tmp_path / "out", contents(split_dataset)
    out.mkdir()
    (out / "train").symlink_to(split_dataset / "train")
    for _ in range(2):
        with pytest.raises(ConfigError, match="train/cat in it lies elsewhere, by a link; remove that"):
            forced(planned, split_dataset, out, target=9)
    (out / "train").unlink()
    carry_out(planned, split_dataset, out, target=9)
    (out / "train" / "cat").rename(out / "cat")
    (out / "train" / "cat").symlink_to(split_dataset / "train" / "cat")
    with pytest.raises(ConfigError, match="train/cat in it lies elsewhere"):
        carry_out(planned, split_dataset, out, target=9)
    assert contents(split_dataset) == before


def test_by_force_what_a_damaged_log_does_not_tell_is_known_from_the_plan(
    planned: Planned, split_dataset: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    carry_out(planned, split_dataset, out, target=14)
    lines = (out / augment_log.NAME).read_text().splitlines()
    (out / augment_log.NAME).write_text("\n".join([*lines[:3], "damaged"]))
    assert not forced(planned, split_dataset, out, target=9).others
    carry_out(planned, split_dataset, tmp_path / "fresh", target=9)
    assert contents(out) == contents(tmp_path / "fresh")


@pytest.mark.parametrize("text", ["[]", "{", '{"originals": 3}', '{"stamp": 4, "made": [1]}'])
def test_a_broken_record_is_told(planned: Planned, split_dataset: Path, tmp_path: Path, text: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / ".datalint-plan.json").write_text(text)
    with pytest.raises(ConfigError, match=r"is no record of an augmentation; remove it|was (begun|made)"):
        carry_out(planned, split_dataset, out)


def test_an_image_named_like_one_that_is_made_stays(
    planned: Planned, split_dataset: Path, tmp_path: Path, make_image: Callable[..., Path]
) -> None:
    for seed, name in enumerate(("0__aug01.jpg", "0__aug03.png"), 900):
        make_image(split_dataset / "train" / "cat" / name, seed=seed)
    carry_out(planned, split_dataset, tmp_path / "out", target=40)
    before, after = contents(split_dataset), contents(tmp_path / "out")
    assert {name: after[name] for name in before} == before
    made = [line["image"] for line in log_of(tmp_path / "out")[1:]]
    assert "train/cat/0__aug02.jpg" in made and len({*made}) == len(made) and not {*made} & before.keys()


@pytest.mark.parametrize("part", [".", "train"])
def test_what_is_augmented_is_not_augmented_again(
    planned: Planned, split_dataset: Path, tmp_path: Path, part: str
) -> None:
    carry_out(planned, split_dataset, tmp_path / "out", target=9)
    with pytest.raises(ConfigError, match="was made by `datalint augment` itself; augment the originals"):
        carry_out(planned, tmp_path / "out" / part, tmp_path / "again", target=9)


@pytest.mark.parametrize("place", [".", "augmented", "train/cat", ".."])
def test_it_never_writes_into_the_dataset(planned: Planned, split_dataset: Path, place: str) -> None:
    data, plan = planned(split_dataset, target=9)
    with pytest.raises(ConfigError, match="lie in one another"):
        augmenting.augment(data, plan, augmenting.Options(split_dataset / place, 1, force=True))


def test_originals_are_links_or_copies(planned: Planned, split_dataset: Path, tmp_path: Path) -> None:
    data, plan = planned(split_dataset, target=9)
    augmenting.augment(data, plan, augmenting.Options(tmp_path / "links", 1))
    augmenting.augment(data, plan, augmenting.Options(tmp_path / "copies", 1, copy=True))
    place = "test/cat/0.jpg"
    assert os.path.samefile(split_dataset / place, tmp_path / "links" / place)
    assert not os.path.samefile(split_dataset / place, tmp_path / "copies" / place)
    assert contents(tmp_path / "links") == contents(tmp_path / "copies")


def test_a_plan_for_other_images_is_refused(
    planned: Planned, split_dataset: Path, tmp_path: Path, make_image: Callable[..., Path]
) -> None:
    _, plan = planned(split_dataset, target=9)
    make_image(split_dataset / "train" / "dog" / "new.jpg", seed=5)
    data, _ = planned(split_dataset, target=9)
    with pytest.raises(ConfigError, match="made for 3 images of dog, and there are 4"):
        augmenting.augment(data, plan, augmenting.Options(tmp_path / "out", 1))


def test_what_was_augmented_is_not_augmented_again(planned: Planned, split_dataset: Path, tmp_path: Path) -> None:
    carry_out(planned, split_dataset, tmp_path / "out", target=9)
    with pytest.raises(ConfigError, match="augment the originals"):
        carry_out(planned, tmp_path / "out", tmp_path / "again", target=20)


def test_the_log_is_no_manifest(planned: Planned, split_dataset: Path, tmp_path: Path) -> None:
    carry_out(planned, split_dataset, tmp_path / "out", target=9)
    report = datalint.check(tmp_path / "out", config={})
    assert report.dataset.layout == "split-folders"
    assert report.dataset.images == len(images_in(tmp_path / "out"))
    stray = [finding for finding in report.findings if finding.code == "LAY001"]
    assert not any("augment-log" in path for finding in stray for path in finding.paths)


def test_images_with_a_copy_in_another_split_are_not_augmented(
    planned: Planned, split_dataset: Path, tmp_path: Path
) -> None:
    leaked = split_dataset / "train" / "dog" / "0.jpg"
    (split_dataset / "test" / "dog" / "leaked.jpg").write_bytes(leaked.read_bytes())
    carry_out(planned, split_dataset, tmp_path / "out", target=9)
    sources = {line["source"] for line in log_of(tmp_path / "out")[1:]}
    assert "train/dog/1.jpg" in sources and "train/dog/0.jpg" not in sources


def test_what_is_made_is_stored_like_its_source(
    planned: Planned, tmp_path: Path, make_image: Callable[..., Path]
) -> None:
    root = tmp_path / "mixed"
    make_image(root / "a" / "grey.JPEG", mode="L", seed=1, quality=60)
    make_image(root / "a" / "alpha.png", mode="RGBA", seed=2)
    make_image(root / "b" / "palette.gif", mode="P", seed=3)
    make_image(root / "b" / "bits.png", mode="1", seed=4)
    make_image(root / "b" / "colour.jpg", seed=5, quality=40)
    carry_out(planned, root, tmp_path / "out", target=12)
    made = [line["image"] for line in log_of(tmp_path / "out")[1:]]
    for line in log_of(tmp_path / "out")[1:]:
        with Image.open(tmp_path / "out" / line["image"]) as new, Image.open(root / line["source"]) as old:
            assert new.size == old.size
            if old.format == "JPEG":
                assert (new.format, new.mode, new.quantization) == (old.format, old.mode, old.quantization)
            else:
                assert new.format == "PNG" and new.mode == {"P": "RGB", "1": "L"}.get(old.mode, old.mode)
    assert any(name.startswith("a/grey__aug") and name.endswith(".JPEG") for name in made)


def test_arrays_and_manifests_become_class_folders(planned: Planned, tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    x = generator.integers(0, 255, (8, 12, 12), np.uint8)
    np.savez(tmp_path / "digits.npz", x_train=x[:6], y_train=[3, 3, 3, 3, 7, 7], x_test=x[6:], y_test=[3, 7])
    carry_out(planned, tmp_path / "digits.npz", tmp_path / "out", target=5)
    names = images_in(tmp_path / "out")
    assert sum(name.startswith("train/7/") for name in names) == sum(name.startswith("train/3/") for name in names) == 5
    assert sum(name.startswith("test/") for name in names) == 2
    report = datalint.check(tmp_path / "out", config={"select": ["BAL"]})
    assert report.dataset.splits == {"train": 10, "test": 2}


def test_clothing_is_balanced_as_planned(planned: Planned, shared_datasets: Path, tmp_path: Path) -> None:
    before = datalint.check(shared_datasets / "clothing_unbalanced", config={"select": ["BAL"]})
    assert sum(finding.code == "BAL001" for finding in before.findings) == 10
    carry_out(planned, shared_datasets / "clothing_unbalanced", tmp_path / "out", jobs=2)
    after = datalint.check(tmp_path / "out", config={"select": ["BAL"]})
    assert not [finding for finding in after.findings if finding.code in ("BAL001", "BAL002", "BAL003")]


def test_no_validation_or_test_image_of_clothing_is_touched(
    planned: Planned, shared_datasets: Path, tmp_path: Path
) -> None:
    root = shared_datasets / "clothing_split"
    carry_out(planned, root, tmp_path / "out", jobs=2, target=20)
    kept = {name: data for name, data in contents(root).items() if not name.startswith("train/")}
    after = images_in(tmp_path / "out")
    assert {name: data for name, data in after.items() if not name.startswith("train/")} == kept
    assert sum(name.startswith("train/") for name in after) == 200
    report = datalint.check(tmp_path / "out", config={"select": ["SPL"]})
    assert not [finding for finding in report.findings if finding.code in ("SPL001", "SPL002")]
