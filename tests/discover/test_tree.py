"""Names of files."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from datalint.discover.tree import split_suffix


@given(st.text(st.sampled_from(".aA jpg"), max_size=8))
def test_names_are_split_as_the_standard_library_does(name: str) -> None:
    assert split_suffix(name) == os.path.splitext(name)
