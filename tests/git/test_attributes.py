"""Attributes, read as git itself acts upon them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datalint.git import attributes, find_repository

if TYPE_CHECKING:
    from repositories import Repository

CONVERTED = [
    ("", None),
    ("-text", None),
    ("binary", None),
    ("text=auto", None),
    ("text=auto eol=lf", None),
    ("-text eol=lf", None),
    ("text", "text"),
    ("eol=lf", "eol=lf"),
    ("text eol=crlf", "text"),
    ("crlf", "crlf"),
    ("-crlf", None),
]


@pytest.mark.parametrize(("rule", "converted"), CONVERTED)
@pytest.mark.parametrize("auto", ["true", "false"])
def test_what_git_does_to_a_png_is_what_we_say(
    repository: Repository, rule: str, converted: str | None, auto: str
) -> None:
    repository.git("config", "core.autocrlf", auto)
    repository.write(".gitattributes", f"*.png {rule}\n")
    png = b"\x89PNG\r\n\x1a\n\0\0\0\r\n"
    repository.add("a b.png", png)
    stored = repository.git("cat-file", "-s", ":a b.png")
    assert (int(stored) != len(png)) == (converted is not None), "git itself"
    (said,) = attributes(find_repository(str(repository.path)), ["a b.png"], staged=False)
    assert (said.lfs, said.converted) == (False, converted)


def test_lfs_by_the_staged_attributes_or_those_of_the_working_tree(repository: Repository) -> None:
    repository.add(".gitattributes", "*.jpg filter=lfs -text\n")
    repository.write(".gitattributes", "*.png filter=lfs -text\n")
    found = find_repository(str(repository.path))
    names = ["new\nline.jpg", "b.png", "c.JPG"]
    assert [one.lfs for one in attributes(found, names, staged=True)] == [True, False, False]
    assert [one.lfs for one in attributes(found, names, staged=False)] == [False, True, False]
    assert attributes(found, [], staged=True) == []
