"""Pages are accessible by the rules of axe-core, in a real browser, at the widths and colours that people have."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import datalint
from datalint import sampling
from datalint.config import Config
from datalint.pipeline import Run
from datalint.report import render
from datalint.report.sheet import sheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser import Browser

NAMES = ("facemask_messy", "fruits_leak", "plantvillage_bias")
_RUN = """axe.run(document, {resultTypes: ["violations"]}).then(found => ({
    rules: found.passes.length,
    violations: found.violations.map(one => one.id + ": " + one.help + " at " + one.nodes.map(n => n.html).join(" | ")),
}))"""


def axe_file() -> Path | None:
    """Where axe-core is: the file that DATALINT_AXE names, or a package of npm's, here or for all."""
    if named := os.environ.get("DATALINT_AXE"):
        return Path(named)
    npm = shutil.which("npm")
    for where in ((), ("--global",)) if npm else ():
        root = subprocess.run([str(npm), "root", *where], capture_output=True, text=True).stdout.strip()
        file = Path(root) / "axe-core" / "axe.min.js"
        if root and file.is_file():
            return file
    return None


@pytest.fixture(scope="module")
def axe() -> str:
    file = axe_file()
    if file is None:
        pytest.skip("there is no axe-core (npm install axe-core, or DATALINT_AXE=axe.min.js), so no page was judged")
    return file.read_text(encoding="utf-8")


@pytest.fixture
def violations(chromium: Browser, axe: str, tmp_path: Path) -> Callable[[str, int, str], list[str]]:
    """Say what axe-core objects to in a page, at a width and in light or dark."""

    def violations(page: str, width: int, scheme: str) -> list[str]:
        file = tmp_path / "page.html"
        file.write_text(page, encoding="utf-8")
        chromium.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        chromium.open(file, width)
        chromium.value(f"{axe};0")
        found: dict[str, Any] = chromium.value(_RUN)
        assert found["rules"] > 10, "axe-core has looked at the page"
        return list(found["violations"])

    return violations


@pytest.fixture(scope="module")
def pages(shared_datasets: Path) -> dict[str, str]:
    config = {"profile": "handbook"}
    return {name: render(datalint.check(shared_datasets / name, config=config, cache=False), "html") for name in NAMES}


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_reports_are_accessible(
    pages: dict[str, str], violations: Callable[[str, int, str], list[str]], width: int, scheme: str
) -> None:
    assert [one for page in pages.values() for one in violations(page, width, scheme)] == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_review_sheet_is_accessible(
    shared_datasets: Path, violations: Callable[[str, int, str], list[str]], width: int, scheme: str
) -> None:
    sample = sampling.draw(str(shared_datasets / "fruits_leak"), Config(), Run(jobs=1), 40, 0)
    page = sheet(sample.dataset, sample.images, sample.population, sample.pictures)
    assert violations(page, width, scheme) == []


def test_what_is_not_accessible_is_told(violations: Callable[[str, int, str], list[str]]) -> None:
    page = "<!doctype html><title>x</title><main><h1>x</h1><img src='data:,'><p style='color:#bbb'>faint</p></main>"
    told = " ".join(violations(page, 390, "light"))
    assert "image-alt" in told and "color-contrast" in told and "html-has-lang" in told
