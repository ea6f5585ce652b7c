"""The cache: what did not change is not measured again, and nothing is ever believed that is not so."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from datalint import collecting, filling, measure, pipeline, relating
from datalint.config import config_from
from datalint.relate import near
from datalint.report import render
from datalint.storage import state

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONFIG = {"select": ["INT", "FMT", "DUP", "QUA", "LAY"]}


@pytest.fixture(autouse=True)
def no_grain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that a test has just written count as old."""
    monkeypatch.setattr(state, "GRAIN_NS", -1)


@pytest.fixture
def data(tmp_path: Path, make_image: Callable[..., Path]) -> Path:
    for number in range(12):
        make_image(tmp_path / "data" / f"class{number % 2}" / f"{number}.png", seed=number)
    shutil.copy(tmp_path / "data/class0/0.png", tmp_path / "data/class0/copy.png")
    (tmp_path / "data/class0/broken.png").write_bytes(b"no image")
    return tmp_path / "data"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of all images that are measured, as they are."""
    keys: list[str] = []
    real = filling.measure.measure_pixels

    def noting(images: Any, options: Any) -> Any:
        keys.extend(image.key for image in images)
        return real(images, options)

    monkeypatch.setattr(filling.measure, "measure_pixels", noting)
    return keys


def run(data: Path, cache: Path | None, **config: Any) -> pipeline.Report:
    return pipeline.check(str(data), config_from({**CONFIG, **config}), pipeline.Run(1, cache=cache))


def check(data: Path, cache: Path | None, **config: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render(run(data, cache, **config), "json"))
    return document


def save_copy(original: Path, copy: Path, **options: Any) -> None:
    """Encode an image once more."""
    with Image.open(original) as image:
        image.save(copy, **options)


def without_place(document: dict[str, Any]) -> dict[str, Any]:
    """Leave out what names where the dataset is."""
    return {**document, "dataset": {**document["dataset"], "root": "", "name": ""}}


def test_a_second_run_measures_nothing(data: Path, cache: Path, measured: list[str]) -> None:
    cold = check(data, cache)
    assert len(measured) == 14
    measured.clear()
    assert check(data, cache) == cold
    assert not measured
    assert check(data, None) == cold
    assert len(measured) == 14, "without a cache, all"


@pytest.mark.parametrize("select", [["DUP"], ["QUA"], ["INT001", "BAL"]])
def test_whatever_was_asked_first_images_are_measured_once(
    data: Path, cache: Path, measured: list[str], select: list[str]
) -> None:
    check(data, cache, select=select)
    assert len(measured) == 14
    check(data, cache)
    check(data, cache, select=select)
    assert len(measured) == 14


def test_a_run_that_repeats_another_opens_no_tables_until_asked(data: Path, cache: Path) -> None:
    cold = run(data, cache)
    code = f"""
import sys
from datalint import pipeline
from datalint.storage import state
state.GRAIN_NS = -1
from pathlib import Path
from datalint.config import config_from
report = pipeline.check({str(data)!r}, config_from({CONFIG!r}), pipeline.Run(1, cache=Path({str(cache)!r})))
assert "duckdb" not in sys.modules
print(len(report.findings), report.recalled, len(report.table("pixels").fetchall()))
"""
    told = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    assert told == [str(len(cold.findings)), "14", "13"]


def test_what_changed_is_measured_again(data: Path, cache: Path, measured: list[str]) -> None:
    check(data, cache)
    file = data / "class1/1.png"
    status = file.stat()
    altered = bytearray(file.read_bytes())
    altered[-20] ^= 1
    file.write_bytes(bytes(altered))
    (data / "class1/11.png").unlink()
    shutil.copy(data / "class1/5.png", data / "class1/copied.png")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    measured.clear()
    warm = check(data, cache)
    assert measured == ["class1/1.png"], "a copy is known by its content; a time that was set back deceives nobody"
    assert warm == check(data, None)


@pytest.mark.parametrize("act", ["rename folder", "move files", "clone"])
def test_moved_images_are_known(data: Path, cache: Path, measured: list[str], act: str, tmp_path: Path) -> None:
    cold = check(data, cache)
    measured.clear()
    place = data
    if act == "rename folder":
        place = data.rename(tmp_path / "moved")
    elif act == "clone":
        place = tmp_path / "elsewhere" / "data"
        shutil.copytree(data, place)
        shutil.copytree(cache, tmp_path / "restored")
        shutil.rmtree(cache)
        cache = tmp_path / "restored"
    else:
        for file in (data / "class0").glob("*.png"):
            file.rename(file.with_name(f"new-{file.name}"))
    warm = check(place, cache)
    assert measured in (["class0/broken.png"], ["class0/new-broken.png"]), "only what could not be decoded"
    assert warm == check(place, None)
    if act != "move files":
        assert without_place(warm) == without_place(cold)


def test_what_was_written_a_moment_ago_is_not_believed(
    data: Path, cache: Path, measured: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "GRAIN_NS", 3_600_000_000_000)
    check(data, cache)
    measured.clear()
    os.utime(data / "class1/1.png")
    digests: list[str] = []
    real = measure.content_digests
    monkeypatch.setattr(
        measure, "content_digests", lambda images, *a: digests.extend(i.key for i in images) or real(images, *a)
    )
    check(data, cache)
    assert measured == []
    assert len(digests) == 14, "the contents are looked at"


def test_a_threshold_is_judged_anew_and_nothing_else(
    data: Path, cache: Path, measured: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check(data, cache)
    measured.clear()
    monkeypatch.setattr(collecting.discover, "discover", None)
    strict = check(data, cache, rules={"extreme-aspect-ratio": {"max_ratio": 1.0}})
    assert not measured
    assert [finding["code"] for finding in strict["findings"]].count("FMT005") > 0


def test_a_rule_that_changed_is_judged_anew(data: Path, cache: Path, tmp_path: Path) -> None:
    (tmp_path / "lint").mkdir()
    rule = tmp_path / "lint" / "small-file.sql"
    text = """/*
code = "OWN001"
title = "Small file"
severity = "error"
subject = "image"
message = "{path} is small"
why = "w"
advice = "a"
source = "s"
*/
SELECT path FROM image_files WHERE bytes < LIMIT_OF_IT
"""
    config = {"rule_paths": [str(tmp_path / "lint")], "select": ["OWN", "INT"]}
    rule.write_text(text.replace("LIMIT_OF_IT", "0"))
    assert "OWN001" not in {finding["code"] for finding in check(data, cache, **config)["findings"]}
    rule.write_text(text.replace("LIMIT_OF_IT", "100000"))
    assert "OWN001" in {finding["code"] for finding in check(data, cache, **config)["findings"]}


def test_another_version_of_decoding_measures_all(
    data: Path, cache: Path, measured: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check(data, cache)
    monkeypatch.setitem(measure.VERSIONS, "decode", 999)
    measured.clear()
    check(data, cache)
    assert len(measured) == 14


def test_another_decoder_measures_all(
    data: Path, cache: Path, measured: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.metadata

    check(data, cache)
    real = importlib.metadata.version
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "0.0" if name == "simplejpeg" else real(name))
    measured.clear()
    check(data, cache)
    assert len(measured) == 14


def test_another_version_of_what_thumbnails_give_decodes_nothing(
    data: Path, cache: Path, measured: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cold = run(data, cache)
    monkeypatch.setitem(measure.VERSIONS, "phash", 999)
    real = measure.from_thumbnails
    monkeypatch.setattr(
        measure, "from_thumbnails", lambda name, rgb: {key: ~values for key, values in real(name, rgb).items()}
    )
    measured.clear()
    warm = run(data, cache)
    assert not measured
    hashes, before = (dict(report.table("pixels").project("sample_id, phash").fetchall()) for report in (warm, cold))
    assert hashes == {number: 2**64 - 1 - value for number, value in before.items()}


def test_a_lower_pixel_limit_holds_for_what_was_measured_before(data: Path, cache: Path) -> None:
    check(data, cache)
    limited = {"limits": {"pixels": 1000}}
    assert check(data, cache, **limited) == check(data, None, **limited)


@pytest.mark.parametrize("pattern", ["datasets/*.duckdb", "contents-*.duckdb", "datasets/*.report", "thumbnails-*.bin"])
@pytest.mark.parametrize("damage", ["gone", "cut", "nonsense"])
def test_a_damaged_cache_deceives_nobody(
    data: Path, cache: Path, make_image: Callable[..., Path], pattern: str, damage: str
) -> None:
    check(data, cache)
    (file,) = cache.glob(pattern)
    if damage == "gone":
        file.unlink()
    elif damage == "cut":
        os.truncate(file, file.stat().st_size // 2)
    else:
        file.write_bytes(b"this is no database" * 1000)
    make_image(data / "class0" / "more.png", seed=99)
    plain = check(data, None)
    assert check(data, cache) == plain
    assert check(data, cache) == plain


def test_a_cache_that_cannot_be_written_is_done_without(data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    report = check(data, tmp_path / "file")
    (told,) = [notice for notice in report["dataset"].pop("notices") if "cache" in notice]
    assert told.startswith("measured without the cache: ")
    plain = check(data, None)
    plain["dataset"].pop("notices")
    assert report == plain


def test_a_store_that_another_process_holds_is_done_without(
    data: Path, cache: Path, make_image: Callable[..., Path]
) -> None:
    check(data, cache)
    make_image(data / "class0" / "more.png", seed=99)
    (file,) = cache.glob("contents-*.duckdb")
    hold = f"import duckdb, sys; c = duckdb.connect({str(file)!r}); print(1, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "1\n"
        report = check(data, cache)
        holder.terminate()
    told = [notice for notice in report["dataset"].pop("notices") if "process" in notice]
    assert told == [f"what was measured is kept for this place only: {file} is in use by another process"]
    plain = check(data, None)
    plain["dataset"].pop("notices")
    assert report == plain


def test_images_in_an_archive_are_kept_as_long_as_it_does_not_change(
    data: Path, cache: Path, tmp_path: Path, measured: list[str]
) -> None:
    archive = shutil.make_archive(str(tmp_path / "archive"), "zip", data)
    cold = check(tmp_path / "archive.zip", cache)
    measured.clear()
    assert check(tmp_path / "archive.zip", cache) == cold
    assert not measured
    (data / "class1/11.png").unlink()
    os.unlink(archive)
    shutil.make_archive(str(tmp_path / "archive"), "zip", data)
    assert check(tmp_path / "archive.zip", cache) == check(tmp_path / "archive.zip", None) != cold


def test_what_lies_outside_the_root_is_looked_at_again(data: Path, cache: Path, tmp_path: Path) -> None:
    (tmp_path / "list").mkdir()
    names = [f"../data/class{n % 2}/{n}.png" for n in range(12)]
    table = "file,label\n" + "".join(f"{name},{name[13]}\n" for name in names)
    (tmp_path / "list" / "labels.csv").write_text(table)
    check(tmp_path / "list", cache)
    shutil.copy(data / "class1/1.png", data / "class1/3.png")
    warm = check(tmp_path / "list", cache)
    assert warm == check(tmp_path / "list", None)


def test_new_images_are_compared_with_all(
    data: Path, cache: Path, make_image: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search goes on where it stopped; found is what a search anew finds."""
    monkeypatch.setattr(near, "_MANY", 0)
    for number in range(40):
        make_image(data / "class1" / f"more{number}.png", seed=100 + number)
    for number in (0, 1):
        save_copy(data / f"class1/more{number}.png", data / f"class1/old{number}.jpg", quality=60)
    check(data, cache)
    save_copy(data / "class1/more2.png", data / "class1/new.jpg", quality=60)
    save_copy(data / "class1/more2.png", data / "class0/twin.jpg", quality=80)
    (data / "class1/old1.jpg").unlink()
    searched = []
    real = near.verified
    monkeypatch.setattr(near, "verified", lambda *a: searched.append(len(a[2])) or real(*a))
    warm = run(data, cache)
    assert searched == [2], "the new ones only"
    cold = run(data, None)
    for table in ("near_pairs", "near_duplicates"):
        assert warm.table(table).fetchall() == cold.table(table).fetchall()
    assert len(warm.table("near_pairs").fetchall()) == 4


def test_a_keeper_that_changed_is_compared(
    data: Path, cache: Path, make_image: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two files with the same pixels one was compared; now it is the other's turn, though no content is new."""
    monkeypatch.setattr(near, "_MANY", 0)
    for number in range(30):
        make_image(data / "class1" / f"more{number}.png", seed=100 + number)
    save_copy(data / "class1/more0.png", data / "class0/large.png", compress_level=0)
    save_copy(data / "class1/more0.png", data / "class0/near.jpg", quality=60)
    check(data, cache)
    (data / "class0/large.png").rename(data / "class0/.aside")
    warm = run(data, cache)
    assert len(warm.table("near_pairs").fetchall()) == 1
    assert warm.table("near_pairs").fetchall() == run(data, None).table("near_pairs").fetchall()


def test_relations_of_another_version_are_made_anew(
    data: Path, cache: Path, measured: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check(data, cache)
    monkeypatch.setattr(relating, "VERSION", 999)
    searched = []
    real = near.verified
    monkeypatch.setattr(near, "verified", lambda *a: searched.append(1) or real(*a))
    measured.clear()
    check(data, cache)
    assert searched and not measured


def test_folders_that_changed_places(data: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Renaming a folder touches no file in it: path, size and times may all be what they were."""
    for label, level in (("c", 60), ("d", 200)):
        (data / label).mkdir()
        Image.new("L", (40, 40), level).save(data / label / "0.bmp")
    real = state.FileState.of
    same = {"modified": 1, "changed": 1}
    monkeypatch.setattr(state.FileState, "of", lambda status: real(status)._replace(**same))
    monkeypatch.setattr(state, "_state", lambda entry: real(entry.stat())._replace(**same))
    check(data, cache)
    (data / "c").rename(data / "x")
    (data / "d").rename(data / "c")
    (data / "x").rename(data / "d")
    warm = run(data, cache)
    light = dict(warm.table("pixels").project("sample_id, CAST(100 * brightness AS INTEGER)").fetchall())
    paths = warm.table("samples").project("path, sample_id").fetchall()
    assert {path: light[number] for path, number in paths if path.endswith("bmp")} == {"c/0.bmp": 78, "d/0.bmp": 24}


@pytest.mark.skipif(sys.platform == "win32", reason="limits of files are a matter of POSIX")
def test_a_full_disk_loses_no_result(data: Path, cache: Path) -> None:
    code = f"""
import json, resource, signal
from pathlib import Path
from datalint import pipeline
from datalint.config import config_from
from datalint.report import render
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
report = pipeline.check({str(data)!r}, config_from({CONFIG!r}), pipeline.Run(1, cache=Path({str(cache)!r})))
print(render(report, "json"))
"""
    told = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True).stdout
    report, plain = json.loads(told), check(data, None)
    notices = report["dataset"].pop("notices")
    assert [notice for notice in notices if notice.startswith("measured without the cache: ")]
    plain["dataset"].pop("notices")
    assert report == plain


def test_runs_at_once_disturb_nobody(data: Path, cache: Path, make_image: Callable[..., Path]) -> None:
    command = [sys.executable, "-m", "datalint", "check", str(data), "--cache-dir", str(cache)]
    command += ["--select", ",".join(CONFIG["select"]), "--format", "json"]
    for number in range(3):
        make_image(data / "class0" / f"more{number}.png", seed=200 + number)
        runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
        told = [json.loads(one.communicate(timeout=120)[0]) for one in runs]
        plain = check(data, None)
        for report in (*told, plain):
            report["dataset"].pop("notices")
        assert told == [plain] * 4


def test_another_dataset_is_kept_like_any(data: Path, cache: Path, tmp_path: Path, measured: list[str]) -> None:
    other = tmp_path / "other"
    shutil.copytree(data / "class0", other / "class0")
    (other / "class0/0.png").unlink()
    config = config_from({**CONFIG, "select": ["SPL", "DUP"]})

    def against(folder: Path | None) -> Any:
        report = pipeline.check(str(data), config, pipeline.Run(1, against=str(other), cache=folder))
        return json.loads(render(report, "json"))

    cold = against(cache)
    size = sum(file.stat().st_size for file in cache.glob("thumbnails-*"))
    measured.clear()
    assert against(cache) == cold
    assert not measured
    assert sum(file.stat().st_size for file in cache.glob("thumbnails-*")) == size
    assert against(None) == cold
    assert {finding["code"] for finding in cold["findings"]} >= {"SPL008"}
