"""Which licence a text is, by the lines that well-known ones begin with. A guess, for people to confirm."""

from __future__ import annotations

import re
from typing import NamedTuple


class Licence(NamedTuple):
    """A file that says what may be done with a dataset."""

    file: str
    spdx: str | None
    """Identifier on the SPDX list; None for a text that is not known."""
    title: str
    """The first line with a word in it."""

    @property
    def hub(self) -> str | None:
        """The identifier that the Hugging Face hub has for it; None where it has none."""
        if self.spdx is None:
            return None
        name = self.spdx.lower()
        return _HUB.get(name, name if re.fullmatch(_HUB_NAMES, name) else None)


FILES = r"(?i)(licen[cs]e|copying|unlicense)([-_.][\w-]+)?(\.(txt|md|rst))?"
"""Names of such files, as a regular expression."""
READ = 20_000
"""Characters that are looked at."""

_TITLES = {
    r"cc0[ -]1\.0( universal)?": "CC0-1.0",
    r"(gnu )?affero general public license version 3": "AGPL-3.0",
    r"gnu lesser general public license version 3": "LGPL-3.0",
    r"gnu lesser general public license version 2\.1": "LGPL-2.1",
    r"gnu general public license version 3": "GPL-3.0",
    r"gnu general public license version 2": "GPL-2.0",
    r"apache license version 2\.0": "Apache-2.0",
    r"(the )?mit license": "MIT",
    r"permission is hereby granted free of charge to any person obtaining a copy of this software": "MIT",
    r"bsd 3-clause license": "BSD-3-Clause",
    r"bsd 2-clause license": "BSD-2-Clause",
    r"mozilla public license version 2\.0": "MPL-2.0",
    r"this is free and unencumbered software released into the public domain": "Unlicense",
    r"(odc )?open database license( \(odbl\))?": "ODbL-1.0",
    r"(odc|open data commons) attribution license( \(odc-by\))?": "ODC-By-1.0",
    r"(odc|open data commons) public domain dedication (and|&) licen[cs]e( \(pddl\))?": "PDDL-1.0",
    r"community data license agreement . permissive . version 2\.0": "CDLA-Permissive-2.0",
    r"community data license agreement . permissive . version 1\.0": "CDLA-Permissive-1.0",
    r"community data license agreement . sharing . version 1\.0": "CDLA-Sharing-1.0",
}
_TITLE_WITHIN = 300
"""Characters from the beginning in which a title must stand, so that no text counts that merely mentions one. All is
compared in lower case, without commas and in single spaces."""
_CREATIVE_COMMONS = re.compile(
    r"attribution(?P<nc>-noncommercial)?(?P<more>-noderiv(?:ative)?s|-sharealike)? (?P<version>[1-4]\.[05])\b"
)
_SHORT = re.compile(r"^cc[ -](?P<terms>by(?:[ -](?:nc|nd|sa))*)[ -](?P<version>[1-4]\.[05])\b")
_TAG = re.compile(r"SPDX-License-Identifier:\s*([\w.+-]+)")
_HUB = {
    "odbl-1.0": "odbl",
    "odc-by-1.0": "odc-by",
    "pddl-1.0": "pddl",
}
_HUB_NAMES = (
    r"mit|apache-2\.0|unlicense|mpl-2\.0|bsd-[23]-clause|cc0-1\.0|a?gpl-3\.0|gpl-2\.0|lgpl-(2\.1|3\.0)"
    r"|cc-by-(2\.0|2\.5|3\.0|4\.0)|cc-by-sa-[34]\.0|cc-by-nc-[234]\.0|cc-by-nd-4\.0|cc-by-nc-nd-[34]\.0"
    r"|cc-by-nc-sa-[234]\.0|cdla-(permissive-[12]\.0|sharing-1\.0)"
)


def read_licence(file: str, text: str) -> Licence:
    """Guess the licence of a text by how it begins, or by the SPDX tag in it."""
    title = next((line.strip(" \t#=*-") for line in text.splitlines() if re.search(r"\w", line)), "")
    if tag := _TAG.search(text[:READ]):
        return Licence(file, tag[1], title)
    words = re.sub(r"[\s#=*,]+", " ", text[:READ].lower().replace("–", "-").replace("—", "-"))
    words = words.replace("creative commons legal code", "").strip()[:_TITLE_WITHIN]
    for pattern, name in _TITLES.items():
        if re.search(pattern, words):
            return Licence(file, name, title)
    if found := _CREATIVE_COMMONS.search(words):
        more = {None: "", "-s": "-SA", "-n": "-ND"}[found["more"] and found["more"][:2]]
        return Licence(file, f"CC-BY{'-NC' if found['nc'] else ''}{more}-{found['version']}", title)
    if found := _SHORT.match(words):
        return Licence(file, f"CC-{found['terms'].upper().replace(' ', '-')}-{found['version']}", title)
    return Licence(file, None, title)
