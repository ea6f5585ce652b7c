"""Plans edited by hand: what cannot be carried out is told in a line that says where."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from augment.plans import plan_of

from datalint.augment.document import document, read_plan, to_toml
from datalint.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable


def edited(change: Callable[[dict[str, Any]], object]) -> str:
    table = document(plan_of(("rotate", "flip-vertical")))
    change(table)
    return json.dumps(table)


def test_a_plan_is_read_as_it_was_written() -> None:
    plan = plan_of()
    assert read_plan(to_toml(plan), "plan.toml") == plan == read_plan(json.dumps(document(plan)), "plan.json")


def test_a_plan_from_before_classes_had_settings_of_their_own_is_read() -> None:
    def old(table: dict[str, Any]) -> None:
        for one in table["transforms"]:
            del one["labels"]
        for one in table["classes"]:
            del one["asked"], one["max_factor"]

    assert read_plan(edited(old), "plan.json") == plan_of(("rotate", "flip-vertical"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t["classes"][0].update(synthesize=-5), r"classes\[0\]\.synthesize must be from 0 to"),
        (lambda t: t["classes"][1].update(append=10**9), r"classes\[1\]\.append must be from 0 to"),
        (lambda t: t["classes"][1].update(invert="many"), r"classes\[1\]\.invert must be a whole number"),
        (lambda t: t["classes"].append(t["classes"][0]), r"classes\[2\]: day's cat is there twice"),
        (lambda t: t["transforms"][0].update(name="rotat"), r"transforms\[0\]\.name: .*did you mean 'rotate'"),
        (lambda t: t["transforms"][0].update(share=float("nan")), r"transforms\[0\]\.share must be from 0 to 1"),
        (lambda t: t["transforms"][0].update(share=7.0), r"transforms\[0\]\.share must be from 0 to 1"),
        (lambda t: t["transforms"][0].update(range=None), r"transforms\[0\]\.range: rotate needs one"),
        (lambda t: t["transforms"][0].update(range=[15, -15]), r"transforms\[0\]\.range: rotate must go up"),
        (lambda t: t["transforms"][0].update(range=[-9e99, 15]), r"transforms\[0\]\.range: rotate must go up"),
        (lambda t: t["transforms"][1].update(range=[0, 1]), r"transforms\[1\]\.range: flip-vertical has no range"),
        (
            lambda t: t["transforms"][0].update(labels=["dog"]),
            r"transforms\[0\]\.labels: there is no class dog; did you",
        ),
        (lambda t: t["transforms"].append(t["transforms"][0]), r"transforms\[2\]: rotate is there twice"),
        (lambda t: t["guards"][0].update(transform="flipp"), r"guards\[0\]\.transform: unknown transform 'flipp'"),
        (lambda t: t.update(fill="black"), "fill must be border or reflect"),
        (lambda t: t.update(seed=-1), "seed must be 0 or more"),
    ],
)
def test_what_cannot_be_carried_out_is_told(change: Callable[[dict[str, Any]], object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_plan(edited(change), "plan.json")
