"""Names of files are bytes; the escape that makes them text can be undone."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from datalint.model import escape_name, unescape_name


@given(st.binary().filter(lambda name: b"\0" not in name))
def test_the_escape_of_names_is_reversible_and_valid_unicode(name: bytes) -> None:
    decoded = name.decode("utf-8", "surrogateescape")
    escaped = escape_name(decoded)
    escaped.encode("utf-8")
    assert unescape_name(escaped) == decoded
    assert os.fsencode(unescape_name(escaped)) == name


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\")))
def test_plain_names_stay_as_they_are(name: str) -> None:
    assert escape_name(name) == name
