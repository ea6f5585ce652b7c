"""The dataset card: its front matter, its marks, and the licence that a text is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_reports import HOSTILE, make_report

from datalint import front_matter
from datalint.card_file import BEGIN, END, find_card, place_of, statement
from datalint.card_text import differences, write
from datalint.errors import DatalintError
from datalint.licences import read_licence
from datalint.model import LabelCount, escape_name
from datalint.report.card_metadata import metadata
from datalint.report.card_record import CardFacts, Images, SplitFacts

NAMES = [escape_name(name.decode("utf-8", "surrogateescape")) for name in HOSTILE.values()]
NASTY = [
    "-->",
    "--!>",
    BEGIN,
    END,
    "---",
    "...",
    "a: b",
    "- x",
    "no",
    "1e3",
    "&a",
    "*a",
    "!!python/x",
    "# c",
    "\\",
    "\u2028",
]


def card_facts(*labels: str, images: int = 3, **changes: Any) -> CardFacts:
    """Facts of a dataset in class folders."""
    report = make_report()
    counted = {label: LabelCount(images, {}) for label in labels}
    report = make_report_of(report, images * len(labels), counted)
    facts = CardFacts(
        report=report,
        multi_label=False,
        objects=False,
        counts={"images": str(images * len(labels)), "classes": str(len(labels))},
        splits={},
        folders_are_classes=True,
        images=Images(0, (), (), (None, None), (None, None), None, ()),
        licence=None,
        owners=(),
        cameras=(),
        located=0,
        servers=(),
        copies=(),
    )
    return facts._replace(**changes)


def make_report_of(report: Any, images: int, labels: dict[str, LabelCount]) -> Any:
    from dataclasses import replace

    return replace(report, dataset=report.dataset._replace(images=images, labels=labels))


def front(text: str) -> Any:
    """The front matter as a YAML library reads it."""
    return yaml.safe_load(text.partition("---\n")[2].partition("\n---\n")[0])


def test_a_new_card_is_what_the_hub_reads() -> None:
    facts = card_facts("dog", "cat", licence=read_licence("LICENSE", "MIT License\n\nCopyright (c) A"))
    values = front(write(None, facts, ".").text)
    assert values == {
        "license": "mit",
        "pretty_name": "data",
        "task_categories": ["image-classification"],
        "size_categories": ["n<1K"],
        "dataset_info": {
            "features": [
                {"name": "image", "dtype": "image"},
                {"name": "label", "dtype": {"class_label": {"names": {"0": "cat", "1": "dog"}}}},
            ],
            "splits": [{"name": "train", "num_bytes": 0, "num_examples": 6}],
        },
    }


def test_sizes_are_in_the_words_of_the_hub() -> None:
    sizes = {1: "n<1K", 999: "n<1K", 1000: "1K<n<10K", 99_999: "10K<n<100K", 100_000: "100K<n<1M", 10**9: "1B<n<10B"}
    for images, words in sizes.items():
        assert metadata(card_facts("cat", images=images), ".")["size_categories"] == [words]


def test_splits_are_told_where_they_are_folders_that_the_hub_can_load() -> None:
    val = SplitFacts("validation", 1, 100, "data/val")
    splits = {"val": val, "training": SplitFacts("train", 5, 500, "data/training")}
    facts = card_facts("cat", "dog", splits=splits)
    for place, start in ((".", ""), ("sub", "sub/")):
        values = metadata(facts, place)
        assert values["configs"][0]["data_files"] == [
            {"split": "train", "path": f"{start}data/training/**"},
            {"split": "validation", "path": f"{start}data/val/**"},
        ]
        assert values["dataset_info"]["splits"][0] == {"name": "train", "num_bytes": 500, "num_examples": 5}
    for other in (
        facts._replace(splits={**splits, "val": val._replace(folder=None)}),
        facts._replace(splits={**splits, "val": val._replace(folder="v*l")}),
        facts._replace(splits={**splits, "val": val._replace(images=0)}),  # an image is in no split
        facts._replace(folders_are_classes=False),
    ):
        assert metadata(other, ".").keys() == {"size_categories"}
    assert "configs" not in metadata(facts, "../data")


HUMAN = """\ufeff---
# who made it
pretty_name: Our cats  # as in the paper
license: cc-by-4.0
tags: [a, "b"]
size_categories:  # by hand
- 1M<n<10M

# more
x: |
  # no comment
  text
---

# Our cats

Told by people.
"""


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_what_people_wrote_stays(line_end: str) -> None:
    human = HUMAN.replace("\n", line_end)
    facts = card_facts("cat", "dog", licence=read_licence("LICENSE", "CC0 1.0 Universal"))
    text = write(human, facts, ".").text
    assert front_matter.read(front_matter.split(text).yaml)["license"] == "cc0-1.0"
    mine = {"license: cc-by-4.0", "- 1M<n<10M", "size_categories:  # by hand"}
    kept = [line for line in human.split(line_end) if line not in mine and line != "---"]
    left = iter(text.split(line_end))
    assert all(line in left for line in kept), "all other lines, in their order"
    assert text.endswith(line_end) and ("\r\n" in text) == (line_end == "\r\n") and "\r\r" not in text
    changed = text.replace("Told by people.", "Told by others.") + f"The end{line_end}"
    again = write(changed, card_facts("cat", "dog", "cow"), ".").text
    assert "Told by others." in again and again.endswith(f"{END}{line_end}The end{line_end}")
    assert "license: cc0-1.0" in again, "a licence stays where no file says which"


def test_what_says_more_than_is_measured_stays() -> None:
    there = "---\nconfigs:\n- config_name: small\n  data_files: a.csv\nlicense: [mit, cc-by-4.0]\n---\n"
    splits = {"train": SplitFacts("train", 6, 600, "train")}
    licence = read_licence("LICENSE", "MIT License")
    card = write(there, card_facts("cat", "dog", splits=splits, licence=licence), ".")
    assert set(card.kept) == {"configs", "license"}
    assert front(card.text)["configs"][0]["config_name"] == "small"
    assert front(card.text)["license"] == ["mit", "cc-by-4.0"]


def test_a_licence_that_is_known_now_takes_its_name_along() -> None:
    own = card_facts("cat", licence=read_licence("LICENSE.txt", "Our terms (2020)\n\nAsk us."))
    text = write(None, own, ".").text
    assert front(text) | {"license": "other", "license_name": "our-terms-2020", "license_link": "LICENSE.txt"} == front(
        text
    )
    known = front(write(text, own._replace(licence=read_licence("LICENSE", "MIT License")), ".").text)
    assert known["license"] == "mit" and not {"license_name", "license_link"} & known.keys()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("---\na: [\n---\n", "no YAML"),
        ("---\n- a\n---\n", "no YAML mapping"),
        ("---\na: 2020-99-99\n---\n", "no YAML"),
        ("---\na: &x 1\nb: *x\n---\n", "aliases"),
        ("---\n{a: 1}\n---\n", "in braces"),
        (f"# x\n{BEGIN}\n", "are expected"),
        (f"# x\n{END}\n{BEGIN}\n", "are expected"),
        (f"# x\n{BEGIN}\n{END}\n{BEGIN}\n{END}\n", "are expected"),
    ],
)
def test_a_card_that_cannot_be_updated_is_told_in_a_line(text: str, problem: str) -> None:
    with pytest.raises(DatalintError, match=problem) as raised:
        write(text, card_facts("cat"), ".")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("label", [*NAMES, *NASTY])
def test_hostile_labels_are_data(label: str) -> None:
    facts = card_facts(label, "zebra")
    text = write(None, facts, ".").text
    names = front(text)["dataset_info"]["features"][1]["dtype"]["class_label"]["names"]
    assert sorted(names.values()) == sorted([label, "zebra"])
    assert all(character.isprintable() or character == "\n" for character in text)
    assert "##[" not in text and not any(line.lstrip().startswith("::") for line in text.splitlines())
    assert [line for line in text.splitlines() if line in (BEGIN, END)] == [BEGIN, END]
    assert write(text, facts, ".").text == text


def test_nothing_ends_the_comment_that_states_the_counts(tmp_path: Path) -> None:
    for name in (*NAMES, *NASTY):
        said = statement(".", {f"images of {name}": "3"})
        assert said.count("-->") == 1 and said.count("<") == 1 and said.isascii() and said.isprintable()
        (tmp_path / "README.md").write_text(f"{BEGIN}\n{said}\n{END}\n")
        card = find_card(tmp_path, None, staged=False)
        assert card is not None and card.counts == ((f"images of {name}", "3"),)


def test_a_card_is_datalints_where_it_has_a_part_and_is_about_the_dataset(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    for text, counts in {
        "# Cats\n": None,
        f"Write `{BEGIN}` into it\n": None,
        f"{BEGIN}\n{statement('other.csv', {'images': '3'})}\n{END}\n": None,
        f"{BEGIN}\n{END}\n": (),
        f"{BEGIN}\n<!-- datalint card states {{}} -->\n{END}\n": (),
        f"\xff{BEGIN}\n\n{BEGIN}\r\n{statement('.', {'images': '3'})}\r\n{END}\n": (("images", "3"),),
    }.items():
        file.write_bytes(text.encode("latin-1"))
        card = find_card(tmp_path, None, staged=False)
        assert (card and card.counts) == counts, text


def test_a_card_says_where_its_dataset_is_and_no_secret(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    assert place_of(tmp_path, card) == "."
    assert place_of(str(tmp_path / "sub" / "legend.csv"), card) == "sub/legend.csv"
    assert place_of(tmp_path.parent, card) == ".."
    assert (
        place_of("https://me:secret@example.org/a@b/data.csv?signature=x", card) == "https://example.org/a@b/data.csv"
    )


def test_what_is_out_of_date_is_said_in_words() -> None:
    old, new = (write(None, card_facts("cat", *more), ".").text for more in ((), ("dog",)))
    assert differences(old, new) == [
        "images 3, now 6",
        "classes 1, now 2",
        "front matter: dataset_info",
        "sections: Dataset, Classes",
    ]
    assert differences(new.replace(f"{END}\n", f"x\n{END}\n"), new) == ["sections: Known gaps"]


words = st.text(st.characters(codec="utf-8"), max_size=20)
plain = st.recursive(
    st.one_of(words, st.integers(), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None)
@given(
    labels=st.sets(words.filter(bool), max_size=5),
    others=st.dictionaries(words, plain, max_size=4),
    before=words,
    after=words,
)
def test_updating_twice_changes_nothing(labels: set[str], others: dict[str, Any], before: str, after: str) -> None:
    facts = card_facts(*labels)
    head = yaml.safe_dump(others, default_flow_style=False, sort_keys=False) if others else ""
    human = f"---\n{head}---\n{before}\n"
    once = write(human, facts, ".").text
    assert once.startswith("---\n") and f"---\n{before}\n" in once
    read = yaml.safe_load(front_matter.split(once).yaml)
    measured = {"size_categories", "dataset_info", "configs", "license"}
    assert {key: value for key, value in read.items() if key in others and key not in measured} == {
        key: value for key, value in others.items() if key not in measured
    }
    assert write(once, facts, ".").text == once
    longer = once + after
    assert write(longer, facts, ".").text == longer
    grown = write(longer, card_facts(*labels, "another"), ".").text
    assert grown.endswith(after) and f"---\n{before}\n" in grown


@pytest.mark.parametrize(
    ("text", "spdx", "hub"),
    [
        ("MIT License\n\nCopyright (c) 2020", "MIT", "mit"),
        ("Permission is hereby granted, free of charge, to any person obtaining a copy of this software", "MIT", "mit"),
        (
            "                                 Apache License\n                           Version 2.0, January 2004",
            "Apache-2.0",
            "apache-2.0",
        ),
        ("Creative Commons Legal Code\n\nCC0 1.0 Universal\n", "CC0-1.0", "cc0-1.0"),
        ("Attribution 4.0 International\n\n=====", "CC-BY-4.0", "cc-by-4.0"),
        (
            "# Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International",
            "CC-BY-NC-SA-4.0",
            "cc-by-nc-sa-4.0",
        ),
        ("Attribution-NoDerivatives 4.0 International", "CC-BY-ND-4.0", "cc-by-nd-4.0"),
        ("Attribution-NoDerivs 2.5 Generic", "CC-BY-ND-2.5", None),
        ("CC BY-SA 4.0\n\nCopyright (c) 2017-, A", "CC-BY-SA-4.0", "cc-by-sa-4.0"),
        ("CC0-1.0", "CC0-1.0", "cc0-1.0"),
        ("CC BY", None, None),
        ("ODC Open Database License (ODbL)\n", "ODbL-1.0", "odbl"),
        ("Community Data License Agreement – Permissive – Version 2.0", "CDLA-Permissive-2.0", "cdla-permissive-2.0"),
        ("GNU GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007", "GPL-3.0", "gpl-3.0"),
        ("GNU LESSER GENERAL PUBLIC LICENSE\n Version 2.1", "LGPL-2.1", "lgpl-2.1"),
        ("BSD 3-Clause License\n", "BSD-3-Clause", "bsd-3-clause"),
        ("SPDX-License-Identifier: CC-BY-SA-4.0\n", "CC-BY-SA-4.0", "cc-by-sa-4.0"),
        ("Our terms\n\n" + "x " * 300 + "not under the MIT License", None, None),
        ("", None, None),
    ],
)
def test_licences_are_known_by_how_they_begin(text: str, spdx: str | None, hub: str | None) -> None:
    licence = read_licence("LICENSE", text)
    assert (licence.spdx, licence.hub) == (spdx, hub)


def test_the_licences_of_this_repository() -> None:
    root = Path(__file__).resolve().parent.parent
    for file, spdx in ((root / "LICENSE", "Apache-2.0"), (root / "examples/clothing/LICENSE", "CC0-1.0")):
        assert read_licence(file.name, file.read_text(encoding="utf-8")).spdx == spdx
