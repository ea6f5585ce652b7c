"""What tests of several rooms share: the example, real datasets with reference facts, and images made on the fly."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import browser
import numpy as np
import pytest
from browser import Browser
from PIL import Image
from repositories import make_repository
from servers import http, s3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from repositories import Repository
    from servers import HTTP, S3

    from datalint.storage import Content

# Git hooks, such as those that run tests, say which repository they are for; what people configure, git-lfs for
# instance, is no part of a test.
for name in [name for name in os.environ if name.startswith("GIT_")]:
    del os.environ[name]
os.environ |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
# Tests neither use nor change the cache of whoever runs them; those of the cache name one of their own.
os.environ["DATALINT_CACHE_DIR"] = ""

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared" / "datasets"
SCHEMAS = REPOSITORY.parent / "shared" / "schemas"


@pytest.fixture(scope="session")
def example() -> Path:
    """The dataset that datalint ships."""
    return REPOSITORY / "examples" / "clothing"


@pytest.fixture(scope="session")
def shared_datasets() -> Path:
    """Real datasets beside the checkout, which the repository does not ship."""
    if not SHARED.is_dir():
        pytest.skip("the shared datasets are not beside this checkout (../shared/datasets)")
    return SHARED


@pytest.fixture(scope="session")
def shared_schemas() -> Path:
    """Published schemas beside the checkout, which the repository does not ship."""
    if not SCHEMAS.is_dir():
        pytest.skip("the published schemas are not beside this checkout (../shared/schemas)")
    return SCHEMAS


@pytest.fixture(scope="session")
def truth(shared_datasets: Path) -> Callable[[str], dict[str, Any]]:
    """Read the reference facts of a shared dataset."""

    def read(name: str) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads((shared_datasets / f"{name}.truth.json").read_text())
        return facts

    return read


@pytest.fixture(scope="session")
def make_image() -> Callable[..., Path]:
    return _make_image


def photo(size: tuple[int, int], seed: int) -> Image.Image:
    """Make an image with structure at all scales, as photos have; another for every seed."""
    generator = np.random.default_rng(seed)
    width, height = size
    canvas = np.full((height, width, 3), 128.0)
    for cells in (2, 4, 8, 16, 32):
        coarse = generator.normal(0, 90 / cells**0.5, (cells, cells, 3))
        layers = [
            np.asarray(Image.fromarray(coarse[..., channel].astype(np.float32)).resize(size, Image.Resampling.BICUBIC))
            for channel in range(3)
        ]
        canvas += np.stack(layers, axis=-1)
    for _ in range(6):
        left, top = generator.integers(0, width), generator.integers(0, height)
        patch = canvas[top : top + height // 3, left : left + width // 3]
        patch += generator.normal(0, 60, 3)
    return Image.fromarray(np.clip(canvas, 0, 255).astype(np.uint8))


def _make_image(path: Path, size: tuple[int, int] = (96, 72), seed: int = 0, mode: str = "RGB", **save: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    photo(size, seed).convert(mode).save(path, **save)
    return path


def png(seed: int = 0) -> bytes:
    """Make the bytes of a small PNG; another for every seed."""
    file = io.BytesIO()
    photo((16, 16), seed).save(file, "PNG")
    return file.getvalue()


def content(path: Path, whole: bool = True) -> Content:
    """Read a file as the measuring stage gets it."""
    from datalint.storage import LocalFiles

    return next(LocalFiles(str(path.parent)).contents([path.name], whole))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """An empty git repository."""
    return make_repository(tmp_path / "repository")


@pytest.fixture
def http_server(tmp_path: Path) -> Iterator[HTTP]:
    """A server on loopback of an empty folder, to be filled."""
    folder = tmp_path / "served"
    folder.mkdir()
    with http(folder) as server:
        yield server


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3]:
    """An S3 server on loopback."""
    with s3() as server:
        yield server


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A page of a real browser."""
    if browser.PROGRAM is None:
        pytest.skip("there is no Chromium (Debian: apt-get install chromium), so no page was opened")
    page = Browser(tmp_path_factory.mktemp("profile"))
    yield page
    page.close()
