"""Names that attack whoever shows them pass through every format without effect."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from sample_reports import HOSTILE, make_hostile_dataset

import datalint
from datalint.report import FORMATS, render

if TYPE_CHECKING:
    from collections.abc import Callable

    from datalint.model import Report


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    above = tmp_path_factory.mktemp("data") / "::error::<img src=x onerror=alert(1)>\x1b[31m\u202e##[error]@all"
    root = make_hostile_dataset(above)
    config = {"select": ["INT001", "BAL001", "LAY"], "fail-on": "note"}
    report = datalint.check(root, config=config, cache=False)
    assert report.dataset.images == len(HOSTILE)
    assert sum(finding.code == "INT001" for finding in report.findings) == len(HOSTILE)
    assert {finding.label for finding in report.findings if finding.code == "BAL001"} == set(report.dataset.labels)
    return report


def strings(value: Any) -> list[str]:
    """All strings in plain values, keys too."""
    if isinstance(value, dict):
        return [text for item in value.items() for text in strings(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


def inert_text(out: str) -> None:
    assert "\\x1b[31mred" in out


class Page(HTMLParser):
    """The elements of a page, with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attributes}))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def inert_html(out: str) -> None:
    page = Page(out)
    assert [tag for tag, _ in page.elements].count("script") == 1
    for tag, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        for name in {"src", "href"} & attributes.keys():
            assert attributes[name].startswith(("data:image/jpeg;", "data:,", "#")), (tag, attributes)
        assert tag in ("div", "i") or "style" not in attributes
    policy = next(attributes["content"] for _, attributes in page.elements if "http-equiv" in attributes)
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-")
    shown = "".join(page.texts)
    for name in ("markup", "script", "attribute", "template", "formula", "at", "link", "cdata"):
        assert HOSTILE[name].decode() in shown


def inert_markdown(out: str) -> None:
    shown = MarkdownIt("commonmark", {"html": True}).enable("table").render(out)
    tags = set(re.findall(r"<(/?[a-z][^>]*)>", shown))
    plain = {"h2", "h3", "p", "strong", "ul", "li", "br", "blockquote", "table", "thead", "tbody", "tr", "th", "td"}
    assert {tag.strip("/ ").partition(" ")[0] for tag in tags} <= plain
    assert all(re.fullmatch(r'\w+( /)?|t[hd] style="text-align:right"', tag.lstrip("/")) for tag in tags)


def inert_sarif(out: str) -> None:
    (run,) = json.loads(out)["runs"]
    assert all(text.replace("\n", "").isprintable() for text in strings(run))
    uris = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]]
    assert all(re.fullmatch(r"[\w./~%-]*", uri, re.A) for uri in uris)
    named = {unquote_to_bytes(uri).rstrip(b"/") for uri in uris}
    assert set(HOSTILE.values()) <= named
    assert {name + b"/" + name[:251] + b".jpg" for name in HOSTILE.values()} <= named
    assert not any(re.search(r"(?<!\\)\]\(", result["message"]["text"]) for result in run["results"])


def inert_junit(out: str) -> None:
    texts = [
        text for element in ElementTree.fromstring(out).iter() for text in (element.text, *element.attrib.values())
    ]
    assert all((text or "").replace("\n", "").isprintable() for text in texts)
    assert any('<img src=x onerror="alert(1)">' in (text or "") for text in texts)


def inert_github(out: str) -> None:
    *commands, last = out.splitlines()
    for command in commands:
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", command)
        assert match is not None
        properties = dict(item.split("=", 1) for item in match[2].split(","))
        assert properties.keys() <= {"file", "title", "line"}
        assert re.fullmatch(r"[A-Z]{3}\d{3} [a-z-]+", properties["title"])
        assert not re.search(r"%(?!25|0A|3A|2C)", match[2] + match[3])
    assert last.startswith("datalint: ")


def inert_gitlab(out: str) -> None:
    assert all(text.isprintable() for text in strings(json.loads(out)))


def inert_csv(out: str) -> None:
    rows = list(csv.reader(io.StringIO(out, newline=""), strict=True))
    assert {len(row) for row in rows} == {11}
    assert all(
        cell.replace("\n", "").isprintable() and not cell.startswith(tuple("=+-@")) for row in rows for cell in row
    )


def inert_json(out: str) -> None:
    labels = json.loads(out)["dataset"]["labels"]
    assert {"\x1b[31mred\x1b]0;title\x07", "\u202egpj.\u2066exe", "a\x9b31m", r"\xff\xfe\x80name"} <= labels.keys()


INERT: dict[str, Callable[[str], None]] = {
    "text": inert_text,
    "html": inert_html,
    "markdown": inert_markdown,
    "sarif": inert_sarif,
    "junit": inert_junit,
    "github": inert_github,
    "gitlab": inert_gitlab,
    "csv": inert_csv,
    "json": inert_json,
}


@pytest.mark.parametrize("format_", FORMATS)
def test_hostile_names_have_no_effect(report: Report, format_: str) -> None:
    out = render(report, format_)
    assert all(character.isprintable() or character in "\r\n" for character in out)
    out.encode("utf-8")
    assert "##[" not in out
    if format_ != "github":
        assert not any(line.lstrip().startswith("::") for line in out.splitlines())
    INERT[format_](out)
