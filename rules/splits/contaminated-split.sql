/*
code = "SPL007"
title = "Contaminated split"
severity = "warning"
subject = "split"
needs = ["splits"]
message = """\
{leaked:,} of {images:,} images of {split} ({share:.1%}) are in {other} too: {exact:,} the same, {near:,} near-duplicates; \
a score of 90% on {split} may be {fresh:.1%} on images that the network has not seen"""
why = """
What leaks from training into a test counts as known: in the worst case a network answers all of it by heart. The score
that is left for the other images is what it will reach in the world, and small differences between models vanish in
it."""
advice = "Remove the images that SPL001 and SPL002 name from {other}, and evaluate again."
source = "Barz and Denzler 2020, Do We Train on Test Data? Purging CIFAR of Near-Duplicates"

[options.min_share]
default = 0.0
range = [0.0, 1.0]
help = "share of the split's images that must have leaked"

[options.min_confidence]
default = 0.8
range = [0.8, 1.0]
help = "confidence that two images show one picture, 0 to 1"
*/
WITH pictures AS (
    SELECT
        samples.sample_id, coalesce(kept.sample_id, samples.sample_id) AS picture, split,
        -- A test leaks from all other splits, a validation split from training; splits of no known role from each other.
        CASE role WHEN 'train' THEN 0 WHEN 'test' THEN 2 ELSE 1 END AS position
    FROM samples LEFT JOIN duplicates USING (sample_id)
        LEFT JOIN (SELECT group_id, sample_id FROM duplicates WHERE keeper) AS kept USING (group_id)
    WHERE split IS NOT NULL
),
places AS (SELECT DISTINCT picture, split, position FROM pictures),
ties AS (
    SELECT sample_a AS picture, sample_b AS twin FROM near_pairs WHERE confidence >= $min_confidence
    UNION ALL
    SELECT sample_b, sample_a FROM near_pairs WHERE confidence >= $min_confidence
    UNION ALL
    SELECT one.picture, other.picture
    FROM families AS mine JOIN pictures AS one USING (sample_id)
        JOIN families AS theirs ON theirs.family = mine.family AND (theirs.made OR mine.made)
        JOIN pictures AS other ON other.sample_id = theirs.sample_id
    WHERE one.split <> other.split
),
found AS (
    SELECT here.sample_id, here.split, there.split AS other, 'exact' AS kind
    FROM pictures AS here JOIN places AS there USING (picture)
    WHERE here.split <> there.split AND here.position >= there.position
    UNION ALL
    SELECT here.sample_id, here.split, there.split AS other, 'near' AS kind
    FROM pictures AS here JOIN ties USING (picture) JOIN places AS there ON there.picture = ties.twin
    WHERE here.split <> there.split AND here.position >= there.position
),
leaks AS (SELECT sample_id, split, other, min(kind) AS kind FROM found GROUP BY sample_id, split, other)
SELECT
    leaks.split, leaks.other, any_value(splits.images) AS images, count(*) AS leaked,
    count(*) FILTER (kind = 'exact') AS exact, count(*) FILTER (kind = 'near') AS near,
    count(*) / any_value(splits.images) AS share,
    greatest(0, (0.9 - count(*) / any_value(splits.images)) / nullif(1 - count(*) / any_value(splits.images), 0)) AS fresh
FROM leaks JOIN splits ON splits.split = leaks.split
GROUP BY leaks.split, leaks.other
HAVING count(*) >= $min_share * any_value(splits.images)
ORDER BY leaks.split, leaks.other
