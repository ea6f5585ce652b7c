"""What HTML pages share: one file each, with its style and its only script in it, that asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING

from datalint import __version__
from datalint.report.printable import printable
from datalint.report.wording import counted, population, severities

if TYPE_CHECKING:
    from jinja2 import Environment, Template


def page(name: str, *styles: str) -> Template:
    """Return the template ``page/NAME.html`` with the script ``NAME.js`` and these styles.

    Every string that is filled in is escaped and made printable. The page's policy is to name ``script_digest`` as
    that of the only script that may run.
    """
    from jinja2 import Environment, PackageLoader
    from markupsafe import Markup

    environment: Environment = Environment(
        loader=PackageLoader("datalint.report", "page"),
        autoescape=True,
        finalize=lambda value: printable(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = _text(f"{name}.js")
    style = "\n".join(map(_text, styles))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    environment.globals |= {"script": Markup(script), "style": Markup(style), "script_digest": digest}
    environment.globals |= {"counted": counted, "population": population, "severities": severities}
    environment.globals["version"] = __version__
    return environment.get_template(f"{name}.html")


def _text(file: str) -> str:
    return files("datalint.report").joinpath("page", file).read_text(encoding="utf-8")
