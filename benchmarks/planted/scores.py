"""What was found, against what was planted: shares with their intervals, and the tables of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from planted.plans import CODES, KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from planted.plans import Plan

RULES = tuple(f"BIA00{number}" for number in range(1, 8))
BACKGROUNDS = ("background", "few-places", "uniform")
"""What recall is promised for. Of own places that have nothing in common, a class shows each but a few times."""
ENOUGH = 50  # images of a class that recall is promised for


class Found(NamedTuple):
    """One finding."""

    code: str
    warning: bool
    """False for a note."""
    label: str | None


class Outcome(NamedTuple):
    """What was found in one dataset."""

    name: str
    plan: Plan
    biased: dict[str, str]
    about: dict[str, str]
    """What the background that goes with a class is."""
    sizes: dict[str, int]
    """Images by class."""
    found: frozenset[Found]

    def codes(self, warning: bool = True) -> set[str]:
        return {finding.code for finding in self.found if finding.warning == warning}

    def tells(self, label: str, codes: Iterable[str], warning: bool = True) -> bool:
        """Say whether a class is told of by one of the rules. Of two classes, either may be named for both."""
        names = {None, *(self.sizes if len(self.sizes) == 2 else (label,))}
        return any(item.code in codes and item.warning == warning and item.label in names for item in self.found)

    def blamed(self) -> dict[str, bool]:
        """Say of the classes with a warning of BIA001 whether something is planted in them."""
        right = self.sizes if len(self.sizes) == 2 and self.biased else self.biased
        labels = {item.label for item in self.found if item.code == "BIA001" and item.warning and item.label}
        return {label: label in right for label in labels}


class Share(NamedTuple):
    """Hits among tries."""

    hits: int
    tries: int

    @classmethod
    def of(cls, values: Iterable[bool]) -> Share:
        counts = Counter(bool(value) for value in values)
        return cls(counts[True], counts.total())

    def interval(self, z: float = 1.96) -> tuple[float, float]:
        """Return Wilson's 95 % interval (Wilson 1927)."""
        if not self.tries:
            return 0.0, 1.0
        share, count = self.hits / self.tries, self.tries
        middle = (share + z * z / (2 * count)) / (1 + z * z / count)
        half = z / (1 + z * z / count) * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5
        return max(0.0, middle - half), min(1.0, middle + half)

    def short(self) -> str:
        return f"{self.hits}/{self.tries}" if self.tries else "-"

    def long(self) -> str:
        if not self.tries:
            return "nothing to count"
        low, high = self.interval()
        return f"{self.hits} of {self.tries}, {self.hits / self.tries:.3f} [{low:.3f}, {high:.3f}]"


def recall(outcomes: Sequence[Outcome], codes: Callable[[str], Iterable[str]], warning: bool = True) -> Share:
    """Count the classes with something planted that are told of by the rules that ``codes`` gives for it."""
    return Share.of(
        outcome.tells(label, codes(how), warning) for outcome in outcomes for label, how in outcome.biased.items()
    )


def by_cell(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Write the table by kind, correlation and images per class."""
    yield f"{'kind':24}{'rho':>5}{'n':>5}{'sets':>6}{'warned':>8}{'noted':>7}{'recall':>9}{'precision':>11}"
    cells = dict.fromkeys((item.plan.kind, item.plan.rho, item.plan.per_class) for item in outcomes)
    order = list(KINDS)
    for kind, rho, size in sorted(cells, key=lambda cell: (order.index(cell[0]), *cell[1:])):
        here = [item for item in outcomes if (item.plan.kind, item.plan.rho, item.plan.per_class) == (kind, rho, size)]
        yield f"{kind:24}{rho:5}{size:5}" + columns(here)
    yield ""
    for kind in order:
        if here := [item for item in outcomes if item.plan.kind == kind]:
            yield f"{kind:34}" + columns(here)


def columns(outcomes: Sequence[Outcome]) -> str:
    """Write datasets, those with a warning and a note of BIA001, recall of any rule that tells of it, precision."""
    warned = sum("BIA001" in item.codes() for item in outcomes)
    noted = sum("BIA001" in item.codes(warning=False) for item in outcomes)
    right = Share.of(right for item in outcomes for right in item.blamed().values())
    return f"{len(outcomes):6}{warned:8}{noted:7}{recall(outcomes, CODES.__getitem__).short():>9}{right.short():>11}"


def summary(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Write the rates that were promised, with Wilson's 95 % intervals."""
    clean = [item for item in outcomes if not item.biased]
    yield f"false warnings of BIA001, datasets with nothing planted: {false_warnings(clean).long()}"
    yield f"  of any BIA rule:                                       {Share.of(map(any_warning, clean)).long()}"
    for title, least, most in (("rho >= .9 ", 0.9, 1.0), ("rho = .75", 0.75, 0.75), ("rho = .5 ", 0.5, 0.5)):
        large = [only_large(item) for item in outcomes if least <= item.plan.rho <= most]
        scenes = [item for item in large if set(item.biased.values()) & set(BACKGROUNDS)]
        yield f"recall by BIA001 of scenes, few places, uniform, {title}, n >= {ENOUGH}: " + long_recall(scenes)
    right = Share.of(right for item in outcomes for right in item.blamed().values())
    yield f"precision of BIA001, warned classes with something planted: {right.long()}"


def long_recall(outcomes: Sequence[Outcome]) -> str:
    scenes = [item for item in outcomes if "background" in item.biased.values()]
    both = recall(outcomes, lambda _: ("BIA001",)).long()
    return f"{both}; scenes alone {recall(scenes, lambda _: ('BIA001',)).long()}"


def only_large(outcome: Outcome) -> Outcome:
    """Leave out of the biased classes those that are too small for a promise."""
    return outcome._replace(biased={x: how for x, how in outcome.biased.items() if outcome.sizes[x] >= ENOUGH})


def false_warnings(clean: Sequence[Outcome]) -> Share:
    return Share.of("BIA001" in item.codes() for item in clean)


def any_warning(outcome: Outcome) -> bool:
    return bool(outcome.codes())


def by_rule(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Write a line for each rule: classes with what it tells of, datasets with nothing planted, with something else."""
    yield f"{'':8}| {'its own bias: classes':^25} | {'nothing planted: datasets':^25} | {'another bias: datasets':^25}"
    yield "rule    " + f"| {'warned':>8}{'noted':>8}{'of':>9} " * 3
    clean = [item for item in outcomes if not item.biased]
    for code in RULES:
        hows = {how for how, codes in CODES.items() if code in codes}
        own = [item for item in outcomes if set(item.biased.values()) & hows]
        other = [item for item in outcomes if item.biased and item not in own]
        rest = clean
        if code == "BIA007":  # what it tells of does no harm yet
            shared = [item for item in clean if KINDS[item.plan.kind].base != "places"]
            rest = [item for item in clean if item not in shared]
            cells = [counted(shared, code)]
        else:
            both = [recall(own, lambda _, code=code: (code,), warning) for warning in (True, False)]
            cells = [(both[0].hits, both[1].hits, both[0].tries)]
        cells += [counted(rest, code), counted(other, code)]
        yield f"{code}  " + "".join(f"| {warned:8}{noted:8}{count:9} " for warned, noted, count in cells)


def counted(outcomes: Sequence[Outcome], code: str) -> tuple[int, int, int]:
    warned = sum(code in item.codes() for item in outcomes)
    return warned, sum(code in item.codes(warning=False) for item in outcomes), len(outcomes)


def mistakes(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Name the datasets with a false warning of BIA001, and those where a bias with rho >= .75 was missed."""
    for item in outcomes:
        wrong = sorted(label for label, right in item.blamed().items() if not right)
        if wrong:
            yield f"false: {item.name}: {', '.join(wrong)}"
        missed = [label for label, how in item.biased.items() if not item.tells(label, CODES[how])]
        if missed and item.plan.rho >= 0.75:
            yield f"missed: {item.name}: " + ", ".join(f"{x}: {item.about.get(x, item.biased[x])}" for x in missed)
