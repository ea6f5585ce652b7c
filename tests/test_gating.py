"""What is let pass is decided after the cache: the day, a baseline and a lock decide anew, whatever was kept."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from datalint import pipeline
from datalint.config import config_from
from datalint.findings import record, write_baseline
from datalint.gating import Gate, pass_gate
from datalint.pipeline import Run

if TYPE_CHECKING:
    from pathlib import Path

SELECT = {"select": ["SPL001", "DUP001", "DUP002"], "fail-on": "note"}


def test_a_report_is_judged_by_the_day_on_which_it_is_told(example: Path) -> None:
    table = {"label": "t-shirt", "reason": "r", "expires": date(2026, 1, 31)}
    config = config_from({**SELECT, "suppressions": [table]})
    raw = pipeline.check(example, config_from(SELECT), Run(1))
    assert [finding.code for finding in raw.findings] == ["DUP002", "SPL001", "DUP001"]
    for today, codes in ((date(2026, 1, 31), ["DUP002", "SPL001"]), (date(2026, 2, 1), ["DUP002", "SPL001", "DUP001"])):
        told = pass_gate(raw, Gate(config, today=today))
        assert [finding.code for finding in told.findings] == codes
        assert told.suppressed == 3 - len(codes)
        assert told.rules[0].status == ("passed" if told.suppressed else "found")


def test_a_baseline_and_a_report_from_the_cache(example: Path, tmp_path: Path) -> None:
    config = config_from(SELECT)
    first = pipeline.check(example, config, Run(1, cache=tmp_path / "cache"))
    kept = list((tmp_path / "cache").rglob("*.report"))
    assert kept and first.exit_status == 1
    file = tmp_path / "b.json"
    write_baseline(record(first, "recommended", "1"), file)
    for baseline, status, known in ((file, 0, 3), (None, 1, 0), (file, 0, 3)):
        again = pipeline.check(example, config, Run(1, cache=tmp_path / "cache", baseline=baseline))
        assert (again.exit_status, again.known, len(again.findings)) == (status, known, 3 - known)
    assert list((tmp_path / "cache").rglob("*.report")) == kept
    assert pipeline.check(example, config_from({**SELECT, "max-findings": 3}), Run(1)).exit_status == 0
