"""Every command's help has examples, and every example is a command line that the command takes."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from datalint.cli import COMMANDS, cli

if TYPE_CHECKING:
    from collections.abc import Iterator


def commands(group: click.Group, *words: str) -> Iterator[tuple[str, ...]]:
    """Yield every command by the words that lead to it."""
    yield words
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, *words, name)
        else:
            yield (*words, name)


ALL = sorted(commands(cli))


@pytest.fixture(scope="module")
def helps() -> dict[tuple[str, ...], str]:
    """What every command prints for --help."""
    code = (
        "import sys; from datalint.cli import run\n"
        "for words in eval(sys.argv[1]):\n"
        "    print('\\0' + ' '.join(words)); run([*words, '--help'])"
    )
    result = subprocess.run([sys.executable, "-c", code, repr(ALL)], capture_output=True, text=True, timeout=120)
    assert (result.returncode, result.stderr) == (0, "")
    parts = [part.partition("\n") for part in result.stdout.split("\0")[1:]]
    return {tuple(words.split()): text for words, _, text in parts}


def examples(text: str) -> list[str]:
    """Return the command lines that a help shows."""
    block = re.search(r"^((?: +datalint .*\n)+)", text, re.M)
    return [] if block is None else [re.split(r"  +(?=\S)", line.strip())[0] for line in block[1].splitlines()]


def parse(group: click.Command, words: list[str]) -> None:
    """Have click parse a command line, without carrying it out. Raises what click does for a wrong one."""
    context = group.make_context("datalint", words)
    while isinstance(group, click.Group):
        waiting = [*getattr(context, "_protected_args", ()), *context.args]  # click 9 has all in args
        name, found, rest = group.resolve_command(context, waiting)
        assert name is not None and found is not None
        group = found
        context = group.make_context(name, rest, parent=context)


def test_all_commands_are_known() -> None:
    assert {words[0] for words in ALL if words} == COMMANDS.keys()
    assert ("baseline", "prune") in ALL and () in ALL


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_a_command_has_examples_that_it_takes(helps: dict[tuple[str, ...], str], words: tuple[str, ...]) -> None:
    found = examples(helps[words])
    assert len(found) >= 2
    for example in found:
        given = shlex.split(example.partition(" > ")[0])
        assert given[0] == "datalint"
        parse(cli, given[1:])
    assert any(tuple(example.split()[1 : 1 + len(words)]) == words for example in found)


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_a_help_fits_the_terminal_and_says_what_a_command_does(
    helps: dict[tuple[str, ...], str], words: tuple[str, ...]
) -> None:
    text = helps[words]
    assert max(map(len, text.splitlines())) <= 80
    usage, _, rest = text.partition("\n\n")
    assert usage.startswith(f"Usage: {' '.join(('datalint', *words))}")
    assert re.match(r"  [A-Z].*", rest), "the first sentence"
    for line in text.partition("Options:\n")[2].splitlines():
        assert not re.fullmatch(r"  -[\w, -]+(?: [A-Z.=|\[\]a-z]+)?", line) or len(line) > 25, f"{line} says nothing"


def test_a_wrong_example_is_noticed() -> None:
    with pytest.raises(click.UsageError):
        parse(cli, ["check", "data", "--no-such-option"])
    with pytest.raises(click.UsageError):
        parse(cli, ["chek", "data"])
    assert examples("Usage: x\n\n  Does it.\n") == []
