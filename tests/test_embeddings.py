"""``--embeddings``: files are joined, bad ones give one clear line, and nothing is believed without them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

import datalint
from datalint import measure
from datalint.errors import ConfigError

Array = np.ndarray[Any, Any]
CONFIG = {"select": ["LBL003", "LBL004", "QUA006"]}
EACH = 100


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three classes of noise, which pictures cannot tell apart."""
    root = tmp_path_factory.mktemp("noise")
    generator = np.random.default_rng(0)
    for label in "abc":
        (root / label).mkdir()
        for number in range(EACH):
            Image.fromarray(generator.integers(0, 256, (32, 32, 3), dtype=np.uint8)).save(
                root / label / f"{number:02}.png"
            )
    return root


@pytest.fixture(scope="module")
def paths() -> list[str]:
    return [f"{label}/{number:02}.png" for label in "abc" for number in range(EACH)]


@pytest.fixture(scope="module")
def wrong() -> Array:
    """Images whose labels are wrong by their embeddings."""
    return np.sort(np.random.default_rng(2).permutation(3 * EACH)[:30])


@pytest.fixture(scope="module")
def vectors(wrong: Array) -> Array:
    """Embeddings that tell the classes apart."""
    codes = np.repeat(np.arange(3), EACH)
    codes[wrong] = (codes[wrong] + np.random.default_rng(3).integers(1, 3, len(wrong))) % 3
    vectors = np.random.default_rng(1).normal(0, 1, (len(codes), 6))
    vectors[np.arange(len(codes)), codes] += 6
    return vectors


def suspect(report: Any) -> set[str]:
    return {path for finding in report.findings if finding.code == "LBL003" for path in finding.paths}


def assert_found(found: set[str], paths: list[str], wrong: Array) -> None:
    expected = {paths[row] for row in wrong}
    assert len(found & expected) >= max(0.9 * len(found), 0.5 * len(expected))


def write(file: Path, paths: list[str], vectors: Array) -> Path:
    order = np.random.default_rng(0).permutation(len(paths))
    if file.suffix == ".npy":
        np.save(file, vectors)
    elif file.suffix == ".npz":
        np.savez(file, path=np.array(paths)[order], embeddings=vectors[order])
    else:
        columns = {"path": [paths[row] for row in order], "embedding": [vectors[row].tolist() for row in order]}
        pq.write_table(pa.table(columns), file)
    return file


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".parquet"])
def test_a_file_is_joined(
    noise: Path, paths: list[str], vectors: Array, wrong: Array, tmp_path: Path, suffix: str
) -> None:
    file = write(tmp_path / f"e{suffix}", paths, vectors)
    report = datalint.check(noise, CONFIG, embeddings=file, cache=False)
    assert_found(suspect(report), paths, wrong)


def test_without_embeddings_it_says_why(noise: Path) -> None:
    report = datalint.check(noise, {"select": ["LBL003", "LBL004"]}, cache=False)
    assert suspect(report) == set()
    assert all("cannot be told apart" in (rule.reason or "") for rule in report.rules)


def test_arrays_of_probabilities(noise: Path, paths: list[str], vectors: Array, wrong: Array) -> None:
    powers = np.exp(vectors[:, :3] - vectors[:, :3].max(1, keepdims=True))
    given = {"probabilities": powers / powers.sum(1, keepdims=True), "classes": ["a", "b", "c"]}
    assert_found(suspect(datalint.check(noise, CONFIG, embeddings=given, cache=False)), paths, wrong)


def by_columns(file: Path, paths: list[str], names: list[str], values: Array) -> Path:
    """Write a column of numbers for each name."""
    pq.write_table(pa.table({"path": paths, **dict(zip(names, values.T, strict=True))}), file)
    return file


@pytest.mark.parametrize("names", [["a", "b", "c"], ["c", "a", "b"], ["p_a", "p_b", "p_c"]])
def test_columns_named_after_classes_are_probabilities(
    noise: Path, paths: list[str], vectors: Array, wrong: Array, tmp_path: Path, names: list[str]
) -> None:
    powers = np.exp(vectors[:, ["abc".index(name[-1]) for name in names]])
    file = by_columns(tmp_path / "p.parquet", paths, names, powers / powers.sum(1, keepdims=True))
    report = datalint.check(noise, CONFIG, embeddings=file, cache=False)
    assert_found(suspect(report), paths, wrong)
    assert {(rule.code, rule.reason) for rule in report.rules if rule.reason} == {
        ("QUA006", "probabilities are given, and no embeddings")
    }


@pytest.mark.parametrize(
    ("names", "sum_of_row"), [(["a", "b", "c"], 2), (["a", "b", "other"], 1), (["0", "1", "2"], 1)]
)
def test_other_columns_are_embeddings(
    noise: Path, paths: list[str], vectors: Array, tmp_path: Path, names: list[str], sum_of_row: int
) -> None:
    powers = np.exp(vectors[:, :3])
    values = sum_of_row * powers / powers.sum(1, keepdims=True)
    file = by_columns(tmp_path / "e.parquet", paths, names, values)
    report = datalint.check(noise, {"select": ["QUA006"]}, embeddings=file, cache=False)
    assert [rule.reason for rule in report.rules] == [None]


def test_what_was_found_with_embeddings_is_not_kept(
    noise: Path, paths: list[str], vectors: Array, wrong: Array, tmp_path: Path
) -> None:
    file = write(tmp_path / "e.npz", paths, vectors)
    before = suspect(datalint.check(noise, CONFIG, cache=tmp_path / "cache"))
    with_them = suspect(datalint.check(noise, CONFIG, embeddings=file, cache=tmp_path / "cache"))
    after = suspect(datalint.check(noise, CONFIG, cache=tmp_path / "cache"))
    write(file, paths, np.roll(vectors, 5, axis=0))
    other = suspect(datalint.check(noise, CONFIG, embeddings=file, cache=tmp_path / "cache"))
    assert (before, after) == (set(), set())
    assert_found(with_them, paths, wrong)
    assert other != with_them


def test_drift_that_embeddings_alone_tell(noise: Path, vectors: Array, tmp_path: Path) -> None:
    data = tmp_path / "data"
    for number, file in enumerate(sorted(noise.rglob("*.png"))):
        place = data / ("test" if number % 4 == 0 else "train") / file.parent.name / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, place)
    config, cache = {"select": ["VAR008"]}, tmp_path / "cache"
    in_order = np.r_[vectors[0::4], vectors[np.arange(len(vectors)) % 4 > 0]]  # the test comes first
    moved = in_order + np.where(np.arange(len(vectors)) < len(vectors) // 4, 2, 0)[:, None] * np.eye(6)[3]
    assert datalint.check(data, config, cache=cache).findings == ()
    assert datalint.check(data, config, cache=cache, embeddings=in_order).findings == ()
    (finding,) = datalint.check(data, config, cache=cache, embeddings=moved).findings
    assert finding.values["facts"] == ["embeddings"] and "by embeddings alone 0." in finding.message
    assert datalint.check(data, config, cache=cache).findings == (), "nothing of it is kept"


def test_near_duplicates_that_embeddings_propose(tmp_path: Path) -> None:
    """Pictures with a crop of one in the test split, and everything that is made of near-duplicates."""
    generator = np.random.default_rng(0)
    data, side, count = tmp_path / "data", 160, 60
    for number in range(count):
        coarse = Image.fromarray(generator.integers(0, 256, (12, 12, 3), dtype=np.uint8))
        image = coarse.resize((side, side), Image.Resampling.BICUBIC)
        split = "test" if number % 4 == 0 else "train"
        (data / split / "a").mkdir(parents=True, exist_ok=True)
        image.save(data / split / "a" / f"{number:02}.png")
        if number == 1:
            image.crop((0, 0, side * 2 // 3, side * 2 // 3)).save(data / "test/a/crop.png")
    found = datalint.check(data, {"select": ["SPL002"]}, cache=False)
    names = [path for (path,) in found.table("samples").project("path").fetchall()]
    vectors = generator.normal(0, 1, (len(names), 16))
    vectors[names.index("test/a/crop.png")] = vectors[names.index("train/a/01.png")] + 0.05
    np.savez(tmp_path / "e.npz", path=np.array(names), embeddings=vectors)

    config = {"select": ["SPL002", "SPL007", "VAR"], "profile": "handbook"}
    near: dict[str, Any] = {"config": config, "cache": tmp_path / "cache"}

    def pairs(embeddings: Any) -> tuple[Any, int, int]:
        report = datalint.check(data, embeddings=embeddings, **near)
        grouped = report.table("near_duplicate_groups").project("paths").fetchall()
        pictures = report.table("depictions").aggregate("count(DISTINCT picture)").fetchall()[0][0]
        leaked = {path for finding in report.findings if finding.code == "SPL002" for path in finding.paths}
        assert leaked == {path for (group,) in grouped for path in group}
        stored = report.table("near_pairs").filter("confidence >= 0.8").fetchall()
        return leaked, len(stored), pictures

    both = {"test/a/crop.png", "train/a/01.png"}
    assert pairs(None) == (set(), 0, len(names))
    assert pairs(tmp_path / "e.npz") == (both, 1, len(names) - 1), "beside what is kept"
    assert pairs(None) == (set(), 0, len(names)), "nothing of it is kept"
    near["cache"] = tmp_path / "empty"
    assert pairs(tmp_path / "e.npz") == (both, 1, len(names) - 1), "with nothing kept"
    assert pairs(None) == (set(), 0, len(names))
    near["cache"] = False
    assert pairs(tmp_path / "e.npz") == (both, 1, len(names) - 1)


def test_an_outlier(noise: Path, vectors: Array) -> None:
    far = vectors.copy()
    far[150] += 100
    found = datalint.check(noise, CONFIG, embeddings=far, cache=False).findings
    assert [finding.paths for finding in found if finding.code == "QUA006"] == [("b/50.png",)]


@pytest.mark.parametrize(
    ("arrays", "text"),
    [
        ({"embeddings": np.ones((3, 2))}, "no array 'path'"),
        ({"path": ["a/00.png"], "embeddings": np.ones((2, 2))}, "1 paths and 2 rows"),
        ({"path": ["a/00.png"], "embeddings": np.full((1, 2), np.nan)}, "row 0 holds NaN"),
        ({"path": ["a/00.png"], "embeddings": np.full((1, 2), 1e99)}, "too large for float32"),
        ({"path": ["x.png"], "embeddings": np.ones((1, 2))}, "'x.png' is no image of the dataset"),
        ({"path": [b"x.png"], "embeddings": np.ones((1, 2))}, "'x.png' is no image of the dataset"),
        ({"path": ["a/00.png"], "probabilities": np.ones((1, 1)), "classes": ["x"]}, "'x'.* is a label .*as 'a' is"),
        ({"path": ["a/00.png"] * 2, "embeddings": np.ones((2, 2))}, "several rows"),
        ({"path": ["a/00.png"], "embeddings": np.ones(1)}, "two-dimensional"),
        ({"path": ["a/00.png"], "other": np.ones((1, 2))}, "no array of these names"),
        ({"path": ["a/00.png"], "probabilities": np.ones((1, 2)) / 2}, "'classes'"),
        ({"path": ["a/00.png"], "probabilities": np.ones((1, 2)), "classes": ["a", "b"]}, "sum 1"),
        ({"path": np.array(["a/00.png"], object), "embeddings": np.ones((1, 2))}, "pickled objects are refused"),
    ],
)
def test_a_bad_file_is_told(noise: Path, tmp_path: Path, arrays: dict[str, Any], text: str) -> None:
    np.savez(tmp_path / "e.npz", **arrays)
    with pytest.raises(ConfigError, match=text) as caught:
        datalint.check(noise, CONFIG, embeddings=tmp_path / "e.npz", cache=False)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["embeddings", "probabilities"])
def test_too_few_images_with_embeddings_are_told_so(noise: Path, paths: list[str], tmp_path: Path, kind: str) -> None:
    given = {"path": paths[: EACH + 9], kind: np.eye(2)[np.arange(EACH + 9) % 2], "classes": ["a", "b"]}
    np.savez(tmp_path / "e.npz", **given)
    report = datalint.check(noise, {"select": ["LBL003", "LBL004"]}, embeddings=tmp_path / "e.npz", cache=False)
    assert {rule.reason for rule in report.rules} == {
        "nothing is given of two classes with 10 different pictures of one label each"
    }


def test_rows_without_paths_must_be_as_many_as_samples(noise: Path) -> None:
    with pytest.raises(ConfigError, match=r"3 rows and 300 samples.*order by sample_id"):
        datalint.check(noise, CONFIG, embeddings=np.ones((3, 2)), cache=False)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (np.ones((3, 2)), "3 rows and 300 samples"),
        ({"path": ["x.png"], "embeddings": np.ones((1, 2))}, "'x.png' is no image of the dataset"),
    ],
)
def test_what_does_not_fit_is_told_before_anything_is_measured(
    noise: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: Any, text: str
) -> None:
    data = Path(shutil.copytree(noise, tmp_path / "data"))
    if isinstance(given, dict):
        np.savez(tmp_path / "e.npz", **given)
        given = tmp_path / "e.npz"

    def refuse(*_: Any) -> None:
        raise AssertionError("an image was measured")

    with monkeypatch.context() as patched:
        patched.setattr(measure, "measure_pixels", refuse)
        with pytest.raises(ConfigError, match=text):
            datalint.check(data, CONFIG, embeddings=given, cache=tmp_path / "cache")
    datalint.check(data, CONFIG, cache=tmp_path / "cache")
    shutil.copy(data / "a/00.png", data / "a/new.png")
    with monkeypatch.context() as patched:  # tables of the last run are amended
        patched.setattr(measure, "measure_pixels", refuse)
        with pytest.raises(ConfigError, match=text.replace("300", "301")):
            datalint.check(data, CONFIG, embeddings=given, cache=tmp_path / "cache")


def test_what_no_rule_asks_for_need_not_fit(noise: Path) -> None:
    assert datalint.check(noise, {"select": ["INT002"]}, embeddings=np.ones((3, 2)), cache=False).exit_status == 0


def test_the_command(noise: Path, tmp_path: Path) -> None:
    (tmp_path / "e.npz").write_bytes(b"no zip")
    command = [sys.executable, "-m", "datalint", "check", str(noise), "--embeddings"]
    for name in ("e.npz", "missing.npy", "e.csv"):
        done = subprocess.run([*command, str(tmp_path / name)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert name in done.stderr
