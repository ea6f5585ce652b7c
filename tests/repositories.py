"""Git repositories made on the fly, as their owners make them: by git itself."""

from __future__ import annotations

import hashlib
import os
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Repository(NamedTuple):
    """A repository in a folder."""

    path: Path

    def git(self, *arguments: str, ok: bool = True, **environment: str) -> str:
        """Run git at the top and return what it prints."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            env={**os.environ, **environment},
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert not ok or done.returncode == 0, done.stderr.decode()
        return os.fsdecode(done.stdout)

    def write(self, name: str, content: bytes | str) -> Path:
        """Write a file of the working tree."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def add(self, name: str, content: bytes | str) -> None:
        """Write a file and stage it."""
        self.write(name, content)
        self.git("add", "--", name)

    def commit(self) -> str:
        """Commit what is staged and return the commit's id."""
        self.git("commit", "--quiet", "--allow-empty", "--message", "more")
        return self.git("rev-parse", "HEAD").strip()

    def part(self, branch: str, there: tuple[str, str], here: tuple[str, str]) -> None:
        """Commit a file (name and content) on a new branch, and one on main, which stays checked out."""
        self.git("checkout", "--quiet", "-b", branch)
        self.add(*there)
        self.commit()
        self.git("checkout", "--quiet", "main")
        self.add(*here)
        self.commit()

    def add_pointer(self, name: str, content: bytes, pulled: bool) -> str:
        """Stage a pointer of git-lfs, as git-lfs does it; return the digest."""
        digest = hashlib.sha256(content).hexdigest()
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n"
        self.add(name, pointer)
        if pulled:
            self.write(f".git/lfs/objects/{digest[:2]}/{digest[2:4]}/{digest}", content)
            self.write(name, content)
        return digest


def make_repository(path: Path) -> Repository:
    """Make an empty repository."""
    path.mkdir(parents=True, exist_ok=True)
    repository = Repository(path)
    repository.git("init", "--quiet", "--initial-branch", "main")
    for key, value in (("user.name", "A Tester"), ("user.email", "tester@example.org"), ("commit.gpgsign", "false")):
        repository.git("config", key, value)
    return repository
