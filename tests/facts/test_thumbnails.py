"""The file of thumbnails."""

from __future__ import annotations

from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from datalint.facts.thumbnails import BYTES, ThumbnailFile


def some(seed: int, count: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, BYTES), np.uint8)


@pytest.mark.parametrize("named", [True, False])
def test_what_was_appended_is_there(tmp_path: Path, named: bool) -> None:
    file = ThumbnailFile(tmp_path / "file" if named else None)
    first, second = some(1, 5), some(2, 3)
    slots = np.concatenate([file.append(first), file.append(second)])
    assert slots.tolist() == list(range(8)) and len(file) == 8
    stored = file.at(slots[::-1])
    both = np.concatenate([first, second])[::-1].reshape(-1, 32, 32, 3)
    assert len(stored) == 8
    assert np.array_equal(stored[:], both)
    assert np.array_equal(stored[np.array([6, 0, 6])], both[[6, 0, 6]])
    assert np.array_equal(stored[3], both[3])
    assert file.at(slots[:0])[:].shape == (0, 32, 32, 3)


def test_nothing_is_in_an_empty_file() -> None:
    file = ThumbnailFile()
    assert len(file) == 0
    assert file.at(file.append(some(1, 0)))[:].shape == (0, 32, 32, 3)


def test_two_files_are_seen_as_one(tmp_path: Path) -> None:
    first, second = ThumbnailFile(), ThumbnailFile(tmp_path / "file")
    one = first.at(first.append(some(1, 4)))
    two = second.at(second.append(some(2, 6))[1:])
    both = one.followed_by(two)
    expected = np.concatenate([one[:], two[:]])
    rows = np.array([8, 0, 4, 3, 3])
    assert len(both) == 9
    assert np.array_equal(both[rows], expected[rows])
    assert np.array_equal(both[5], expected[5])


def test_a_write_that_was_cut_off_moves_nothing(tmp_path: Path) -> None:
    before = ThumbnailFile(tmp_path / "file")
    slots = before.append(some(1, 3))
    with open(tmp_path / "file", "ab") as file:
        file.write(b"x" * 100)
    after = ThumbnailFile(tmp_path / "file")
    more = after.append(some(2, 3))
    assert np.array_equal(after.at(slots)[:].reshape(3, -1), some(1, 3))
    assert np.array_equal(after.at(more)[:].reshape(3, -1), some(2, 3))


def append_often(place: str, seed: int) -> list[int]:
    file = ThumbnailFile(Path(place))
    return [int(file.append(some(seed, 1))[0]) for _ in range(200)]


def test_two_processes_do_not_write_over_each_other(tmp_path: Path) -> None:
    with get_context("spawn").Pool(2) as pool:
        found = pool.starmap(append_often, [(str(tmp_path / "file"), seed) for seed in (1, 2)])
    assert sorted(found[0] + found[1]) == list(range(400))
    file = ThumbnailFile(tmp_path / "file")
    for seed, slots in zip((1, 2), found, strict=True):
        assert (file.at(np.array(slots))[:].reshape(200, -1) == some(seed, 1)).all()
