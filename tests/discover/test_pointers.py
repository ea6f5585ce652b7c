"""Content that was not pulled: what its pointers say is enough for counts, duplicates and leakage."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import datalint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def lfs(file: Path, digest: str, size: int = 1234) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {size}\n")


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_leaks_among_1000_pointers_are_found_with_nothing_pulled(tmp_path: Path) -> None:
    for number in range(1000):
        split, label = ("test" if number % 5 == 0 else "train"), f"class{number % 7}"
        lfs(tmp_path / split / label / f"{number}.jpg", sha(str(number)))
    leaked = []
    for number in range(20):
        original = next((tmp_path / "train").glob(f"*/{5 * number + 1}.jpg"))
        copy = tmp_path / "test" / original.parent.name / f"copy{number}.jpg"
        copy.write_text(original.read_text())
        leaked.append({str(original.relative_to(tmp_path)), str(copy.relative_to(tmp_path))})
    report = datalint.check(tmp_path)
    found = [set(finding.paths) for finding in report.findings if finding.code == "SPL001"]
    assert sorted(map(sorted, found)) == sorted(map(sorted, leaked))
    status = {rule.code: (rule.status, len(rule.findings)) for rule in report.rules}
    assert status["INT004"] == ("found", 1020)
    assert status["DUP001"] == ("passed", 0)
    assert status["DUP003"] == ("not-evaluated", 0)
    assert report.dataset.images == 1020


def test_a_pointer_is_a_duplicate_of_the_pulled_file(tmp_path: Path, make_image: Callable[..., Path]) -> None:
    pulled = make_image(tmp_path / "cat" / "1.png")
    make_image(tmp_path / "dog" / "1.png", seed=1)
    digest = hashlib.sha256(pulled.read_bytes()).hexdigest()
    lfs(tmp_path / "cat" / "2.png", digest, pulled.stat().st_size)
    report = datalint.check(tmp_path, {"select": ["DUP001"]})
    (finding,) = report.findings
    assert finding.paths == ("cat/1.png", "cat/2.png"), "the one that is there is kept"

    before = finding.fingerprint
    (tmp_path / "cat" / "2.png").write_bytes(pulled.read_bytes())
    assert datalint.check(tmp_path, {"select": ["DUP001"]}).findings[0].fingerprint == before


def test_a_malformed_pointer_is_still_one(tmp_path: Path) -> None:
    for name in ("cat/1.jpg", "dog/2.jpg"):
        lfs(tmp_path / name, "no digest")
    report = datalint.check(tmp_path, {"select": ["INT004", "DUP001"]})
    assert [finding.code for finding in report.findings] == ["INT004", "INT004"]
    assert report.rules[0].status == "not-evaluated"


def test_files_of_dvc(tmp_path: Path) -> None:
    for name, digest in (("cat/1.jpg", "a" * 32), ("cat/2.jpg", "a" * 32), ("dog/1.jpg", "b" * 32)):
        file = tmp_path / f"{name}.dvc"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"outs:\n- md5: {digest}\n  size: 99\n  path: {file.name.removesuffix('.dvc')}\n")
    report = datalint.check(tmp_path, {"select": ["DUP001", "INT004"]})
    assert [finding.paths for finding in report.findings if finding.code == "DUP001"] == [
        ("cat/1.jpg.dvc", "cat/2.jpg.dvc")
    ]
    sizes = report.table("files").query("t", "SELECT DISTINCT content_bytes FROM t").fetchall()
    assert sizes == [(99,)]


def test_a_folder_of_dvc_is_known_by_its_listing(tmp_path: Path) -> None:
    entries = [
        {"md5": f"{n % 3:032x}", "relpath": f"{split}/{label}/{n}.jpg"}
        for n, (split, label) in enumerate((s, c) for s in ("train", "test") for c in ("cat", "dog"))
    ]
    cache = tmp_path / ".dvc/cache/files/md5/ab"
    cache.mkdir(parents=True)
    (cache / f"{'c' * 30}.dir").write_text(json.dumps(entries))
    (tmp_path / "data").mkdir()
    (tmp_path / "data/photos.dvc").write_text(f"outs:\n- md5: ab{'c' * 30}.dir\n  nfiles: 4\n  path: photos\n")
    report = datalint.check(tmp_path / "data", {"select": ["SPL001", "DUP002", "INT004"]})
    assert report.dataset.labels.keys() == {"cat", "dog"}
    assert report.dataset.splits == {"train": 2, "test": 2}
    codes = [finding.code for finding in report.findings]
    assert codes.count("INT004") == 4
    assert codes.count("DUP002") == 1, "the first and the last image are the same, under two labels"

    (cache / f"{'c' * 30}.dir").unlink()
    (tmp_path / "data/other.jpg").write_bytes(b"")
    notices = datalint.check(tmp_path / "data", {"select": ["INT004"]}).dataset.notices
    assert any("photos/ is tracked by DVC and not pulled: 4 files" in notice for notice in notices)
