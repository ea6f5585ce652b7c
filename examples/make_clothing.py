"""Rebuild ``examples/clothing``: a small pre-split set of real photos with a few real-life faults.

    python examples/make_clothing.py SPLIT UNBALANCED [--out examples/clothing]

SPLIT and UNBALANCED are the two sources that ``examples/README.md`` credits, folders of ``<uuid>.jpg`` by class, the
SPLIT and UNBALANCED are the two sources that ``examples/README.md`` credits, folders of ``<uuid>.jpg`` by class, the
are removed first, and the table of faults in the ``README.md`` beside it is written anew.
"""

from __future__ import annotations

import argparse
import io
import random
import shutil
import uuid
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image, ImageEnhance, ImageFilter

SEED = 2020
COUNTS = {
    "t-shirt": {"train": 28, "validation": 4, "test": 8},
    "pants": {"train": 17, "validation": 3, "test": 5},
    "longsleeve": {"train": 13, "validation": 2, "test": 4},
    "dress": {"train": 10, "validation": 2, "test": 3},
    "shoes": {"train": 8, "validation": 1, "test": 2},
    "skirt": {"train": 2, "validation": 1, "test": 1},
}
AS_PUBLISHED = 0.35
"""Share of the photos that stay byte for byte; the others are reduced so that the whole fits a repository."""
SHORT_SIDES = (180, 200, 225, 240, 270, 300)
"""Pixels of the shorter side of a reduced photo (as published: 400)."""

EXIF_ORIENTATION = 0x0112
EXIF_GPS = 0x8825
OPEN_SEA = {1: "N", 2: (38.0, 30.0, 0.0), 3: "W", 4: (43.0, 15.0, 0.0)}
"""A GPS directory (latitude reference and value, longitude the same): a made-up place in the North Atlantic."""


class Fault(NamedTuple):
    """One fault that was put in, as the table of the README tells it."""

    what: str
    paths: tuple[str, ...]
    rule: str


class Clothing:
    """The files of the example by path, and those of them that still are as they were dealt."""

    def __init__(self, sources: dict[str, list[Path]]) -> None:
        self.random = random.Random(SEED)
        self.files: dict[str, bytes] = {}
        self.untouched: dict[tuple[str, str], list[str]] = {}
        self.faults: list[Fault] = []
        for label, counts in COUNTS.items():
            photos = self.random.sample(sources[label], sum(counts.values()))
            for split, count in counts.items():
                paths = [f"{split}/{label}/{photo.name}" for photo in photos[:count]]
                self.files |= zip(paths, map(self._shipped, photos[:count]), strict=True)
                self.untouched[split, label] = paths
                photos = photos[count:]

    def _shipped(self, photo: Path) -> bytes:
        """Return a photo as it is shipped: as published, or reduced."""
        if self.random.random() < AS_PUBLISHED:
            return photo.read_bytes()
        with Image.open(photo) as image:
            side = self.random.choice(SHORT_SIDES)
            image.thumbnail((side, side * 3) if image.width < image.height else (side * 3, side))
            return encoded(image, quality=82)

    def take(self, split: str, label: str) -> tuple[str, Image.Image]:
        """Return a photo that no fault has used yet."""
        path = self.untouched[split, label].pop()
        return path, Image.open(io.BytesIO(self.files[path])).convert("RGB")

    def add(self, split: str, label: str, content: bytes) -> str:
        """Add a file under a name of its own, in the manner of the source."""
        path = f"{split}/{label}/{uuid.UUID(int=self.random.getrandbits(128), version=4)}.jpg"
        self.files[path] = content
        return path

    def fault(self, what: str, rule: str, *paths: str) -> None:
        self.faults.append(Fault(what, paths, rule))

    def copy_photos(self) -> None:
        """Put in photos that occur twice."""
        path, _ = self.take("train", "pants")
        copy = self.add("test", "pants", self.files[path])
        self.fault("the same file in two splits", "SPL001", path, copy)

        path, image = self.take("train", "dress")
        image.thumbnail((image.width * 3 // 4, image.height * 3 // 4))
        copy = self.add("test", "dress", encoded(image, quality=60))
        self.fault("the same photo in two splits, made smaller and saved again", "SPL002", path, copy)

        path, _ = self.take("train", "longsleeve")
        copy = self.add("train", "t-shirt", self.files[path])
        self.fault("the same file under two labels", "DUP002", path, copy)

        path, _ = self.take("train", "t-shirt")
        copy = self.add("train", "t-shirt", self.files[path])
        self.fault("the same file twice in a class", "DUP001", path, copy)

    def break_files(self) -> None:
        """Put in files that are no whole images, or no images, or none of what their name says."""
        path, _ = self.take("train", "t-shirt")
        self.files[path] = self.files[path][: len(self.files[path]) * 3 // 5]
        self.fault("a download that stopped half-way", "INT001", path)

        path, _ = self.take("validation", "t-shirt")
        self.files[path] = b""
        self.fault("a file of zero bytes", "INT002", path)

        path, image = self.take("train", "shoes")
        image.thumbnail((150, 150))
        self.files[path] = encoded(image, "PNG")
        self.fault("a PNG named .jpg", "INT003", path)

        path = "train/pants/notes.txt"
        self.files[path] = b"ask Anna whether the leggings belong here\n"
        self.fault("somebody's notes in a class folder", "LAY001", path)
        path = "train/dress/Thumbs.db"
        self.files[path] = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
        self.fault("a thumbnail cache of Windows", "none: litter is passed over", path)

    def change_photos(self) -> None:
        """Put in photos that differ from the others in how they were stored or taken."""
        path, image = self.take("train", "t-shirt")
        self.files[path] = encoded(image.convert("L"))
        self.fault("a grey image with one channel", "FMT001", path)

        path, image = self.take("train", "longsleeve")
        self.files[path] = encoded(image.convert("L").convert("RGB"))
        self.fault("a grey image stored with three equal channels", "FMT008", path)

        path, image = self.take("train", "pants")
        exif = Image.Exif()
        exif[EXIF_ORIENTATION] = 6
        self.files[path] = encoded(image.transpose(Image.Transpose.ROTATE_90), exif=exif)
        self.fault("a photo stored lying on its side, upright by EXIF orientation 6", "FMT006", path)

        path, image = self.take("train", "shoes")
        exif = Image.Exif()
        exif[EXIF_GPS] = OPEN_SEA
        self.files[path] = encoded(image, exif=exif)
        self.fault("a photo that tells where it was taken (a made-up place at sea)", "PRV001", path)

        path, image = self.take("train", "t-shirt")
        self.files[path] = encoded(ImageEnhance.Brightness(image).enhance(0.07))
        self.fault("a photo that is nearly black", "QUA001", path)

        path, image = self.take("train", "dress")
        self.files[path] = encoded(image.filter(ImageFilter.GaussianBlur(image.width / 25)))
        self.fault("a photo out of focus", "QUA003", path)


def encoded(image: Image.Image, format_: str = "JPEG", **save: Any) -> bytes:
    """Return an image as the bytes of a file, without the metadata that it was opened with."""
    buffer = io.BytesIO()
    image.save(buffer, format_, **{"quality": 85, "optimize": True, "exif": b"", **save})
    return buffer.getvalue()


def sources(split: Path, unbalanced: Path) -> dict[str, list[Path]]:
    """List the photos of each class, each photo once: those in both sources have the same name."""
    found = {label: {p.name: p for p in split.glob(f"*/{label}/*.jpg")} for label in COUNTS}
    for label, photos in found.items():
        photos |= {p.name: p for p in unbalanced.glob(f"{label}/*.jpg")}
    return {label: [photos[name] for name in sorted(photos)] for label, photos in found.items()}


def write(clothing: Clothing, out: Path, readme: Path) -> None:
    """Write the files, and the table of faults between the first and the last table row of the README."""
    for split in next(iter(COUNTS.values())):
        shutil.rmtree(out / split, ignore_errors=True)
    for path, content in clothing.files.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(content)
    rows = [
        f"| {what} | {'<br>'.join(f'`{path}`' for path in paths)} | {rule} |" for what, paths, rule in clothing.faults
    ]
    lines = readme.read_text(encoding="utf-8").splitlines()
    first = lines.index("| --- | --- | --- |") + 1
    rest = next(i for i, line in enumerate(lines[first:], first) if not line.startswith("|"))
    readme.write_text("\n".join([*lines[:first], *rows, *lines[rest:]]) + "\n", encoding="utf-8")


def main() -> None:
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("split", type=Path)
    parser.add_argument("unbalanced", type=Path)
    parser.add_argument("--out", type=Path, default=here / "clothing")
    arguments = parser.parse_args()
    clothing = Clothing(sources(arguments.split, arguments.unbalanced))
    clothing.copy_photos()
    clothing.break_files()
    clothing.change_photos()
    clothing.fault("a class with next to no images", "BAL002", "train/skirt")
    write(clothing, arguments.out, arguments.out.parent / "README.md")


if __name__ == "__main__":
    main()
