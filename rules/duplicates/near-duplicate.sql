/*
code = "DUP003"
title = "Near-duplicate"
severity = "warning"
subject = "group"
message = "{copies} images that look the same: {paths}"
why = """
The same picture re-encoded, resized or slightly changed, or frames of one sequence, adds little to a class; and when the
dataset is split at random, near-duplicates end up on both sides and the test is too kind."""
advice = "Keep {keeper} unless the others add something, and keep all of them in one split."
source = "Barz and Denzler 2020, Do We Train on Test Data? Purging CIFAR of Near-Duplicates"

[options.max_distance]
default = 10
range = [0, 10]
help = "bits in which the 64-bit perceptual hashes may differ"

[options.min_similarity]
default = 0.92
range = [0.92, 1.0]
help = "structure that the thumbnails must share, 0 to 1"
*/
WITH groups AS (
    SELECT
        group_id, count(*) AS copies, max(distance) AS distance, min(similarity) AS similarity,
        list(path ORDER BY keeper DESC, path) AS paths,
        list_sort(list(DISTINCT label)) AS labels, list_sort(list(DISTINCT split)) AS splits
    FROM near_duplicates JOIN samples USING (sample_id)
    WHERE distance <= $max_distance AND similarity >= $min_similarity
    GROUP BY group_id
)
SELECT paths, labels, splits, copies, distance, similarity, paths[1] AS keeper
FROM groups
WHERE copies > 1 AND len(labels) <= 1 AND len(splits) <= 1
ORDER BY list_min(paths)
