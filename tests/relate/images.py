"""Images for the tests of relations: textures, and Contents made of thumbnails."""

from __future__ import annotations

import hashlib
from typing import Any

import imagehash
import numpy as np
from PIL import Image

from datalint.relate import Contents

Array = np.ndarray[Any, Any]


NO_POINTERS = {"sample_id": np.zeros(0, np.int32), "content_digest": np.zeros(0, object)}


def texture(rng: np.random.Generator, count: int = 1, size: int = 32) -> Array:
    """Random smooth colour textures, uint8[count, size, size, 3]: no two alike."""
    coarse = rng.integers(0, 256, (count, 8, 8, 3), dtype=np.uint8)
    return np.stack([np.asarray(Image.fromarray(t).resize((size, size), Image.Resampling.BICUBIC)) for t in coarse])


def blank(rng: np.random.Generator, count: int) -> Array:
    """Flat images with a little noise, uint8[count, 32, 32, 3]."""
    return np.clip(200 + rng.normal(0, 2, (count, 32, 32, 3)), 0, 255).astype(np.uint8)


def contents(thumbnails: Array, **given: Any) -> Contents:
    """Contents of these thumbnails, each a file of its own unless ``given`` says otherwise."""
    n = len(thumbnails)
    digests = [hashlib.sha256(t.tobytes()).hexdigest() for t in thumbnails]
    columns: dict[str, Any] = {
        "sample_id": np.arange(n, dtype=np.int32),
        "path": strings(f"{digest[:8]}.png" for digest in digests),
        "content_digest": strings(f"{i}-{digest}" for i, digest in enumerate(digests)),
        "reduced_digest": strings(digests),
        "phash": given["phash"] if "phash" in given else np.array([phash(t) for t in thumbnails], np.uint64),
        "thumbnails": thumbnails,
        "width": np.full(n, 200, np.uint32),
        "height": np.full(n, 100, np.uint32),
        "mode": strings(["RGB"] * n),
        "format": strings(["PNG"] * n),
        "rank": np.arange(n, dtype=np.int32),
    }
    return Contents(**{**columns, **given})


def strings(values: Any) -> Array:
    return np.array(list(values), object)


def phash(thumbnail: Array) -> int:
    return int(str(imagehash.phash(Image.fromarray(thumbnail))), 16)


def groups(table: Any) -> dict[int, set[int]]:
    """The members of each group of a relation table."""
    found: dict[int, set[int]] = {}
    for group, sample in zip(table["group_id"].tolist(), table["sample_id"].tolist(), strict=True):
        found.setdefault(group, set()).add(sample)
    return found
