"""CSV: by RFC 4180, a row a finding, and nothing in it that a spreadsheet carries out."""

from __future__ import annotations

import csv
import io

import pytest
from sample_reports import make_finding, make_report

from datalint.report import render, render_all
from datalint.report.csv import COLUMNS


def rows(text: str) -> list[dict[str, str]]:
    assert text.count("\r\n") == len(list(csv.reader(io.StringIO(text, newline=""))))
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_row_is_a_finding() -> None:
    group = make_finding(paths=("cat/1.jpg", "cat/2, again.jpg", 'cat/"3".jpg'), message="one,\ntwo")
    (row,) = rows(render(make_report(group), "csv"))
    assert tuple(row) == COLUMNS
    assert row["path"] == "cat/1.jpg"
    assert row["other_paths"] == 'cat/2, again.jpg\ncat/"3".jpg'
    assert row["message"] == r"one,\ntwo"
    assert (row["severity"], row["label"], row["split"]) == ("error", "cat", "")


def test_several_datasets_have_one_header() -> None:
    assert len(rows(render_all([make_report(make_finding()), make_report(make_finding())], "csv"))) == 2


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r="])
def test_no_cell_is_a_formula(start: str) -> None:
    text = f"{start}1+1"
    (row,) = rows(render(make_report(make_finding(label=text, paths=("a", text), message=text)), "csv"))
    for cell in (row["label"], row["other_paths"], row["message"]):
        assert cell[0] in "'\\" and cell.endswith("1+1")
