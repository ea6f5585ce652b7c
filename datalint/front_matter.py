"""YAML at the top of a Markdown file: some keys are set, and what else people wrote there stays as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from datalint.errors import DatalintError
from datalint.report import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FENCED = re.compile(r"\A(?P<open>\ufeff?---[ \t]*\r?\n)(?P<yaml>(?:.*\n)*?)(?P<close>---[ \t]*\r?(?:\n|\Z))")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*( [A-Za-z0-9_-]+)*")
_NO_STRINGS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


class Document(NamedTuple):
    """A Markdown file in its parts; joined they are the file."""

    open: str
    yaml: str
    close: str
    body: str


def split(text: str) -> Document:
    """Take a file apart; the parts of a front matter are empty where there is none."""
    found = _FENCED.match(text)
    if found is None:
        return Document("", "", "", text)
    return Document(found["open"], found["yaml"], found["close"], text[found.end() :])


def read(text: str) -> dict[str, Any]:
    """Read a front matter. Raises DatalintError for one that is no YAML mapping."""
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)):
            raise DatalintError("uses YAML aliases, which datalint does not take apart; write the values out")
        values = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        place = getattr(error, "problem_mark", None)
        where = "" if place is None else f"line {place.line + 2}: "
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise DatalintError(f"{where}the front matter is no YAML: {problem}") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise DatalintError("the front matter is no YAML mapping")
    return values


def update(text: str, wanted: Mapping[str, Any]) -> str:
    """Set keys of a front matter to these values; None removes one. Keys that have theirs already are not touched.

    Raises DatalintError where that is not possible.
    """
    before = read(text)
    changed = {
        key: value
        for key, value in wanted.items()
        if (key in before if value is None else key not in before or before[key] != value)
    }
    if not changed:
        return text
    if "\r\n" in text:
        return update(text.replace("\r\n", "\n"), wanted).replace("\n", "\r\n")
    node = yaml.compose(text)
    entries = [] if node is None else node.value
    if node is not None and node.flow_style:
        if entries:
            raise DatalintError("the front matter is in braces; write it a key a line")
        text = text[: node.start_mark.index] + text[node.end_mark.index :].removeprefix("\n")
    result, missing = text, dict(changed)
    for key, value in reversed(entries):
        if key.value in changed:
            missing.pop(key.value, None)
            start, end = key.start_mark.index, _end(text, key.start_mark.index, value.end_mark.index)
            new = "".join(_entry(key.value, changed[key.value])).removesuffix("\n")
            if not new and result[end : end + 1] == "\n":
                end += 1
            result = result[:start] + new + result[end:]
    if result and not result.endswith("\n"):
        result += "\n"
    result += "".join(line for key, value in missing.items() for line in _entry(key, value))
    after = {key: value for key, value in {**before, **changed}.items() if value is not None or key not in changed}
    if read(result) != after:
        raise DatalintError(f"the front matter is too entangled to set {', '.join(changed)}; set it by hand")
    return result


def write(values: Mapping[str, Any]) -> str:
    """Write a front matter, without its fences."""
    return "".join(line for key, value in values.items() for line in _entry(key, value))


def _end(text: str, start: int, end: int) -> int:
    """Leave out blank lines and comments after an entry, which a block that ends with it takes in."""
    lines = text[start:end].splitlines(keepends=True)
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].startswith("#")):
        lines.pop()
    return start + len("".join(lines).removesuffix("\n"))


def _entry(key: str, value: Any, indent: str = "") -> Iterator[str]:
    if value is None:
        return
    if not isinstance(value, dict | list):
        yield f"{indent}{_scalar(key)}: {_scalar(value)}\n"
    elif not value:
        yield f"{indent}{_scalar(key)}: {'{}' if isinstance(value, dict) else '[]'}\n"
    else:
        yield f"{indent}{_scalar(key)}:\n"
        if isinstance(value, dict):
            for name, item in value.items():
                yield from _entry(name, item, indent + "  ")
        for item in value if isinstance(value, list) else ():
            if isinstance(item, dict):
                lines = [line for name, one in item.items() for line in _entry(name, one, indent + "  ")]
                yield f"{indent}- {lines[0].removeprefix(indent + '  ')}"
                yield from lines[1:]
            else:
                yield f"{indent}- {_scalar(item)}\n"


def _scalar(value: Any) -> str:
    """Write a value on one line, with escapes for what is not :func:`printable`."""
    if not isinstance(value, str):
        return str(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _NO_STRINGS:
        return value
    if printable(value) != value:
        return '"' + "".join(map(_escaped, value)) + '"'
    dumped: str = yaml.safe_dump([value], default_flow_style=True, width=float("inf"), allow_unicode=True)
    return dumped.removeprefix("[").removesuffix("]\n")


def _escaped(character: str) -> str:
    if character.isprintable() and character not in '"\\#:':
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
