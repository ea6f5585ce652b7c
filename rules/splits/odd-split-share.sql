/*
code = "SPL004"
title = "Odd split share"
severity = "note"
subject = "split"
message = "{split} {finding}"
why = """
Too small a test says little (of 50 images, one is 2%), too large a one takes images from training. Where classes
differ in their share, the test weighs them differently than training does."""
advice = """\
Split again, shuffled and stratified by class: 20% for the test under 1,000 images, 10% under 10,000, 5% above."""
source = "Ferlitsch, Computer Vision Data Engineering, part 6: splits"

[options.factor]
default = 2.5
range = [1.0, 100.0]
help = "how many times more or less than the rule of thumb a test share may be"

[options.deviation]
default = 4.0
range = [1.0, 100.0]
help = "standard deviations by which a class's share may differ from that of its split, by chance alone"
*/
-- What augmentation made for training does not count: a test is no smaller for it.
WITH made AS (
    SELECT one.split, one.label, count(*) AS images
    FROM sample_labels AS one JOIN samples USING (sample_id) SEMI JOIN augmented USING (path)
    GROUP BY one.split, one.label
),
made_of_split AS (SELECT split, count(*) AS images FROM samples SEMI JOIN augmented USING (path) GROUP BY split),
own AS (
    SELECT split, role, splits.images - coalesce(made_of_split.images, 0) AS images
    FROM splits LEFT JOIN made_of_split USING (split)
),
sizes AS (
    SELECT sum(images) AS total, CASE WHEN total < 1000 THEN 0.2 WHEN total < 10000 THEN 0.1 ELSE 0.05 END AS expected
    FROM own
),
shares AS (
    SELECT split, images / total AS share, expected FROM own, sizes
    WHERE role = 'test' AND (SELECT count(*) FROM own) > 1
),
own_classes AS (
    SELECT
        class_splits.label, class_splits.split, class_splits.images - coalesce(made.images, 0) AS images,
        sum(class_splits.images - coalesce(made.images, 0)) OVER (PARTITION BY class_splits.label) AS total
    FROM class_splits LEFT JOIN made ON made.split = class_splits.split AND made.label = class_splits.label
),
by_class AS (
    SELECT
        label, split, share, images / total AS class_share, sqrt(share * (1 - share) / total) AS spread
    FROM own_classes JOIN shares USING (split)
    WHERE images BETWEEN 1 AND total - 1 AND total >= 20
)
SELECT
    split, NULL AS label, share, expected,
    printf('holds %.0f%% of the images; about %.0f%% is usual for so many', share * 100, expected * 100) AS finding
FROM shares
WHERE share > greatest($factor * expected, 0.34) OR share < expected / $factor
UNION ALL
SELECT
    split, label, class_share AS share, share AS expected,
    printf('holds %.0f%% of %s, but %.0f%% of all images', class_share * 100, label, share * 100) AS finding
FROM by_class
WHERE abs(class_share - share) > greatest($deviation * spread, 0.5 * share)
ORDER BY split, label NULLS FIRST
