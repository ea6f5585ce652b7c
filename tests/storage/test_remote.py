"""Servers that are slow, busy, broken or gone cost their image, and say why in a few words."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest

import datalint
from datalint.errors import DatasetError
from datalint.storage import Encoded, Unavailable
from datalint.storage.fetch import FetchError, fetch
from datalint.storage.remote import Urls

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from servers import HTTP

LIMIT = 1 << 20


def content(url: str, timeout: float = 5, limit: int = LIMIT) -> Any:
    (found,) = pickle.loads(pickle.dumps(Urls(timeout, limit))).contents([url])
    return found


def test_an_image_is_fetched(http_server: HTTP) -> None:
    (http_server.folder / "a b.jpg").write_bytes(b"x" * 1000)
    found = content(f"{http_server.url}/a%20b.jpg?size=full")
    assert isinstance(found, Encoded)
    assert found.data == b"x" * 1000
    assert found.name.endswith(".jpg")
    assert isinstance(content(f"{http_server.url}/moved/a%20b.jpg"), Encoded)


def test_a_busy_server_is_asked_again(http_server: HTTP) -> None:
    (http_server.folder / "a.jpg").write_bytes(b"x")
    assert isinstance(content(f"{http_server.url}/busy/a.jpg"), Encoded)
    assert http_server.requests == ["/busy/a.jpg"] * 3


def test_a_dead_link_is_asked_for_once(http_server: HTTP) -> None:
    assert content(f"{http_server.url}/gone.jpg").reason.startswith("the server answers 404")
    assert http_server.requests == ["/gone.jpg"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [("slow/a.jpg", "did not answer in time"), ("cut/a.jpg", "broke off the connection")],
)
def test_what_goes_wrong_on_the_way(http_server: HTTP, path: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datalint.storage.fetch._ATTEMPTS", 1)
    found = content(f"{http_server.url}/{path}", timeout=0.5)
    assert isinstance(found, Unavailable)
    assert reason in found.reason


def test_no_server() -> None:
    found = content("http://127.0.0.1:9/a.jpg", timeout=1)
    assert "does not answer" in found.reason


def test_too_much_is_not_fetched(http_server: HTTP) -> None:
    (http_server.folder / "large.jpg").write_bytes(b"x" * (LIMIT + 10))
    assert content(f"{http_server.url}/large.jpg").reason == "more than 1 MB"


def test_a_header_takes_the_first_bytes_only(http_server: HTTP) -> None:
    (http_server.folder / "large.jpg").write_bytes(b"x" * 500_000)
    assert len(fetch(f"{http_server.url}/large.jpg", 5, LIMIT, head=1000)) < 200_000


@pytest.mark.parametrize("url", ["file:///etc/passwd", "local:///etc/passwd", "memory://x"])
def test_a_manifest_cannot_name_files_of_this_machine(url: str) -> None:
    assert content(url).reason == "a URL of this machine, which a manifest must not name"


def test_an_unknown_scheme_says_so() -> None:
    with pytest.raises(FetchError, match="Protocol not known"):
        fetch("nonsense://a/b.jpg", 1, LIMIT)


def test_order_is_kept(http_server: HTTP) -> None:
    for number in range(60):
        (http_server.folder / f"{number}.jpg").write_bytes(str(number).encode())
    urls = [f"{http_server.url}/{number}.jpg" for number in range(60)]
    found = [one.data for one in Urls(5, LIMIT).contents(urls) if isinstance(one, Encoded)]
    assert found == [str(number).encode() for number in range(60)]


def test_dead_links_of_a_manifest_are_findings(
    http_server: HTTP, tmp_path: Path, make_image: Callable[..., Path]
) -> None:
    make_image(http_server.folder / "a.jpg")
    rows = [f"{http_server.url}/{name}.jpg,cat" for name in ("a", "gone")]
    (tmp_path / "labels.csv").write_text("url,label\n" + "\n".join(rows) + "\n")
    report = datalint.check(tmp_path / "labels.csv", {"select": ["INT"]})
    (finding,) = report.findings
    assert finding.code == "INT001"
    assert "404" in finding.message


def test_what_is_not_there_is_one_line(http_server: HTTP, s3_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    for target in ("s3://no-such-bucket/data", f"{http_server.url}/gone.zip", f"{http_server.url}/gone.csv"):
        with pytest.raises(DatasetError) as caught:
            datalint.check(target)
        assert "\n" not in str(caught.value)
