"""Warnings about background bias and other shortcuts, on datasets composed of real images.

Objects with known masks are put on real photos, with and without a bias: a class has its own scene with probability
rho, few places, a uniform background, bars, a border, a tint, other light, another size. ``planted/plans.py`` is the
grid, ``planted/sources.py`` says where the images come from and how to get them. The tuning and the reporting half
have different seeds and no image in common; figures to publish come from the reporting half, and nothing is tuned on
it.

    python benchmarks/background.py --half reporting --sources FOLDER...
    python benchmarks/background.py --half tuning --sources FOLDER... --kinds scene plain --datasets 50 --seed 7
    python benchmarks/background.py --half tuning --sources FOLDER... --sheet sheet.png

A warning (or an error) and a note are counted apart. A class is recalled when a rule that tells of its bias warns of
it; of two classes, of which one is biased, either may be named.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw
from planted import datasets, plans, scores, sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planted.datasets import Planted

SHOWN = 14  # images of each dataset on a contact sheet
CELL = 96  # pixels


def main() -> int:
    options = parse(sys.argv[1:])
    if not options.sheet and not has_rule("BIA001"):
        print("background.py: datalint has no rule BIA001 yet, so there is nothing to measure", file=sys.stderr)
        return 2
    for name in sources.missing(options.half, options.sources):
        print(f"missing: {name}", file=sys.stderr)
    material = sources.read_material(options.half, options.sources)
    if not material.solid or not material.scenes:
        print("background.py: too few sources are in the folders given; see planted/sources.py", file=sys.stderr)
        return 2
    print(f"{options.half} half, seed {options.seed}; objects: {', '.join(material.objects)}; ", end="")
    print(f"{len(material.places)} places, scenes: {', '.join(material.scenes)}", flush=True)
    if options.sheet:
        draw(options.sheet, [datasets.make(plans.plan(kind, 0), material, options.seed) for kind in options.kinds])
        return 0
    composing, judging, outcomes = 0.0, 0.0, []
    for plan in plans.plans(options.datasets, options.kinds):
        started = cpu()
        planted = datasets.make(plan, material, options.seed)
        composed = cpu()
        outcomes.append(judged(planted))
        composing, judging = composing + composed - started, judging + cpu() - composed
    report(outcomes)
    print(f"\nCPU: {composing:.0f} s for composing, {judging:.0f} s for datalint")
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=sources.HALVES, required=True, help="which images and seeds to use")
    parser.add_argument("--sources", type=Path, nargs="+", required=True, help="folders that have the sources' folders")
    parser.add_argument("--datasets", type=int, default=150, metavar="N", help="how many to make (default: 150)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="+", choices=plans.KINDS, default=list(plans.KINDS), metavar="KIND",
                        help=f"only these kinds of dataset: {', '.join(plans.KINDS)}")  # fmt: skip
    parser.add_argument("--sheet", type=Path, metavar="FILE.png", help="draw a dataset of each kind instead")
    return parser.parse_args(arguments)


def has_rule(code: str) -> bool:
    from datalint.config import config_from
    from datalint.facts import Facts
    from datalint.pipeline import all_rules

    return any(rule.code == code for rule in all_rules(Facts(), config_from({})))


def judged(planted: Planted) -> scores.Outcome:
    """Let datalint judge a dataset."""
    import datalint
    from datalint.model import Severity

    options: dict[str, Any] = {"config": {"select": ["BIA"]}, "jobs": 1, "cache": False}
    if plans.KINDS[planted.plan.kind].written:
        with tempfile.TemporaryDirectory() as folder:
            datasets.write(planted, Path(folder) / "dataset")
            result = datalint.check(Path(folder) / "dataset", **options)
    else:
        result = datalint.check(arrays=(planted.images, planted.labels), **options)
    for rule in result.rules:
        if rule.failed:
            print(f"{planted.name}: {rule.code} could not be evaluated: {rule.reason}", file=sys.stderr)
    found = {
        scores.Found(finding.code, finding.severity >= Severity.WARNING, finding.label) for finding in result.findings
    }
    return outcome(planted, frozenset(found))


def outcome(planted: Planted, found: frozenset[scores.Found]) -> scores.Outcome:
    sizes = dict(Counter(planted.labels))
    return scores.Outcome(planted.name, planted.plan, planted.biased, planted.about, sizes, found)


def report(outcomes: list[scores.Outcome]) -> None:
    for part in (scores.by_cell, scores.summary, scores.by_rule, scores.mistakes):
        print("", *part(outcomes), sep="\n")


def cpu() -> float:
    """Return the CPU seconds of this process and of those it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in used)


def draw(file: Path, made: list[Planted]) -> None:
    """Draw images of each dataset in a row: first the biased class's, then the others'."""
    canvas = Image.new("RGB", (SHOWN * CELL, len(made) * (CELL + 14)), "silver")
    pen = ImageDraw.Draw(canvas)
    for row, planted in enumerate(made):
        top = row * (CELL + 14)
        biased = (
            ", ".join(f"{label}: {how} {planted.about.get(label, '')}" for label, how in planted.biased.items())
            or "nothing planted"
        )
        pen.text((2, top), f"{planted.name}; {biased}"[:220], fill="black")
        for column, number in enumerate(picked(planted)):
            image = Image.fromarray(planted.images[number])
            image.thumbnail((CELL - 2, CELL - 2))
            canvas.paste(image, (column * CELL, top + 13))
    canvas.save(file)
    print(f"wrote {file}")


def picked(planted: Planted) -> Iterator[int]:
    """Choose half of the images shown from the first class, the others from all the rest, evenly."""
    labels = np.array(planted.labels)
    for members in (np.flatnonzero(labels == labels[0]), np.flatnonzero(labels != labels[0])):
        yield from members[np.linspace(0, len(members) - 1, SHOWN // 2).astype(int)].tolist()


if __name__ == "__main__":
    sys.exit(main())
