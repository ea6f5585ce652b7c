"""When contents can be held against a lock, and when not."""

from __future__ import annotations

from pathlib import Path

import pytest
from rule_cases import fill

from datalint.errors import DatasetError
from datalint.locking import Lock, LockedImage, evaluation_set, fill_locked, find_lock, write_lock

FILE = Path("data") / "datalint.lock"
SAMPLES = [{"path": "test/cat/a.jpg", "split": "test"}, {"path": "train/cat/b.jpg", "split": "train"}]


def locked(*contents: str) -> Lock:
    return Lock(FILE, tuple(LockedImage(content, "test", "cat", f"test/cat/{content}.jpg") for content in contents))


def test_pointers_of_dvc_are_told_and_not_taken_for_other_images() -> None:
    pulled, waiting = {"content_digest": None}, {"content_digest": "md5:aa", "pointer": "dvc"}
    for evaluated, trained, gaps in ((waiting, pulled, {"locked"}), (pulled, waiting, set())):
        files = [{"path": "test/cat/a.jpg", **evaluated}, {"path": "train/cat/b.jpg", **trained}]
        facts = fill({"samples": SAMPLES, "files": files, "pixels": [{"path": "test/cat/a.jpg"}] if not gaps else []})
        assert fill_locked(facts, locked("00")).keys() == gaps


def test_the_lock_of_another_dataset_is_refused() -> None:
    facts = fill({"samples": SAMPLES, "pixels": [{"content_digest": "aa"}]})
    assert fill_locked(facts, locked("aa", "bb")) == {}
    facts = fill({"samples": SAMPLES, "pixels": [{"content_digest": "aa"}]})
    with pytest.raises(DatasetError, match=r"datalint\.lock: none of the 2 images of this lock is in the dataset"):
        fill_locked(facts, locked("cc", "dd"))
    assert fill_locked(fill({"samples": SAMPLES}), Lock(FILE, ())) == {}


def test_a_lock_is_read_as_it_was_written(tmp_path: Path) -> None:
    names = ["plain.jpg", 'tab\t"quote".jpg', "line\nbreak.jpg", "\u2028.jpg", "\\xff.jpg", "ü.jpg"]
    samples = [{"path": name, "split": "test", "label": "" if "plain" in name else name} for name in names]
    facts = fill({"samples": samples, "pixels": [{"path": name, "content_digest": name} for name in names[1:]]})
    images = evaluation_set(facts)
    assert {image.content for image in images} == {"path:plain.jpg", *names[1:]}
    write_lock(tmp_path / "datalint.lock", images)
    lock = find_lock(tmp_path, None, staged=False)
    assert lock is not None and lock.images == tuple(images)
