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
WITH members AS (
    SELECT 'exact' AS kind, group_id, sample_id FROM duplicates
    UNION ALL
    SELECT 'near', group_id, sample_id FROM near_duplicates WHERE confidence >= $min_confidence
),
placed AS (
    SELECT
        members.*, split,
        -- A test leaks from all other splits, a validation split from training; splits of no known role from each other.
        CASE role WHEN 'train' THEN 0 WHEN 'test' THEN 2 ELSE 1 END AS position
    FROM members JOIN samples USING (sample_id)
    WHERE split IS NOT NULL
),
leaks AS (
    SELECT here.split, there.split AS other, here.sample_id, min(here.kind) AS kind
    FROM placed AS here JOIN placed AS there USING (kind, group_id)
    WHERE here.split <> there.split AND here.position >= there.position
    GROUP BY ALL
)
SELECT
    leaks.split, leaks.other, any_value(splits.images) AS images, count(*) AS leaked,
    count(*) FILTER (kind = 'exact') AS exact, count(*) FILTER (kind = 'near') AS near,
    count(*) / any_value(splits.images) AS share,
    greatest(0, (0.9 - count(*) / any_value(splits.images)) / nullif(1 - count(*) / any_value(splits.images), 0)) AS fresh
FROM leaks JOIN splits ON splits.split = leaks.split
GROUP BY leaks.split, leaks.other
HAVING count(*) >= $min_share * any_value(splits.images)
ORDER BY leaks.split, leaks.other
