/*
code = "SPL002"
title = "Near-duplicate across splits"
severity = "warning"
subject = "group"
needs = ["splits"]
message = "{what}, in {splits}: {paths}"
why = """
A test image that the network has all but seen in training measures memory. On CIFAR-10, 3 % of the test images have
such a twin, and accuracy falls when they are replaced."""
advice = "Look at them; if they show the same, keep them in one split only."
source = "Barz and Denzler 2020, Do We Train on Test Data? Purging CIFAR of Near-Duplicates"
method = "That of near-duplicate: see `datalint explain DUP003`."

[options.min_confidence]
default = 0.8
range = [0.8, 1.0]
help = "confidence that all images of a group show one picture, 0 to 1"
*/
-- An image is in one group only; where two groups of different splits are near each other, their closest pair is told.
WITH apart AS (
    SELECT
        a.path AS one, b.path AS other, a.label AS one_label, b.label AS other_label, a.split AS one_split,
        b.split AS other_split, near_pairs.distance, near_pairs.similarity, near_pairs.confidence, near_pairs.changes,
        row_number() OVER (
            PARTITION BY least(first.group_id, second.group_id), greatest(first.group_id, second.group_id)
            ORDER BY near_pairs.confidence DESC, near_pairs.similarity DESC, a.path
        ) AS place
    FROM near_pairs
    JOIN samples AS a ON a.sample_id = near_pairs.sample_a JOIN samples AS b ON b.sample_id = near_pairs.sample_b
    JOIN near_duplicates AS first ON first.sample_id = near_pairs.sample_a
    JOIN near_duplicates AS second ON second.sample_id = near_pairs.sample_b
    WHERE near_pairs.confidence >= $min_confidence AND a.split <> b.split AND first.group_id <> second.group_id
)
SELECT paths, labels, splits, copies, pictures, distance, similarity, confidence, what
FROM near_duplicate_groups
WHERE confidence >= $min_confidence AND len(splits) > 1
UNION ALL
SELECT
    [one, other] AS paths, list_sort(list_distinct([one_label, other_label])) AS labels,
    list_sort([one_split, other_split]) AS splits, 2 AS copies, 2 AS pictures, distance, similarity, confidence,
    coalesce(nullif(changes, '') || ' copy', '2 images that look the same') AS what
FROM apart
WHERE place = 1
ORDER BY list_min(paths), paths
