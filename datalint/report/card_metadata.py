"""The front matter of a dataset card, in the keys of the Hugging Face hub."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datalint.report.card_record import CardFacts

_SIZES = (
    "n<1K",
    "1K<n<10K",
    "10K<n<100K",
    "100K<n<1M",
    "1M<n<10M",
    "10M<n<100M",
    "100M<n<1B",
    "1B<n<10B",
    "10B<n<100B",
)
_ROLES = ("train", "validation", "test")
_FOLDER = re.compile(r"[\w. /-]+")  # without what a glob pattern gives a meaning to


def metadata(facts: CardFacts, place: str) -> dict[str, Any]:
    """Return what is measured, by key; ``place`` is where the dataset is, relative to the card.

    What the hub's loader needs to know (``configs``, ``dataset_info``) is there only where that loader sees the same
    images and classes: in class folders, perhaps in split folders.
    """
    images = facts.report.dataset.images
    values: dict[str, Any] = {"size_categories": [_SIZES[min(max(len(str(images)) - 3, 0), len(_SIZES) - 1)]]}
    if facts.licence is not None and facts.licence.hub:
        values["license"] = facts.licence.hub
    splits = _split_names(facts)
    if not facts.folders_are_classes or splits is None or not _FOLDER.fullmatch(place) or place.startswith(".."):
        return values
    start = "" if place == "." else f"{place}/"
    if splits:
        files = [{"split": name, "path": f"{start}{facts.splits[split].folder}/**"} for split, name in splits.items()]
        values["configs"] = [{"config_name": "default", "data_files": files}]
    names = {str(number): label for number, label in enumerate(sorted(facts.report.dataset.labels))}
    counts = {name: (facts.splits[split].bytes, facts.splits[split].images) for split, name in splits.items()}
    counts = counts or {"train": (facts.images.bytes or 0, images)}
    values["dataset_info"] = {
        "features": [
            {"name": "image", "dtype": "image"},
            {"name": "label", "dtype": {"class_label": {"names": names}}},
        ],
        "splits": [
            {"name": name, "num_bytes": size, "num_examples": number} for name, (size, number) in counts.items()
        ],
    }
    return values


def offered(facts: CardFacts) -> dict[str, Any]:
    """Return what a card without these keys gets: not measured, and people know better."""
    values: dict[str, Any] = {}
    if facts.licence is not None and facts.licence.hub is None:
        values |= {"license": "other", "license_name": _identifier(facts.licence.spdx or facts.licence.title)}
        values["license_link"] = facts.licence.file
    if facts.report.dataset.labels:
        values["task_categories"] = ["object-detection" if facts.objects else "image-classification"]
    return values


def is_own(key: str, value: Any) -> bool:
    """Tell whether a value may be replaced: one of the loader's keys is people's where it says more than ours do."""
    if key == "license":
        return isinstance(value, str)
    if key == "configs":
        return isinstance(value, list) and all(
            isinstance(one, dict)
            and one.get("config_name") == "default"
            and one.keys() <= {"config_name", "data_files"}
            for one in value
        )
    if key == "dataset_info":
        features = value.get("features", []) if isinstance(value, dict) else None
        return (
            isinstance(features, list)
            and value.keys() <= {"features", "splits"}
            and {one.get("name") for one in features if isinstance(one, dict)} <= {"image", "label"}
        )
    return True


def _split_names(facts: CardFacts) -> Mapping[str, str] | None:
    """Return the hub's name of each split, in order of their roles; None where it cannot load them from folders."""
    if not facts.splits:
        return {}
    if any(one.folder is None or not _FOLDER.fullmatch(one.folder) for one in facts.splits.values()):
        return None
    in_order = sorted(facts.splits, key=lambda split: (_rank(facts.splits[split].role), split))
    roles = [facts.splits[split].role for split in in_order]
    if sum(one.images for one in facts.splits.values()) != facts.report.dataset.images:
        return None  # the others would be in no split
    names = {
        split: role if role is not None and roles.count(role) == 1 else re.sub(r"\W", "_", split)
        for split, role in zip(in_order, roles, strict=True)
    }
    return names if len({*names.values()}) == len(names) else None


def _rank(role: str | None) -> int:
    return _ROLES.index(role) if role in _ROLES else len(_ROLES)


def _identifier(text: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", text.lower())[:40].strip("-.") or "custom"
