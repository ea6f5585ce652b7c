"""The hook, through the real pre-commit in a real git repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

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
    installed = (sys.executable, "-m", "pre_commit", "try-repo", str(REPOSITORY), "datalint", "--verbose")
    good = git(*installed, "--all-files", ok=False)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "Passed" in good.stdout
    git("git", "commit", "--quiet", "--message", "good")

    (data / "data/test/cat/4.jpg").write_bytes((data / "data/train/cat/1.jpg").read_bytes())
    git("git", "add", ".")
    hook = installed_hook(tmp_path, always_run=False)  # to install it once is enough
    bad = git(*hook, ok=False)
    assert bad.returncode == 1, bad.stdout + bad.stderr
    assert "Failed" in bad.stdout
    assert "SPL001 duplicate-across-splits" in bad.stdout
    assert "test/cat/4.jpg" in bad.stdout

    (data / "data/test/cat/4.jpg").write_bytes(b"mended in the working tree only")
    assert "SPL001" in git(*hook, ok=False).stdout, "what is staged will be committed"
    full = installed_hook(tmp_path, name="datalint-full", always_run=False)
    assert "INT001 unreadable-image" in git(*full, "--hook-stage", "manual", "--all-files", ok=False).stdout, (
        "the other hook judges the working tree"
    )
    hook = installed_hook(tmp_path, always_run=False)

    (data / "data/test/cat/4.jpg").unlink()
    (data / "data/notes.txt").write_text("no image changes here")
    git("git", "add", ".")
    assert "no files to check" in git(*hook, ok=False).stdout


def installed_hook(tmp_path: Path, *arguments: str, name: str = "datalint", always_run: bool = True) -> tuple[str, ...]:
    """Return the command that runs the hook as we ship it, with this datalint in place of an installed one."""
    (shipped,) = (h for h in yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text()) if h["id"] == name)
    hook = {
        **shipped,
        "entry": shipped["entry"].replace("datalint", f"{sys.executable} -m datalint", 1),
        "language": "system",
        "verbose": True,
        "always_run": always_run,  # as the README says: else commits that only remove files pass by
        "args": [*arguments],
    }
    file = tmp_path / "hook.yaml"
    file.write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": [hook]}]}))
    return sys.executable, "-m", "pre_commit", "run", "--config", str(file)


def test_the_life_of_a_baseline(
    tmp_path: Path, make_image: Callable[..., Path], git: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """Adopted with a leak in it; a new leak is refused, a fixed one told, its entry stale until it is pruned."""
    data = tmp_path / "repository"
    for number, place in enumerate(
        f"{s}/{c}/{i}.png" for s in ("train", "test") for c in ("cat", "dog") for i in "123"
    ):
        make_image(data / "data" / place, size=(96, 96), seed=number)
    old = data / "data/test/cat/old.png"
    old.write_bytes((data / "data/train/cat/1.png").read_bytes())
    (data / "datalint.toml").write_text('baseline = "baseline.json"\n')
    git("git", "add", ".")
    hook = installed_hook(tmp_path, "data")
    datalint = (sys.executable, "-m", "datalint")
    git(*datalint, "baseline", "data", "--profile", "hook")
    git("git", "add", ".")
    adopted = git(*hook)
    assert "1 in the baseline" in adopted.stdout and "SPL001" not in adopted.stdout
    git("git", "commit", "--quiet", "--message", "adopt")

    new = data / "data/test/dog/new.png"
    new.write_bytes((data / "data/train/dog/1.png").read_bytes())
    git("git", "add", ".")
    refused = git(*hook, ok=False)
    assert refused.returncode == 1
    assert "test/dog/new.png" in refused.stdout and "old.png" not in refused.stdout
    git("git", "rm", "--quiet", "--force", "data/test/dog/new.png")

    git("git", "mv", "data/test/cat/old.png", "data/test/cat/renamed.png")
    assert "1 in the baseline" in git(*hook).stdout, "a leak stays known when a file is renamed"

    git("git", "rm", "--quiet", "--force", "data/test/cat/renamed.png")
    fixed = git(*hook)
    assert "0 in the baseline, 1 fixed (SPL001), 1 stale" in fixed.stdout
    git("git", "commit", "--quiet", "--message", "fixed")

    old.write_bytes((data / "data/train/cat/1.png").read_bytes())
    git("git", "add", ".")
    assert "1 in the baseline" in git(*hook).stdout, "what a stale entry does: the fault is back and nobody is told"
    git("git", "rm", "--quiet", "--force", "data/test/cat/old.png")
    assert "1 stale removed" in git(*datalint, "baseline", "prune", "data", "--profile", "hook").stdout
    old.write_bytes((data / "data/train/cat/1.png").read_bytes())
    git("git", "add", ".")
    assert "test/cat/old.png" in git(*hook, ok=False).stdout, "without the entry it is refused"


def test_a_frozen_set_is_changed_together_with_its_lock_or_not_at_all(
    tmp_path: Path, make_image: Callable[..., Path], git: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    data = tmp_path / "repository"
    for number, place in enumerate(
        f"{s}/{c}/{i}.png" for s in ("train", "test") for c in ("cat", "dog") for i in "123"
    ):
        make_image(data / "data" / place, size=(96, 96), seed=number)
    datalint = (sys.executable, "-m", "datalint")
    git(*datalint, "lock", "data")
    git("git", "add", ".")
    hook = installed_hook(tmp_path, "data")
    assert git(*hook, "--all-files", ok=False).returncode == 0
    git("git", "commit", "--quiet", "--message", "frozen")

    make_image(data / "data/test/cat/4.png", size=(96, 96), seed=99)
    git("git", "add", ".")
    refused = git(*hook, ok=False)
    assert refused.returncode == 1
    assert "test/cat/4.png was added to test" in refused.stdout
    git(*datalint, "lock", "data")
    assert git(*hook, ok=False).returncode == 1, "the lock is not part of the commit"
    git("git", "add", ".")
    passed = git(*hook, ok=False)
    assert passed.returncode == 0, passed.stdout
    git("git", "commit", "--quiet", "--message", "more")
    git("git", "rm", "--quiet", "data/test/dog/1.png")
    assert "test/dog/1.png was removed from test" in git(*hook, ok=False).stdout


def test_a_commit_brings_its_card_along(
    tmp_path: Path, make_image: Callable[..., Path], git: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    data = tmp_path / "repository"
    for number, place in enumerate(f"{c}/{i}.png" for c in ("cat", "dog") for i in "12"):
        make_image(data / "data" / place, size=(96, 96), seed=number)
    update = (sys.executable, "-m", "datalint", "card", "data", "--output", "data/README.md")
    git(*update)
    git("git", "add", ".")
    hook = installed_hook(tmp_path, "data", name="datalint-card")
    assert git(*hook, "--all-files", ok=False).returncode == 0
    git("git", "commit", "--quiet", "--message", "with a card")
    make_image(data / "data/cat/3.png", size=(96, 96), seed=99)
    git("git", "add", ".")
    refused = git(*hook, ok=False)
    assert refused.returncode == 1 and "README.md is out of date:\n  images 4, now 5" in refused.stdout
    git(*update)
    git("git", "add", ".")
    assert git(*hook, ok=False).returncode == 0
