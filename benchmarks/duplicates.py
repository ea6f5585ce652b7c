"""Recall and precision of near-duplicate search, transform by transform, beside imagededup and cleanvision.

Every photo gets one altered copy, at one of three strengths in turn; each kind of change is a dataset of its own: the
photos, the copies, and images that are easily taken for near-duplicates (one object class before one ground, digits,
neighbouring windows of one photo, blank frames). A reported pair is right when it is a photo and its copy. Two
photos that are near-duplicates as published count as a mistake.

    python benchmarks/duplicates.py --photos FOLDER... [--negatives FOLDER...] [--peers PYTHON] [--kinds KIND...]

PYTHON is the interpreter of an environment with imagededup and cleanvision. They run at their defaults on the same
files; imagededup is asked for its perceptual hash, and needs no torch for that.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PIL import Image, ImageEnhance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PEERS = ("imagededup", "cleanvision")
LONGEST = 400  # pixels of a photo's longer side
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
DIGITS, BLANKS, WINDOWS = 500, 100, 150
SEED = 20


class Kind(NamedTuple):
    """One kind of change, at three strengths."""

    strengths: tuple[Any, Any, Any]
    change: Callable[[Image.Image, Any], Image.Image]
    quality: int = 90
    """JPEG quality of the copies."""


def cropped(image: Image.Image, share: float) -> Image.Image:
    x, y = round(image.width * share), round(image.height * share)
    return image.crop((x, y, image.width - x, image.height - y))


def resized(image: Image.Image, factor: float) -> Image.Image:
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    return image.resize(size, Image.Resampling.LANCZOS)


def tinted(image: Image.Image, amount: float) -> Image.Image:
    gains = np.array([1 + amount, 1, 1 - amount])
    return Image.fromarray(np.clip(np.asarray(image) * gains, 0, 255).astype(np.uint8))


def turned(image: Image.Image, degrees: int) -> Image.Image:
    return image.rotate(degrees, expand=True)


KINDS: dict[str, Kind] = {
    "re-encoded (quality)": Kind((80, 50, 20), lambda image, _: image),
    "resized (factor)": Kind((0.75, 0.5, 0.35), resized),
    "darker (factor)": Kind((0.9, 0.8, 0.65), lambda image, f: ImageEnhance.Brightness(image).enhance(f)),
    "brighter (factor)": Kind((1.1, 1.2, 1.35), lambda image, f: ImageEnhance.Brightness(image).enhance(f)),
    "grey (colour left)": Kind((0.5, 0.25, 0.0), lambda image, f: ImageEnhance.Color(image).enhance(f)),
    "tinted (gain)": Kind((0.05, 0.1, 0.2), tinted),
    "mirrored (quality)": Kind((90, 70, 40), lambda image, _: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
    "turned (degrees)": Kind((90, 180, 270), turned),
    "cropped (each side)": Kind((0.025, 0.05, 0.08), cropped),
}


def main() -> int:
    options = parse(sys.argv[1:])
    photos = list(pictures(options.photos))
    print(f"{len(photos)} photos; SEED {SEED}", flush=True)
    tools = ["datalint", *(PEERS if options.peers else ())]
    print(f"{'':22}" + "".join(f" | {tool:38}" for tool in tools))
    print(f"{'change':22}" + f" | {'recall at three strengths':31}  prec." * len(tools))
    seconds = dict.fromkeys(tools, 0.0)
    for name in options.kinds or KINDS:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "all"
            folder.mkdir()
            strength_of = build(folder, photos, KINDS[name], options.negatives)
            line = f"{name:22}"
            for tool in tools:
                found, used = reported(tool, folder, options.peers)
                seconds[tool] += used
                line += f" | {measure(found, strength_of, KINDS[name].strengths):>38}"
            print(line, flush=True)
    print("CPU seconds".ljust(22) + "".join(f" | {seconds[tool]:>38.0f}" for tool in tools))
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="folders of photos without duplicates")
    parser.add_argument("--negatives", type=Path, nargs="*", default=[], help="folders of images that look alike")
    parser.add_argument("--peers", metavar="PYTHON", help="interpreter of an environment with the peers")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, metavar="KIND", help="only these kinds of change")
    return parser.parse_args(arguments)


def pictures(folders: list[Path]) -> Iterator[Image.Image]:
    """Yield the distinct images of folders, in order of path, not above LONGEST."""
    seen = set()
    for file in sorted(f for folder in folders for f in folder.rglob("*") if f.suffix.lower() in SUFFIXES):
        digest = hashlib.sha256(file.read_bytes()).digest()
        if digest not in seen:
            seen.add(digest)
            with Image.open(file) as image:
                plain = image.convert("RGB")
            plain.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
            yield plain


def build(folder: Path, photos: list[Image.Image], kind: Kind, negatives: list[Path]) -> dict[str, Any]:
    """Write one dataset; return the strength of every copy, by number."""
    strength_of = {}
    for number, photo in enumerate(photos):
        strength = kind.strengths[number % 3]
        quality = strength if isinstance(strength, int) and strength < 90 else kind.quality
        photo.save(folder / f"photo{number}.jpg", quality=95)
        kind.change(photo, strength).save(folder / f"copy{number}.jpg", quality=quality)
        strength_of[str(number)] = strength
    for number, image in enumerate([*pictures(negatives), *lookalikes(photos)]):
        image.save(folder / f"other{number}.jpg", quality=95)
    return strength_of


def lookalikes(photos: list[Image.Image]) -> Iterator[Image.Image]:
    """Make digits, blank frames and neighbouring windows of photos: alike, but not the same."""
    from sklearn.datasets import load_digits

    rng = np.random.default_rng(SEED)
    for digit in load_digits().images[:DIGITS]:
        small = Image.fromarray((digit * 15.9).astype(np.uint8))
        yield small.resize((64, 64), Image.Resampling.BICUBIC).convert("RGB")
    for _ in range(BLANKS):
        flat = rng.uniform(0, 255, 3) + rng.normal(0, rng.uniform(0, 4), (120, 160, 3))
        yield Image.fromarray(np.clip(flat, 0, 255).astype(np.uint8))
    for number in rng.choice(len(photos), min(WINDOWS, len(photos)), replace=False).tolist():
        photo = photos[number]
        middle = photo.width // 2
        yield photo.crop((0, 0, middle, photo.height))
        yield photo.crop((middle, 0, 2 * middle, photo.height))


def measure(found: set[tuple[str, str]], strength_of: dict[str, Any], strengths: tuple[Any, ...]) -> str:
    right = {a.removeprefix("copy") for a, b in found if a == f"copy{b.removeprefix('photo')}"}
    words = []
    for strength in strengths:
        of = [number for number, value in strength_of.items() if value == strength]
        words.append(f"{strength:g}: {len(right.intersection(of)) / len(of):.3f}")
    precision = len(right) / len(found) if found else float("nan")
    return "  ".join(words) + f"  {precision:.3f}"


def reported(tool: str, folder: Path, peers: str | None) -> tuple[set[tuple[str, str]], float]:
    """Run a tool in a process of its own; return the pairs that it reports, and CPU seconds."""
    python = sys.executable if tool == "datalint" else str(peers)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.NamedTemporaryFile("r", suffix=".json") as answer:
        subprocess.run([python, __file__, "--run", tool, str(folder), answer.name], check=True, capture_output=True)
        pairs = json.load(answer)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {(min(pair), max(pair)) for pair in pairs}, used


def run(tool: str, folder: str, answer: str) -> int:
    """Write the pairs that a tool reports, as JSON; inside of the process of its own."""
    groups = {"datalint": by_datalint, "imagededup": by_imagededup, "cleanvision": by_cleanvision}[tool](folder)
    stems = [sorted({Path(path).stem for path in group}) for group in groups]
    pairs = [(a, b) for group in stems for place, a in enumerate(group) for b in group[place + 1 :]]
    Path(answer).write_text(json.dumps(pairs))
    return 0


def by_datalint(folder: str) -> list[list[str]]:
    import datalint

    report = datalint.check(folder, {"select": ["DUP001", "DUP002", "DUP003", "DUP004", "DUP005"]})
    return [list(finding.paths) for finding in report.findings]


def by_imagededup(folder: str) -> list[list[str]]:
    import types
    from unittest import mock

    # Its networks need torch, its hashes do not, but importing the package imports both.
    for name in ("methods.cnn", "utils.models", "utils.data_generator"):
        stand_in = mock.MagicMock(spec=types.ModuleType)
        stand_in.configure_mock(CNN=None, CustomModel=None, img_dataloader=None, MobilenetV3=None)
        sys.modules[f"imagededup.{name}"] = stand_in
    from imagededup.methods import PHash

    found = PHash(verbose=False).find_duplicates(image_dir=folder)
    return [[name, other] for name, others in found.items() for other in others]


def by_cleanvision(folder: str) -> list[list[str]]:
    from cleanvision import Imagelab

    lab = Imagelab(data_path=folder, verbose=False)
    lab.find_issues({"near_duplicates": {}, "exact_duplicates": {}}, verbose=False)
    return [group for kind in ("near_duplicates", "exact_duplicates") for group in lab.info[kind]["sets"]]


if __name__ == "__main__":
    sys.exit(run(*sys.argv[2:5]) if sys.argv[1:2] == ["--run"] else main())
