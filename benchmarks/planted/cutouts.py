"""Objects with their masks, as RGBA arrays: cut out of uniform backgrounds, or published with an alpha channel."""

from __future__ import annotations

import gzip
import struct
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Cutouts = dict[str, list[NDArray[np.uint8]]]
    """Objects by class, each H x W x 4 of uint8, cropped to its mask."""

LONGEST = 200  # pixels of an object's longer side
HEAVIEST = 400_000  # bytes of a file with an alpha channel
LEAST = 8  # objects that a class needs
SUFFIXES = {".jpg", ".jpeg", ".png"}


def leaf_mask(image: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell a leaf from the grey to violet sheet under it: H x W x 3 to H x W.

    Green and brown have less blue than red or green, the sheet and the shadows on it have not.
    """
    red, green, blue = np.moveaxis(image.astype(float), 2, 0)
    return largest(apart(np.maximum(np.maximum(red, green) - blue, 2 * green - red - blue)))


def hand_mask(image: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell skin from a grey wall, by its lack of blue: H x W x 3 to H x W."""
    values = image.astype(float)
    return largest(apart(values[..., 0] - values[..., 2]), fill=False)


def fruit_mask(image: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell a fruit from white: H x W x 3 to H x W."""
    return largest(image.min(axis=2) < 236)


def apart(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Separate high from low values where the variance between the two is greatest (Otsu 1979)."""
    smooth = ndimage.gaussian_filter(values, 1)
    counts, edges = np.histogram(smooth, 128)
    middles = (edges[1:] + edges[:-1]) / 2
    below, total = np.cumsum(counts), counts.sum()
    sums = np.cumsum(counts * middles)
    with np.errstate(invalid="ignore", divide="ignore"):
        between = (sums[-1] * below / total - sums) ** 2 / (below * (total - below))
    return np.asarray(smooth > middles[np.nanargmax(between)])


def largest(mask: NDArray[np.bool_], fill: bool = True) -> NDArray[np.bool_]:
    """Keep the largest connected region, its holes filled, without the rim, which has the background's colour."""
    regions, count = ndimage.label(mask)
    if not count:
        return mask
    kept = regions == 1 + np.argmax(np.bincount(regions.ravel())[1:])
    kept = ndimage.binary_fill_holes(kept) if fill else kept
    return np.asarray(ndimage.binary_erosion(ndimage.binary_opening(kept, iterations=2)))


def cut(image: NDArray[np.uint8], mask: NDArray[np.bool_]) -> NDArray[np.uint8] | None:
    """Cut an object out; None where the mask covers less than 4 % of the image or nearly all: it went wrong then."""
    if not 0.04 < mask.mean() < 0.92:
        return None
    alpha = ndimage.gaussian_filter(mask.astype(np.float32) * 255, 0.7)
    return trimmed(np.dstack([image, alpha.astype(np.uint8)]))


def trimmed(rgba: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Crop to what is not transparent, and shrink to LONGEST; None for what is tiny or has no transparent part."""
    solid = rgba[..., 3] > 127
    if min(rgba.shape[:2]) < 8 or not 0.02 < solid.mean() < 0.98:
        return None
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    image = Image.fromarray(rgba[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    return np.asarray(image) if min(image.size) >= 12 else None


def files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES and not file.is_symlink())


def leaves(folder: Path) -> Cutouts:
    return masked(folder, leaf_mask)


def fruits(folder: Path) -> Cutouts:
    return masked(folder, fruit_mask)


def hands(folder: Path) -> Cutouts:
    return masked(folder, hand_mask)


def masked(folder: Path, mask: Callable[[NDArray[np.uint8]], NDArray[np.bool_]]) -> Cutouts:
    """Cut the objects out of a folder of class folders; of files that are the same byte for byte, the first."""
    found: Cutouts = {}
    seen = set()
    for file in files(folder):
        content = file.read_bytes()
        if content in seen:
            continue
        seen.add(content)
        with Image.open(file) as image:
            image.draft("RGB", (300, 300))
            plain = image.convert("RGB")
        plain.thumbnail((256, 256))
        pixels = np.asarray(plain)
        found.setdefault(file.parent.name, []).append(cut(pixels, mask(pixels)))
    return enough(found)


def digits(_: Path) -> Cutouts:
    """Strokes of handwritten digits, scikit-learn's, in no colour yet: black with an alpha channel."""
    from sklearn.datasets import load_digits

    data = load_digits()
    found: Cutouts = {}
    for values, label in zip(data.images, data.target, strict=True):
        large = Image.fromarray((values * 15.9).astype(np.uint8)).resize((96, 96), Image.Resampling.BICUBIC)
        alpha = np.clip((np.asarray(large).astype(float) - 70) * 3, 0, 255).astype(np.uint8)
        found.setdefault(f"digit {label}", []).append(trimmed(np.dstack([np.zeros((96, 96, 3), np.uint8), alpha])))
    return enough(found)


GARMENTS = "t-shirt trousers pullover dress coat sandal shirt sneaker bag boot".split()


def garments(folder: Path) -> Cutouts:
    """Fashion-MNIST's garments, 300 of each class, grey."""
    images, labels = (next(folder.rglob(f"t10k-{name}-ubyte.gz")) for name in ("images-idx3", "labels-idx1"))
    content = gzip.decompress(images.read_bytes())
    count, height, width = struct.unpack(">3I", content[4:16])
    stack = np.frombuffer(content, np.uint8, offset=16).reshape(count, height, width)
    found: Cutouts = {}
    for values, label in zip(stack, gzip.decompress(labels.read_bytes())[8:], strict=True):
        members = found.setdefault(GARMENTS[label], [])
        if len(members) < 300:
            large = np.asarray(Image.fromarray(values).resize((112, 112), Image.Resampling.BICUBIC))
            members.append(cut(np.dstack([large] * 3), largest(large > 24)))
    return enough(found)


def alpha_folders(folder: Path, names: dict[str, str]) -> Cutouts:
    """Images that have an alpha channel; ``names`` maps folders to classes. Drawings are in folders of their own."""
    found: Cutouts = {}
    for part, name in names.items():
        for file in files(folder / part):
            if "cartoon" not in file.parts:
                found.setdefault(name, []).append(with_alpha(file))
    return enough(found)


def with_alpha(file: Path) -> NDArray[np.uint8] | None:
    if file.stat().st_size > HEAVIEST:
        return None
    with Image.open(file) as image:
        return trimmed(np.asarray(image.convert("RGBA")))


STAMPS = "usr/share/tuxpaint/stamps/"
STAMP_CLASSES = {
    "animals/birds": "bird", "animals/mammals": "mammal", "animals/fish": "fish", "animals/insects": "insect",
    "food/fruit": "fruit", "food/vegetables": "vegetable", "household/tools": "tool", "plants/flowers": "flower",
    "plants/trees": "tree", "vehicles": "vehicle", "sports": "sport", "hobbies/music": "instrument",
}  # fmt: skip


def stamps(folder: Path) -> Cutouts:
    """Photos cut out for a paint program, by kind of thing."""
    return alpha_folders(folder, {STAMPS + part: name for part, name in STAMP_CLASSES.items()})


def single_stamps(folder: Path) -> Cutouts:
    """The same photos, each a class of its own, as the products of a shop are."""
    found = {}
    for part in STAMP_CLASSES:
        for file in files(folder / (STAMPS + part)):
            stamp = None if "cartoon" in file.parts else with_alpha(file)
            if stamp is not None and (stamp[..., 3] > 127).mean() > 0.4:
                found[file.stem] = [stamp]
    return found


CLIPART = "usr/share/openclipart/png/"
CLIPART_CLASSES = {
    "animals/birds": "bird", "animals/bugs": "bug", "animals/mammals": "mammal", "animals/fish": "fish",
    "buildings/homes": "home", "computer/hardware": "computer", "food/beverages": "drink", "food/fruit": "fruit",
    "food/desserts": "dessert", "food/breads_and_carbs": "bread", "office": "office", "plants": "plant",
    "people/clothing": "clothing", "recreation/music": "music", "recreation/sports": "sport", "tools": "tool",
    "recreation/toys": "toy", "transportation/vehicles": "vehicle", "transportation/boating": "boat",
    "electronics": "electronics", "recreation/party": "party", "food/meats_and_eggs": "meat",
}  # fmt: skip


def clipart(folder: Path) -> Cutouts:
    return alpha_folders(folder, {CLIPART + part: name for part, name in CLIPART_CLASSES.items()})


def enough(found: dict[str, list[NDArray[np.uint8] | None]]) -> Cutouts:
    """Drop what could not be cut out, and classes that are left with less than LEAST objects."""
    return {name: kept for name, members in sorted(found.items()) if len(kept := list(present(members))) >= LEAST}


def present(members: list[NDArray[np.uint8] | None]) -> Iterator[NDArray[np.uint8]]:
    return (member for member in members if member is not None)
