"""The stage as the pipeline sees it: tables, whatever the number of jobs."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from conftest import photo
from PIL import Image

from datalint.facts import Facts
from datalint.measure import MeasureOptions, content_digests, measure_headers, measure_pixels, pixel_digests
from datalint.storage import ImageRef, LocalFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from datalint.model import Tables

OPTIONS = MeasureOptions(jobs=1, pixel_limit=89_000_000, batch_size=8)


def references(folder: Path) -> list[ImageRef]:
    files = sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())
    source = LocalFiles(str(folder))
    return [ImageRef(number, source, file) for number, file in enumerate(files)]


def plain(batches: Iterable[Tables]) -> list[Any]:
    """Tables as values that compare."""
    return [
        {
            table: {name: np.ma.filled(values, -1).tolist() for name, values in columns.items()}
            for table, columns in batch.items()
        }
        for batch in batches
    ]


@pytest.fixture
def folder(tmp_path: Path, make_image: Callable[..., Path]) -> Path:
    """Images of several formats and sizes, one without edges, two broken ones."""
    for number in range(40):
        suffix = ("jpg", "png", "webp", "gif", "tif")[number % 5]
        make_image(tmp_path / f"{number:02}.{suffix}", (40 + 7 * (number % 3), 60), seed=number)
    Image.new("RGB", (50, 50), "white").save(tmp_path / "blank.png")
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "00.jpg").read_bytes()[:900])
    (tmp_path / "text.jpg").write_text("none")
    return tmp_path


def test_tables_fit_the_schema(folder: Path) -> None:
    images = references(folder)
    facts = Facts()
    batches = list(measure_pixels(images, OPTIONS))
    assert len(batches) == -(-len(images) // OPTIONS.batch_size)
    for batch in batches:
        assert set(batch) == {"headers", "pixels", "thumbnails", "unmeasured"}
        facts.insert_measured(batch, set(batch))
    described = {name: {row[0] for row in facts.run(f"DESCRIBE {name}")} for name in batches[0]}
    stored = {name: {column.replace("rgb", "slot") for column in columns} for name, columns in batches[0].items()}
    assert stored == described
    count = dict(facts.run("SELECT 'pixels', count(*) FROM pixels UNION SELECT 'headers', count(*) FROM headers"))
    assert count == {"pixels": 41, "headers": 42}
    assert facts.run("SELECT sample_id, kind, reason FROM unmeasured ORDER BY 1") == [
        (41, "unreadable", "truncated"),
        (42, "unreadable", "not an image (text)"),
    ]
    assert facts.run("SELECT sample_id FROM pixels WHERE sharpness IS NULL") == [(40,)]
    slots = facts.columns("SELECT slot FROM thumbnails ORDER BY sample_id")["slot"]
    assert facts.thumbnails.at(slots)[:].tobytes() == b"".join(
        batch["thumbnails"]["rgb"].tobytes() for batch in batches
    )
    assert facts.run("SELECT count(*) FROM headers WHERE named_format = format") == [(42,)]
    assert facts.run("SELECT count(*) FROM pixels WHERE brightness NOT BETWEEN 0 AND 1 OR sharpness > 1") == [(0,)]
    for sample_id, digest in facts.run("SELECT sample_id, content_digest FROM pixels"):
        assert [digest] == content_digests([images[sample_id]])


def test_headers_alone_are_the_same_headers(folder: Path) -> None:
    images = references(folder)
    alone = [{"headers": batch["headers"]} for batch in plain(measure_headers(images, OPTIONS))]
    assert alone == [{"headers": batch["headers"]} for batch in plain(measure_pixels(images, OPTIONS))]


def test_headers_decode_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import ImageFile

    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda image: pytest.fail("decoded"))
    assert sum(len(batch["headers"]["sample_id"]) for batch in measure_headers(references(folder), OPTIONS)) == 42


def test_the_number_of_jobs_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = references(folder)
    alone = plain(measure_pixels(images, OPTIONS))
    monkeypatch.setattr("datalint.measure.stage.worthwhile", lambda images: True)
    assert plain(measure_pixels(images, OPTIONS._replace(jobs=2))) == alone
    assert pixel_digests(images, OPTIONS._replace(jobs=2)) == pixel_digests(images, OPTIONS)


def test_an_image_that_kills_its_process_is_unreadable(folder: Path, tmp_path: Path) -> None:
    code = f"""
import os, signal
from functools import partial
from datalint.measure import stage, batch
from datalint.storage import ImageRef, LocalFiles

decode = batch.measure_image

def deadly(content, pixel_limit):
    if content.name.endswith("05.jpg"):
        os.kill(os.getpid(), signal.SIGKILL)
    return decode(content, pixel_limit)

def work(images):
    batch.measure_image = deadly
    return batch.measure_batch(images, 10**8)

if __name__ == "__main__":
    files = sorted(name for name in os.listdir({str(folder)!r}) if name[0] in "01")
    source = LocalFiles({str(folder)!r})
    images = [ImageRef(n, source, name) for n, name in enumerate(files)]
    from script import work  # workers do not run this file again

    tables = list(stage.run_batches(work, batch.crashed_tables, images, 4, stage.processes(2)))
    print([i for t in tables if "pixels" in t for i in t["pixels"]["sample_id"].tolist()])
    print([(i, k, r) for t in tables for i, k, r in zip(*list(t["unmeasured"].values())[:3])])
"""
    (tmp_path / "script.py").write_text(code)
    run = subprocess.run([sys.executable, tmp_path / "script.py"], capture_output=True, text=True, timeout=120)
    assert run.stderr == ""
    measured, lost = run.stdout.splitlines()
    assert json.loads(measured) == [number for number in range(20) if number != 5]
    assert "5" in lost and "'unreadable', 'the decoder crashed'" in lost


def test_nothing_to_measure() -> None:
    assert list(measure_pixels([], OPTIONS)) == list(measure_headers([], OPTIONS)) == []
    assert pixel_digests([], OPTIONS) == content_digests([]) == []


def test_a_batch_of_which_nothing_can_be_decoded(tmp_path: Path) -> None:
    for number in range(2):
        (tmp_path / f"{number}.jpg").write_bytes(b"no image")
    (tables,) = measure_pixels(references(tmp_path), OPTIONS)
    assert {len(values) for values in tables["pixels"].values()} == {0}
    assert tables["unmeasured"]["sample_id"].tolist() == [0, 1]


def test_digests_of_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    source = LocalFiles(str(tmp_path))
    assert content_digests([ImageRef(n, source, key) for n, key in enumerate(("a", "b", ""))]) == [abc, None, None]


def test_imports_stay_light() -> None:
    code = (
        "import sys, datalint.measure; print(sorted({'numpy', 'PIL', 'joblib'} & sys.modules.keys()));"
        "import datalint.measure.batch;"
        "print(sorted({'duckdb', 'click', 'rich', 'scipy', 'imagehash', 'joblib', 'sklearn'} & sys.modules.keys()))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines() == ["[]", "[]"]


def test_corrupt_set(shared_datasets: Path, truth: Callable[[str], dict[str, Any]]) -> None:
    facts = truth("corrupt")
    images = references(shared_datasets / "corrupt")
    names = {image.sample_id: image.key for image in images}
    batches = list(measure_pixels(images, OPTIONS))
    lost = {names[i] for batch in batches for i in batch["unmeasured"]["sample_id"].tolist()}
    kinds = {kind for batch in batches for kind in batch["unmeasured"]["kind"]}
    measured = [i for batch in batches for i in batch["pixels"]["sample_id"].tolist()]
    assert lost == {name for name, _ in facts["unreadable"]}
    assert kinds == {"unreadable"}
    assert len(measured) == facts["n_images"] - len(lost)


def mutated(data: bytes, other: bytes, generator: random.Random) -> bytes:
    kind = generator.choice(["cut", "flip", "splice"])
    if kind == "cut":
        return data[: generator.randrange(1, len(data))]
    if kind == "splice":
        cut = generator.randrange(1, 200)
        return other[:cut] + data[cut:]
    changed = bytearray(data)
    end = generator.choice([100, len(data)])
    for _ in range(generator.randint(1, 12)):
        changed[generator.randrange(min(end, len(data)))] ^= 1 << generator.randrange(8)
    return bytes(changed)


def test_500_mutations_raise_nothing_and_print_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import resource

    generator = random.Random(1)
    originals = []
    for seed, (format_, save) in enumerate(
        [
            ("JPEG", {}),
            ("JPEG", {"progressive": True}),
            ("PNG", {}),
            ("GIF", {}),
            ("WEBP", {}),
            ("AVIF", {}),
            ("BMP", {}),
            ("TIFF", {}),
            ("TIFF", {"compression": "tiff_lzw"}),
            ("TIFF", {"compression": "jpeg"}),
            ("JPEG2000", {}),
            ("ICO", {}),
            ("TGA", {}),
            ("PPM", {}),
            ("PCX", {}),
        ]
    ):
        photo((96, 64), seed).save(tmp_path / "original", format_, **save)
        originals.append((tmp_path / "original").read_bytes())
    (tmp_path / "original").unlink()
    for number in range(500):
        data = mutated(generator.choice(originals), generator.choice(originals), generator)
        (tmp_path / f"{number:03}").write_bytes(data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    batches = list(measure_pixels(references(tmp_path), OPTIONS))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * (1 if sys.platform == "darwin" else 1024)
    measured = sum(len(batch["pixels"]["sample_id"]) for batch in batches)
    lost = [reason for batch in batches for reason in batch["unmeasured"]["reason"]]
    assert measured + len(lost) == 500
    assert 50 < len(lost) < 450
    assert all(reason.isprintable() and len(reason) < 140 for reason in lost)
    assert grown < 500e6
    assert capfd.readouterr() == ("", "")
