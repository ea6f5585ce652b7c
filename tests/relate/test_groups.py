"""Groups hold no two different pictures; bursts are told from copies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image
from relate.images import NO_POINTERS, Array, contents, groups, strings, texture

from datalint.relate import exact_duplicates, near_duplicates, near_pairs
from datalint.relate.stars import MUTUAL_STRUCTURE
from datalint.relate.structure import compare


def related(images: Any) -> tuple[Any, Any]:
    duplicates = exact_duplicates(images, {}, NO_POINTERS)
    pairs = near_pairs(images, duplicates).pairs
    return pairs, near_duplicates(images, pairs, duplicates)


def windows(step: int, count: int, side: int = 128) -> Array:
    """A camera that pans over a wide scene; uint8[count, 32, 32, 3]."""
    rng = np.random.default_rng(12)
    coarse = rng.integers(0, 256, (12, 60, 3), dtype=np.uint8)
    scene = Image.fromarray(coarse).resize((60 * 16, 12 * 16), Image.Resampling.BICUBIC)
    frames = [scene.crop((n * step, 20, n * step + side, 20 + side)) for n in range(count)]
    return np.stack([np.asarray(frame.resize((32, 32), Image.Resampling.BOX)) for frame in frames])


def test_a_pan_does_not_end_up_in_one_group() -> None:
    images = contents(np.concatenate([windows(6, 60), texture(np.random.default_rng(1), 200)]))
    _, table = related(images)
    found = groups(table)
    assert len(found) > 3, "the first frames show nothing of what the last show"
    assert all(max(members) < 60 for members in found.values())
    for members in found.values():
        rows = np.array(sorted(members))
        a, b = np.triu_indices(len(rows), 1)
        shared = compare(images.thumbnails, rows[a], rows[b], np.zeros(len(a), np.int64)).structure
        assert shared.min() >= MUTUAL_STRUCTURE - 0.02, "in a small group any two are near each other"


def test_mirrored_members_are_compared_as_they_lie_in_the_keeper() -> None:
    rng = np.random.default_rng(3)
    pictures = texture(rng, 300)
    one = pictures[0]
    copies = np.stack([one[:, ::-1], np.rot90(one), np.rot90(one, -1), one // 8 * 7 + 8])
    square = np.full(304, 200, np.uint32)
    _, table = related(contents(np.concatenate([pictures, copies]), width=square, height=square))
    assert groups(table) == {0: {0, 300, 301, 302, 303}}
    named = dict(zip(table["sample_id"].tolist(), table["changes"].tolist(), strict=True))
    assert named[300] == "mirrored"
    assert named[301] == named[302] == "quarter-turned"


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["walk_0012.jpg", "walk_0013.jpg", "walk_0014.jpg"], "burst"),
        (["a/20230501_101500.jpg", "b/20230501_101502.jpg", "a/20230501_101504.jpg"], "burst"),
        (["walk_0012.jpg", "walk_0013.jpg", "walk_4014.jpg"], "copies"),
        (["3_12.jpg", "4_13.jpg", "5_14.jpg"], "copies"),
        (["walk.jpg", "walk_1.jpg", "walk_2.jpg"], "copies"),
    ],
)
def test_frames_are_numbered(names: list[str], kind: str) -> None:
    frames, others = windows(2, 3), texture(np.random.default_rng(2), 200)
    paths = strings([*names, *(f"other{n}.png" for n in range(len(others)))])
    _, table = related(contents(np.concatenate([frames, others]), path=paths))
    assert groups(table) == {0: {0, 1, 2}}
    assert set(table["kind"]) == {kind}


def test_numbered_copies_of_one_picture_are_copies() -> None:
    frames, others = np.repeat(windows(2, 1), 3, axis=0), texture(np.random.default_rng(2), 200)
    frames[1, 0, 0] ^= 1
    paths = strings([*(f"a{n}.png" for n in range(3)), *(f"other{n}.png" for n in range(len(others)))])
    _, table = related(contents(np.concatenate([frames, others]), path=paths))
    assert set(table["kind"]) == {"copies"}
