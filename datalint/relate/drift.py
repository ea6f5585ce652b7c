"""Drift between splits: whether images of one are told from those of training, class by class, and by what."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from datalint.relate.aspects import ASPECTS, facts
from datalint.relate.contents import STAND_INS_SQL
from datalint.relate.contrasts import in_words
from datalint.relate.corners import looks
from datalint.relate.embedded_drift import told
from datalint.relate.filters import OPPONENTS
from datalint.relate.forest import FOLDS, Task, held_out_scores
from datalint.relate.pictures import LEAST, columns_of
from datalint.relate.strata import Area, Strata, area, chance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from datalint.model import Columns
    from datalint.relate.aspects import Fact
    from datalint.relate.filters import Thumbnails

    Array: TypeAlias = "np.ndarray[Any, Any]"
    Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"

MOST = 2_000
"""Pictures of a split that are looked at."""

DRIFT_SQL = f"""
    WITH pictures AS (
        SELECT
            sample_id, split, coalesce(role, '') AS role, coalesce(label, '') AS label, slot, content_digest,
            brightness, dark_level, bright_level, contrast, sharpness, saturation, chroma_range, temperature,
            tint_a, tint_b, grain, coherence, polarity, centre_x, centre_y, extent,
            upright.width, upright.height,
            format, mode, CAST(bit_depth AS VARCHAR) AS depth, compression, camera,
            picture
        FROM samples JOIN pixels USING (sample_id) JOIN thumbnails USING (sample_id) JOIN headers USING (sample_id)
        JOIN upright USING (sample_id) JOIN depictions USING (sample_id)
        WHERE split IS NOT NULL AND sample_id NOT IN ({STAND_INS_SQL})
            AND EXISTS (SELECT 1 FROM samples WHERE role = 'train')
    ),
    once AS (
        SELECT * FROM pictures
        QUALIFY row_number() OVER (PARTITION BY split, picture ORDER BY content_digest, sample_id) = 1
    )
    SELECT * EXCLUDE (content_digest) FROM once
    QUALIFY row_number() OVER (PARTITION BY split ORDER BY content_digest, sample_id) <= {MOST}
    ORDER BY content_digest, sample_id
"""
"""One image of each picture in a split, of {MOST} pictures at the most; in order of content, so that names do not
matter. None without a training split."""

_TREES, _QUICK_TREES = 60, 20
_WORTH_NAMING = 0.05
"""What chance may be at the most for anything to be named: most splits are random, and trees take time."""
_SUFFICES = 0.02
"""What the AUROC of one or two aspects may lack of that of all."""
_CLEAR = 0.65
"""AUROC from which the facts speak for themselves, though embeddings tell more."""
_FOLLOWS = 0.5
"""Where the background changes, the middle shifts in colour by less than this share of what the corners do."""
_MIDDLE = slice(10, 22)
"""Rows and columns of a thumbnail."""
_SEED = 0
_NOT_TOLD: dict[str, Any] = {"facts": [], "facts_auroc": 0.5, "differ": ""}


def drift(
    columns: Columns, thumbnails: Callable[[Array], Thumbnails], embeddings: Callable[[Array], Embedded] | None = None
) -> Columns:
    """Return rows of table ``drift``: one for each split with pictures enough, held against the training split.

    ``columns`` are what DRIFT_SQL returns, ``thumbnails`` gives those (uint8[n, 32, 32, 3]) in slots (int64[n]).
    ``embeddings`` gives those of some images (int[n], sample_ids), where there are any.
    """
    split, role = (np.ma.getdata(columns[name]).astype(str) for name in ("split", "role"))
    others = sorted(set(split[role != "train"].tolist()))
    if not others:
        return {}
    images = thumbnails(np.ma.getdata(columns["slot"]))[:]
    corners = looks(images, _SEED).corners
    known = facts(columns, corners)
    middle = images[:, _MIDDLE, _MIDDLE].mean(axis=(1, 2)) @ OPPONENTS.T
    shown = np.stack([corners.traits[:, :3], middle], axis=1)
    training = np.flatnonzero(role == "train")[:MOST]
    label, picture = np.ma.getdata(columns["label"]).astype(str), np.ma.getdata(columns["picture"])
    rows = []
    for name in others:
        chosen = np.sort(np.r_[training, np.flatnonzero(split == name)])
        own = split[chosen] == name
        kept = _comparable(label[chosen], own)
        chosen, own = chosen[kept], own[kept]
        if min(own.sum(), (~own).sum()) < LEAST:
            continue
        _, classes = np.unique(label[chosen] if _labelled(label[chosen], own) else own * 0, return_inverse=True)
        sides = _Sides(Strata(own, classes.ravel()), picture[chosen], shown[chosen])
        row = _row(sides, {fact: values.at(chosen) for fact, values in known.items()})
        if embeddings is not None:
            row = _with_embeddings(row, sides, embeddings(np.ma.getdata(columns["sample_id"])[chosen]))
        rows.append({"split": name, "role": role[chosen][own][0] or None, **row})
    return columns_of(rows)


class Embedded(NamedTuple):
    """What embeddings there are of n images."""

    known: Array
    """bool[n]: of which ones."""
    features: Floats
    """float32[k, d], of these."""


class _Sides(NamedTuple):
    """The n pictures of two splits in the classes that both have."""

    strata: Strata
    picture: Array
    """int[n]: the same for copies on both sides."""
    shown: Floats
    """float64[n, 2, 3]: mean colour of the corners, and of the middle, as the opponents have it."""


def _labelled(label: Array, own: Array) -> bool:
    return all((label[side] != "").any() for side in (own, ~own))


def _comparable(label: Array, own: Array) -> Array:
    """Mark images of classes that both sides have; all where one side has no labels (bool[n])."""
    if not _labelled(label, own):
        return np.ones(len(label), bool)
    return np.isin(label, list({*label[own].tolist()} & {*label[~own].tolist()}))


def _row(sides: _Sides, known: Mapping[str, Fact]) -> dict[str, Any]:
    own = sides.strata.own
    varied = {name: fact for name, fact in known.items() if fact.varies()}
    aspects = {
        aspect: [varied[name] for name in names if name in varied]
        for aspect, names in ASPECTS.items()
        if varied.keys() & set(names)
    }
    row: dict[str, Any] = {"pictures": int(own.sum()), "training": int((~own).sum())}
    if not aspects:
        return {**row, "auroc": 0.5, "auroc_low": 0.5, "chance": 1.0, **_NOT_TOLD}
    told = _Told(sides, aspects)
    every = told.area(tuple(aspects))
    likely = chance(np.concatenate(list(told.features.values()), axis=1), sides.strata)
    row = {**row, "auroc": every.auroc, "auroc_low": every.low, "chance": likely}
    if likely > _WORTH_NAMING:
        return {**row, **_NOT_TOLD}
    best = told.best()
    differ = "; ".join(in_words(aspects[name], sides.strata) for name in best)
    return {**row, "facts": list(best), "facts_auroc": told.area(best).auroc, "differ": differ}


def _with_embeddings(row: dict[str, Any], sides: _Sides, embedded: Embedded) -> dict[str, Any]:
    """Let embeddings say what the facts do not: they are named where these tell little, or less than half as much."""
    row = {**row, "chance": min(1.0, 2 * row["chance"])}  # there are two questions now
    rows = np.flatnonzero(embedded.known)
    strata = sides.strata.at(rows)
    kept = strata.shared()
    strata, rows = strata.at(kept), rows[kept]
    if min(strata.own.sum(), (~strata.own).sum()) < LEAST:
        return row
    by_them = told(embedded.features[kept], strata, sides.picture[rows], _SEED)
    chance = min(1.0, 2 * by_them.chance)
    auroc, low = by_them.area
    if chance > _WORTH_NAMING or auroc <= row["auroc"]:
        return row
    if row["facts"] and row["auroc"] >= max(_CLEAR, (auroc + 0.5) / 2):
        return row
    found = {"auroc": auroc, "auroc_low": low, "chance": chance, "facts": ["embeddings"], "facts_auroc": auroc}
    seen = f" ({row['differ']})" if row["differ"] else ""
    return {**row, **found, "differ": f"all other facts {row['auroc']:.2f}{seen}"}


class _Told:
    """How well aspects tell the sides apart, found out when it is asked for."""

    def __init__(self, sides: _Sides, aspects: Mapping[str, list[Fact]]) -> None:
        classes = sides.strata.classes
        self.features = {
            name: np.concatenate([fact.features(classes) for fact in held], axis=1) for name, held in aspects.items()
        }
        self._sides = sides
        self._fold = _folds(sides)
        self._areas: dict[tuple[str, ...], Area] = {}

    def area(self, names: tuple[str, ...]) -> Area:
        """Return the AUROC of some aspects, by trees that are asked about pictures that they have not learned from."""
        if names not in self._areas:
            strata, trees = self._sides.strata, _TREES if len(names) > 2 else _QUICK_TREES
            features = np.concatenate([self.features[name] for name in names], axis=1).astype(np.float32)
            task = Task(features, strata.own.astype(np.int64), self._sides.picture)
            scores = held_out_scores(task, [features], _SEED, trees, self._fold)[0]
            self._areas[names] = area(scores[:, 1], strata)
        return self._areas[names]

    def best(self) -> tuple[str, ...]:
        """Return the aspect that tells most, the likeliest cause of those; or two that tell more."""
        names = [name for name in self.features if name != "background" or self._middle_stays()]
        single = {name: self.area((name,)).auroc for name in names}
        first = next(name for name in names if single[name] >= max(single.values()) - _SUFFICES)
        if single[first] >= self.area(tuple(self.features)).auroc - _SUFFICES:
            return (first,)
        second = max((pair for pair in combinations(names, 2) if first in pair), key=self._auroc, default=(first,))
        return second if self._auroc(second) > single[first] + _SUFFICES else (first,)

    def _auroc(self, names: tuple[str, ...]) -> float:
        return self.area(names).auroc

    def _middle_stays(self) -> bool:
        """Tell whether the corners shift in colour and the middle does not: light and tint shift both."""
        signed = np.where(self._sides.strata.own, 1, -1) * self._sides.strata.shares()
        corners, middle = np.linalg.norm(np.einsum("n,npc->pc", signed, self._sides.shown), axis=1)
        return bool(middle <= _FOLLOWS * corners)


def _folds(sides: _Sides) -> Array:
    """Deal pictures out, those of each class and side evenly; copies are held out together. int64[n]."""
    _, first, member = np.unique(sides.picture, return_index=True, return_inverse=True)
    own, classes = sides.strata.own[first], sides.strata.classes[first]
    fold = np.empty(len(first), np.int64)
    fold[np.lexsort((first, classes, own))] = np.arange(len(first)) % FOLDS
    return fold[member.ravel()]
