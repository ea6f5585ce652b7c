"""What manifests without labels say about images whose labels come from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from datalint.discover.manifest.readable import attributes_of, readable_records
from datalint.discover.manifest.splits import roles_of, split_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from datalint.discover.listing import Reading
    from datalint.discover.manifest.columns import Roles
    from datalint.discover.manifest.records import Manifest
    from datalint.discover.manifest.resolve import Files


class Extra(NamedTuple):
    """What a manifest says about an image besides its label."""

    split: str | None
    attributes: Mapping[str, str]


def extras(manifest: Manifest, roles: Roles, files: Files) -> dict[str, Extra]:
    """Return what a manifest without labels says about images, by their paths."""
    base = manifest.path.rpartition("/")[0]
    split = split_in(manifest.path)
    roles = roles._replace(label=None, hot=())  # a column that was taken for the label is one more attribute
    about = {}
    for record in readable_records(manifest, []):
        own = (str(record.values.get(roles.split) or "") or None) if roles.split else split
        attributes = attributes_of(record.values, roles)
        for path in files.find(str(record.values.get(roles.image or "", "")), base, prefer=own):
            about[path] = Extra(own, attributes)
    return about


def supplemented(reading: Reading, manifests: Sequence[tuple[Manifest, Roles]], files: Files) -> Reading:
    """Add attributes, and splits where there are none, to samples that were read from folders."""
    about: dict[str, Extra] = {}
    for manifest, roles in manifests:
        for path, extra in extras(manifest, roles, files).items():
            before = about.get(path, Extra(None, {}))
            about[path] = Extra(extra.split or before.split, {**before.attributes, **extra.attributes})
    nothing = Extra(None, {})
    samples = [(sample, about.get(sample.path, nothing)) for sample in reading.samples]
    named = {extra.split for sample, extra in samples if extra.split and sample.split is None}
    roles_by_split = {**dict.fromkeys(named), **roles_of(named)}
    paths = [manifest.path for manifest, _ in manifests]
    return reading._replace(
        description=f"{reading.description}, with {', '.join(paths)}",
        samples=[
            sample._replace(
                split=sample.split or extra.split,
                role=sample.role if sample.split else roles_by_split.get(extra.split or ""),
                attributes=extra.attributes,
            )
            for sample, extra in samples
        ],
        places=() if roles_by_split else reading.places,  # the folders of classes are in no split then
        manifests=paths,
    )
