"""What plans say: guards, measured variation, overrides, documents."""

from __future__ import annotations

import json
import tomllib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from augment.plans import plan_of
from hypothesis import given, settings
from hypothesis import strategies as st

from datalint.augment.document import SCHEMA, document, read_plan, to_json, to_toml
from datalint.augment.guards import find_guards
from datalint.augment.plan_text import transform_lines
from datalint.augment.splits import joined, suggest_splits
from datalint.augment.toml_text import toml_text
from datalint.augment.transforms import choose_transforms
from datalint.augment.variation import measure_variation
from datalint.config import config_from
from datalint.errors import ConfigError
from datalint.measure.foreground import foreground
from datalint.measure.statistics import colour
from datalint.plan_settings import TRANSFORMS, PlanSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from datalint.augment.record import Plan


def noise(count: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).integers(0, 256, (count, 32, 32, 3), np.uint8)


def measured(images: np.ndarray[Any, Any], labels: list[str]) -> Any:
    """Measure thumbnails as `datalint plan` does images."""
    luma = images @ np.array([0.299, 0.587, 0.114]) / 255
    seen = {**colour(images), **foreground(images)}
    for axis in "ab":
        own = seen[f"foreground_{axis}"]
        seen[axis] = np.where(np.ma.getmaskarray(own), seen[f"tint_{axis}"], np.ma.getdata(own))
    light = {"brightness": luma.mean(axis=(1, 2)), "contrast": luma.std(axis=(1, 2))}
    return measure_variation({**seen, **light, "label": np.array(labels, object), "aspect": np.ones(len(images))})


COLOURED = measured(noise(40), ["a", "b"] * 20)


def barred(labels: list[str], dataset: str = "data", configured: PlanSettings | None = None) -> dict[str, set[str]]:
    """Which transforms each label forbids."""
    found: dict[str, set[str]] = {label: set() for label in labels}
    for guard in find_guards(labels, dataset, COLOURED, configured or PlanSettings()):
        for label in guard.labels or labels:
            found[label].add(guard.transform)
    return found


@pytest.mark.parametrize(
    ("labels", "dataset", "flips"),
    [
        (["0", "1", "7"], "data", False),
        (["six", "nine"], "data", False),
        (["a", "b"], "data", False),
        (["no-entry", "give-way"], "traffic_signs", False),
        (["victory", "fist"], "signdigits", False),
        (["turn_left", "turn_right"], "data", False),
        (["leftHand", "other"], "data", False),
        (["cat", "dog"], "data", True),
        (["bright-light", "copyright"], "data", True),
        (["two_spotted_mite", "other_mite"], "leaves", True),
    ],
)
def test_mirrors_are_for_what_has_no_sides(labels: list[str], dataset: str, flips: bool) -> None:
    assert ("flip-horizontal" not in barred(labels, dataset)[labels[0]]) is flips


def test_guards_by_name() -> None:
    assert "flip-vertical" not in barred(["euro coin", "cent coin"])["cent coin"]
    assert "flip-vertical" in barred(["forest", "street"])["street"]
    assert {"hue", "saturation"} <= barred(["ripe", "unripe"])["ripe"]
    assert {"zoom", "shift"} <= barred(["crack", "fine"])["crack"]
    assert "zoom" not in barred(["crack", "fine"])["fine"]
    assert "brightness" in barred(["day", "night"])["night"]


def test_configuration_goes_over_guards() -> None:
    table = {"allow": ["flip-horizontal"], "labels": {"ri*": {"forbid": ["rotate"]}, "6": {"allow": ["flip-vertical"]}}}
    found = barred(["6", "9", "ripe"], configured=config_from({"plan": table}).plan)
    assert not any("flip-horizontal" in of for of in found.values())
    assert "flip-vertical" not in found["6"] and "flip-vertical" in found["9"]
    assert "rotate" in found["ripe"] and "rotate" not in found["6"]


def test_the_later_glob_decides_and_a_label_goes_over_all() -> None:
    labels = {
        "*": {"forbid": ["rotate"], "allow": ["flip-vertical"]},
        "a*": {"allow": ["rotate"]},
        "ab": {"forbid": ["flip-vertical"]},
    }
    found = barred(["ab", "ac", "b"], configured=config_from({"plan": {"forbid": ["zoom"], "labels": labels}}).plan)
    assert {label: "rotate" in of for label, of in found.items()} == {"ab": False, "ac": False, "b": True}
    assert {label: "flip-vertical" in of for label, of in found.items()} == {"ab": True, "ac": False, "b": False}
    assert not any("zoom" in of for of in found.values())  # left out altogether, so that there is nothing to say
    lifted = {"forbid": ["zoom"], "labels": {"a": {"allow": ["zoom"]}}}
    assert "zoom" in barred(["a", "b"], configured=config_from({"plan": lifted}).plan)["b"]


def transforms_of(classes: list[str], **table: Any) -> Plan:
    """Plan by measured noise; only transforms and classes are looked at."""
    settings = config_from({"plan": table}).plan
    chosen = choose_transforms(COLOURED, "dead-on", (), settings, classes)
    return plan_of((), labels=tuple(classes))._replace(transforms=chosen, guards=())


def ranges_of(plan: Plan, label: str) -> dict[str, Any]:
    return {one.name: one.range for one in plan.of_class(label) if one.range}


def test_classes_have_ranges_of_their_own() -> None:
    labels = {
        "a*": {"viewpoint": "incline", "ranges": {"zoom": [0.5, 2]}},
        "ab": {"ranges": {"zoom": [1, 1.5], "hue": [-0.1, 0.1]}},
    }
    plan = transforms_of(["ab", "ac", "b"], ranges={"zoom": [0.7, 1.2]}, labels=labels)
    ab, ac, b = (ranges_of(plan, label) for label in ("ab", "ac", "b"))
    assert (ab["zoom"], ac["zoom"], b["zoom"]) == ((1, 1.5), (0.5, 2), (0.7, 1.2))
    assert (ab["rotate"], ac["rotate"], b["rotate"]) == ((-30, 30), (-30, 30), (-15, 15))
    assert ab["hue"] == (-0.1, 0.1) and "hue" not in ac and "hue" not in b
    common = {one.name: one.range for one in plan.for_all()}
    assert (common["zoom"], common["rotate"]) == ((1, 1.2), (-15, 15)) and "hue" not in common
    assert ab["shift"] == b["shift"] == common["shift"]
    assert "viewpoint is incline" in next(one.reason for one in plan.of_class("ab") if one.name == "rotate")
    assert [one.labels for one in plan.transforms if one.name == "zoom"] == [(), ("ab",), ("ac",)]
    assert transforms_of(["ab", "b"], labels={"*": {"viewpoint": "incline"}}).transforms[3].labels == ()


LIMITS = {name: limits for name, limits in TRANSFORMS.items() if limits}
OWN_RANGES = st.dictionaries(
    st.sampled_from(["*", "a*", "*c", "ab", "none"]),
    st.dictionaries(st.sampled_from([*LIMITS]), st.tuples(st.floats(0, 1), st.floats(0, 1))),
    max_size=4,
)


@given(OWN_RANGES)
def test_each_class_has_the_range_of_the_last_glob_and_all_have_the_common_one(table: dict[str, Any]) -> None:
    for ranges in table.values():
        for name, parts in ranges.items():
            low, high = LIMITS[name]
            ranges[name] = tuple(sorted(min(high, low + part * (high - low)) for part in parts))
    labels = ["ab", "ac", "b", "bc"]
    plan = transforms_of(labels, labels={glob: {"ranges": ranges} for glob, ranges in table.items()})
    usual = ranges_of(transforms_of(labels), "b")
    for label in labels:
        expected: dict[str, Any] = dict(usual)
        for glob, ranges in table.items():
            if fnmatchcase(label, glob):
                expected |= ranges
        found = ranges_of(plan, label)
        assert found == expected
        for one in plan.for_all():
            if one.range:
                low, high = found[one.name]
                assert low <= one.range[0] <= one.range[1] <= high
    assert read_plan(to_json(plan), "plan") == plan == read_plan(to_toml(plan), "plan")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"traget": 5}, "unknown key 'traget'; did you mean 'target'"),
        ({"max-factor": 0.5}, "max-factor must be a number from 1"),
        ({"forbid": ["flip"]}, "unknown transform 'flip'"),
        ({"forbid": "rotate"}, "forbid must be a list"),
        ({"ranges": {"rotate": [10, -10]}}, "rotate must go up"),
        ({"ranges": {"shift": [-0.5, 0.5]}}, "from -0.2 at the least"),
        ({"ranges": {"invert": [0, 1]}}, "unknown key 'invert'"),
        ({"viewpoint": "above"}, "viewpoint is 'above'"),
        ({"target": "many"}, r"^plan\.target must be a number of images from 1 to"),
        ({"target": True}, r"^plan\.target must be"),
        ({"labels": {"a": {"seed": 3}}}, r"^plan\.labels\.a: unknown key 'seed'"),
        ({"labels": {"a*": {"target": 0}}}, r'^plan\.labels\."a\*"\.target must be a number of images .*, not 0$'),
        ({"labels": {"a": {"max-factor": "3"}}}, r"^plan\.labels\.a\.max-factor must be a number from 1"),
        ({"labels": {"a": {"max_factor": float("nan")}}}, r"^plan\.labels\.a\.max-factor must be a number from 1"),
        ({"labels": {"a": {"viewpoint": "up"}}}, r"^plan\.labels\.a\.viewpoint is 'up'; it must be one of dead-on"),
        ({"labels": {"a": {"ranges": {"zoom": 2}}}}, r"^plan\.labels\.a\.ranges\.zoom must be two numbers"),
        ({"labels": {"a": {"ranges": {"zom": [1, 2]}}}}, r"^plan\.labels\.a\.ranges: unknown key 'zom'; did you mean"),
        ({"labels": {"a": {"ranges": [1, 2]}}}, r"^plan\.labels\.a\.ranges must be a table: \[plan\.labels\.a\.ranges"),
        ({"labels": {"a": {"forbid": ["zom"]}}}, r"^plan\.labels\.a\.forbid names an unknown transform 'zom'"),
        ({"labels": {"a": 3}}, r"^plan\.labels must be tables"),
        ({"seed": True}, "seed must be a whole number"),
        (7, "plan must be a table"),
    ],
)
def test_mistakes_in_the_configuration_are_told(table: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        config_from({"plan": table})


def objects(count: int, most: int, seed: int = 0, level: int = 220, sizes: tuple[int, int] = (6, 7)) -> Any:
    """Grey squares on a plain ground, up to so many pixels from the middle."""
    generator = np.random.default_rng(seed)
    images = np.full((count, 32, 32, 3), 20, np.uint8)
    for image in images:
        x, y = 16 + generator.integers(-most, most + 1, 2)
        half = int(generator.integers(*sizes))
        image[max(0, y - half) : y + half, max(0, x - half) : x + half] = level - generator.integers(0, 20)
    return images


def test_a_lack_of_places_sizes_and_polarity_is_measured() -> None:
    labels = ["a", "b"] * 30
    still = measured(objects(60, 0), labels)
    assert still.lacks_places and still.lacks_scales and still.lacks_polarity and still.grey
    varied = objects(60, 9, sizes=(2, 8))
    varied[::2] = 255 - varied[::2]
    free = measured(varied, labels)
    assert not free.lacks_places and not free.lacks_scales and not free.lacks_polarity


def test_on_noise_nothing_is_found_out() -> None:
    found = measured(noise(200), ["a", "b", "c", "d"] * 50)
    assert found.off_centre is None and found.light_on_dark is None
    assert not (found.lacks_places or found.lacks_polarity or found.colour_tells or found.light_tells or found.grey)
    assert found.colour_accuracy is not None and abs(found.colour_accuracy - 0.25) < 0.12


def test_colour_or_light_that_tells_the_class_is_measured() -> None:
    red, blue = noise(60) // 3, noise(60, 1) // 3
    red[..., 0] += 120
    blue[..., 2] += 120
    assert measured(np.concatenate([red, blue]), ["r"] * 60 + ["b"] * 60).colour_tells
    dark, light = noise(60) // 4, noise(60, 1) // 4 + 150
    assert measured(np.concatenate([dark, light]), ["d"] * 60 + ["l"] * 60).light_tells


def test_no_images_is_no_failure() -> None:
    assert measured(np.zeros((0, 32, 32, 3), np.uint8), []).images == 0


def test_a_document_reads_back_and_is_stable() -> None:
    plan = plan_of()
    for text in (to_json(plan), to_toml(plan)):
        assert read_plan(text, "plan") == plan
    assert to_json(plan) == to_json(plan_of())
    table = json.loads(to_json(plan))
    assert next(iter(table)) == "schema" and table["schema"] == SCHEMA == "datalint-plan/1"
    without = {key: value for key, value in document(plan).items() if value is not None}
    assert [*tomllib.loads(to_toml(plan))].sort() == [*without].sort()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"schema": "datalint-plan/9"}, "is of schema datalint-plan/9"),
        ({"schema": "other"}, "it lacks schema"),
        ({"seed": "x"}, "seed must be a whole number, not 'x'"),
        ({"seed": True}, "seed must be a whole number"),
        ({"classes": [{"label": "a"}]}, r"classes\[0\].have is missing"),
        ({"classes": 3}, "classes must be a list"),
        ({"clases": []}, "clases: unknown key; did you mean 'classes'"),
        ({"transforms": [{"name": "rotate", "share": 1, "range": [1], "reason": ""}]}, "must have 2 values"),
    ],
)
def test_a_wrong_document_is_told(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_plan(json.dumps({**document(plan_of()), **changed}), "plan.json")


@pytest.mark.parametrize("text", ["", "{", "[1]", "a = ", '{"a": 1}', "\x00"])
def test_what_is_no_plan_is_told(text: str) -> None:
    with pytest.raises(ConfigError, match="is no plan"):
        read_plan(text, "plan.json")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.one_of(TEXTS, st.integers(-(2**60), 2**60), st.booleans(), st.floats(-1e9, 1e9))


@given(
    st.dictionaries(TEXTS, st.one_of(VALUES, st.lists(VALUES, max_size=3), st.dictionaries(TEXTS, VALUES, max_size=3)))
)
def test_toml_reads_back(table: dict[str, Any]) -> None:
    assert tomllib.loads(toml_text(table)) == table


@settings(deadline=None)  # importing scikit-learn takes a moment
@given(st.lists(st.integers(0, 30), max_size=100), st.integers(0, 3))
def test_a_suggested_split_keeps_groups_together(groups: list[int], seed: int) -> None:
    labels = ["ab"[group % 2] for group in groups]
    split = suggest_splits(labels, np.array(groups), seed, frozenset({"test", "validation"}))
    assert len({*zip(groups, split, strict=True)}) == len({*groups})


def test_a_suggested_split_has_its_shares_and_is_stratified() -> None:
    labels = ["a"] * 300 + ["b"] * 100
    split = suggest_splits(labels, np.arange(400), 0, frozenset({"test", "validation"}))
    assert [split.count(name) for name in ("test", "validation", "train")] == [80, 32, 288]
    of_b = [one for one, label in zip(split, labels, strict=True) if label == "b"]
    assert of_b.count("test") == 20
    assert "validation" not in suggest_splits(labels, np.arange(400), 0, frozenset({"test"}))


def test_pairs_join_groups() -> None:
    groups = joined([(0, 1), (1, 2), (4, 5)], 7)
    assert len({*groups}) == 4 and groups[0] == groups[2] != groups[3]
    assert len({*joined([], 3)}) == 3


def test_no_flip_for_signed_digits_and_the_plan_says_why(planned: Callable[..., Any], shared_datasets: Path) -> None:
    _, plan = planned(shared_datasets / "signdigits")
    assert not {"flip-horizontal", "flip-vertical", "quarter-turn"} & {one.name for one in plan.transforms}
    reasons = {guard.transform: guard.reason for guard in plan.guards if not guard.labels}
    assert "digit is another sign" in reasons["flip-horizontal"]


def test_what_is_said_of_labels_is_told_where_it_has_an_effect(
    planned: Callable[..., Any], shared_datasets: Path
) -> None:
    labels = {
        "[12]": {"ranges": {"rotate": [-40, 40]}, "forbid": ["zoom"]},
        "[145]": {"forbid": ["rotate"]},
        "3": {"ranges": {"zoom": [1, 1.1]}, "forbid": ["zoom"]},
        "ten": {"target": 500},
    }
    _, plan = planned(shared_datasets / "signdigits", labels=labels)
    assert [one.labels for one in plan.transforms if one.name == "rotate"] == [(), ("1", "2")]
    assert [one.labels for one in plan.transforms if one.name == "zoom"] == [()]
    told = [reason for name, _, reason in transform_lines(plan) if name == "rotate"]
    assert told[0].endswith("; not for 1, 4, 5") and told[1].endswith("; for 1, 2; not for 1")
    assert [note for note in plan.notes if "plan.labels" in note] == ['No class matches plan.labels."ten".']


def test_light_is_left_alone_where_it_is_the_class(planned: Callable[..., Any], shared_datasets: Path) -> None:
    _, plan = planned(shared_datasets / "day_night")
    assert not {"brightness", "invert"} & {one.name for one in plan.transforms}


def test_documents_are_as_the_schema_says() -> None:
    from importlib.resources import files

    import jsonschema

    schema = json.loads(files("datalint.augment").joinpath("plan.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    for plan in (plan_of(), plan_of(())._replace(preprocessing=None, split=None)):
        table = json.loads(to_json(plan))
        jsonschema.validate(table, schema)
        assert [*table] == [*schema["properties"]]
        assert all([*one] == [*schema["$defs"]["ClassPlan"]["properties"]] for one in table["classes"])
