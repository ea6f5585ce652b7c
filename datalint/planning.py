"""Augmentation plans: from a dataset's tables to a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from datalint import discover, judge, pipeline
from datalint.augment.images import NoImageError, load
from datalint.augment.planner import Subject, make_plan
from datalint.augment.preprocessing import Shapes
from datalint.augment.summary import summarise
from datalint.augment.targets import Count, Floor
from datalint.augment.variation import MOST, SEEN_SQL, measure_variation
from datalint.config import RuleLayer, rule_layer
from datalint.errors import DatasetError
from datalint.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from PIL import Image

    from datalint.augment.record import Plan
    from datalint.augment.variation import Variation
    from datalint.collecting import Data, Dataset
    from datalint.config import Config
    from datalint.discover import Listing
    from datalint.model import Finding
    from datalint.storage import ImageRef

_TABLES = frozenset({"headers", "pixels", "thumbnails", "duplicates", "near_duplicates", "background", "files"})
_BALANCE, _BIAS = ("BAL001", "BAL002", "BAL003"), "BIA001"
_LOOKED_AT = 400  # images, for mean and standard deviation
_LOOKED_AT_MOST = 20_000

# The training split is what there is to augment; without splits, all of it.
_TRAINING = "(role = 'train' OR NOT EXISTS (SELECT 1 FROM samples WHERE role = 'train'))"
SOURCES_SQL = f"""
    WITH shared AS (
        SELECT group_id, 'same' AS kind FROM duplicates JOIN samples USING (sample_id)
        GROUP BY group_id HAVING count(DISTINCT coalesce(split, '')) > 1 OR count(DISTINCT label) > 1
        UNION ALL
        SELECT group_id, 'near' FROM near_duplicates JOIN samples USING (sample_id)
        GROUP BY group_id HAVING count(DISTINCT coalesce(split, '')) > 1
    )
    SELECT sample_id, path, label FROM samples JOIN pixels USING (sample_id)
        LEFT JOIN (SELECT sample_id, group_id AS same, keeper FROM duplicates) USING (sample_id)
        LEFT JOIN (SELECT sample_id, group_id AS near FROM near_duplicates) USING (sample_id)
    WHERE {_TRAINING} AND len(labels) = 1 AND coalesce(keeper, true)
        AND NOT EXISTS (SELECT 1 FROM shared WHERE kind = 'same' AND group_id = same)
        AND NOT EXISTS (SELECT 1 FROM shared WHERE kind = 'near' AND group_id = near)
    ORDER BY path, sample_id
"""
"""Images that may be augmented: of the training split, decodable, with one label, no copy in another split."""


class Collected(NamedTuple):
    """A dataset whose tables are filled."""

    facts: Facts
    listing: Listing
    sources: list[tuple[int, str, str]]
    """sample_id, path and label of the images that may be augmented, in order of path."""


def collected(dataset: Dataset, config: Config, run: pipeline.Run) -> Collected:
    """Measure a dataset. Raises DatalintError; a dataset without labels cannot be planned for."""
    return _collected(pipeline.read(dataset, config, run, _TABLES), dataset, config)


def _collected(data: Data, dataset: Dataset, config: Config) -> Collected:
    listing = data.listing or discover.discover(dataset, pipeline.reading_options(config))
    if not data.facts.run("SELECT 1 FROM classes LIMIT 1"):
        raise DatasetError(f"{data.about.name}: the images have no labels, so there is nothing to plan")
    return Collected(data.facts, listing, data.facts.run(SOURCES_SQL))


def plan(data: Collected, config: Config) -> Plan:
    """Make a plan. Raises DatalintError."""
    facts = data.facts
    splits = facts.run("SELECT split, role FROM splits ORDER BY split")
    training = [split for split, role in splits if role == "train"]
    if splits and not training:
        names = ", ".join(split for split, _ in splits)
        raise DatasetError(f"{data.listing.name}: none of its splits ({names}) is for training, so none is augmented")
    if facts.run("SELECT 1 FROM objects LIMIT 1"):
        raise DatasetError(f"{data.listing.name}: plans are for images of one object, and these have boxes; crop first")
    sources: dict[str, int] = {}
    for _, _, label in data.sources:
        sources[label] = sources.get(label, 0) + 1
    counts = [
        Count(label, images or 0, sources.get(label, 0))
        for label, images in facts.run("SELECT label, images FROM classes ORDER BY label")
    ]
    settings = _settings(config, (*_BALANCE, _BIAS))
    subject = Subject(
        name=data.listing.name,
        counts=counts,
        split=", ".join(training) or None,
        others=tuple(split for split, role in splits if role != "train"),
        roles=frozenset(role for _, role in splits if role),
        images=facts.run("SELECT count(*) FROM samples")[0][0],
        multi_label=facts.run("SELECT multi_label FROM dataset")[0][0],
        variation=variation(facts),
        biased=_biased(facts, config, settings[_BIAS]),
        shapes=_shapes(facts),
    )
    return make_plan(subject, config.plan, _floor(settings), lambda: _pictures(data))


def summary(dataset: Dataset, config: Config, run: pipeline.Run) -> dict[str, Any] | None:
    """Plan for a dataset, and say it in short: the record of ``augment.summary.PlanSummary``, which JSON can hold.

    None for one that there is nothing to plan for: without labels or a training split, or with boxes. After a check of
    the same dataset with the same cache, little is measured anew. Raises DatalintError where it cannot be read.
    """
    data = pipeline.read(dataset, config, run, _TABLES)
    try:
        return summarise(plan(_collected(data, dataset, config), config)).record()
    except DatasetError:
        return None


def source_images(data: Collected) -> dict[str, list[ImageRef]]:
    """Return the images that may be augmented, by class."""
    images = {image.sample_id: image for image in data.listing.images()[0]}
    found: dict[str, list[ImageRef]] = {}
    for sample_id, _, label in data.sources:
        if sample_id in images:
            found.setdefault(label, []).append(images[sample_id])
    return found


def evaluation_images(data: Collected) -> list[tuple[int, tuple[str, str | None]]]:
    """Return the decodable images of splits that are not for training: sample_id, with split and label."""
    rows = data.facts.run(
        f"""SELECT sample_id, split, label FROM samples JOIN pixels USING (sample_id)
        WHERE split IS NOT NULL AND NOT {_TRAINING} ORDER BY path, sample_id"""
    )
    return [(sample_id, (split, label)) for sample_id, split, label in rows]


def unbalanced(data: Collected, config: Config, more: Mapping[str, int]) -> dict[tuple[str, str], frozenset[str]]:
    """Judge the dataset by the balance rules, as if there were so many ``more`` training images of each label.

    Returns by code and name of the rule the labels that it has something to say of.
    """
    import numpy as np

    columns = dict(data.facts.columns("SELECT label, labels, split, role FROM samples WHERE len(labels) > 0"))
    ((split, role),) = data.facts.run(f"SELECT any_value(split), any_value(role) FROM samples WHERE {_TRAINING}")
    added = [(label, [label], split, role) for label, count in more.items() for _ in range(count)]
    for name, values in zip(columns, zip(*added, strict=True), strict=True) if added else ():
        filled = np.empty(len(values), object)
        filled[:] = values
        columns[name] = np.concatenate([np.ma.filled(columns[name].astype(object), None), filled])
    count = len(columns["label"])
    facts = Facts()
    numbers = np.arange(count, dtype=np.int32)
    facts.insert("samples", {"sample_id": numbers, "path": numbers.astype(str).astype(object), **columns})
    return {
        rule: frozenset(finding.label for finding in found if finding.label)
        for rule, found in findings(facts, config, _BALANCE).items()
    }


def findings(facts: Facts, config: Config, codes: Collection[str]) -> dict[tuple[str, str], tuple[Finding, ...]]:
    """Judge filled tables by some rules as they are configured, selected or not; returns findings by code and name."""
    settings = _settings(config, codes)
    results = judge.judge(facts, [settings[code] for code in codes], pipeline.query_limits(config), {})
    return {(one.code, one.name): one.findings for one in results}


def _settings(config: Config, codes: Collection[str]) -> dict[str, judge.Settings]:
    """Return rules as they are configured, by code, whether they are selected or not."""
    layers = [rule_layer(judge.profile_table(config.profile)), config.layer, config.command_line]
    chosen = judge.resolve(pipeline.all_rules(Facts(), config), [*layers, RuleLayer(select=tuple(codes))])
    return {one.rule.code: one for one in chosen}


def _floor(settings: Mapping[str, judge.Settings]) -> Floor:
    """Return the thresholds of the balance rules."""

    def option(code: str, name: str) -> Callable[[str], Any]:
        def value(label: str) -> Any:
            found = settings[code].options[name]
            for override in settings[code].overrides:
                if override.matches(label):
                    found = override.options.get(name, found)
            return found

        return value

    return Floor(*(option(*place) for place in zip(_BALANCE, ("min_images", "min_share", "min_share"), strict=True)))


def variation(facts: Facts) -> Variation:
    """Sum up what was measured of some training images of each class."""
    return measure_variation(
        facts.columns(
            f"""SELECT {SEEN_SQL} FROM samples JOIN headers USING (sample_id) JOIN pixels USING (sample_id)
            WHERE {_TRAINING} AND len(labels) = 1
            QUALIFY row_number() OVER (PARTITION BY label ORDER BY hash(path), path) <= {MOST}
            ORDER BY hash(path), path LIMIT {_LOOKED_AT_MOST}"""
        )
    )


def _biased(facts: Facts, config: Config, bias: judge.Settings) -> tuple[str, ...]:
    """Return the classes whose background gives them away."""
    results = judge.judge(facts, [bias], pipeline.query_limits(config), {})
    return tuple(sorted({finding.label for one in results for finding in one.findings if finding.label}))


def _shapes(facts: Facts) -> Shapes | None:
    rows = facts.columns(
        f"""SELECT upright.width, upright.height, colour, bit_depth
        FROM headers JOIN upright USING (sample_id) JOIN samples USING (sample_id) WHERE {_TRAINING}"""
    )
    if not len(rows["width"]):
        return None
    import numpy as np

    depth = int(np.median(rows["bit_depth"])) if len(rows["bit_depth"]) else 8
    return Shapes(
        rows["width"].astype(float), rows["height"].astype(float), 3 if rows["colour"].any() else 1, max(8, depth)
    )


def _pictures(data: Collected) -> Iterator[Image.Image]:
    """Decode some of the training images, evenly spread."""
    images = {image.sample_id: image for image in data.listing.images()[0]}
    known = [sample_id for sample_id, _, _ in data.sources if sample_id in images]
    for sample_id in known[:: max(1, -(-len(known) // _LOOKED_AT))]:
        try:
            yield load(images[sample_id], 256)[0]
        except NoImageError:
            continue
