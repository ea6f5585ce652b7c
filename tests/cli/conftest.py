"""Commands on the example are answered from one cache, since what they print does not depend on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _from_the_cache(_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of the cache, and those of what is measured, name a cache of their own or none."""
    monkeypatch.setenv("DATALINT_CACHE_DIR", str(_cache))
