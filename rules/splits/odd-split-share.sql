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
WITH sizes AS (
    SELECT sum(images) AS total, CASE WHEN total < 1000 THEN 0.2 WHEN total < 10000 THEN 0.1 ELSE 0.05 END AS expected
    FROM splits
),
shares AS (
    SELECT split, share, expected FROM splits, sizes
    WHERE role = 'test' AND (SELECT count(*) FROM splits) > 1
),
by_class AS (
    SELECT
        class_splits.label, shares.split, shares.share, classes.total, class_splits.images,
        class_splits.images / classes.total AS class_share,
        sqrt(shares.share * (1 - shares.share) / classes.total) AS spread
    FROM class_splits JOIN shares USING (split) JOIN classes ON classes.label = class_splits.label
    WHERE class_splits.images BETWEEN 1 AND classes.total - 1 AND classes.total >= 20
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
