"""From the card that is there, if any, to the one that is right; and what of it was wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from datalint import front_matter
from datalint.card_file import BEGIN, END, stated, statement
from datalint.errors import DatalintError
from datalint.report.card import render
from datalint.report.card_metadata import is_own, metadata, offered
from datalint.report.card_record import LabelErrors
from datalint.report.markdown import escaped
from datalint.storage import is_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datalint.report.card_record import CardFacts

_MARKS = re.compile(rf"^(?:{re.escape(BEGIN)}|{re.escape(END)})[ \t]*(?=\r?$)", re.M)
_CLASS = re.compile(r'class "(?:[^"\\]|\\.)+"')
_ALL = "by class and split"  # a digest of all counts, for those that are too many to state
_TOLD = 8
_SECTION = re.compile(r"^## (.*)\n((?:(?!## ).*\n?)*)", re.M)


class Written(NamedTuple):
    """A card, and what it could not be made to say."""

    text: str
    kept: tuple[str, ...]
    """Keys of the front matter that say more than datalint would, and stay as they are."""


def write(old: str | None, facts: CardFacts, place: str) -> Written:
    """Write the card of a dataset at a place relative to the card; or bring the ``old`` one up to date.

    Of that, only the keys that are measured and what stands between the marks change. Raises DatalintError where it is
    no card that can be updated.
    """
    facts = facts._replace(label_errors=facts.label_errors or _label_errors(old or ""))
    measured, suggested = metadata(facts, place), offered(facts)
    block = f"{BEGIN}\n{statement(place, facts.counts, facts.label_errors)}\n\n{render(facts)}\n{END}\n"
    if not (old or "").strip():
        name, root = facts.report.dataset.name, facts.report.dataset.root
        name = (name.partition("?")[0] if is_url(root) else name).rstrip("/")
        values = _in_order({"pretty_name": name, **suggested, **measured})
        return Written(f"---\n{front_matter.write(values)}---\n\n# {escaped(name)}\n\n{block}", ())
    assert old is not None
    document = front_matter.split(old)
    line_end = "\r\n" if old.partition("\n")[0].endswith("\r") else "\n"
    there = front_matter.read(document.yaml)
    if there.get("license") == "other" and "license" in measured:
        measured |= dict.fromkeys(("license_name", "license_link"))
    if "license" in there:
        suggested = {key: value for key, value in suggested.items() if not key.startswith("license")}
    wanted = {key: value for key, value in measured.items() if key not in there or is_own(key, there[key])}
    wanted |= {key: value for key, value in suggested.items() if key not in there}
    yaml = front_matter.update(document.yaml, wanted)
    if not document.open:
        bom = "\ufeff" if old.startswith("\ufeff") else ""
        fence = f"---{line_end}"
        yaml = yaml.replace("\n", line_end)
        document = document._replace(open=bom + fence, close=fence + line_end, body=old.removeprefix("\ufeff"))
    body = _with_block(document.body, block.replace("\n", line_end), line_end)
    kept = tuple(key for key, value in measured.items() if key not in wanted and there[key] != value)
    return Written(document.open + yaml + document.close + body, kept)


def differences(old: str, new: str) -> list[str]:
    """Say in a few words each what a card says that is not so any more, by the card that would be right."""
    if stated(old) is None:
        return ["what datalint wrote is damaged"]
    changes = _changed_counts(_counts(old), _counts(new))
    if len(changes) > _TOLD:
        changes[_TOLD:] = [f"and {len(changes) - _TOLD} more"]
    old_front, new_front = (front_matter.read(front_matter.split(text).yaml) for text in (old, new))
    keys = [key for key in {**old_front, **new_front} if old_front.get(key) != new_front.get(key)]
    changes += [f"front matter: {', '.join(keys)}"] if keys else []
    parts, others = (dict(_SECTION.findall(_block(text).replace("\r\n", "\n"))) for text in (old, new))
    sections = [title for title in {**parts, **others} if parts.get(title) != others.get(title)]
    changes += [f"sections: {', '.join(sections)}"] if sections else []
    return changes or ["the part that datalint writes"]


def _changed_counts(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Say what changed, as rule PRV003 does: images, splits, and then the classes."""
    classes, others = ({_class(what) for what in counts} - {""} for counts in (before, after))
    changes = {}  # what came or went as a whole is said once
    for what in sorted({*before, *after}, key=lambda what: (_class(what) != "", what != "images", what)):
        of = _class(what)
        if before.get(what) == after.get(what) or what == _ALL or (of and not (classes and others)):
            continue
        if of and of not in classes:
            changes[f"new {of}"] = True
        elif of and of not in others:
            changes[f"{of} is gone"] = True
        else:
            changes[f"{what} {before.get(what, '0')}, now {after.get(what, '0')}"] = True
    return [*changes]


def _class(what: str) -> str:
    """Return the class that a count is of, as it is quoted; nothing for other counts."""
    found = _CLASS.match(what)
    return found[0] if found else ""


def has_part(text: str) -> bool:
    """Tell whether datalint has a part in a card."""
    return bool(_MARKS.search(text))


def _in_order(values: dict[str, Any]) -> dict[str, Any]:
    """Put the keys in the order of the hub's template."""
    order = ("license", "license_name", "license_link", "pretty_name", "task_categories", "size_categories")
    return {key: values[key] for key in (*order, *values) if key in values}


def _with_block(body: str, block: str, line_end: str) -> str:
    marks = [(found.start(), found.end(), found[0].rstrip()) for found in _MARKS.finditer(body)]
    if not marks:
        apart = "" if body.endswith("\n") or not body else line_end
        return f"{body}{apart}{line_end}{block}"
    if [mark for _, _, mark in marks] != [BEGIN, END]:
        raise DatalintError(f"one line {BEGIN} and after it one line {END} are expected; repair these marks")
    return body[: marks[0][0]] + block.removesuffix(line_end) + body[marks[1][1] :]


def _block(text: str) -> str:
    """Return what stands between the marks."""
    return text.partition(BEGIN)[2].partition(END)[0]


def _counts(text: str) -> Mapping[str, str]:
    said = stated(text) or {"counts": {}}
    return {what: str(value) for what, value in said["counts"].items()}


def _label_errors(text: str) -> LabelErrors | None:
    said = (stated(text) or {}).get("label_errors")
    if not isinstance(said, list) or not all(isinstance(one, int | float) for one in said):
        return None
    return LabelErrors(*said) if len(said) == len(LabelErrors._fields) else None
