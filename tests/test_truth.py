"""Real datasets against reference facts that were found with hashlib and Pillow alone."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from conftest import SHARED

import datalint
from datalint.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from datalint.model import Finding, Report

_reports: dict[str, Report] = {}


@pytest.fixture
def report(shared_datasets: Path) -> Callable[[str], Report]:
    """Check a shared dataset with the default configuration, once."""

    def check(name: str) -> Report:
        if name not in _reports:
            _reports[name] = datalint.check(shared_datasets / name, config={})
        return _reports[name]

    return check


def of(report: Report, *codes: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.code in codes]


def groups(report: Report, *codes: str) -> set[frozenset[str]]:
    return {frozenset(finding.paths) for finding in of(report, *codes)}


@pytest.mark.parametrize(
    "name",
    [
        "clothing_unbalanced",
        "clothing_split",
        "fruits_leak",
        "facemask_messy",
        "corrupt",
        "plantvillage_bias",
        "signdigits",
        "day_night",
        "cifar_neardup",
    ],
)
def test_every_dataset_is_read_and_measured_as_it_is(report: Any, truth: Any, name: str) -> None:
    found, known = report(name), truth(name)
    assert found.dataset.images == known["n_images"]
    counts = known["counts_per_class"]
    rows = found.table("samples").aggregate("split, label, count(*) AS n").fetchall()
    assert {"/".join(filter(None, (split, label))): n for split, label, n in rows} == counts
    assert found.dataset.splits == {split: sum(n.values()) for split, n in known["counts_per_split"].items()}

    modes = Counter(mode for (mode,) in found.table("headers").project("mode").fetchall())
    assert modes == Counter(known["modes"]) or name == "corrupt", "headers are read of images that do not decode, too"
    formats = Counter(format_ for (format_,) in found.table("headers").project("format").fetchall())
    assert formats == Counter(known["formats"]) or name == "corrupt"
    assert {f.paths[0] for f in of(found, "INT003")} == {path for path, _ in known["extension_format_mismatch"]}
    unreadable = {path if isinstance(path, str) else path[0] for path in known["unreadable"]}
    assert {f.paths[0] for f in of(found, "INT001", "INT002")} == unreadable
    assert {f.paths[0] for f in of(found, "INT002")} == {*known["zero_byte"]}
    assert found.table("pixels").aggregate("count(*)").fetchall() == [(known["n_images"] - len(unreadable),)]
    turned = {orientation: n for orientation, n in known["exif_orientation"].items() if orientation != "1"}
    assert Counter(str(f.values["orientation"]) for f in of(found, "FMT006")) == Counter(turned)

    same = {frozenset(group) for group in known["byte_duplicates"]["groups_list"] if not unreadable & {*group}}
    found_bytes = found.table("duplicate_groups").filter("kind = 'bytes'").project("paths").fetchall()
    assert {frozenset(paths) for (paths,) in found_bytes} <= same
    assert set().union(*same) <= set().union(*groups(found, "DUP001", "DUP002", "SPL001"))


def test_fruits_leak(report: Any) -> None:
    found = report("fruits_leak")
    assert len(of(found, "SPL001")) == 31
    assert all("different labels" in finding.message for finding in of(found, "SPL001"))
    assert groups(found, "DUP002") == groups(found, "SPL001")
    assert len(of(found, "DUP001")) == 1
    assert found.dataset.layout == "hierarchy"


def test_facemask_messy(report: Any) -> None:
    found = report("facemask_messy")
    duplicates = groups(found, "DUP001", "DUP002", "SPL001")
    assert len(duplicates) == 85
    assert sum(map(len, duplicates)) - len(duplicates) == 102
    kinds = Counter(f.values["kind"] for f in of(found, "DUP001"))
    assert kinds == {"bytes": 84, "pixels": 1}
    assert [f.paths for f in of(found, "INT003")] == [("with_mask/with_mask129.jpg",)]
    assert of(found, "FMT001")[0].values["modes"] == "372 RGB, 25 RGBA, 2 P"


def test_corrupt(report: Any) -> None:
    found = report("corrupt")
    assert (len(of(found, "INT001")), len(of(found, "INT002"))) == (19, 2)


def test_day_night(report: Any) -> None:
    assert groups(report("day_night"), "SPL001", "DUP001", "DUP002") == {
        frozenset({"test/day/20151102_224922.jpg", "training/day/20151102_224922.jpg"})
    }


def test_signdigits(report: Any) -> None:
    found = report("signdigits")
    (odd,) = of(found, "FMT003")
    (turned,) = of(found, "FMT006")
    assert odd.paths == turned.paths
    assert (odd.values["width"], odd.values["height"], turned.values["orientation"]) == (3024, 3024, 6)


def test_clothing_unbalanced(report: Any, truth: Any) -> None:
    found = report("clothing_unbalanced")
    assert {name: count.total for name, count in found.dataset.labels.items()} == truth("clothing_unbalanced")[
        "counts_per_class"
    ]
    assert not of(found, "INT001", "DUP001", "DUP002", "SPL001")


def test_clothing_split_is_clean(report: Any) -> None:
    assert not of(report("clothing_split"), "DUP001", "DUP002", "DUP004", "SPL001", "SPL002", "SPL003", "SPL004")


def test_bccd_voc_is_a_detection_dataset(report: Any) -> None:
    found = report("bccd_voc")
    assert found.dataset.layout == "detection"
    assert "VOC" in found.dataset.description
    files = (SHARED / "bccd_voc" / "Annotations").glob("*.xml")
    names = Counter(name for file in files for name in re.findall("<name>(.*?)</name>", file.read_text()))
    assert {label: count.total for label, count in found.dataset.labels.items()} == names
    small = {finding.label for finding in found.findings if finding.code == "BAL001"}
    assert small == {label for label, count in names.items() if count < 100}
    assert {rule.status for rule in found.rules if rule.code.startswith("INT")} == {"passed"}


def test_faces_csv(report: Any) -> None:
    found = report("faces_csv")
    rows = found.table("manifest_rows")
    assert found.dataset.images == 284
    assert found.dataset.splits == {"images": 279, "test": 5}
    assert len(rows.query("t", "SELECT DISTINCT position FROM t").fetchall()) == 281
    codes = Counter(finding.code for finding in found.findings)
    assert codes["SPL001"] == 5
    assert codes["DUP001"] == 2
    (conflict,) = (finding for finding in found.findings if finding.code == "LBL002")
    assert conflict.paths == ("images/Avinash_30.jpg",)
    assert conflict.label == "SADNESS|SURPRISE"
    assert codes["LAY010"] == 1, "the other image that is listed twice"
    spellings = {finding.message for finding in found.findings if finding.code == "LBL001"}
    assert any("HAPPINESS" in message and "happiness" in message for message in spellings)
    (renamed,) = (finding for finding in found.findings if finding.code == "INT003")
    assert renamed.paths == ("images/facial-expressions_2868588k.jpg",)
    assert renamed.values["format"] == "WEBP"
    with (SHARED / "faces_csv" / "legend.csv").open() as file:
        listed = {(row["image"], row["emotion"]) for row in csv.DictReader(file)}
    counted = Counter(emotion for _, emotion in listed)
    splits = {label: count.splits for label, count in found.dataset.labels.items()}
    assert {label: split["images"] for label, split in splits.items()} == counted


def test_fashion_hdf5(report: Any) -> None:
    found = report("fashion_hdf5")
    assert found.dataset.layout == "hdf5"
    assert found.dataset.splits == {"train": 1110, "test": 277}
    counts = sorted((count.splits["train"], count.splits["test"]) for count in found.dataset.labels.values())
    assert counts == [(30, 7)] + [(120, 30)] * 9
    assert "Ankle_boot" in found.dataset.labels
    assert not [finding for finding in found.findings if finding.code in ("DUP001", "SPL001", "INT001", "INT007")]
    assert [finding.label for finding in found.findings if finding.code == "BAL001"] == [
        label for label, count in found.dataset.labels.items() if count.splits["train"] == 30
    ]


def test_webdataset(report: Any) -> None:
    found = report("webdataset")
    assert found.dataset.layout == "webdataset"
    assert found.dataset.images == 90
    assert found.dataset.labels.keys() == {str(n) for n in range(10)}
    (empty,) = (finding for finding in found.findings if finding.code == "LAY011")
    assert "tendata.tar" in empty.message and ".ten" in empty.message


@pytest.mark.parametrize("name", ["clothing_unbalanced", "clothing_split", "plantvillage_bias", "signdigits"])
def test_quality_rules_are_quiet_on_ordinary_photos(report: Any, name: str) -> None:
    found = report(name)
    flagged = {path for finding in found.findings if finding.code.startswith("QUA") for path in finding.paths}
    assert len(flagged) < 0.01 * found.dataset.images


def warned(report: Report, code: str) -> set[str | None]:
    return {finding.label for finding in of(report, code)}


def test_background_bias_is_found_where_it_is_known_to_be(report: Any) -> None:
    # Noyan 2022: eight pixels of background tell PlantVillage's classes apart.
    assert len(warned(report("plantvillage_bias"), "BIA001")) >= 12
    assert {"ship"} <= warned(report("cifar_neardup"), "BIA001") <= {"ship", "airplane", "truck"}


@pytest.mark.parametrize("name", ["signdigits", "clothing_unbalanced", "clothing_split", "fruits_leak", "faces_csv"])
def test_other_datasets_have_no_shortcut(report: Any, name: str) -> None:
    assert [f.message for f in report(name).findings if f.code.startswith("BIA") and f.severity > Severity.NOTE] == []


def test_light_that_is_the_label_is_a_note(report: Any) -> None:
    found = [finding for finding in report("day_night").findings if finding.code.startswith("BIA")]
    assert {finding.label for finding in found} == {"day", "night"}
    assert {finding.severity for finding in found} == {Severity.NOTE}


def test_two_sources_glued_together_are_told_by_their_headers(report: Any) -> None:
    assert warned(report("facemask_messy"), "BIA005") == {"with_mask", "without_mask"}
    assert warned(report("plantvillage_bias"), "BIA005") == set()
