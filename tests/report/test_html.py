"""The HTML report, in a real browser: it asks for nothing, reports no error, and its filters work by keyboard."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from browser import complaints, requests
from PIL import Image
from sample_reports import make_finding, make_hostile_dataset, make_report

import datalint
from datalint.model import LabelCount, Severity
from datalint.repeating import KeptTables
from datalint.report import html, render, render_all
from datalint.report.charts import classes
from datalint.storage import state

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from browser import Browser

    from datalint.model import Report


@pytest.fixture
def show(chromium: Browser, tmp_path: Path) -> Callable[..., Browser]:
    """Open the page of some reports; it must not ask for anything, nor complain."""

    def show(*reports: Report, width: int = 1280) -> Browser:
        file = tmp_path / "report.html"
        file.write_text(render_all(reports, "html"), encoding="utf-8")
        chromium.open(file, width)
        return chromium

    return show


def shown(page: Browser) -> list[str]:
    """Rules of the findings that can be seen."""
    script = (
        "[...document.querySelectorAll('.finding')].filter(e => e.offsetParent).map(e => e.dataset.rule.split(' ')[0])"
    )
    found: list[str] = page.value(script)
    return found


@pytest.fixture(scope="module")
def example_report(example: Path) -> Report:
    return datalint.check(example, cache=False)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_asks_for_nothing_and_fits(show: Callable[..., Browser], example_report: Report, width: int) -> None:
    page = show(example_report, width=width)
    assert complaints(page) == []
    assert [url.rpartition("/")[2] for url in requests(page)] == ["report.html"]
    assert page.value("document.documentElement.scrollWidth") <= width
    assert len(shown(page)) == len(example_report.findings)
    broken = "[...document.images].filter(i => !i.complete || !i.naturalWidth).length"
    assert page.value("document.images.length") > 10 and page.value(broken) == 0


def test_hostile_names_run_nothing(show: Callable[..., Browser], tmp_path: Path) -> None:
    root = make_hostile_dataset(tmp_path / "data")
    page = show(datalint.check(root, config={"select": ["INT", "BAL", "LAY"]}, cache=False))
    assert complaints(page) == []
    assert len(requests(page)) == 1
    assert page.value("document.scripts.length") == 1


def test_filters_work_by_keyboard(show: Callable[..., Browser], example_report: Report) -> None:
    page = show(example_report)
    everything = len(example_report.findings)
    page.press("/", "skirt")
    assert page.value("document.activeElement.name") == "text"
    assert set(shown(page)) == {"BAL001", "BAL002", "BAL003", "BAL005"}
    assert page.value("document.querySelector('output').value") == f"4 of {everything} findings"
    page.press("Escape")
    page.value("new Promise(done => setTimeout(done, 50))")
    assert len(shown(page)) == everything
    for name, more in (("rule", "DUP002"), ("label", "skirt")):
        while page.value("document.activeElement.name") != name:
            page.press("Tab")
        page.press(more)
        wanted = {"rule": {"DUP002"}, "label": {"BAL001", "BAL002", "BAL003"}}[name]
        assert set(shown(page)) == wanted
        page.press("Escape")
        page.value("new Promise(done => setTimeout(done, 50))")
    while page.value("document.activeElement.value") != "warning":
        page.press("Tab")
    page.press(" ")
    severities = {finding.code for finding in example_report.findings if finding.severity is not Severity.WARNING}
    assert set(shown(page)) == severities


def test_several_datasets_share_a_page(show: Callable[..., Browser], example_report: Report) -> None:
    page = show(example_report, make_report(make_finding()))
    assert page.value("document.querySelectorAll('h1').length") == 2
    assert page.value("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size") == page.value(
        "document.querySelectorAll('[id]').length"
    )


def test_a_page_says_what_was_found_and_what_to_do(example_report: Report) -> None:
    out = render(example_report, "html")
    assert "Needs work: 4 errors" in out
    assert out.index("What to fix first") < out.index("Classes") < out.index("Findings")
    assert out.count('<img src="data:image/jpeg;base64,') > 10
    assert "no picture" in out, "a truncated image has none"
    assert "Line at 100 images" not in out, "no class is near it"


def test_what_gives_classes_away_is_shown(make_image: Callable[..., Path], tmp_path: Path) -> None:
    from PIL import Image

    generator = np.random.default_rng(0)
    for label, colour in (("wolf", (235, 240, 245)), ("husky", (40, 110, 50))):
        for number in range(40):
            path = make_image(tmp_path / label / f"{number}.png", size=(64, 64), seed=number + 100 * (label == "wolf"))
            pixels = np.asarray(Image.open(path)).copy()
            middle = pixels[16:48, 16:48].copy()
            pixels[:] = np.clip(np.array(colour) + generator.normal(0, 12, pixels.shape), 0, 255)
            pixels[16:48, 16:48] = middle
            Image.fromarray(pixels).save(path)
    report = datalint.check(tmp_path, config={"select": ["BIA"]}, cache=False)
    assert any(finding.code.startswith("BIA") and finding.label == "wolf" for finding in report.findings)
    out = render(report, "html")
    assert out.count("mean of the class") == len({finding.label for finding in report.findings}) == 2
    assert "least 3" in out


def test_the_worst_images_stand_in_a_strip(
    show: Callable[..., Browser], make_image: Callable[..., Path], tmp_path: Path
) -> None:
    for number, light in enumerate((0.08, 0.05, 0.065, 1.0)):
        file = make_image(tmp_path / "data" / "cat" / f"{number}.png", seed=number)
        Image.open(file).point(lambda value, light=light: round(value * light)).save(file)
    page = show(datalint.check(tmp_path / "data", config={"select": ["QUA001", "DUP"]}, cache=False))
    titles = page.value("[...document.querySelectorAll('.strip img')].map(image => image.title)")
    assert titles == ["cat/1.png", "cat/2.png", "cat/0.png"]
    assert page.value("document.querySelector('.strip img').naturalWidth") == 32


def test_without_measurements_there_is_a_page_without_pictures(example: Path) -> None:
    out = render(datalint.check(example, config={"select": ["BAL"]}, cache=False), "html")
    assert "<img" not in out and "Variation" not in out
    assert "Class far below the mean" in out


def test_a_page_of_any_number_of_findings_stays_small_and_says_so() -> None:
    long = "写" * 80
    rules = [
        make_finding(number, code=f"AAA{rule:03d}", paths=(f"{long}/{number}.jpg",), message=f"{long * 20}{number}")
        for rule in range(100)
        for number in range(150)
    ]
    out = render(make_report(*rules), "html")
    assert len(out.encode()) < html.MOST_BYTES
    told = re.search(r"([\d,]+) findings of 15,000 not shown", out)
    assert told is not None
    assert int(told[1].replace(",", "")) + out.count('class="finding"') == 15_000


def test_many_classes_are_cut_in_the_middle() -> None:
    report = make_report()
    labels = {f"class {number}": LabelCount(number, {}) for number in range(1000)}
    bars = classes(report.__class__(**{**vars(report), "dataset": report.dataset._replace(labels=labels)}))
    assert [bar.images for bar in (bars.bars[0], bars.bars[-1])] == [999, 0]
    assert len(bars.bars) + bars.left_out == 1000


def test_bars_are_stacked_by_split_with_thresholds_drawn_in(example: Path, tmp_path: Path) -> None:
    shutil.copytree(example, tmp_path / "data")
    config = {"select": ["BAL"], "rules": {"BAL001": {"min_images": 12}}}
    found = classes(datalint.check(tmp_path / "data", config=config, cache=False))
    assert found.splits == ["train", "validation", "test"]
    assert [bar.images for bar in found.bars] == sorted((bar.images for bar in found.bars), reverse=True)
    assert all(sum(part.images for part in bar.segments) == bar.images for bar in found.bars)
    assert ("BAL001", 12) in [(line.code, line.images) for line in found.thresholds]


@pytest.mark.parametrize("format_", ["html", "sarif", "markdown", "gitlab"])
def test_a_run_that_is_only_told_again_makes_the_same_report(
    example: Path, tmp_path: Path, format_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "GRAIN_NS", -1)  # files need not have settled
    config = {"select": ["SPL", "BAL", "INT", "QUA"]}
    first, again = (datalint.check(example, config=config, cache=tmp_path / "cache") for _ in range(2))
    assert isinstance(again.tables, KeptTables)
    assert render(again, format_) == render(first, format_)
