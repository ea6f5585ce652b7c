"""The identity of a finding: the rule and what it is about, by content, never a measured value.

So a finding stays the same when files are renamed or moved within their class, when thresholds change or
images are measured anew; and a third copy that joins a known pair of duplicates makes a new one.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datalint.model import Finding

VERSION = 1
"""Goes up whenever equal findings get another fingerprint, so that a baseline of before is not believed."""

_LENGTH = 32  # hexadecimal digits: 128 bits


class Member(NamedTuple):
    """What a path of a finding stands for."""

    content: str
    """Digest of the content; the path itself for a folder or a file that cannot be read."""
    label: str | None
    split: str | None


def identify(finding: Finding, members: Mapping[str, Member]) -> Finding:
    """Return the finding with its fingerprint. ``members`` holds at least the finding's paths."""
    group = sorted((members[path] for path in finding.paths), key=lambda member: tuple(map(str, member)))
    several = [finding.values.get(name) for name in ("labels", "splits")]
    about = [finding.code, finding.label, finding.split, several, group]
    text = json.dumps(about, ensure_ascii=True, separators=(",", ":"))
    return finding._replace(fingerprint=hashlib.sha256(text.encode()).hexdigest()[:_LENGTH])
