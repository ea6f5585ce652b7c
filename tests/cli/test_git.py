"""``datalint check`` in git repositories: --staged, --changed-only, --since and the rules about the repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from conftest import png

from datalint import pipeline
from datalint.config import config_from
from datalint.discover import InMemory
from datalint.errors import DatasetError
from datalint.report import render

if TYPE_CHECKING:
    from pathlib import Path

    from repositories import Repository

    from datalint.model import Report


def check(path: Path, select: str = "ALL", staged: bool = False, since: str | None = None, **config: Any) -> Report:
    return pipeline.check(
        path, config_from({"select": select.split(","), **config}), pipeline.Run(1, staged=staged, since=since)
    )


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "datalint", "check", *arguments]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def found(report: Report) -> set[tuple[str, str]]:
    """Codes with the first path, or else the label, of their findings."""
    return {(one.code, one.paths[0] if one.paths else one.label or one.split or "") for one in report.findings}


@pytest.fixture
def data(repository: Repository) -> Path:
    """Two splits of two classes, committed, with a leak and a broken image."""
    names = [f"{split}/{label}/{n}.png" for split in ("train", "test") for label in ("cat", "dog") for n in range(3)]
    for seed, name in enumerate(names):
        repository.write(f"data/{name}", png(seed))
    repository.write("data/test/dog/leak.png", png(3))  # train/dog/0.png
    repository.write("data/train/cat/broken.png", png(50)[:100])
    repository.git("add", ".")
    repository.commit()
    return repository.path / "data"


def test_the_staged_tree_is_judged_as_the_same_tree_in_files_is(data: Path) -> None:
    staged, files = check(data, "INT,DUP,SPL,BAL,FMT,QUA,LAY", staged=True), check(data, "INT,DUP,SPL,BAL,FMT,QUA,LAY")
    assert staged.findings == files.findings
    assert staged.dataset == files.dataset
    assert {"SPL001", "INT001"} <= {one.code for one in staged.findings}


def test_what_is_staged_counts_and_not_the_working_tree(data: Path, repository: Repository) -> None:
    (data / "train/cat/broken.png").write_bytes(png(50))  # mended, and not added
    repository.add("data/train/cat/new.png", b"")
    (data / "train/cat/new.png").write_bytes(png(60))
    (data / "train/cat/untracked.png").write_bytes(b"")
    (data / "test/dog/leak.png").unlink()
    assert found(check(data, "INT,SPL001", staged=True)) == {
        ("INT001", "train/cat/broken.png"),
        ("INT002", "train/cat/new.png"),
        ("SPL001", "train/dog/0.png"),
    }


def test_a_staged_manifest_with_the_staged_ignore_file(repository: Repository) -> None:
    for seed in range(4):
        repository.add(f"images/{seed}.png", png(seed))
    repository.add("list.csv", "file,label\n" + "".join(f"images/{n}.png,{'ab'[n % 2]}\n" for n in range(4)))
    repository.write("list.csv", "")
    assert check(repository.path / "list.csv", "BAL", staged=True).dataset.images == 4
    (repository.path / "list.csv").unlink()
    assert check(repository.path / "list.csv", "BAL", staged=True).dataset.labels.keys() == {"a", "b"}
    repository.add(".datalintignore", "list.csv\n2.png\n")
    assert check(repository.path, "BAL", staged=True).dataset.images == 3


def test_an_archive_that_is_staged(repository: Repository, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        for seed in range(4):
            archive.writestr(f"{'ab'[seed % 2]}/{seed}.png", png(seed))
    repository.add("data.zip", (tmp_path / "data.zip").read_bytes())
    (repository.path / "data.zip").unlink()
    assert check(repository.path / "data.zip", "BAL", staged=True).dataset.images == 4
    assert check(repository.path, "BAL", staged=True).dataset.images == 4
    assert check(repository.path, "BAL004,DUP", staged=True, since="HEAD").hidden == 0


def test_only_what_touches_a_change_is_shown(data: Path, repository: Repository) -> None:
    assert check(data, staged=True, since="HEAD").findings == ()
    repository.add("data/test/cat/copy.png", png(0))  # train/cat/0.png: a leak between a new and an old file
    report = check(data, "INT,SPL001,SPL007,BAL001", staged=True, since="HEAD")
    assert found(report) == {("SPL001", "train/cat/0.png"), ("BAL001", "cat"), ("SPL007", "test")}
    everything = check(data, "INT,SPL001,SPL007,BAL001", staged=True)
    assert report.hidden == len(everything.findings) - len(report.findings) > 0
    assert report.dataset.images == 15, "the rules see the whole"
    assert {one.fingerprint for one in report.findings} <= {one.fingerprint for one in everything.findings}


def test_hidden_findings_do_not_fail_a_run(data: Path, repository: Repository) -> None:
    repository.write("notes.txt", "outside of the dataset")
    assert check(data, "INT,SPL001").exit_status == 1
    assert check(data, "INT,SPL001", since="HEAD").exit_status == 0
    done = run(data, ".", "--changed-only", "--select", "INT,SPL001")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 more findings touch nothing that changed since HEAD" in done.stdout
    report = json.loads(run(data, "--since", "HEAD", "--select", "INT,SPL001", "--format", "json").stdout)
    assert (report["changed_since"], report["summary"]["hidden"], report["findings"]) == ("HEAD", 2, [])
    assert {rule["code"]: rule["hidden"] for rule in report["rules"] if rule["hidden"]} == {"INT001": 1, "SPL001": 1}


def test_a_class_that_was_removed_from_a_split_is_told(data: Path, repository: Repository) -> None:
    repository.git("rm", "-r", "--quiet", "data/test/cat")
    assert ("SPL003", "cat") in found(check(data, "SPL", staged=True, since="HEAD"))


def test_a_branch_since_it_parted(data: Path, repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "work")
    repository.add("data/train/cat/empty.png", b"")
    repository.commit()
    assert found(check(data, "INT", since="main")) == {("INT002", "train/cat/empty.png")}
    assert found(check(data, "INT", since="HEAD")) == set()


@pytest.mark.parametrize(
    ("name", "content"), [("datalint.toml", "fail-on = 'note'\n"), ("data/.datalintignore", "*.txt\n")]
)
def test_a_change_of_what_is_checked_touches_everything(
    data: Path, repository: Repository, name: str, content: str
) -> None:
    repository.write(name, content)
    assert "more findings" not in (done := run(data, ".", "--changed-only", "--select", "INT")).stdout
    assert done.returncode == 1


@pytest.fixture
def listed(repository: Repository) -> Path:
    """Images in a manifest, each class with one that is broken."""
    for seed in range(6):
        repository.write(f"images/{seed}.png", png(seed) if seed > 1 else b"broken")
    repository.write("list.csv", "file,label\n" + "".join(f"images/{n}.png,{'ab'[n % 2]}\n" for n in range(6)))
    repository.git("add", ".")
    repository.commit()
    return repository.path


def test_a_row_that_was_added_touches_its_image_and_class(listed: Path) -> None:
    (listed / "images/6.png").write_bytes(b"broken")
    with open(listed / "list.csv", "a") as file:
        file.write("images/6.png,b\nimages/7.png,b\n")
    report = check(listed / "list.csv", "INT,BAL001,LAY004", since="HEAD")
    assert found(report) == {("INT001", "images/6.png"), ("LAY004", "images/7.png"), ("BAL001", "b")}


def test_a_row_that_was_edited_or_removed_touches_every_class(listed: Path) -> None:
    text = (listed / "list.csv").read_text()
    (listed / "list.csv").write_text(text.replace("images/1.png,b", "images/1.png,a"))
    report = check(listed / "list.csv", "INT,BAL001", since="HEAD")
    assert found(report) == {("INT001", "images/1.png"), ("BAL001", "a"), ("BAL001", "b")}
    (listed / "list.csv").write_text(text.replace("images/5.png,b\n", ""))
    assert found(check(listed / "list.csv", "INT,BAL001", since="HEAD")) == {("BAL001", "a"), ("BAL001", "b")}


def test_a_header_that_was_edited_touches_everything(listed: Path) -> None:
    text = (listed / "list.csv").read_text()
    (listed / "list.csv").write_text(text.replace("file,label", "filename,label"))
    assert check(listed / "list.csv", "INT,BAL001", since="HEAD").hidden == 0


def test_a_label_file_touches_its_image(repository: Repository) -> None:
    for seed in range(4):
        repository.write(f"images/{seed}.jpg", b"broken")
        repository.write(f"labels/{seed}.txt", "0 0.5 0.5 0.2 0.2\n")
    repository.write("classes.txt", "cat\ndog\n")
    repository.git("add", ".")
    repository.commit()
    repository.write("labels/2.txt", "1 0.5 0.5 0.2 0.2\n")
    assert found(check(repository.path, "INT001", since="HEAD")) == {("INT001", "images/2.jpg")}


def test_what_a_dvc_file_tracks_changed_with_it(repository: Repository) -> None:
    repository.write("data/cat/1.png", b"broken")
    repository.write("data/cat/2.png", b"broken")
    repository.write("more/cat/3.png", b"broken")
    repository.write(".gitignore", "*.png\n")
    repository.git("add", ".")
    repository.commit()
    assert check(repository.path, "INT001", since="HEAD").hidden == 3
    repository.write("data.dvc", "outs:\n- md5: 0123456789abcdef0123456789abcdef.dir\n  path: data\n")
    report = check(repository.path, "INT001", since="HEAD")
    assert found(report) == {("INT001", "data/cat/1.png"), ("INT001", "data/cat/2.png")}


def test_the_rules_about_the_repository(data: Path, repository: Repository) -> None:
    repository.add(".gitattributes", "*.png filter=lfs\n*.bmp text\n")
    repository.add_pointer("data/train/cat/here.png", png(70), pulled=True)
    repository.add_pointer("data/train/dog/away.png", png(71), pulled=False)
    repository.add("data/train/dog/loud.PNG", png(72))
    repository.add("data/train/dog/text.bmp", png(73))
    codes = ["REP002", "REP003", "REP004"]
    for staged in (True, False):
        report = check(data, "REP", staged=staged, since="HEAD")
        assert sorted(one.code for one in report.findings) == codes
        assert report.hidden == 14, "images that were committed outside of git-lfs before"
        (partly,) = (one for one in report.findings if one.code == "REP004")
        assert 'git lfs pull --include="data/train/dog/*"' in partly.advice
    budget = check(data, "REP005", rules={"commit-too-large": {"max_megabytes": 0}})
    assert [one.values["files"] for one in budget.findings] == [4]


def test_where_git_tracks_nothing_no_rule_speaks_of_it(data: Path, repository: Repository, tmp_path: Path) -> None:
    repository.write(".gitignore", "ignored/\n")
    ignored = repository.write("ignored/cat/a.png", png(0)).parent.parent
    outside = data.rename(tmp_path / "data")
    for folder, reason in ((outside, "not in a git repository"), (ignored, "git tracks no file of the dataset")):
        assert not [rule for rule in check(folder, "REP,BAL").rules if rule.code.startswith("REP")]
        assert {rule.reason for rule in check(folder, "REP").rules} == {reason}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("plain", "--staged"), "is in no git repository"),
        (("plain", "--changed-only"), "is in no git repository"),
        (("repository/none", "--staged"), "nothing is staged there"),
        (("repository/data", "--since", "nowhere"), "'nowhere' is no commit"),
        (("http://localhost:1/x", "--staged"), "only a folder or a file of a git repository"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    data: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "a.png").write_bytes(png(0))
    done = run(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_arrays_have_no_history() -> None:
    import numpy as np

    arrays = (np.zeros((2, 4, 4), np.uint8), np.arange(2))
    with pytest.raises(DatasetError, match="only what lies in a git repository"):
        pipeline.check(InMemory(arrays), config_from({}), pipeline.Run(1, since="HEAD"))


@pytest.mark.parametrize("how", [["--all"], ["--", "data/train/cat/empty.png"], []])
def test_in_a_hook_the_tree_is_judged_that_will_be_committed(
    data: Path, repository: Repository, how: list[str]
) -> None:
    """``git commit -a`` and a commit of some files use an index of their own, which the hook is told of."""
    repository.add("data/train/cat/empty.png", png(90))
    repository.commit()
    hook = repository.write(
        ".git/hooks/pre-commit",
        f"#!/bin/sh\nexec '{sys.executable}' -m datalint check data --staged --changed-only --select INT\n",
    )
    hook.chmod(0o755)
    if how:
        repository.write("data/train/cat/empty.png", b"")
    else:
        repository.add("data/train/cat/empty.png", b"")
        repository.write("data/train/cat/empty.png", png(90))
    before = repository.git("rev-parse", "HEAD")
    done = subprocess.run(
        ["git", "commit", "-m", "empty", *how], cwd=repository.path, capture_output=True, text=True, check=False
    )
    assert "train/cat/empty.png has zero bytes" in done.stdout + done.stderr
    assert repository.git("rev-parse", "HEAD") == before


def test_what_is_kept_of_a_staged_tree_holds_while_nothing_staged_changes(
    data: Path, repository: Repository, tmp_path: Path
) -> None:
    config = config_from({"select": ["INT", "DUP", "LAY"]})

    def both() -> list[str]:
        runs = (pipeline.Run(1, cache=folder, staged=True) for folder in (tmp_path / "cache", None))
        return [render(pipeline.check(str(data), config, run), "json") for run in runs]

    def link() -> None:
        (repository.path / "data/train/cat/nowhere.png").symlink_to("../gone.png")
        repository.git("add", "data/train/cat/nowhere.png")

    for change in (
        lambda: None,
        lambda: None,
        link,
        lambda: repository.add_pointer("data/train/cat/pulled.png", png(70), pulled=True),
        lambda: shutil.rmtree(repository.path / ".git/lfs/objects"),
        lambda: repository.add(".gitattributes", "*.png filter=lfs\n"),
        lambda: repository.git("rm", "--cached", "data/train/cat/nowhere.png"),
    ):
        change()
        cached, plain = both()
        assert cached == plain
