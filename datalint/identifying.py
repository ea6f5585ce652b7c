"""Between the tables and the findings: who each finding is, by the contents that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datalint import measure
from datalint.findings import Member, identify

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datalint.facts import Facts
    from datalint.model import RuleResult
    from datalint.storage import ImageRef


def identified(facts: Facts, images: Sequence[ImageRef], results: Sequence[RuleResult]) -> Iterator[RuleResult]:
    """Give every finding its fingerprint; contents that were not measured are read for it."""
    about = {path for result in results for finding in result.findings for path in finding.paths}
    # Only what is an image of the dataset is read; a rule can name any path.
    samples = facts.connection.execute(
        """SELECT path, sample_id, label, split, content FROM samples JOIN contents USING (sample_id)
        WHERE path IN (SELECT unnest(?::VARCHAR[]))""",
        [sorted(about)],
    ).fetchall()
    places = {path: place for path, *place in samples}
    unread = {sample_id for sample_id, _, _, content in places.values() if content is None}
    references = [image for image in images if image.sample_id in unread] if unread else []
    digests = measure.content_digests(references)
    read = {image.sample_id: digest for image, digest in zip(references, digests, strict=True)}
    members = {}
    for path in about:
        number, label, split, content = places.get(path, (-1, None, None, None))
        members[path] = Member(content or read.get(number) or path, label, split)
    for result in results:
        yield result._replace(findings=tuple(identify(finding, members) for finding in result.findings))
