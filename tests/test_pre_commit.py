"""The hook, through the real pre-commit in a real git repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run git, or another command, in a fresh dataset repository."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    data = tmp_path / "repository"
    data.mkdir()

    def run(*command: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        result = subprocess.run(command, cwd=data, capture_output=True, text=True, timeout=600)
        assert not ok or result.returncode == 0, result.stdout + result.stderr
        return result

    run("git", "init", "--quiet")
    run("git", "config", "user.name", "A Tester")
    run("git", "config", "user.email", "tester@example.org")
    return run


def test_a_bad_commit_is_refused_and_a_good_one_passes(
    tmp_path: Path, make_image: Callable[..., Path], git: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    data = tmp_path / "repository"
    for number, place in enumerate(
        f"{s}/{c}/{i}.jpg" for s in ("train", "test") for c in ("cat", "dog") for i in "123"
    ):
        make_image(data / "data" / place, size=(96, 96), seed=number)
    git("git", "add", ".")
    hook = (sys.executable, "-m", "pre_commit", "try-repo", str(REPOSITORY), "datalint", "--verbose")
    good = git(*hook, "--all-files", ok=False)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "Passed" in good.stdout
    git("git", "commit", "--quiet", "--message", "good")

    (data / "data/test/cat/4.jpg").write_bytes((data / "data/train/cat/1.jpg").read_bytes())
    git("git", "add", ".")
    bad = git(*hook, ok=False)
    assert bad.returncode == 1, bad.stdout + bad.stderr
    assert "Failed" in bad.stdout
    assert "SPL001 duplicate-across-splits" in bad.stdout
    assert "test/cat/4.jpg" in bad.stdout

    (data / "data/test/cat/4.jpg").write_bytes(b"mended in the working tree only")
    assert "SPL001" in git(*hook, ok=False).stdout, "what is staged will be committed"
    full = (*hook[:5], "datalint-full", "--hook-stage", "manual", "--all-files")
    assert "INT001 unreadable-image" in git(*full, ok=False).stdout, "the other hook judges the working tree"

    (data / "data/test/cat/4.jpg").unlink()
    (data / "data/notes.txt").write_text("no image changes here")
    git("git", "add", ".")
    assert "no files to check" in git(*hook, ok=False).stdout
