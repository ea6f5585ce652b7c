"""Bytes from servers: with time-outs, retries and a limit of size, and errors in plain words."""

from __future__ import annotations

import random
import re
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import urllib3

_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.I)
_ATTEMPTS = 4
_BACKOFF = 0.3  # seconds, doubled with every attempt
_BUSY = (429, 500, 502, 503, 504)
_POOL = 16
_PIECE = 1 << 16
_LOCAL = frozenset(("file", "local", "memory", ""))
_INSTALL = {"s3": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "hf": "huggingface_hub", "http": "aiohttp", "https": "aiohttp"}


class FetchError(OSError):
    """Something could not be fetched; ``strerror`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(None, reason)


def fetch(url: str, timeout: float, limit: int, head: int | None = None) -> bytes:
    """Return the bytes at a URL; the first ``head`` (or more) where these will do.

    Connections that break, time-outs and servers that are busy are tried again, each time after a longer pause. Raises
    FetchError, also for more than ``limit`` bytes.
    """
    scheme = urlsplit(url).scheme.lower()
    if scheme in ("http", "https"):
        data = _fetch_http(url, timeout, limit, head)
    else:
        data = _fetch_other(url, limit)
    if len(data) > limit:
        raise FetchError(f"more than {limit / (1 << 20):,.0f} MB")
    return data


def file_system(url: str) -> tuple[Any, str]:
    """Return the fsspec file system of a URL, and the path in it. Raises FetchError where there is none."""
    import fsspec.core

    scheme = urlsplit(url).scheme.lower()
    try:
        found: tuple[Any, str] = fsspec.core.url_to_fs(url)
        return found
    except ImportError:
        package = _INSTALL.get(scheme)
        hint = f": pip install {package}" if package else ""
        raise FetchError(f"{scheme}:// needs a package that is not installed{hint}") from None
    except ValueError as error:
        raise FetchError(in_words(error)) from None


def is_url(value: str) -> bool:
    return _URL.match(value) is not None


def is_local(url: str) -> bool:
    """Tell whether a URL leads to this machine; a manifest must not make files of it part of a dataset."""
    return urlsplit(url).scheme.lower() in _LOCAL


def in_words(error: BaseException) -> str:
    """Say in a few words what went wrong."""
    if isinstance(error, FetchError):
        return str(error.strerror)
    if isinstance(error, FileNotFoundError):
        return "not there"
    if isinstance(error, PermissionError):
        return "access denied"
    text = (str(error).splitlines() or [""])[0].strip() or type(error).__name__
    return text[:200]


def _fetch_http(url: str, timeout: float, limit: int, head: int | None) -> bytes:
    import urllib3

    headers = {"User-Agent": "datalint", **({"Range": f"bytes=0-{head - 1}"} if head else {})}
    try:
        response = _pool(_proxy(url), timeout).request("GET", url, headers=headers, preload_content=False)
        try:
            if response.status == 416 and head:  # an empty file has no first bytes
                return b""
            if response.status >= 400:
                raise FetchError(f"the server answers {response.status} {response.reason or ''}".rstrip())
            pieces, size = [], 0
            for piece in response.stream(_PIECE):
                pieces.append(piece)
                size += len(piece)
                if size > limit or (head and size >= head):
                    break
            return b"".join(pieces)
        finally:
            response.close()
            response.release_conn()
    except urllib3.exceptions.HTTPError as error:
        raise FetchError(_http_words(error, url)) from None


def _http_words(error: BaseException, url: str) -> str:
    import urllib3

    cause: BaseException | None = error
    while isinstance(cause, urllib3.exceptions.MaxRetryError) and cause.reason is not None:
        cause = cause.reason
    host = urlsplit(url).netloc
    if isinstance(cause, urllib3.exceptions.NameResolutionError):
        return f"there is no host {host}"
    if isinstance(cause, urllib3.exceptions.NewConnectionError):
        return f"{host} does not answer"
    if isinstance(cause, urllib3.exceptions.TimeoutError):
        return f"{host} did not answer in time"
    if isinstance(cause, urllib3.exceptions.SSLError):
        return f"the certificate of {host} is not trusted"
    if isinstance(cause, urllib3.exceptions.ResponseError):
        return f"{host} is busy or broken ({cause})"
    if isinstance(cause, urllib3.exceptions.ProtocolError):
        return f"{host} broke off the connection"
    return in_words(cause or error)


@lru_cache(maxsize=4)
def _pool(proxy: str | None, timeout: float) -> urllib3.PoolManager:
    """Keep the connections of a process open."""
    import urllib3

    retries = urllib3.Retry(
        total=_ATTEMPTS - 1, backoff_factor=_BACKOFF, backoff_jitter=_BACKOFF, status_forcelist=_BUSY
    )
    times = urllib3.Timeout(connect=timeout, read=timeout)
    if proxy:
        return urllib3.ProxyManager(proxy, maxsize=_POOL, retries=retries, timeout=times)
    return urllib3.PoolManager(maxsize=_POOL, retries=retries, timeout=times)


def _proxy(url: str) -> str | None:
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    return None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)


def _fetch_other(url: str, limit: int) -> bytes:
    system, path = file_system(url)
    for attempt in range(_ATTEMPTS):
        try:
            size = system.size(path)
            if size and size > limit:
                raise FetchError(f"{size / (1 << 20):,.0f} MB; the limit is {limit / (1 << 20):,.0f} MB")
            data: bytes = system.cat_file(path)
            return data
        except (FetchError, FileNotFoundError, PermissionError, NotImplementedError) as error:
            raise FetchError(in_words(error)) from None
        except Exception as error:  # each library has its own
            if attempt == _ATTEMPTS - 1 or not isinstance(error, OSError):
                raise FetchError(in_words(error)) from None
            time.sleep(_BACKOFF * 2**attempt * (1 + random.random()))
    raise AssertionError
