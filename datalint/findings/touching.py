"""Which findings touch what changed. All rules have seen the whole dataset; this decides what is shown of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from datalint.model import Finding, RuleResult


class Touched(NamedTuple):
    """What a change touches of a dataset; names are escaped, paths relative to its root."""

    paths: frozenset[str]
    """Files that changed, and images about which something changed: a row of a manifest, a file of labels."""
    places: frozenset[tuple[str | None, str | None]] = frozenset()
    """Label and split of images that changed."""
    removed: frozenset[str] = frozenset()
    """Images that are no more."""
    any_class: bool = False
    """Whether images of classes that cannot be told any more were removed."""
    everything: bool = False
    """Whether what changed can have changed any finding."""

    @property
    def anything(self) -> bool:
        return self.everything or bool(self.paths)


def only_touching(rules: Iterable[RuleResult], touched: Touched) -> list[RuleResult]:
    """Leave the findings that touch what changed, and count the others as hidden.

    A finding about files does where one of them changed; about a class or a split, where an image of it was added,
    changed or removed; about the dataset, where anything changed.
    """
    if touched.everything:
        return list(rules)
    folders = frozenset(_above(touched.paths))
    left = []
    for rule in rules:
        findings = tuple(finding for finding in rule.findings if _touches(finding, touched, folders))
        hidden = len(rule.findings) - len(findings)
        left.append(rule.with_findings(findings)._replace(hidden=hidden))
    return left


def _touches(finding: Finding, touched: Touched, folders: frozenset[str]) -> bool:
    if finding.paths:
        return any(_changed(path, touched.paths, folders) for path in finding.paths)
    labels, splits = _names(finding, "label"), _names(finding, "split")
    if not labels and not splits:
        return touched.anything
    if touched.any_class:
        return True
    for label in labels or (None,):
        for split in splits or (None,):
            if any(label in (None, own) and split in (None, place) for own, place in touched.places):
                return True
            if any(_within(path, label) and _within(path, split) for path in touched.removed):
                return True
    return False


def _names(finding: Finding, key: str) -> tuple[str, ...]:
    """Return the labels or the splits that a finding is about."""
    single, several = getattr(finding, key), finding.values.get(key + "s")
    named = several if isinstance(several, list) else []
    return (single,) if single is not None else tuple(name for name in named if isinstance(name, str))


def _changed(path: str, paths: frozenset[str], folders: frozenset[str]) -> bool:
    """Tell whether a file changed, or what holds it (an archive, a file of arrays), or a file in the folder it is."""
    return (
        path in paths or path in folders or path.partition("[")[0] in paths or any(a in paths for a in _above([path]))
    )


def _above(paths: Iterable[str]) -> Iterator[str]:
    """Yield the folders above files."""
    for path in paths:
        while path := path.rpartition("/")[0]:
            yield path


def _within(path: str, name: str | None) -> bool:
    """Tell whether a class or a split of this name is, or can be, a folder above a file."""
    return name is None or f"/{name}/" in f"/{path}"
