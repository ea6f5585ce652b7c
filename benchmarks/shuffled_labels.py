"""False alarms of family BIA: the labels of real datasets are shuffled, so that nothing can go with a class.

    python benchmarks/shuffled_labels.py DATASET... --seeds 20

Prints for each dataset in how many of the runs any rule of the family warned, and what it said.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

import datalint
from datalint import judge, pipeline
from datalint.config import Config, RuleLayer
from datalint.facts import Facts
from datalint.model import Severity
from datalint.relate import HEADERS_SQL, PICTURES_SQL, Pictures, background, file_traits


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="+", type=Path)
    parser.add_argument("--seeds", type=int, default=20)
    options = parser.parse_args()
    runs = warned = 0
    for dataset in options.datasets:
        report = datalint.check(dataset, {"select": ["BIA"]})
        facts: Any = report.tables
        facts = getattr(facts, "_tables", facts)
        pictures = Pictures.of(facts.columns(PICTURES_SQL))
        headers = facts.columns(HEADERS_SQL)
        messages: list[str] = []
        alarms = 0
        for seed in range(options.seeds):
            label = np.random.default_rng(seed).permutation(pictures.label)
            found = warnings(facts, pictures._replace(label=label), headers)
            alarms += bool(found)
            messages += [f"seed {seed}: {message}" for message in found]
        runs, warned = runs + options.seeds, warned + alarms
        print(f"{dataset.name}: {alarms} of {options.seeds}", *messages, sep="\n  ", flush=True)
    print(f"in all: {warned} of {runs} runs with a warning ({warned / runs:.1%})")
    return 0


def warnings(measured: Any, pictures: Pictures, headers: Any) -> list[str]:
    """Judge pictures with other labels; returns the messages of warnings."""
    facts = Facts()
    thumbnails = measured.thumbnails.at(pictures.slot)
    for table, columns in (
        ("background", background(pictures, thumbnails)),
        ("file_traits", file_traits(pictures, headers)),
    ):
        if columns:
            facts.insert(table, columns)
    config = Config(command_line=RuleLayer(select=("BIA",)))
    results = judge.judge(facts, pipeline.selected_rules(facts, config), pipeline.query_limits(config), {})
    return [
        f"{finding.code} {finding.message}"
        for result in results
        for finding in result.findings
        if finding.severity >= Severity.WARNING
    ]


if __name__ == "__main__":
    sys.exit(main())
